#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "protocol/transport/session.hpp"
#include "tests/sim/transport/stream_peer.hpp"
#include "tests/support/sim_network/sim_network.hpp"

namespace cam32100::sim {

inline constexpr Address kOurs{{192, 168, 1, 2}, 40000};
inline constexpr Address kDevice{{192, 168, 1, 20}, 20000};

class StreamText final : public protocol::StreamReceiver {
 public:
  void on_stream(TimePoint, std::uint8_t channel, protocol::BytesView bytes) override {
    text.at(channel) += protocol::to_string(bytes);
  }
  std::array<std::string, protocol::kChannels> text;
};

// One session with one StreamPeer on one network, what each side sent, and what came of it.
class Conversation {
 public:
  Conversation(std::uint64_t seed, const LinkConfig& links, protocol::SessionConfig config = {})
      : net{seed, links},
        config_{prepared(std::move(config))},
        session{net.now(), config_, seed, received},
        device{config_.uid, config_.channel},
        us{net.attach(session, kOurs, [this](TimePoint) { take_events(); })},
        them{net.attach(device, kDevice)} {
    session.add_candidate(net.now(), kDevice, protocol::Path::lan);
    net.gauge("session", [this] { return session.queued_bytes(); });
    net.gauge("device", [this] { return device.queued_bytes(); });
  }

  [[nodiscard]] bool open() {
    using namespace std::chrono_literals;
    return net.run_until([this] { return session.state() == protocol::Session::State::ready; }, 8s);
  }
  void say(std::uint8_t channel, const std::string& text) {
    said.at(channel) += text;
    EXPECT_TRUE(session.send(net.now(us), channel, protocol::as_bytes(text)));
  }
  void hear(std::uint8_t channel, const std::string& text) {
    answered.at(channel) += text;
    EXPECT_TRUE(device.send(channel, protocol::as_bytes(text)));
  }
  [[nodiscard]] bool all_arrived() const {
    return session.queued_bytes() == 0 && device.all_acknowledged();
  }
  // Once each, in order, and nothing else.
  void expect_everything_once_in_order() const {
    for (std::uint8_t channel = 0; channel < protocol::kChannels; ++channel) {
      EXPECT_TRUE(device.received(channel) == said.at(channel))
          << "to the device, channel " << +channel;
      EXPECT_TRUE(received.text.at(channel) == answered.at(channel))
          << "from it, channel " << +channel;
    }
  }
  void take_events() {
    while (auto event = session.take_event()) {
      if (auto* closed_event = std::get_if<protocol::SessionClosed>(&*event))
        closed = *closed_event;
    }
  }

 private:
  static protocol::SessionConfig prepared(protocol::SessionConfig config) {
    config.uid = protocol::Uid::parse("VSTB-668515-UZCPK").value();
    return config;
  }

 public:
  SimNetwork net;

 private:
  protocol::SessionConfig config_;

 public:
  StreamText received;
  protocol::Session session;
  StreamPeer device;
  NodeId us;
  NodeId them;
  std::array<std::string, protocol::kChannels> said;
  std::array<std::string, protocol::kChannels> answered;
  std::optional<protocol::SessionClosed> closed;
};

}  // namespace cam32100::sim
