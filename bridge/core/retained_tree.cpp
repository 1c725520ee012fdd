#include "bridge/core/retained_tree.hpp"

#include <string_view>

#include "protocol/wire/uid.hpp"

namespace cam32100::bridge {

void RetainedTree::add(const mappings::Topics& topics, const MqttMessage& message) {
  if (!message.retained || message.payload.empty()) return;
  const auto uid = topics.camera_of(message.topic);
  if (!uid) return;
  // Only canonical UIDs were ever published by us; other levels belong to somebody else.
  const auto parsed = protocol::Uid::parse(*uid);
  if (!parsed || parsed->text() != *uid) return;
  if (topics_ >= kMaxTopics || bytes_ + message.topic.size() > kMaxBytes) {
    whole_ = false;
    return;
  }
  auto& camera = cameras_[*uid];
  if (!camera.topics.insert(message.topic).second) return;
  ++topics_;
  bytes_ += message.topic.size();
  if (message.topic == topics.camera(*uid, "availability")) {
    camera.availability = message.payload.substr(0, 16);
    return;
  }
  const std::string prefix = topics.camera_event(*uid, "");
  if (message.topic.size() <= prefix.size() || message.topic.compare(0, prefix.size(), prefix) != 0)
    return;
  if (message.payload.size() > kMaxEventPayload || bytes_ + message.payload.size() > kMaxBytes)
    return;
  bytes_ += message.payload.size();
  camera.events.emplace(message.topic.substr(prefix.size()), message.payload);
}

const RetainedTree::Camera* RetainedTree::camera(const std::string& uid) const {
  const auto found = cameras_.find(uid);
  return found == cameras_.end() ? nullptr : &found->second;
}

}  // namespace cam32100::bridge
