#pragma once

#include <memory>
#include <string>
#include <vector>

#include "protocol/transport/relay_client.hpp"
#include "tests/unit/peer/by_hand.hpp"
#include "tests/unit/transport/relay_wire.hpp"

namespace cam32100::protocol {

// A relay client met datagram by datagram.
struct RelayClientByHand : ::testing::Test {
  RelayConfig config = default_config();
  std::unique_ptr<RelayClient> client;
  std::unique_ptr<ByHand> hand;

  inline static const Address kServerB{{198, 51, 100, 2}, 32100};
  inline static const Address kRelay{{203, 0, 113, 50}, 32100};
  inline static const Address kRelayB{{203, 0, 113, 51}, 32100};
  inline static const Address kRelayC{{203, 0, 113, 52}, 32100};
  inline static const Address kWay{{203, 0, 113, 50}, 34000};  // the port that kRelay gives

  static RelayConfig default_config() {
    RelayConfig config;
    config.servers = {{kServer, {}}};
    config.uid = uid_of("XHA-000994-KMMEB");
    return config;
  }
  void start(Cipher cipher = {}) {
    client = std::make_unique<RelayClient>(TimePoint{1h}, config);
    hand = std::make_unique<ByHand>(*client, cipher);
  }
  // To where RLY_REQ goes out and the relay has given kWay.
  void bring_to_port() {
    hand->take();
    hand->send(kServer, relay_wire::list({kRelay}));
    hand->take();
    hand->send(kRelay, relay_wire::kHelloAck);
    hand->take();
    hand->send(kRelay, relay_wire::port_ack(kWay.port));
  }
  [[nodiscard]] std::optional<RelayOpened> opened() const { return event<RelayOpened>(); }
  [[nodiscard]] std::optional<RelayFailed> failed() const { return event<RelayFailed>(); }
  void expect_failure(Errc code, Operation operation) const {
    const auto failure = failed();
    ASSERT_TRUE(failure.has_value());
    EXPECT_STREQ(to_text(failure->code), to_text(code));
    EXPECT_STREQ(to_text(failure->operation), to_text(operation));
    EXPECT_TRUE(client->finished());
    EXPECT_FALSE(client->deadline().has_value());
    EXPECT_FALSE(client->take_event().has_value()) << "it ends once";
    EXPECT_TRUE(hand->take().empty());
  }
  static std::size_t count_to(const std::vector<Sent>& sent, const Address& to,
                              const std::string& hex_prefix) {
    return static_cast<std::size_t>(std::count_if(sent.begin(), sent.end(), [&](const Sent& each) {
      return each.to == to && each.hex.starts_with(hex_prefix);
    }));
  }

 private:
  template <class T>
  [[nodiscard]] std::optional<T> event() const {
    const auto next = client->take_event();
    if (!next || !std::holds_alternative<T>(*next)) return std::nullopt;
    return std::get<T>(*next);
  }
};

}  // namespace cam32100::protocol
