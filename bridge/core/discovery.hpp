#pragma once

#include <map>
#include <string>
#include <string_view>

#include "bridge/core/bridge_context.hpp"
#include "bridge/core/camera_topics.hpp"
#include "mappings/home_assistant.hpp"

namespace cam32100::bridge {

// Home Assistant's MQTT discovery: when which device payload goes out.
//
// - After a connect, on the slow refresh and on `rediscover`: the bridge, then one camera each
// kPace.
// - After Home Assistant's birth message: the same, 1 to 5 s later; a second after each camera's
//   payload follow its availability and state, since entities listen only once they are set up.
// - After a change: a second later, and never too soon after the last one of that device: see
//   SentDiscovery, which has the last word whatever asked for a payload.
class Discovery {
 public:
  static constexpr protocol::Duration kPace = std::chrono::milliseconds{5};
  static constexpr protocol::Duration kSetUp = std::chrono::seconds{1};

  Discovery(BridgeContext& context, CameraTopics& topics) : context_{context}, topics_{topics} {}

  // What is read beside our own tree after a connect: "<prefix>/device/+/config".
  [[nodiscard]] std::string filter() const;
  [[nodiscard]] const std::string& status_topic() const {
    return context_.config.homeassistant.status_topic;
  }
  void start_reading();
  // True: it was Home Assistant's word, or one of the payloads the broker holds.
  [[nodiscard]] bool take_message(const MqttMessage& message, bool reading);
  // The reading is over: devices of ours that are no more become stale, or go.
  void end_reading();

  void send_all();  // from now on, in kPace
  void note_change(CameraEntry& camera);
  void reconsider();  // the configuration was read again
  void on_task(CameraEntry& camera, Task task);
  void on_birth_task();
  void on_bridge_task();

 private:
  [[nodiscard]] bool is_on() const { return context_.config.homeassistant.discovery; }
  [[nodiscard]] mappings::DiscoveryContext payload_context() const;
  [[nodiscard]] nlohmann::json payload_of(const CameraEntry& camera) const;
  void on_birth();
  void withdraw();  // discovery was switched off
  void send_bridge();
  void send(CameraEntry& camera);
  void keep_states_behind(CameraEntry& camera, protocol::TimePoint payload);
  void publish(const std::string& topic, std::string payload);
  void clear_payloads(CameraEntry& camera, const std::string& but);
  void clear_bridge_payloads(const std::string& but);
  void note_bridge_topic(const std::string& topic);

  BridgeContext& context_;
  CameraTopics& topics_;
  SentDiscovery bridge_;
  std::map<std::string, std::string> held_;  // by id in the topic, while the tree is read
  std::size_t held_bytes_ = 0;
  std::uint64_t births_ = 0;
};

}  // namespace cam32100::bridge
