#include "bridge/core/retained_tree.hpp"

#include <utility>

#include "protocol/wire/uid.hpp"

namespace cam32100::bridge {

void RetainedTree::add(const mappings::Topics& topics, const MqttMessage& message,
                       bool flags_are_hidden) {
  const auto uid = topics.camera_of(message.topic);
  if (!uid) return;
  // Only canonical UIDs were ever published by us; other levels belong to somebody else.
  const auto parsed = protocol::Uid::parse(*uid);
  if (!parsed || parsed->text() != *uid) return;
  const std::string prefix = topics.camera_event(*uid, "");
  const bool is_event = message.topic.size() > prefix.size() && message.topic.starts_with(prefix);
  // What comes live while the tree is read is newer than its replay.
  if (!message.retained && !(flags_are_hidden && is_event)) return;
  const std::string type = is_event ? message.topic.substr(prefix.size()) : std::string{};
  if (message.payload.empty()) return forget(*uid, message.topic, type);
  if (!note_topic(*uid, message.topic)) return;
  Camera& camera = cameras_[*uid];
  if (message.topic == topics.camera(*uid, "availability")) {
    camera.availability = message.payload.substr(0, 16);
  }
  if (!is_event) return;
  forget_event(camera, type);
  if (message.payload.size() > kMaxEventPayload || bytes_ + message.payload.size() > kMaxBytes)
    return;
  bytes_ += message.payload.size();
  camera.events.emplace(type, message.payload);
}

bool RetainedTree::note_topic(const std::string& uid, const std::string& topic) {
  const auto known = cameras_.find(uid);
  if (known != cameras_.end() && known->second.topics.contains(topic)) return true;
  if (topics_ >= max_topics_ || bytes_ + topic.size() > kMaxBytes) {
    whole_ = false;
    return false;
  }
  cameras_[uid].topics.insert(topic);
  ++topics_;
  bytes_ += topic.size();
  return true;
}

void RetainedTree::forget(const std::string& uid, const std::string& topic,
                          const std::string& type) {
  const auto found = cameras_.find(uid);
  if (found == cameras_.end() || found->second.topics.erase(topic) == 0) return;
  --topics_;
  bytes_ -= topic.size();
  if (!type.empty()) forget_event(found->second, type);
  if (found->second.topics.empty()) cameras_.erase(found);
}

void RetainedTree::forget_event(Camera& camera, const std::string& type) {
  const auto found = camera.events.find(type);
  if (found == camera.events.end()) return;
  bytes_ -= found->second.size();
  camera.events.erase(found);
}

const RetainedTree::Camera* RetainedTree::camera(const std::string& uid) const {
  const auto found = cameras_.find(uid);
  return found == cameras_.end() ? nullptr : &found->second;
}

}  // namespace cam32100::bridge
