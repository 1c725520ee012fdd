// Jobs in, answers out: exactly one each.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "bridge/core/supervisor_impl.hpp"
#include "bridge/core/supervisor_protocol_events.hpp"

namespace cam32100::bridge {

namespace {

using mappings::CommandError;
using mappings::ErrorCode;
using mappings::PlanKind;

constexpr std::chrono::seconds kLookupTimeout{5};
constexpr std::chrono::seconds kRetryAfter{1};

mappings::CommandPlan check_user_plan() {
  mappings::CommandPlan plan;
  plan.steps.push_back(
      {.request = {.cgi = "check_user.cgi", .parameters = {}, .authenticate = true},
       .pause_before = {}});
  return plan;
}

bool is_about_reaching(ErrorCode code) {
  return code == ErrorCode::camera_offline || code == ErrorCode::lookup_failed ||
         code == ErrorCode::connect_timeout || code == ErrorCode::busy ||
         code == ErrorCode::auth_failed;
}

}  // namespace

void CameraSupervisor::Impl::submit(TimePoint now, Job job) {
  const Duration allowed = job.timeout.value_or(config.connect_timeout + config.request_timeout);
  const Asker asker{job.id, now, now + allowed, job.timeout.has_value()};
  if (shutting_down) return fail(asker, shutting_down_error());
  if (auto* cgi = std::get_if<CgiJob>(&job.what)) {
    submit_plan(now, asker, std::move(cgi->plan), std::nullopt);
  } else if (auto* check = std::get_if<CredentialsJob>(&job.what)) {
    submit_plan(now, asker, check_user_plan(), std::move(check->credentials));
  } else if (const auto* connect = std::get_if<ConnectJob>(&job.what)) {
    submit_connect(now, asker, *connect);
  } else if (const auto* lookup = std::get_if<LookupJob>(&job.what)) {
    submit_lookup(now, asker, *lookup);
  } else {
    submit_disconnect(now, asker);
  }
  progress(now);
}

bool CameraSupervisor::Impl::has_room(TimePoint now, const Asker& asker) {
  if (waiting() < config.max_queue) return true;
  const bool open = phase == Phase::open || next_try <= now;
  fail(asker, rate_limited_error(config.max_queue, open ? Duration{kRetryAfter} : next_try - now));
  return false;
}

void CameraSupervisor::Impl::submit_plan(TimePoint now, const Asker& asker,
                                         mappings::CommandPlan plan,
                                         std::optional<protocol::Credentials> credentials) {
  if (!credentials && (rejected || is_refusing(now))) {
    const bool taken = verdict == Verdict::busy;
    const Duration wait = std::max(next_try - now, Duration::zero());
    return fail(asker, taken ? busy_error(config.uid, wait)
                             : auth_error(config.uid, config.credentials.user, wait));
  }
  const bool ptz = plan.kind == PlanKind::ptz;
  const bool replaces = ptz && queue.has_ptz();
  if (!replaces && !has_room(now, asker)) return;
  stay_closed = false;
  if (plan.kind == PlanKind::snapshot && join_snapshot(plan, asker)) return;
  if (ptz) supersede_moves(now);
  PlanJob queued;
  queued.plan = std::move(plan);
  const bool checks = credentials.has_value();
  queued.credentials = std::move(credentials);
  queued.askers.push_back(asker);
  for (const Asker& replaced : queue.add(std::move(queued)))
    fail(replaced, superseded_by_ptz_error());
  checks ? hurry_even_if_refused(now) : hurry(now);
}

bool CameraSupervisor::Impl::join_snapshot(const mappings::CommandPlan& plan, const Asker& asker) {
  const auto same = std::find_if(runs.begin(), runs.end(), [&plan](const Run& run) {
    return run.role == Run::Role::job && !run.job.credentials && same_requests(run.job.plan, plan);
  });
  if (same == runs.end()) return queue.join(plan, asker);
  same->job.askers.push_back(asker);
  return true;
}

void CameraSupervisor::Impl::submit_connect(TimePoint now, const Asker& asker,
                                            const ConnectJob& job) {
  if (job.via == protocol::Path::relay) return fail(asker, no_relay_error());
  const Route wanted{job.address, job.via};
  if (phase == Phase::open && !rejected && follows(wanted)) {
    stay_closed = false;
    events.push(JobConnected{asker.id, ready->peer, ready->path, true, nlohmann::json::array()});
    return;
  }
  if (!has_room(now, asker)) return;
  stay_closed = false;
  connects.push_back({asker, wanted});
  if (phase == Phase::trying && wanted != Route{} && wanted != route) {
    next_try = now;
    leave(now);
  }
  hurry_even_if_refused(now);
}

bool CameraSupervisor::Impl::follows(const Route& wanted) const {
  return (!wanted.address || *wanted.address == ready->peer) &&
         (!wanted.via || *wanted.via == ready->path);
}

void CameraSupervisor::Impl::submit_lookup(TimePoint now, const Asker& asker,
                                           const LookupJob& job) {
  protocol::LocatorConfig lookup;
  lookup.servers = job.servers.empty() ? config.servers : job.servers;
  if (lookup.servers.empty()) return fail(asker, no_servers_error());
  if (!has_room(now, asker)) return;
  lookup.uid = config.uid;
  lookup.timeout = std::min<Duration>(kLookupTimeout, asker.deadline - now);
  lookups.push_back(
      {asker, std::make_unique<protocol::Locator>(now, std::move(lookup), seeds.next())});
}

void CameraSupervisor::Impl::submit_disconnect(TimePoint now, const Asker& asker) {
  PlanJob job;
  job.work = PlanJob::Work::disconnect;
  job.askers.push_back(asker);
  if (phase != Phase::open) {
    // There is no session whose commands could be finished first.
    fail_waiting(queue.take_all(), cancelled_by_disconnect_error());
    for (const WaitingConnect& connect : std::exchange(connects, {}))
      fail(connect.asker, cancelled_by_disconnect_error());
  }
  (void)queue.add(std::move(job));  // replaces nothing: it is no ptz
  if (phase == Phase::trying) disconnect(now);
}

void CameraSupervisor::Impl::disconnect(TimePoint now) {
  for (const Asker& asker : queue.take_front().askers) events.push(JobDone{asker.id});
  // Commands that came after it ask for the camera again.
  stay_closed = queue.empty() && connects.empty();
  next_try = now;
  reason.clear();
  if (phase == Phase::open) note_seen(now);
  if (stay_closed && phase != Phase::open) owed_stops.clear();
  if (phase == Phase::open || phase == Phase::trying) leave(now);
}

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

CommandError CameraSupervisor::Impl::waiting_error(TimePoint now, const Asker& asker) const {
  if (phase == Phase::trying) {
    const bool heard = search->lan_answered() || link->session().last_heard().has_value();
    AttemptFacts facts = attempt_facts(
        now, protocol::Errc::timed_out,
        heard ? protocol::Operation::awaiting_ready : protocol::Operation::awaiting_punch);
    facts.next_try = Duration::zero();  // it is under way
    return unreachable_error(facts);
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
  for (WaitingConnect& connect : connects) {
    if (follows(connect.route)) {
      events.push(JobConnected{connect.asker.id, ready->peer, ready->path, false,
                               search->attempts(ready->peer)});
    } else if (connect.route == route) {
      // The camera opened from another address than it was asked at (its session port): that is the
      // answer.
      events.push(JobConnected{connect.asker.id, ready->peer, ready->path, false,
                               search->attempts(ready->peer)});
    } else {
      left.push_back(std::move(connect));
    }
  }
  connects = std::move(left);
  last_activity = now;
}

void CameraSupervisor::Impl::fail_connects(TimePoint started, const CommandError& error) {
  std::vector<WaitingConnect> left;
  for (WaitingConnect& connect : connects) {
    const bool had_its_attempt =
        connect.asker.submitted <= started && (connect.route == route || connect.route == Route{});
    if (had_its_attempt) {
      fail(connect.asker, error);
    } else {
      left.push_back(std::move(connect));
    }
  }
  connects = std::move(left);
}

std::size_t CameraSupervisor::Impl::waiting() const {
  std::size_t count = queue.waiting() + connects.size() + lookups.size();
  for (const Run& run : runs) count += run.job.askers.empty() ? 0 : run.job.askers.size() - 1;
  return count;
}

void CameraSupervisor::Impl::answer_all(const CommandError& error) {
  for (Run& run : runs) {
    for (const Asker& asker : std::exchange(run.job.askers, {})) fail(asker, error);
  }
  drop_all_runs(last_now);
  for (const JobQueue::Taken& taken : queue.take_all()) {
    if (taken.work == PlanJob::Work::disconnect) {
      events.push(JobDone{taken.asker.id});  // it gets what it asked for
    } else {
      fail(taken.asker, error);
    }
  }
  for (const WaitingConnect& connect : std::exchange(connects, {})) fail(connect.asker, error);
  for (const RunningLookup& lookup : lookups) fail(lookup.asker, error);
  lookups.clear();
}

void CameraSupervisor::Impl::shut_down(TimePoint now) {
  if (shutting_down) return;
  shutting_down = true;
  answer_all(shutting_down_error());
  if (phase == Phase::open || phase == Phase::trying) leave(now);
  progress(now);
}

void CameraSupervisor::Impl::resume(TimePoint now) {
  if (shutting_down) return;
  backoff.reset();
  if (!is_refusing(now)) {
    if (phase != Phase::resting) reason = "the host was suspended";
    next_try = now;
  }
  if (phase == Phase::open || phase == Phase::trying) {
    // The camera has forgotten us, or soon will: its side cannot be trusted, nor can our socket.
    note_missed(now);
    park_runs(now, reason);
    leave(now);
  }
  if (phase == Phase::resting) {
    search.reset();
    presence_due = now;
  }
  progress(now);
}

void CameraSupervisor::Impl::reconfigure(TimePoint now, SupervisorConfig configuration) {
  const SupervisorConfig before = std::exchange(config, with_sane_limits(std::move(configuration)));
  if (shutting_down) return;
  const bool other_camera = before.uid != config.uid;
  const bool credentials = before.credentials.user != config.credentials.user ||
                           before.credentials.password != config.credentials.password;
  if (before.address != config.address || other_camera) remembered.reset();
  if (credentials && verdict == Verdict::auth_failed) {
    verdict = Verdict::none;
    refusals.reset();
    if (phase != Phase::open) next_try = now;
  }
  if (phase == Phase::open) {
    if (other_camera || (credentials && rejected) || !may_keep_cipher()) {
      park_runs(now, "the configuration changed");
      next_try = now;
      leave(now);
    } else if (credentials && !is_verifying()) {
      start_verification(now);
    }
  } else if (other_camera || is_sought_elsewhere(before)) {
    // What was tried in vain may work now.
    if (phase == Phase::trying) leave(now);
    if (!is_refusing(now)) next_try = now;
    if (phase == Phase::resting) {
      search.reset();
      presence_due = now;
    }
  }
  progress(now);
}

bool CameraSupervisor::Impl::may_keep_cipher() const {
  return config.ciphers.empty() || std::any_of(config.ciphers.begin(), config.ciphers.end(),
                                               [this](const protocol::NamedCipher& cipher) {
                                                 return cipher.name == ready->cipher_name;
                                               });
}

bool CameraSupervisor::Impl::is_sought_elsewhere(const SupervisorConfig& before) const {
  const auto same_server = [](const protocol::ServerAddress& a, const protocol::ServerAddress& b) {
    return a.address == b.address && a.cipher == b.cipher;
  };
  const auto same_cipher = [](const protocol::NamedCipher& a, const protocol::NamedCipher& b) {
    return a.name == b.name && a.cipher == b.cipher;
  };
  return before.address != config.address || before.lan_targets != config.lan_targets ||
         !std::equal(before.servers.begin(), before.servers.end(), config.servers.begin(),
                     config.servers.end(), same_server) ||
         !std::equal(before.ciphers.begin(), before.ciphers.end(), config.ciphers.begin(),
                     config.ciphers.end(), same_cipher);
}

}  // namespace cam32100::bridge
