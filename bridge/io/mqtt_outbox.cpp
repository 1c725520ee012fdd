#include "bridge/io/mqtt_outbox.hpp"

#include <algorithm>
#include <utility>

namespace cam32100::bridge {

void MqttOutbox::push_while_down(MqttPublication publication) {
  if (!publication.keep_while_down) {
    ++dropped_;
    return;
  }
  const auto same = std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& other) {
    return other.topic == publication.topic;
  });
  if (same != waiting_.end()) {
    bytes_ -= same->payload.size();
    waiting_.erase(same);
    ++dropped_;
  }
  append(std::move(publication));
}

void MqttOutbox::push_while_busy(MqttPublication publication) { append(std::move(publication)); }

std::optional<MqttPublication> MqttOutbox::pop() {
  if (waiting_.empty()) return std::nullopt;
  auto first = std::move(waiting_.front());
  bytes_ -= first.payload.size();
  waiting_.pop_front();
  return first;
}

void MqttOutbox::on_connection_lost() {
  std::deque<MqttPublication> before;
  before.swap(waiting_);
  bytes_ = 0;
  for (auto& publication : before) push_while_down(std::move(publication));
}

void MqttOutbox::append(MqttPublication publication) {
  bytes_ += publication.payload.size();
  waiting_.push_back(std::move(publication));
  while (waiting_.size() > 1 &&
         (waiting_.size() > limits_.max_messages || bytes_ > limits_.max_bytes))
    drop_front();
}

void MqttOutbox::drop_front() {
  bytes_ -= waiting_.front().payload.size();
  waiting_.pop_front();
  ++dropped_;
}

}  // namespace cam32100::bridge
