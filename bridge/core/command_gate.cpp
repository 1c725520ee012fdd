#include "bridge/core/command_gate.hpp"

#include <algorithm>

namespace cam32100::bridge {

void CommandGate::on_connected(int mqtt_version) {
  echoes_ = mqtt_version < 5;
  cleared_.clear();
}

CommandGate::Verdict CommandGate::judge(protocol::TimePoint now, const MqttMessage& message) {
  if (message.retained) return message.payload.empty() ? Verdict::ignore : Verdict::retained;
  if (message.payload.empty() && echoes_) {
    expire(now);
    const auto found = cleared_.find(message.topic);
    if (found != cleared_.end()) {
      if (--found->second.count == 0) cleared_.erase(found);
      return Verdict::ignore;
    }
  }
  return message.payload.size() > kMaxPayload ? Verdict::too_large : Verdict::execute;
}

void CommandGate::cleared(protocol::TimePoint now, const std::string& topic) {
  if (!echoes_) return;
  expire(now);
  if (cleared_.size() >= kMaxCleared && !cleared_.contains(topic)) {
    cleared_.erase(std::min_element(
        cleared_.begin(), cleared_.end(),
        [](const auto& a, const auto& b) { return a.second.since < b.second.since; }));
  }
  auto& entry = cleared_[topic];
  entry.since = now;
  ++entry.count;
}

void CommandGate::expire(protocol::TimePoint now) {
  std::erase_if(cleared_, [now](const auto& item) { return now - item.second.since >= kEchoTime; });
}

}  // namespace cam32100::bridge
