#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "bridge/core/camera_supervisor.hpp"

namespace cam32100::bridge {

// Somebody who waits for an answer. Lives in exactly one place (queue, run, look-up, connect list),
// which is how every job gets exactly one answer.
struct Asker {
  JobId id = 0;
  protocol::TimePoint submitted;
  protocol::TimePoint deadline;
  bool own_timeout = false;  // the deadline is the asker's wish, not our default
};

// A plan with everybody who waits for its result: one asker, or several for a joined snapshot.
struct PlanJob {
  enum class Work { plan, disconnect };  // disconnect: closes the session when its turn comes
  Work work = Work::plan;
  mappings::CommandPlan plan;
  std::optional<protocol::Credentials> credentials;  // check these instead of ours
  std::vector<Asker> askers;
  bool repeated = false;  // already sent once, on a session that was lost
  bool own = false;       // nobody but the bridge wants it: it ends with the session
  std::chrono::system_clock::duration wall_ahead{};  // see CgiJob
};

[[nodiscard]] inline bool is_ptz(const PlanJob& job) noexcept {
  return job.work == PlanJob::Work::plan && job.plan.kind == mappings::PlanKind::ptz;
}

// One check_user.cgi.
[[nodiscard]] mappings::CommandPlan check_user_plan();
// Whether two plans ask the camera for the same.
[[nodiscard]] bool same_requests(const mappings::CommandPlan& a, const mappings::CommandPlan& b);

}  // namespace cam32100::bridge
