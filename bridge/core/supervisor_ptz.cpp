// Stops: a camera must not be left moving.
#include <algorithm>

#include "bridge/core/supervisor_impl.hpp"

namespace cam32100::bridge {

namespace {

using mappings::PlanKind;

// Nobody gains by a stop that comes later than this.
constexpr std::chrono::seconds kStopLifetime{60};
constexpr std::size_t kMaxOwedStops = 4;

}  // namespace

bool Run::has_unsent_stop() const {
  return job.plan.kind == PlanKind::ptz && !tickets.empty() && !all_sent();
}

bool Run::owes_stop() const {
  if (role == Role::stop) return true;
  const auto& steps = job.plan.steps;
  return job.plan.kind == PlanKind::ptz && !tickets.empty() && steps.size() > 1 &&
         steps.back().pause_before.count() > 0 && !replies.back();
}

void CameraSupervisor::Impl::plan_ptz_stop(TimePoint now, Run& run, std::size_t step) {
  const mappings::CommandPlan& plan = run.job.plan;
  // Whatever moved the camera before, this command decides now.
  if (run.role == Run::Role::job && step == 0) owed_stops.clear();
  if (!plan.batch && step + 1 < plan.steps.size() &&
      plan.steps[step + 1].pause_before.count() > 0) {
    // Counted from the sending, not from the reply: a lost reply must not prolong the move.
    run.resume_at = now + plan.steps[step + 1].pause_before;
  }
  if (run.all_sent() && plan.dead_man) owe_stop(now, *plan.dead_man, plan.dead_man->pause_before);
}

void CameraSupervisor::Impl::supersede_moves(TimePoint now) {
  for (Run& run : runs) {
    if (run.role != Run::Role::job || !run.has_unsent_stop()) continue;
    for (const Asker& asker : std::exchange(run.job.askers, {}))
      fail(asker, superseded_by_ptz_error());
    run.role = Run::Role::stop;
    run.resume_at = now;
  }
  continue_paused(now);  // the stop stands before the new move in the channel
}

void CameraSupervisor::Impl::continue_paused(TimePoint now) {
  if (phase != Phase::open && phase != Phase::leaving) return;
  for (auto run = runs.begin(); run != runs.end();) {
    const auto next = std::next(run);
    if (run->resume_at && *run->resume_at <= now) (void)send_step(now, run);
    run = next;
  }
}

void CameraSupervisor::Impl::owe_stop(TimePoint now, const mappings::PlanStep& step, Duration in) {
  if (owed_stops.size() >= kMaxOwedStops)
    owed_stops.erase(owed_stops.begin());  // the oldest matters least
  owed_stops.push_back({step.request, now + in, now + in + kStopLifetime});
}

void CameraSupervisor::Impl::send_owed_stops(TimePoint now, bool all) {
  if (rejected || (phase != Phase::open && phase != Phase::leaving)) return;
  std::vector<OwedStop> later;
  for (OwedStop& stop : std::exchange(owed_stops, {})) {
    if (!all && stop.due > now) {
      later.push_back(std::move(stop));
      continue;
    }
    PlanJob job;
    job.plan.kind = PlanKind::ptz;
    job.plan.steps.push_back({std::move(stop.request), {}});
    start(now, Run::Role::stop, std::move(job));
  }
  owed_stops = std::move(later);
}

}  // namespace cam32100::bridge
