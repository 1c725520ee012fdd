// What real devices and apps put on channel 0, whole, cut and damaged, through every decoder of the
// dialect.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "protocol/dialect/cgi.hpp"
#include "protocol/dialect/cgi_reply_stream.hpp"
#include "protocol/dialect/jpeg.hpp"
#include "protocol/wire/cipher.hpp"
#include "protocol/wire/message.hpp"
#include "tests/support/vectors/vectors.hpp"

namespace cam32100::protocol {
namespace {

using namespace std::chrono_literals;

struct CapturedData {
  std::string n;
  Bytes data;  // as much of it as was captured
};

std::vector<CapturedData> captured_data() {
  std::vector<CapturedData> all;
  for (const auto& capture : vectors::captures()) {
    Bytes bytes = capture.bytes;
    Cipher{std::string_view{capture.psk.value_or("")}}.decrypt(bytes);
    const auto header = decode_header(bytes);
    if (!header || header->type != static_cast<std::uint8_t>(MessageType::DRW)) continue;
    if (bytes.size() <= kDrwHeaderBytes) continue;
    all.push_back({capture.n, Bytes(bytes.begin() + kDrwHeaderBytes, bytes.end())});
  }
  return all;
}

Bytes data_of(const std::string& n) {
  for (auto& each : captured_data()) {
    if (each.n == n && each.data.size() >= 8) return each.data;
  }
  ADD_FAILURE() << "no capture " << n;
  return {};
}

// Everything of the dialect that reads bytes of the other side.
void read_by_all(BytesView data) {
  CgiExchange exchange;
  Bytes sent;
  TimePoint now{1h};
  const std::vector<CgiRequest> batch{{.cgi = "snapshot.cgi", .parameters = {}},
                                      {.cgi = "get_params.cgi", .parameters = {}},
                                      {.cgi = "get_rtsp.cgi", .parameters = {}}};
  ASSERT_TRUE(exchange.submit(now, 1, batch, {"admin", "x"}, {}, sent).has_value());
  exchange.on_stream(now, data);
  std::size_t events = 0;
  for (; exchange.deadline(); ++events) {
    ASSERT_LT(events, 10U) << "it waits for ever";
    now = *exchange.deadline();
    exchange.on_time(now);
  }
  events = 0;
  while (exchange.take_event()) ++events;
  EXPECT_LE(events, batch.size() + 1);
  const std::string text = to_string(data);
  static_cast<void>(parse_received_request(text));
  const auto block = data.size() > 8 ? data.subspan(8) : BytesView{};
  static_cast<void>(parse_received_request(to_string(block)));
  static_cast<void>(parse_cgi_text(data));
  static_cast<void>(parse_cgi_text(block));
  static_cast<void>(jpeg_size(block));
}

TEST(CapturedDrw, IsReadWholeAndCutAnywhere) {
  std::size_t rows = 0;
  for (const auto& [n, data] : captured_data()) {
    SCOPED_TRACE(n);
    for (std::size_t size = 0; size <= data.size(); ++size) {
      read_by_all(BytesView{data}.first(size));
    }
    ++rows;
  }
  EXPECT_EQ(rows, 18U) << "every DRW with captured data, none skipped";
}

TEST(CapturedDrw, IsReadWithEachByteDamaged) {
  for (const auto& [n, data] : captured_data()) {
    SCOPED_TRACE(n);
    for (std::size_t at = 0; at < data.size(); ++at) {
      Bytes damaged = data;
      for (unsigned flip = 1; flip < 256; ++flip) {
        damaged[at] = data[at] ^ static_cast<std::byte>(flip);
        read_by_all(damaged);
      }
    }
  }
}

struct CapturedReply {
  const char* n;
  std::uint16_t id;
  std::size_t length;
};

TEST(CapturedDrw, TellsTheIdAndTheLengthOfARealReply) {
  for (const auto& [n, id, length] :
       {CapturedReply{"9", 0x6015, 0x5390}, CapturedReply{"38", 0x6002, 3784},
        CapturedReply{"54", 0x6015, 7205}}) {
    SCOPED_TRACE(n);
    Bytes data = data_of(n);
    data.resize(8 + length);  // what was not captured cannot matter to where it ends
    CgiReplyStream stream{4 * 1024 * 1024};
    BytesView rest{data};
    ASSERT_EQ(stream.advance(rest), CgiReplyStream::Progress::header);
    EXPECT_EQ(stream.id(), id);
    ASSERT_EQ(stream.advance(rest), CgiReplyStream::Progress::reply);
    EXPECT_TRUE(rest.empty());
    EXPECT_EQ(stream.take().body.size(), length);
  }
}

TEST(CapturedDrw, BreaksTheExchangeWhenItIsAnotherDialect) {
  for (const char* n : {"22", "23", "26", "27"}) {
    SCOPED_TRACE(n);
    CgiExchange exchange;
    exchange.on_stream(TimePoint{1h}, data_of(n));
    const auto event = exchange.take_event();
    ASSERT_TRUE(event.has_value());
    ASSERT_TRUE(std::holds_alternative<CgiBroken>(*event));
    EXPECT_EQ(std::get<CgiBroken>(*event).what, "block magic 0x110a at a block boundary");
  }
}

// In the form of fuzz_cgi_reply: a script (3) that submits two snapshots and two get_params with a
// second's patience, then hears what was captured.
std::string as_script(const Bytes& data) {
  std::string seed{"\x03\x02\x06\x02\x08"};
  seed += '\0';
  seed += static_cast<char>(data.size());
  return seed + to_string(data);
}

// The same for what an app asked: a request text (2).
std::optional<std::string> as_request(const Bytes& data) {
  const std::string text = data.size() > 8 ? to_string(BytesView{data}.subspan(8)) : "";
  if (!text.starts_with("GET ")) return std::nullopt;
  return '\x02' + text;
}

// The fuzzer starts from, and the replay repeats, what real devices and apps sent.
TEST(CapturedDrw, IsAllInTheCorpusOfTheReplyFuzzer) {
  std::set<std::string> corpus;
  const auto folder = std::filesystem::path{CAM32100_TESTS_DIR} / "fuzz/cgi_reply/corpus";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    corpus.insert(std::string{std::istreambuf_iterator<char>(in), {}});
  }
  std::size_t requests = 0;
  for (const auto& [n, data] : captured_data()) {
    SCOPED_TRACE(n);
    ASSERT_LT(data.size(), 256U) << "a script's chunk is no longer";
    EXPECT_EQ(corpus.count(as_script(data)), 1U);
    if (const auto request = as_request(data)) {
      EXPECT_EQ(corpus.count(*request), 1U);
      ++requests;
    }
  }
  EXPECT_EQ(requests, 3U) << "of 34, 35 and 50 more than the block's head is known";
}

}  // namespace
}  // namespace cam32100::protocol
