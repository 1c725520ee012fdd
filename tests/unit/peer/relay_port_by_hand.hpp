#pragma once

#include <memory>

#include "by_hand.hpp"
#include "protocol/peer/relay_port.hpp"
#include "tests/unit/transport/relay_wire.hpp"

namespace cam32100::protocol {

inline const Address kFromDevice{{203, 0, 113, 9}, 26101};
inline const Address kThird{{203, 0, 113, 66}, 5000};

// One relayed session met datagram by datagram.
struct RelayPortByHand : ::testing::Test {
  RelayPort::Config config = default_config();
  ByteBudget all{TimePoint{1h}, 10'000'000};
  std::unique_ptr<RelayPort> port;
  std::unique_ptr<ByHand> hand;

  static RelayPort::Config default_config() {
    RelayPort::Config config;
    config.admits = [](const Uid&) { return true; };
    config.word = {std::byte{0xa1}, std::byte{0xb2}, std::byte{0xc3}, std::byte{0xd4}};
    return config;
  }
  void start() {
    port = std::make_unique<RelayPort>(TimePoint{1h}, config, all);
    hand = std::make_unique<ByHand>(*port);
  }
  void open() {
    start();
    hand->send(kClient, relay_wire::from_client());
    hand->send(kFromDevice, relay_wire::from_device());
    ASSERT_EQ(hand->take().size(), 2U);
    ASSERT_TRUE(port->is_open());
  }
  void send_bytes(const Address& from, std::size_t size) const {
    hand->send_bytes(from, Bytes(size, std::byte{0xD0}));
  }
};

}  // namespace cam32100::protocol
