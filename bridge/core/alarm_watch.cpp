#include "bridge/core/alarm_watch.hpp"

#include <algorithm>

namespace cam32100::bridge {
namespace {

std::string alarm_type(int alarm_status) {
  switch (alarm_status) {
    case 0:
      return {};
    case 1:
      return "motion";
    case 2:  // input line
    case 3:  // paired sensor; `raw` tells the two apart
      return "alarm_in";
    default:
      return "unknown_alarm";
  }
}

}  // namespace

AlarmChange AlarmWatch::ended(const std::string& type, const Active& alarm,
                              protocol::TimePoint now) {
  const auto length = std::chrono::duration_cast<std::chrono::milliseconds>(now - alarm.since);
  return {type,      alarm.id,    false, std::max(length, std::chrono::milliseconds{0}),
          alarm.raw, alarm.pushed};
}

std::vector<AlarmChange> AlarmWatch::on_status(const Moment& now, int alarm_status, EventIds& ids) {
  const std::string type = alarm_type(alarm_status);
  std::vector<AlarmChange> changes;
  for (auto item = active_.begin(); item != active_.end();) {
    const bool called = item->second.pushed && now.steady - item->second.last_seen < off_delay_;
    if (item->first == type || called) {
      ++item;
      continue;
    }
    changes.push_back(ended(item->first, item->second, now.steady));
    item = active_.erase(item);
  }
  if (type.empty()) return changes;
  const auto [slot, started] = active_.try_emplace(type);
  slot->second.last_seen = now.steady;
  if (started) {
    slot->second = {ids.next(now.wall), now.steady, now.steady, alarm_status, false};
    changes.push_back({type, slot->second.id, true, {}, alarm_status, false});
  }
  return changes;
}

std::vector<AlarmChange> AlarmWatch::on_push(const Moment& now, EventIds& ids) {
  const auto [slot, started] = active_.try_emplace("motion");
  slot->second.last_seen = now.steady;
  if (!started) {
    slot->second.pushed = true;
    return {};
  }
  slot->second = {ids.next(now.wall), now.steady, now.steady, 0, true};
  return {{"motion", slot->second.id, true, {}, 0, true}};
}

std::vector<AlarmChange> AlarmWatch::on_time(const Moment& now) {
  std::vector<AlarmChange> changes;
  for (auto item = active_.begin(); item != active_.end();) {
    if (now.steady - item->second.last_seen < off_delay_) {
      ++item;
      continue;
    }
    changes.push_back(ended(item->first, item->second, now.steady));
    item = active_.erase(item);
  }
  return changes;
}

std::optional<protocol::TimePoint> AlarmWatch::deadline() const {
  std::optional<protocol::TimePoint> first;
  for (const auto& [type, alarm] : active_) {
    const auto end = alarm.last_seen + off_delay_;
    if (!first || end < *first) first = end;
  }
  return first;
}

}  // namespace cam32100::bridge
