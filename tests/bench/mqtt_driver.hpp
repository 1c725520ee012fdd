#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "bridge/io/mqtt_client.hpp"
#include "tests/bench/figures.hpp"

namespace cam32100::bench {

// An MQTT client that asks and waits, one request outstanding: Paho with the bridge's own remedies
// (TCP_NODELAY, heartbeat), so that the driver adds as little as it can. Throws after ten seconds
// without what it waits for.
class MqttDriver {
 public:
  MqttDriver(const std::string& url, const std::string& client_id);
  ~MqttDriver();
  MqttDriver(const MqttDriver&) = delete;
  MqttDriver& operator=(const MqttDriver&) = delete;

  void subscribe(const std::string& filter, int qos);
  // From the publish to the arrival of a live message on `answer_topic`.
  [[nodiscard]] Nanoseconds round_trip(const std::string& topic, const std::string& payload,
                                       int qos, const std::string& answer_topic);
  // Waits until a message on `topic` contains `text`.
  void wait_for(const std::string& topic, const std::string& text);
  void idle(std::chrono::milliseconds duration);
  // Answers every message on `topic` with `bytes` bytes on `answer_topic`, until the process ends.
  void echo(const std::string& topic, const std::string& answer_topic, int qos);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cam32100::bench
