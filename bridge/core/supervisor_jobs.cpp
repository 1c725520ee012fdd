// Jobs in: where each kind of job goes.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "bridge/core/supervisor_impl.hpp"

namespace cam32100::bridge {

namespace {

using mappings::PlanKind;

constexpr std::chrono::seconds kLookupTimeout{5};
constexpr std::chrono::seconds kRetryAfter{1};

// A move takes its time before its last step: nobody is to give up meanwhile.
protocol::Duration pauses_of(const mappings::CommandPlan& plan) {
  protocol::Duration sum{};
  for (const auto& step : plan.steps) sum += step.pause_before;
  return sum;
}

}  // namespace

void CameraSupervisor::Impl::submit(TimePoint now, Job job) {
  auto* cgi = std::get_if<CgiJob>(&job.what);
  const Duration usual = config.connect_timeout + config.request_timeout +
                         (cgi == nullptr ? Duration{} : pauses_of(cgi->plan));
  const Duration allowed = job.timeout ? Duration{*job.timeout} : usual;
  const Asker asker{job.id, now, now + allowed, job.timeout.has_value()};
  if (shutting_down) return fail(asker, shutting_down_error());
  if (cgi != nullptr) {
    PlanJob made;
    made.plan = std::move(cgi->plan);
    made.own = job.origin == JobOrigin::own;
    if (job.origin == JobOrigin::timed && !is_welcome(now))
      return fail(asker, session_lost_error("none is open", Executed::no));
    made.wall_ahead = cgi->wall_ahead;
    submit_plan(now, asker, std::move(made));
  } else if (auto* check = std::get_if<CredentialsJob>(&job.what)) {
    PlanJob made;
    made.plan = check->plan.steps.empty() ? check_user_plan() : std::move(check->plan);
    made.credentials = std::move(check->credentials);
    submit_plan(now, asker, std::move(made));
  } else if (const auto* connect = std::get_if<ConnectJob>(&job.what)) {
    submit_connect(now, asker, *connect);
  } else if (const auto* lookup = std::get_if<LookupJob>(&job.what)) {
    submit_lookup(now, asker, *lookup);
  } else {
    submit_disconnect(now, asker);
  }
  progress(now);
}

// Nobody asked for the session to be closed, and the camera is not being left alone for a while.
bool CameraSupervisor::Impl::is_welcome(TimePoint now) const {
  if (stay_closed || queue.has_disconnect()) return false;
  if (phase == Phase::open) return true;
  return phase == Phase::trying ? retries == 0 : next_try <= now;
}

bool CameraSupervisor::Impl::has_room(TimePoint now, const Asker& asker) {
  if (waiting() < config.max_queue) return true;
  const bool open = phase == Phase::open || next_try <= now;
  fail(asker, rate_limited_error(config.max_queue, open ? Duration{kRetryAfter} : next_try - now));
  return false;
}

void CameraSupervisor::Impl::submit_plan(TimePoint now, const Asker& asker, PlanJob job) {
  const bool checks = job.credentials.has_value();
  if (job.own && (phase != Phase::open || rejected || queue.has_disconnect()))
    return fail(asker, session_lost_error("none is open", Executed::no));
  if (!checks && (rejected || is_refusing(now))) {
    const bool taken = verdict == Verdict::busy;
    const Duration wait = std::max(next_try - now, Duration::zero());
    return fail(asker, taken ? busy_error(config.uid, wait)
                             : auth_error(config.uid, config.credentials.user, wait));
  }
  const bool ptz = job.plan.kind == PlanKind::ptz;
  const bool replaces = ptz && queue.has_ptz();
  if (!replaces && !has_room(now, asker)) return;
  if (!job.own) stay_closed = false;
  if (job.plan.kind == PlanKind::snapshot && join_snapshot(job, asker)) return;
  if (ptz) supersede_moves(now);
  job.askers.push_back(asker);
  for (const Asker& replaced : queue.add(std::move(job))) fail(replaced, superseded_by_ptz_error());
  checks ? hurry_even_if_refused(now) : hurry(now);
}

bool CameraSupervisor::Impl::join_snapshot(const PlanJob& job, const Asker& asker) {
  const auto same = std::find_if(runs.begin(), runs.end(), [&job](const Run& run) {
    return run.role == Run::Role::job && !run.job.credentials &&
           same_requests(run.job.plan, job.plan);
  });
  if (same == runs.end()) return queue.join(job, asker);
  same->job.askers.push_back(asker);
  same->job.own = same->job.own && job.own;
  return true;
}

void CameraSupervisor::Impl::submit_connect(TimePoint now, const Asker& asker,
                                            const ConnectJob& job) {
  if (job.via == protocol::Path::relay) {
    if (job.address) return fail(asker, address_by_relay_error());
    if (config.servers.empty()) return fail(asker, no_servers_error());
  }
  const Route wanted{job.address, job.via};
  if (phase == Phase::open && !rejected && follows(wanted)) {
    stay_closed = false;
    events.push(JobConnected{asker.id, ready->peer, ready->path, true, attempts_of_ready()});
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
  lookup.dsk = config.dsk;
  lookup.lan_address = lan_address();
  lookup.own = config.own.addresses;
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
    cancel_waiting(cancelled_by_disconnect_error());
  } else if (!has_room(now, asker)) {
    return;
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

std::size_t CameraSupervisor::Impl::waiting() const {
  std::size_t count = queue.waiting() + connects.size() + lookups.size();
  for (const Run& run : runs) count += run.job.askers.empty() ? 0 : run.job.askers.size() - 1;
  return count;
}

}  // namespace cam32100::bridge
