#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "protocol/dialect/cgi.hpp"
#include "protocol/wire/cipher.hpp"
#include "protocol/wire/endpoint.hpp"

namespace cam32100::protocol {

using namespace std::chrono_literals;

// One datagram that came out of an endpoint.
struct Sent {
  Address to;
  std::string hex;
};

// Drives an endpoint by datagrams written down byte for byte, and shows its own as hex. Time moves
// by hand.
class ByHand {
 public:
  explicit ByHand(Endpoint& endpoint, Cipher cipher = {}) : endpoint_{endpoint}, cipher_{cipher} {}

  TimePoint now{1h};

  void send(const Address& from, const std::string& hex) { send_bytes(from, from_text(hex)); }
  void send_bytes(const Address& from, Bytes datagram) {
    cipher_.encrypt(datagram);
    endpoint_.on_datagram(now, from, datagram);
  }
  // Everything that is to be sent now.
  std::vector<Sent> take() {
    std::vector<Sent> all;
    Datagram out;
    while (endpoint_.take_datagram(now, out)) {
      EXPECT_LT(all.size(), 10'000U) << "never comes to an end";
      if (all.size() >= 10'000U) break;
      cipher_.decrypt(MutableBytesView{out.bytes}.first(out.size));
      all.push_back({out.to, to_hex(out.view())});
    }
    return all;
  }
  std::vector<std::string> take_hex() {
    std::vector<std::string> all;
    for (auto& each : take()) all.push_back(std::move(each.hex));
    return all;
  }
  // Lets time pass from deadline to deadline; what was sent meanwhile.
  std::vector<Sent> pass(Duration time) {
    const TimePoint end = now + time;
    std::vector<Sent> all = take();
    while (endpoint_.deadline() && *endpoint_.deadline() <= end) {
      const TimePoint due = *endpoint_.deadline();
      now = std::max(now, due);
      endpoint_.on_time(now);
      for (auto& each : take()) all.push_back(std::move(each));
      if (endpoint_.deadline() && *endpoint_.deadline() <= now) {
        ADD_FAILURE() << "the deadline does not move on";
        break;
      }
    }
    now = end;
    endpoint_.on_time(now);
    for (auto& each : take()) all.push_back(std::move(each));
    return all;
  }

  static Bytes from_text(const std::string& hex) {
    Bytes bytes;
    EXPECT_TRUE(from_hex(hex, bytes)) << hex;
    return bytes;
  }

 private:
  Endpoint& endpoint_;
  Cipher cipher_;
};

inline std::size_t count(const std::vector<Sent>& sent, const std::string& hex_prefix) {
  return static_cast<std::size_t>(std::count_if(sent.begin(), sent.end(), [&](const Sent& each) {
    return each.hex.starts_with(hex_prefix);
  }));
}

inline Uid uid_of(const char* text) {
  const auto uid = Uid::parse(text);
  EXPECT_TRUE(uid.has_value()) << text;
  return uid.has_value() ? *uid : Uid{};
}

// Addresses of the documentation ranges.
inline const Address kClient{{192, 0, 2, 10}, 40000};
inline const Address kOtherClient{{192, 0, 2, 11}, 40001};
inline const Address kServer{{198, 51, 100, 1}, 32100};

// XHA-000994-KMMEB: captures 14 and 16.
inline const char* const kPunch = "f14100145848410000000000000003e24b4d4d4542000000";
inline const char* const kReady = "f14200145848410000000000000003e24b4d4d4542000000";
inline const char* const kAlive = "f1e00000";
inline const char* const kAliveAck = "f1e10000";
inline const char* const kClose = "f1f00000";
inline const char* const kLanSearch = "f1300000";

}  // namespace cam32100::protocol
