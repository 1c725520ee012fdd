// Answers out: exactly one for each job, at the latest at its deadline.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "bridge/core/supervisor_impl.hpp"

namespace cam32100::bridge {

namespace {

using mappings::CommandError;
using mappings::ErrorCode;

bool is_about_reaching(ErrorCode code) {
  return code == ErrorCode::camera_offline || code == ErrorCode::lookup_failed ||
         code == ErrorCode::connect_timeout || code == ErrorCode::busy ||
         code == ErrorCode::auth_failed;
}

}  // namespace

void CameraSupervisor::Impl::expire(TimePoint now) {
  for (const JobQueue::Taken& taken : queue.take_expired(now)) {
    if (taken.work == PlanJob::Work::disconnect) {
      // Commands before it did not end in time: it has waited long enough.
      events.push(JobDone{taken.asker.id});
      stay_closed = true;
      for (Run& run : runs) {
        for (const Asker& asker : std::exchange(run.job.askers, {}))
          fail(asker, cancelled_by_disconnect_error());
      }
      drop_all_runs(now);
      if (phase == Phase::open || phase == Phase::trying) leave(now);
    } else if (phase == Phase::open) {
      fail(taken.asker, timeout_error(now - taken.asker.submitted, false, true));
    } else {
      fail(taken.asker, waiting_error(now, taken.asker));
    }
  }
  const auto late = std::stable_partition(
      connects.begin(), connects.end(),
      [now](const WaitingConnect& connect) { return connect.asker.deadline > now; });
  const std::vector<WaitingConnect> expired{late, connects.end()};
  connects.erase(late, connects.end());
  for (const WaitingConnect& connect : expired)
    fail(connect.asker, waiting_error(now, connect.asker));
  for (auto lookup = lookups.begin(); lookup != lookups.end();) {
    if (lookup->asker.deadline > now) {
      ++lookup;
      continue;
    }
    events.push(
        JobLookedUp{lookup->asker.id, lookup->locator->report(), protocol::Errc::timed_out});
    lookup = lookups.erase(lookup);
  }
  expire_runs(now);
}

nlohmann::json CameraSupervisor::Impl::attempts_of_ready() const {
  return opened_by.empty() ? nlohmann::json::array() : nlohmann::json::parse(opened_by);
}

CommandError CameraSupervisor::Impl::waiting_error(TimePoint now, const Asker& asker) const {
  if (phase == Phase::trying) {
    const bool heard = search->lan_answered() || link->session().last_heard().has_value();
    AttemptFacts facts = attempt_facts(
        now, protocol::Errc::timed_out,
        heard ? protocol::Operation::awaiting_ready : protocol::Operation::awaiting_punch);
    facts.next_try = Duration::zero();  // it is under way
    return attempt_error(facts);
  }
  if (!last_error || !is_about_reaching(last_error->code))
    return timeout_error(now - asker.submitted, false, true);
  CommandError error = *last_error;
  if (error.detail.is_object() && next_try > now) {
    error.detail["next_try_s"] = std::chrono::ceil<std::chrono::seconds>(next_try - now).count();
  }
  return error;
}

void CameraSupervisor::Impl::fail(const Asker& asker, CommandError error) {
  events.push(JobFailed{asker.id, std::move(error)});
}

void CameraSupervisor::Impl::fail_waiting(const std::vector<JobQueue::Taken>& taken,
                                          const CommandError& error) {
  for (const JobQueue::Taken& each : taken) fail(each.asker, error);
}

void CameraSupervisor::Impl::answer_connects(TimePoint now) {
  std::vector<WaitingConnect> left;
  for (const WaitingConnect& connect : connects) {
    // Or it opened from another address than it was asked at (its session port): that is the
    // answer.
    if (follows(connect.route) || connect.route == route) {
      events.push(
          JobConnected{connect.asker.id, ready->peer, ready->path, false, attempts_of_ready()});
    } else {
      left.push_back(connect);
    }
  }
  connects = std::move(left);
  last_activity = now;
}

void CameraSupervisor::Impl::fail_connects(TimePoint started, const CommandError& error) {
  std::vector<WaitingConnect> left;
  for (const WaitingConnect& connect : connects) {
    const bool had_its_attempt =
        connect.asker.submitted <= started && (connect.route == route || connect.route == Route{});
    if (had_its_attempt) {
      fail(connect.asker, error);
    } else {
      left.push_back(connect);
    }
  }
  connects = std::move(left);
}

void CameraSupervisor::Impl::cancel_waiting(const CommandError& error) {
  for (const JobQueue::Taken& taken : queue.take_all()) {
    if (taken.work == PlanJob::Work::disconnect) {
      events.push(JobDone{taken.asker.id});  // it gets what it asked for
    } else {
      fail(taken.asker, error);
    }
  }
  for (const WaitingConnect& connect : std::exchange(connects, {})) fail(connect.asker, error);
}

void CameraSupervisor::Impl::answer_all(const CommandError& error) {
  for (Run& run : runs) {
    for (const Asker& asker : std::exchange(run.job.askers, {})) fail(asker, error);
  }
  drop_all_runs(last_now);
  cancel_waiting(error);
  for (const RunningLookup& lookup : lookups) fail(lookup.asker, error);
  lookups.clear();
}

}  // namespace cam32100::bridge
