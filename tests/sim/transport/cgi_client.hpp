#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "protocol/dialect/cgi.hpp"
#include "protocol/peer/camera.hpp"
#include "protocol/transport/session.hpp"
#include "tests/support/independent_camera/independent_camera.hpp"
#include "tests/support/sim_network/sim_network.hpp"

namespace cam32100::sim {

// A session that speaks CGI with a camera on a simulated network: one request at a time.
class CgiClient final : public protocol::StreamReceiver {
 public:
  // `network` and `camera` must outlive the client.
  CgiClient(std::uint64_t seed, SimNetwork& network, protocol::Endpoint& camera,
            const protocol::Uid& uid, protocol::Credentials credentials,
            const protocol::ChannelConfig& channel)
      : net{network},
        session{net.now(), session_config(uid, channel), seed, *this},
        credentials_{std::move(credentials)} {
    us = net.attach(session, {{192, 168, 1, 2}, 40000}, [this](TimePoint now) { settle(now); });
    const Address where{{192, 168, 1, 20}, 20000};
    net.attach(camera, where);
    session.add_candidate(net.now(), where, protocol::Path::lan);
    net.gauge("session", [this] { return session.queued_bytes(); });
  }

  [[nodiscard]] bool open() {
    using namespace std::chrono_literals;
    return net.run_until([this] { return session.state() == protocol::Session::State::ready; }, 8s);
  }

  // The reply's body, or nullopt when none came within `limit`.
  [[nodiscard]] std::optional<protocol::Bytes> ask(
      const std::string& cgi, Duration limit,
      std::vector<std::pair<std::string, std::string>> parameters = {}) {
    reply_.reset();
    protocol::Bytes block;
    const bool submitted = exchange_
                               .submit(net.now(us), ++ticket_, {{cgi, std::move(parameters), true}},
                                       credentials_, limit, block)
                               .has_value();
    if (!submitted || !session.send(net.now(us), 0, block)) return std::nullopt;
    (void)net.run_until([this] { return reply_.has_value(); }, limit);
    return std::exchange(reply_, std::nullopt);
  }

  void on_stream(TimePoint now, std::uint8_t channel, protocol::BytesView bytes) override {
    if (channel == 0) exchange_.on_stream(now, bytes);
  }

  SimNetwork& net;
  protocol::Session session;
  NodeId us{};
  std::uint64_t unexpected_replies = 0;
  std::optional<protocol::SessionClosed> closed;

 private:
  static protocol::SessionConfig session_config(const protocol::Uid& uid,
                                                const protocol::ChannelConfig& channel) {
    protocol::SessionConfig config;
    config.uid = uid;
    config.channel = channel;
    return config;
  }

  void settle(TimePoint now) {
    exchange_.on_time(now);
    while (auto event = session.take_event()) {
      if (auto* end = std::get_if<protocol::SessionClosed>(&*event)) closed = *end;
    }
    while (auto event = exchange_.take_event()) {
      auto* replied = std::get_if<protocol::CgiReplied>(&*event);
      if (replied != nullptr && replied->ticket == ticket_ && !reply_) {
        reply_ = std::move(replied->reply.body);
      } else {
        ++unexpected_replies;
      }
    }
  }

  protocol::CgiExchange exchange_;
  protocol::Credentials credentials_;
  std::uint64_t ticket_ = 0;
  std::optional<protocol::Bytes> reply_;
};

inline protocol::CameraConfig camera_with(std::vector<protocol::Bytes> pictures) {
  protocol::CameraConfig config;
  config.uid = protocol::Uid::parse("VSTB-668515-UZCPK").value();
  config.pictures = std::move(pictures);
  return config;
}

inline testing::IndependentCameraConfig independent_camera_with(protocol::Bytes shown) {
  testing::IndependentCameraConfig config;
  config.uid = "VSTB-668515-UZCPK";
  config.jpeg = std::move(shown);
  // Twice the longest delay of these networks, and more.
  config.owed_ack_grace = std::chrono::milliseconds{400};
  return config;
}

// The client with our own camera.
struct WithEmulated {
  WithEmulated(std::uint64_t seed, const LinkConfig& links, const protocol::CameraConfig& config,
               const protocol::ChannelConfig& channel = {})
      : net{seed, links}, camera{net.now(), config, seed + 1}, client{seed,
                                                                      net,
                                                                      camera,
                                                                      config.uid,
                                                                      config.credentials,
                                                                      channel} {}

  SimNetwork net;
  protocol::EmulatedCamera camera;
  CgiClient client;
};

// The client with the camera that shares no code with it, whose complaints fail the test.
struct WithIndependent {
  WithIndependent(std::uint64_t seed, const LinkConfig& links,
                  const testing::IndependentCameraConfig& config,
                  const protocol::ChannelConfig& channel = {})
      : net{seed, links}, camera{config}, client{seed,
                                                 net,
                                                 camera,
                                                 protocol::Uid::parse(config.uid).value(),
                                                 {config.user, config.password},
                                                 channel} {}
  WithIndependent(const WithIndependent&) = delete;
  WithIndependent& operator=(const WithIndependent&) = delete;
  ~WithIndependent() {
    for (const auto& complaint : camera.violations()) {
      ADD_FAILURE() << "the camera complains: " << complaint;
    }
  }

  SimNetwork net;
  testing::IndependentCamera camera;
  CgiClient client;
};

// A picture that a JPEG reader walks through from end to end, without meaning: `size` bytes, at
// least 64.
[[nodiscard]] protocol::Bytes picture(std::size_t size, std::uint64_t seed);

}  // namespace cam32100::sim
