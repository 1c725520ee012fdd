// Everything a camera's channel 0 can do to us. The first byte chooses:
//   0  the rest is a text reply
//   1  the rest is a picture: walked whole and piecewise
//   2  the rest is a request text, as an emulated camera gets it
//   3+ the rest is a script for an exchange: op byte, argument byte, and for chunks their bytes
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "protocol/dialect/cgi.hpp"
#include "protocol/dialect/jpeg.hpp"

namespace cam32100::protocol {
namespace {

void require(bool held, const char* what) {
  if (held) return;
  std::fprintf(stderr, "broken invariant: %s\n", what);
  std::abort();
}

void text_reply(BytesView body) {
  const CgiValues values = parse_cgi_text(body);
  require(values.values.size() + values.skipped_lines <= body.size(), "one value per byte at most");
  static_cast<void>(values.result());
}

void picture(BytesView body) {
  static_cast<void>(jpeg_size(body));
  JpegWalker whole;
  const auto verdict = whole.advance(body);
  JpegWalker piecewise;
  for (std::size_t size = 0; size < body.size(); size += 7) {
    static_cast<void>(piecewise.advance(body.first(size)));
  }
  require(piecewise.advance(body) == verdict, "one verdict however the body grows");
  if (verdict != JpegWalker::State::ended) return;
  require(whole.end() == piecewise.end() && whole.end() <= body.size(), "one end, inside the body");
}

void request_text(BytesView body) {
  const auto received = parse_received_request(to_string(body));
  if (!received) return;
  static_cast<void>(to_redacted_text(received->request));
  const auto again = to_text(received->request, {"admin", "pass"});
  if (!again) return;  // names that are not to be sent
  const auto back = parse_request_text(*again);
  require(back.has_value(), "what is written can be read");
  require(back->cgi == received->request.cgi, "the same CGI");
  require(back->parameters.size() == received->request.parameters.size(), "the same parameters");
}

class Script {
 public:
  void run(Reader in) {
    while (in.remaining() >= 2) step(in);
    // Left alone, an exchange comes to rest.
    for (int steps = 0; exchange_.deadline(); ++steps) {
      require(steps < 1000, "comes to rest");
      advance_to(*exchange_.deadline());
    }
    require(exchange_.outstanding() == 0, "nothing waits without a deadline");
  }

 private:
  void step(Reader& in) {
    const unsigned op = in.u8() % 6;
    const std::uint8_t argument = in.u8();
    switch (op) {
      case 0:
      case 1:
        exchange_.on_stream(now_, in.take(std::min<std::size_t>(argument, in.remaining())));
        break;
      case 2:
        submit(argument);
        break;
      case 3:
        exchange_.abandon(argument % 16);
        break;
      case 4:
        now_ += std::chrono::milliseconds{argument * 40};
        exchange_.on_time(now_);
        break;
      case 5:
        if (exchange_.deadline()) advance_to(*exchange_.deadline());
        break;
    }
    drain();
  }

  void submit(std::uint8_t argument) {
    static constexpr const char* kCgis[] = {"get_status.cgi", "snapshot.cgi", "get_rtsp.cgi",
                                            "get_params.cgi", "set_ir_gpio.cgi"};
    Bytes out;
    const CgiRequest request{.cgi = kCgis[argument % 5], .parameters = {}};
    const std::uint64_t ticket = next_ticket_++ % 16;
    static constexpr std::chrono::seconds kTimeouts[] = {
        std::chrono::seconds{0}, std::chrono::seconds{1}, std::chrono::seconds{60}};
    const Duration timeout = kTimeouts[argument / 5 % 3];
    if (exchange_.submit(now_, ticket, {request, request}, {}, timeout, out)) {
      require(!out.empty(), "something to send");
      expected_ += 2;
    }
  }

  void advance_to(TimePoint due) {
    now_ = std::max(now_, due);
    exchange_.on_time(now_);
    drain();
    require(!exchange_.deadline() || *exchange_.deadline() > now_, "the deadline moves on");
  }

  void drain() {
    while (const auto event = exchange_.take_event()) {
      require(!broken_, "silence after a break");
      if (std::holds_alternative<CgiBroken>(*event)) {
        broken_ = true;
      } else {
        require(expected_-- > 0, "one event per request");
      }
    }
  }

  CgiExchange exchange_{
      {.reply_timeout = std::chrono::seconds{5}, .max_body = 100'000, .max_outstanding = 8}};
  TimePoint now_{std::chrono::hours{1}};
  std::uint64_t next_ticket_ = 0;
  std::size_t expected_ = 0;
  bool broken_ = false;
};

}  // namespace
}  // namespace cam32100::protocol

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cam32100::protocol;
  if (size == 0) return 0;
  const BytesView rest = std::as_bytes(std::span{data, size}).subspan(1);
  switch (data[0]) {
    case 0:
      text_reply(rest);
      break;
    case 1:
      picture(rest);
      break;
    case 2:
      request_text(rest);
      break;
    default:
      Script{}.run(Reader{rest});
      break;
  }
  return 0;
}
