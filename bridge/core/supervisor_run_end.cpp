// Runs that do not end by a reply: out of time, dropped, or their session is lost.
#include <algorithm>

#include "bridge/core/supervisor_impl.hpp"

namespace cam32100::bridge {

void CameraSupervisor::Impl::abandon(std::list<Run>::iterator run) {
  if (link) {
    for (const std::uint64_t ticket : run->tickets) link->exchange().abandon(ticket);
  }
  runs.erase(run);
}

void CameraSupervisor::Impl::drop_run(TimePoint now, std::list<Run>::iterator run) {
  if (!run->has_unsent_stop()) return abandon(run);
  run->role = Run::Role::stop;
  if (!run->resume_at) run->resume_at = now;
}

void CameraSupervisor::Impl::drop_all_runs(TimePoint now) {
  for (auto run = runs.begin(); run != runs.end();) {
    const auto next = std::next(run);
    if (run->role == Run::Role::job) drop_run(now, run);
    run = next;
  }
}

void CameraSupervisor::Impl::park_runs(TimePoint now, const std::string& why) {
  // From the newest to the oldest, so that what is put back stands in its old order.
  while (!runs.empty()) {
    const auto run = std::prev(runs.end());
    if (run->role == Run::Role::job && (run->held || (!run->job.plan.batch && run->has_enough()))) {
      deliver(run);  // the camera did answer; only our doubt about the password or a look remains
      continue;
    }
    const bool sent = !run->tickets.empty();
    if (run->owes_stop()) {
      mappings::PlanStep stop = run->job.plan.steps.back();
      stop.pause_before = {};
      owe_stop(now, stop, {});
    }
    if (run->role == Run::Role::job && !run->job.askers.empty()) {
      const bool again = !sent || (!run->changes_camera() && !run->job.repeated);
      if (again && !run->job.own) {
        PlanJob job = std::move(run->job);
        job.repeated = job.repeated || sent;
        queue.put_back(std::move(job));
      } else {
        const auto error = session_lost_error(
            why, run->changes_camera() ? Executed::unknown : Executed::read_only);
        for (const Asker& asker : run->job.askers) fail(asker, error);
      }
    }
    abandon(run);
  }
  fail_waiting(queue.take_own(), session_lost_error(why, Executed::no));
}

void CameraSupervisor::Impl::expire_runs(TimePoint now) {
  for (auto run = runs.begin(); run != runs.end();) {
    const auto next = std::next(run);
    auto& askers = run->job.askers;
    const auto late = std::stable_partition(
        askers.begin(), askers.end(), [now](const Asker& asker) { return asker.deadline > now; });
    if (run->role == Run::Role::job && late != askers.end()) {
      if (run->held || run->has_enough()) {
        deliver_what_came(run);  // better than none, and a change that was made is no failure
      } else {
        for (auto asker = late; asker != askers.end(); ++asker) {
          fail(*asker, speaks_otherwise()
                           ? other_dialect_error(config.uid)
                           : timeout_error(now - asker->submitted, true, run->changes_camera()));
        }
        askers.erase(late, askers.end());
        if (askers.empty()) drop_run(now, run);
      }
    }
    run = next;
  }
}

bool CameraSupervisor::Impl::speaks_otherwise() const {
  return !replied && search && search->json_dialect_hint();
}

}  // namespace cam32100::bridge
