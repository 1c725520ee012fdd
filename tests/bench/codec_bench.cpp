// Nanoseconds and allocations per datagram: decoding, encoding, the cipher, a step of a session.
#include <array>
#include <cstring>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>

#include "protocol/peer/camera.hpp"
#include "protocol/transport/session.hpp"
#include "tests/bench/allocations.hpp"
#include "tests/bench/bench_main.hpp"
#include "tests/bench/figures.hpp"

namespace cam32100::bench {
namespace {

using namespace cam32100::protocol;

constexpr std::size_t kRounds = 7, kPerRound = 100'000;
constexpr std::size_t kFullDrw = 1024;

// What the compiler must not know to be unused.
std::uint64_t sink = 0;

struct Measured {
  Repeats nanoseconds, allocations;
};

Measured measure(const std::function<void()>& one) {
  for (std::size_t i = 0; i < kPerRound / 10; ++i) one();
  Measured seen;
  for (std::size_t round = 0; round < kRounds; ++round) {
    const auto allocated = allocation_count();
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < kPerRound; ++i) one();
    const Nanoseconds took = std::chrono::steady_clock::now() - start;
    const auto more =
        allocation_count() - allocated;  // before the figures are kept, which allocates
    seen.nanoseconds.add(static_cast<double>(took.count()) / double{kPerRound});
    seen.allocations.add(static_cast<double>(more) / double{kPerRound});
  }
  return seen;
}

// What a datagram costs whoever only copies it.
class Table {
 public:
  Table() {
    for (const std::size_t size : {kSmall, kLarge}) {
      copied_[size] = measure([size, this] {
                        std::memcpy(to_.data(), from_.data(), size);
                        asm volatile("" : : "r"(to_.data()) : "memory");
                      }).nanoseconds;
      const auto bytes = std::to_string(size) + " bytes";
      rows_.push_back({"copy of " + bytes, "ns", copied_[size]});
    }
  }
  void add(const std::string& what, std::size_t size, const std::function<void()>& one) {
    const auto seen = measure(one);
    const auto floor = size < kLarge ? kSmall : kLarge;
    rows_.push_back({what, "ns", seen.nanoseconds,
                     Floor{"copy of " + std::to_string(floor) + " B", copied_[floor].median()}});
    rows_.push_back({what + ", new", "each", seen.allocations, {}, value_at_most(0)});
  }
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

 private:
  static constexpr std::size_t kSmall = 64, kLarge = 1032;
  std::map<std::size_t, Repeats> copied_;
  std::array<char, kLarge> from_{}, to_{};
  std::vector<Row> rows_;
};

Bytes encoded(const Message& message) {
  Bytes out(kMaxDatagramBytes);
  out.resize(encode(message, out).value());
  return out;
}

Bytes drw(std::size_t size, std::uint16_t index = 0) {
  const Bytes data(size, std::byte{0x5A});
  return encoded(Drw{.channel = 1, .index = index, .data = data});
}

void codec_rows(Table& table) {
  const auto full = drw(kFullDrw);
  const auto punch = encoded(PunchPkt{Uid::parse("VSTC-123456-ABCDE").value()});
  table.add("decode PUNCH_PKT of 24 bytes", 24,
            [&] { sink += decode(punch).value().payload_length; });
  table.add("decode DRW of 1032 bytes", 1032, [&] { sink += decode(full).value().payload_length; });
  Bytes out(kMaxDatagramBytes);
  const Bytes data(kFullDrw, std::byte{0x5A});
  table.add("encode PUNCH_PKT of 24 bytes", 24, [&] {
    sink += encode(PunchPkt{Uid::parse("VSTC-123456-ABCDE").value()}, out).value();
  });
  table.add("encode DRW of 1032 bytes", 1032,
            [&] { sink += encode(Drw{.channel = 1, .index = 7, .data = data}, out).value(); });
  const Cipher cipher{"vstarcam2019"};
  auto sealed = full;
  table.add("encrypt 1032 bytes", 1032, [&] { cipher.encrypt(sealed); });
  table.add("decrypt 1032 bytes", 1032, [&] { cipher.decrypt(sealed); });
}

class Counting final : public StreamReceiver {
 public:
  void on_stream(TimePoint, std::uint8_t, BytesView bytes) override { bytes_ += bytes.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  std::size_t bytes_ = 0;
};

// A session that an emulated camera has opened, and that then is fed by hand.
class OpenSession {
 public:
  explicit OpenSession(const std::string& psk)
      : cipher_{psk}, session_{now_, config(psk), 1, received_} {
    CameraConfig camera_config;
    camera_config.uid = uid();
    camera_config.psk = psk;
    EmulatedCamera camera{now_, std::move(camera_config), 2};
    session_.add_candidate(now_, camera_address_, Path::lan);
    const Address own{{192, 0, 2, 1}, 40000};
    while (session_.state() != Session::State::ready) {
      while (session_.take_datagram(now_, out_)) camera.on_datagram(now_, own, out_.view());
      Datagram answer;
      while (camera.take_datagram(now_, answer))
        session_.on_datagram(now_, camera_address_, answer.view());
      if (session_.state() == Session::State::ready) break;
      now_ = std::max(now_, session_.deadline().value());
      session_.on_time(now_);
    }
  }

  // One DRW with the next index comes in; what is to be sent for it goes out.
  void receive_one(std::size_t size) {
    const Bytes& data = size == kFullDrw ? full_ : small_;
    in_.size = encode(Drw{.channel = 1, .index = index_++, .data = data}, in_.bytes).value();
    cipher_.encrypt(MutableBytesView{in_.bytes}.first(in_.size));
    session_.on_datagram(now_, camera_address_, in_.view());
    while (session_.take_datagram(now_, out_)) sink += out_.size;
    while (session_.take_event()) ++sink;
  }
  [[nodiscard]] std::size_t received() const noexcept { return received_.bytes(); }

 private:
  static Uid uid() { return Uid::parse("VSTJ-123456-ABCDE").value(); }
  static SessionConfig config(const std::string& psk) {
    SessionConfig out;
    out.uid = uid();
    out.ciphers = {{"bench", Cipher{psk}}};
    return out;
  }

  TimePoint now_{};
  Cipher cipher_;
  Counting received_;
  Session session_;
  Address camera_address_{{192, 0, 2, 2}, 32108};
  Datagram in_, out_;
  std::uint16_t index_ = 0;
  const Bytes full_ = Bytes(kFullDrw, std::byte{0x5A});
  const Bytes small_ = Bytes(64, std::byte{0x5A});
};

// The peer's encoding and encrypting is in it: its own lines above say how much that is.
void session_rows(Table& table) {
  for (const std::string psk : {"", "vstarcam2019"}) {
    const std::string how = psk.empty() ? "plain" : "encrypted";
    OpenSession session{psk};
    table.add("session " + how + ": 64 bytes in, ACK out", 64, [&] { session.receive_one(64); });
    table.add("session " + how + ": 1032 bytes in, ACK out", 1032,
              [&] { session.receive_one(kFullDrw); });
    if (session.received() == 0) throw std::runtime_error{"nothing was delivered"};
  }
}

int run(const BenchOptions& options) {
  Table table;
  codec_rows(table);
  session_rows(table);
  return report("Codec: nanoseconds and allocations per datagram", table.rows(),
                options.json_file) &&
                 sink != 0
             ? 0
             : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  return cam32100::bench::bench_main(argc, argv, cam32100::bench::run);
}
