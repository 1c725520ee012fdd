#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "protocol/wire/time.hpp"

namespace cam32100::bridge {

// What the bridge waits for. `subject` is the endpoint number of a camera or a query, 0 for the
// bridge.
enum class Task {
  start,            // cameras get their sockets
  tree_limit,       // reading our own retained topics ends at the latest
  subscribe_limit,  // SUBACK of the command filters is overdue
  cameras_topic,    // bridge/cameras, coalesced
  health,
  refresh,
  journal,  // folded log lines
  save_state,
  held_publications,  // what waits behind answers goes out
  server_names,       // names of 32100 servers are to be asked for again
  stop_limit,
  stop_check,     // whether every camera has sent its CLOSE
  query_limit,    // a discover, stun or lookup is over at the latest
  reload_limit,   // the answer to `reload` is overdue
  poll,           // get_status of one camera
  poll_rest,      // its settings and clients
  read_settings,  // after something was changed
  alarm_end,
  event_fold,
  discovery,     // a camera's Home Assistant payload (0: the bridge's)
  states_again,  // a camera's state (0: the bridge's), after Home Assistant has set it up
  leave,         // a camera goes whose alarm settings were to be put back
  snapshot,      // a picture on its interval
  birth,         // Home Assistant has started a moment ago
  departure,     // a removed camera may still say CLOSE
};

struct TaskKey {
  Task task = Task::start;
  std::uint64_t subject = 0;
  friend auto operator<=>(const TaskKey&, const TaskKey&) = default;
};

// All timers of the bridge in one ordered set, so that asking for the next costs the same with one
// camera and with hundreds. Equal moments come out in the order of their keys.
class Agenda {
 public:
  void set(const TaskKey& key, protocol::TimePoint when);  // replaces the key's earlier moment
  void set_if_absent(const TaskKey& key, protocol::TimePoint when);
  void bring_forward(const TaskKey& key, protocol::TimePoint when);  // never later than it was
  void cancel(const TaskKey& key);
  void cancel_subject(std::uint64_t subject);
  [[nodiscard]] bool has(const TaskKey& key) const { return when_.contains(key); }
  [[nodiscard]] std::optional<protocol::TimePoint> when(const TaskKey& key) const;
  // Removes and returns one task that is due; nullopt when none is.
  [[nodiscard]] std::optional<TaskKey> take_due(protocol::TimePoint now);
  [[nodiscard]] std::optional<protocol::TimePoint> next() const;

 private:
  std::map<TaskKey, protocol::TimePoint> when_;
  std::set<std::pair<protocol::TimePoint, TaskKey>> order_;
};

}  // namespace cam32100::bridge
