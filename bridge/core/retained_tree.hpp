#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "bridge/core/mqtt_port.hpp"
#include "mappings/topics.hpp"

namespace cam32100::bridge {

// How much of it was seen: nothing when the broker does not let us read, a part when the time or a
// cap ended it.
enum class TreeReading { none, part, whole };

// What the broker still holds of our topics, read by a short-lived subscription right after each
// connect.
class RetainedTree {
 public:
  static constexpr std::size_t kMaxTopics = 500'000;           // 50 of each of kMaxCameras
  static constexpr std::size_t kMaxBytes = 128 * 1024 * 1024;  // of topics and kept payloads
  static constexpr std::size_t kMaxEventPayload = 4 * 1024;

  explicit RetainedTree(std::size_t max_topics = kMaxTopics) : max_topics_{max_topics} {}

  struct Camera {
    std::set<std::string> topics;
    std::map<std::string, std::string> events;  // event type -> payload
    std::string availability;                   // as retained; empty: none
  };

  // A message under the base topic: of two on one topic the later counts, an empty one erases it.
  // `flags_are_hidden`: on 3.1.1 a live message does not show that it is retained; those under
  // event/ always are. What exceeds the caps is left out and makes is_whole() false.
  void add(const mappings::Topics& topics, const MqttMessage& message, bool flags_are_hidden);
  [[nodiscard]] const Camera* camera(const std::string& uid) const;
  [[nodiscard]] const std::map<std::string, Camera>& cameras() const noexcept {
    return cameras_;
  }  // by UID
  [[nodiscard]] bool is_whole() const noexcept { return whole_; }

 private:
  [[nodiscard]] bool note_topic(const std::string& uid, const std::string& topic);
  void forget(const std::string& uid, const std::string& topic, const std::string& type);
  void forget_event(Camera& camera, const std::string& type);

  std::map<std::string, Camera> cameras_;
  std::size_t max_topics_, topics_ = 0, bytes_ = 0;
  bool whole_ = true;
};

}  // namespace cam32100::bridge
