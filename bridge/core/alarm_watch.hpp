#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridge/core/event_id.hpp"
#include "bridge/core/ports.hpp"

namespace cam32100::bridge {

struct AlarmChange {
  std::string type;  // motion, alarm_in, unknown_alarm
  std::string id;    // the same at the start and the end of one alarm
  bool active = false;
  std::chrono::milliseconds duration{};  // at the end
  int raw = 0;                           // alarm_status as it came; 0: it was pushed
  bool pushed = false;                   // the camera called
};

// Turns the alarm_status of successive get_status replies into starts and ends. An alarm ends when
// the camera says so, or `off_delay` after it was last seen (the session broke, or polling is off).
// A new session continues an alarm that is still active, so that a reconnect alone never starts
// one.
class AlarmWatch {
 public:
  explicit AlarmWatch(protocol::Duration off_delay) noexcept : off_delay_{off_delay} {}

  void set_off_delay(protocol::Duration off_delay) noexcept { off_delay_ = off_delay; }
  // alarm_status: 0 none, 1 motion, 2 input, 3 sensor (VStarcam CGI manual); others are unknown
  // alarms.
  [[nodiscard]] std::vector<AlarmChange> on_status(const Moment& now, int alarm_status,
                                                   EventIds& ids);
  // The camera called: motion, until off_delay after its last call, whatever its status says
  // meanwhile (some forget it before they are asked).
  [[nodiscard]] std::vector<AlarmChange> on_push(const Moment& now, EventIds& ids);
  [[nodiscard]] std::vector<AlarmChange> on_time(const Moment& now);
  [[nodiscard]] std::optional<protocol::TimePoint> deadline() const;
  [[nodiscard]] bool is_active() const noexcept { return !active_.empty(); }
  [[nodiscard]] bool is_active(const std::string& type) const { return active_.contains(type); }

 private:
  struct Active {
    std::string id;
    protocol::TimePoint since, last_seen;
    int raw = 0;
    bool pushed = false;
  };
  [[nodiscard]] static AlarmChange ended(const std::string& type, const Active& alarm,
                                         protocol::TimePoint now);
  protocol::Duration off_delay_;
  std::map<std::string, Active> active_;  // by type: at most three
};

}  // namespace cam32100::bridge
