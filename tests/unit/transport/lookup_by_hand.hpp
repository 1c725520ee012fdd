#pragma once

#include <gmock/gmock.h>

#include <optional>
#include <vector>

#include "protocol/transport/locator.hpp"
#include "tests/unit/transport/conversation.hpp"

// A locator and three servers, spoken for by hand.
namespace cam32100::protocol::lookup_by_hand {

using namespace std::chrono_literals;
using namespace conversation;

inline const Address kFirst{{10, 0, 0, 1}, kServerPort};
inline const Address kSecond{{10, 0, 0, 2}, kServerPort};
inline const Address kThird{{10, 0, 0, 3}, kServerPort};
inline const Address kOurs{{192, 168, 1, 2}, 40000};
inline const Address kMapped{{203, 0, 113, 9}, 1234};

class Lookup : public ::testing::Test {
 protected:
  Lookup() {
    config.servers = {{kFirst, {}}, {kSecond, {}}, {kThird, {}}};
    config.uid = uid();
    config.lan_address = {kOurs, 2};
    start();
  }
  void start() { locator.emplace(kStart, config, 1); }
  void hear(TimePoint now, const Address& from, const Message& message, const Cipher& cipher = {}) {
    locator->on_datagram(now, from, bytes_of(message, cipher));
  }
  void answer(const Address& from, ResultCode result) {
    P2pReqAck ack;
    ack.result = result;
    hear(kStart + 5ms, from, ack);
  }
  void punch_to(const Address& from, const Address& where) {
    hear(kStart + 6ms, from, PunchTo{{where, 2}});
  }
  template <class T>
  std::vector<T> events() {
    std::vector<T> all;
    while (auto event = locator->take_event()) {
      if (auto* wanted = std::get_if<T>(&*event)) all.push_back(*wanted);
    }
    return all;
  }
  std::optional<Errc> verdict() {
    const auto finished = events<LookupFinished>();
    EXPECT_THAT(finished, ::testing::SizeIs(1));
    EXPECT_TRUE(locator->finished());
    return finished.empty() ? std::optional{Errc::bad_reply} : finished.front().error;
  }

  LocatorConfig config;
  std::optional<Locator> locator;
};

}  // namespace cam32100::protocol::lookup_by_hand
