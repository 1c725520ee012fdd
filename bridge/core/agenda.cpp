#include "bridge/core/agenda.hpp"

namespace cam32100::bridge {

void Agenda::set(const TaskKey& key, protocol::TimePoint when) {
  const auto [slot, is_new] = when_.try_emplace(key, when);
  if (!is_new) {
    if (slot->second == when) return;
    order_.erase({slot->second, key});
    slot->second = when;
  }
  order_.emplace(when, key);
}

void Agenda::set_if_absent(const TaskKey& key, protocol::TimePoint when) {
  if (!has(key)) set(key, when);
}

void Agenda::bring_forward(const TaskKey& key, protocol::TimePoint when) {
  const auto slot = when_.find(key);
  if (slot == when_.end() || when < slot->second) set(key, when);
}

void Agenda::cancel(const TaskKey& key) {
  const auto slot = when_.find(key);
  if (slot == when_.end()) return;
  order_.erase({slot->second, key});
  when_.erase(slot);
}

void Agenda::cancel_subject(std::uint64_t subject) {
  for (auto slot = when_.begin(); slot != when_.end();) {
    if (slot->first.subject != subject) {
      ++slot;
      continue;
    }
    order_.erase({slot->second, slot->first});
    slot = when_.erase(slot);
  }
}

std::optional<protocol::TimePoint> Agenda::when(const TaskKey& key) const {
  const auto found = when_.find(key);
  if (found == when_.end()) return std::nullopt;
  return found->second;
}

std::optional<TaskKey> Agenda::take_due(protocol::TimePoint now) {
  if (order_.empty() || order_.begin()->first > now) return std::nullopt;
  const TaskKey key = order_.begin()->second;
  order_.erase(order_.begin());
  when_.erase(key);
  return key;
}

std::optional<protocol::TimePoint> Agenda::next() const {
  if (order_.empty()) return std::nullopt;
  return order_.begin()->first;
}

}  // namespace cam32100::bridge
