#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace cam32100::bridge {

// Our small view of an MQTT client: real (io/paho_client) and fake (tests). All calls come on the
// one thread.

struct MqttPublication {
  std::string topic{};
  std::string payload{};
  int qos = 1;
  bool retain = false;
  bool keep_while_down =
      false;  // responses and events: newest per topic is sent after the next connect
  std::string content_type{};  // MQTT 5 only; "application/json" sets the UTF-8 flag
  std::optional<std::string> correlation_data{};  // MQTT 5 only, bytes as they are
};

struct MqttMessage {
  std::string topic{};
  std::string payload{};
  int qos = 0;
  bool retained =
      false;  // as received: on MQTT 5 (retain-as-published) also true for a live retained publish
  std::optional<std::string> response_topic{};
  std::optional<std::string> correlation_data{};
};

struct MqttConnection {  // what the broker said
  int version = 5;       // 5 or 4 (3.1.1)
  std::optional<std::uint32_t> maximum_packet_size{};
};

struct SubscribeOptions {
  int qos = 1;
  bool no_local = false;             // MQTT 5
  bool retain_as_published = false;  // MQTT 5
};

class MqttPort {
 public:
  virtual ~MqttPort() = default;
  virtual void subscribe(const std::string& filter,
                         const SubscribeOptions& options) = 0;  // answer: Bridge::on_subscribed
  virtual void unsubscribe(const std::string& filter) = 0;
  virtual void publish(MqttPublication publication) = 0;  // while down: dropped, or kept
                                                          // (keep_while_down), newest per topic
};

}  // namespace cam32100::bridge
