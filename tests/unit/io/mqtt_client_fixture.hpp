#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bridge/io/mqtt_client.hpp"
#include "tests/unit/io/scripted_broker.hpp"

namespace cam32100::bridge {

using testing::ScriptedBroker;
using testing::topic_of;
using namespace std::chrono_literals;

inline MqttPublication publication(std::string topic, std::string payload) {
  MqttPublication out;
  out.topic = std::move(topic);
  out.payload = std::move(payload);
  return out;
}

// Every TCP socket of this process towards `port`, and whether it has TCP_NODELAY.
inline std::vector<bool> no_delay_flags(std::uint16_t port) {
  std::vector<bool> flags;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename().string());
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, static_cast<sockaddr*>(static_cast<void*>(&peer)), &size) != 0) continue;
    if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != port) continue;
    int on = 0;
    socklen_t length = sizeof on;
    if (::getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &length) == 0) flags.push_back(on != 0);
  }
  return flags;
}

class MqttClientTest : public ::testing::Test {
 protected:
  void start(const std::string& version = "auto",
             std::size_t max_waiting_in_bytes = MqttClient::kMaxWaitingInBytes) {
    MqttConfig config;
    config.url = "mqtt://127.0.0.1:" + std::to_string(broker.port());
    config.version = version;
    MqttHandlers handlers;
    handlers.on_connected = [this](const MqttConnection& made) { connections.push_back(made); };
    handlers.on_lost = [this](const std::string&) { ++losses; };
    handlers.on_subscribed = [this](const std::string& filter, int code) {
      subscribed.emplace_back(filter, code);
    };
    handlers.on_message = [this](MqttMessage message) { messages.push_back(std::move(message)); };
    handlers.on_log = [this](LogLevel level, const std::string& text) {
      if (level != LogLevel::debug) log.push_back(text);
    };
    client = std::make_unique<MqttClient>(io, config, "test-client",
                                          MqttWill{"base/bridge/availability", "offline"}, handlers,
                                          max_waiting_in_bytes);
    client->start();
  }
  bool run_until(const std::function<bool()>& done, std::chrono::seconds at_most = 10s) {
    const auto limit = std::chrono::steady_clock::now() + at_most;
    while (!done() && std::chrono::steady_clock::now() < limit) io.run_one_for(50ms);
    return done();
  }
  [[nodiscard]] bool has_logged(const std::string& text) const {
    return std::any_of(log.begin(), log.end(),
                       [&](const auto& line) { return line.find(text) != std::string::npos; });
  }
  bool connect() {
    return run_until([&] { return !connections.empty(); });
  }

  boost::asio::io_context io{1};
  ScriptedBroker broker{io};
  std::vector<MqttConnection> connections;
  std::vector<std::pair<std::string, int>> subscribed;
  std::vector<MqttMessage> messages;
  std::vector<std::string> log;
  int losses = 0;
  std::unique_ptr<MqttClient> client;  // last: destroyed first
};

}  // namespace cam32100::bridge
