// A conversation with a hostile network: a session fed with a sequence of datagrams and time steps.
//
//   config u8 | records: op u8 | length u16 BE | bytes
//
// config bit 0: the session also knows a key; bit 1: the stranger is a relay that the camera may
// come through. op bits 0-1: 0 datagram from the camera, 1 from a stranger, 2 bytes that we send, 3
// we close (bytes unused). op bits 2-7: milliseconds that pass before, squared.
#include <cstdint>
#include <cstdlib>

#include "protocol/transport/session.hpp"

namespace {

using namespace cam32100::protocol;
using namespace std::chrono_literals;

constexpr Address kCamera{{192, 168, 1, 20}, 32108};
constexpr Address kStranger{{203, 0, 113, 7}, 32108};
constexpr std::size_t kMostRecords = 2000;

// Not assert(): these must hold in every build.
void require(bool holds) {
  if (!holds) std::abort();
}

class CountingReceiver final : public StreamReceiver {
 public:
  void on_stream(TimePoint, std::uint8_t channel, BytesView bytes) override {
    require(channel < kChannels && bytes.size() <= kMaxDatagramBytes);
    require(!muted);
  }
  bool muted = false;
};

SessionConfig make_config(bool with_key) {
  SessionConfig config;
  config.uid = Uid::parse("VSTB-668515-UZCPK").value();
  config.ciphers = {{"plain", Cipher{}}};
  if (with_key) config.ciphers.push_back({"vstarcam2018", Cipher{"vstarcam2018"}});
  config.packet_events = with_key;
  config.max_candidates = 4;
  config.channel.max_queued_bytes = 8192;
  config.channel.max_reorder_bytes = 2048;
  config.channel.max_pending_acks = 100;
  config.channel.first_index = 0xFFFE;
  return config;
}

class Conversation {
 public:
  explicit Conversation(std::uint8_t bits)
      : config_{make_config((bits & 1U) != 0)}, session_{now_, config_, 1, receiver_} {
    session_.add_candidate(now_, kCamera, Path::lan);
    if ((bits & 2U) != 0) session_.add_relay(now_, kStranger);
  }

  void step(std::uint8_t op, BytesView bytes) {
    const unsigned root = op >> 2;
    pass(std::chrono::milliseconds{root * root});
    switch (op & 3U) {
      case 0:
        session_.on_datagram(now_, kCamera, bytes);
        break;
      case 1:
        session_.on_datagram(now_, kStranger, bytes);
        break;
      case 2:
        (void)session_.send(now_, static_cast<std::uint8_t>(bytes.size() % 9), bytes);
        break;
      default:
        session_.close(now_);
        receiver_.muted = true;
    }
    settle();
  }

  void end() {
    // Nobody speaks any more: it ends by itself, and then nothing is waited for.
    pass(2min);
    require(session_.state() == Session::State::closed);
    require(!session_.deadline());
    Datagram out;
    require(!session_.take_datagram(now_, out));
  }

 private:
  void pass(Duration time) {
    const TimePoint target = now_ + time;
    for (auto due = session_.deadline(); due && *due <= target; due = session_.deadline()) {
      now_ = std::max(now_, *due);
      session_.on_time(now_);
      const auto next = session_.deadline();
      require(!next || *next > now_);
      settle();
    }
    now_ = target;
  }

  void settle() {
    require(!was_closed_ || session_.state() == Session::State::closed);
    was_closed_ = session_.state() == Session::State::closed;
    Datagram out;
    for (std::size_t taken = 0; session_.take_datagram(now_, out); ++taken) {
      require(taken < 1000);
      require(out.size >= kHeaderBytes && out.size <= kDrwHeaderBytes + kMaxDrwData);
      require(out.to.is_usable());
    }
    require(session_.queued_bytes() <=
            kChannels * (config_.channel.max_queued_bytes + config_.channel.max_reorder_bytes));
    std::size_t events = 0;
    while (session_.take_event()) require(++events <= 256);
  }

  TimePoint now_{1000h};
  SessionConfig config_;
  CountingReceiver receiver_;
  Session session_;
  bool was_closed_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Reader in{std::as_bytes(std::span{data, size})};
  Conversation conversation{in.u8()};
  for (std::size_t records = 0; records < kMostRecords && in.remaining() >= 3; ++records) {
    const std::uint8_t op = in.u8();
    const std::size_t length = in.u16_be();
    conversation.step(op, in.take(std::min(length, in.remaining())));
  }
  conversation.end();
  return 0;
}
