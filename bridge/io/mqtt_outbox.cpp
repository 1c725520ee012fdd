#include "bridge/io/mqtt_outbox.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

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
    (void)take(same);
    ++dropped_;
  }
  append(std::move(publication));
}

void MqttOutbox::push_while_busy(MqttPublication publication) { append(std::move(publication)); }

const MqttPublication* MqttOutbox::next() const noexcept {
  return waiting_.empty() ? nullptr : &waiting_.front();
}

std::optional<MqttPublication> MqttOutbox::pop() {
  if (waiting_.empty()) return std::nullopt;
  return take(waiting_.begin());
}

void MqttOutbox::on_connection_lost() {
  Waiting before;
  before.swap(waiting_);
  bytes_ = qos0_bytes_ = qos0_messages_ = 0;
  // From the newest on, so that each is compared with none but by its name.
  std::unordered_set<std::string_view> seen;
  std::vector<MqttPublication*> kept;
  std::for_each(before.rbegin(), before.rend(), [&](MqttPublication& each) {
    if (each.keep_while_down && seen.insert(each.topic).second) {
      kept.push_back(&each);
    } else {
      ++dropped_;
    }
  });
  seen.clear();  // it looked into what moves now
  std::for_each(kept.rbegin(), kept.rend(),
                [this](MqttPublication* each) { append(std::move(*each)); });
}

void MqttOutbox::append(MqttPublication publication) {
  bytes_ += publication.payload.size();
  if (publication.qos == 0) {
    qos0_bytes_ += publication.payload.size();
    ++qos0_messages_;
  }
  waiting_.push_back(std::move(publication));
  // The newest always stays: one message may be larger than a cap.
  while (qos0_messages_ > 1 && qos0_bytes_ > limits_.max_qos0_bytes) drop_oldest_qos0();
  while (waiting_.size() > 1 &&
         (waiting_.size() > limits_.max_messages || bytes_ > limits_.max_bytes)) {
    if (qos0_messages_ > (waiting_.back().qos == 0 ? 1U : 0U)) {
      drop_oldest_qos0();
    } else {
      (void)take(waiting_.begin());
      ++dropped_;
    }
  }
}

MqttPublication MqttOutbox::take(const Waiting::iterator& which) {
  auto taken = std::move(*which);
  bytes_ -= taken.payload.size();
  if (taken.qos == 0) {
    qos0_bytes_ -= taken.payload.size();
    --qos0_messages_;
  }
  waiting_.erase(which);
  return taken;
}

void MqttOutbox::drop_oldest_qos0() {
  (void)take(std::find_if(waiting_.begin(), waiting_.end(),
                          [](const auto& publication) { return publication.qos == 0; }));
  ++dropped_;
}

}  // namespace cam32100::bridge
