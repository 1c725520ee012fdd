// Plans on the open session: order, pipelining, pauses, stops, and what becomes of them when it is
// lost.
#include <algorithm>

#include "bridge/core/supervisor_impl.hpp"
#include "bridge/core/supervisor_protocol_events.hpp"

namespace cam32100::bridge {

namespace {

using mappings::PlanKind;

// Reads under way at once: enough to hide a round trip, few enough for a camera's small buffers.
constexpr std::size_t kMaxReads = 8;
// Requests in a row without an answer after which a session that still lives is of no use.
constexpr unsigned kMaxUnanswered = 3;
// A request unanswered by a peer not heard for this long (three missed ALIVEs): the session is gone
// already.
constexpr std::chrono::seconds kPeerSilent{3};
// Nobody gains by a stop that comes later than this.
constexpr std::chrono::seconds kStopLifetime{60};
constexpr std::size_t kMaxOwedStops = 4;
constexpr std::size_t kResultIsWithin = 512;  // bytes: `result=` leads the replies that have one

std::optional<int> result_of(const protocol::Bytes& body) {
  if (protocol::is_jpeg(body)) return std::nullopt;
  return protocol::parse_cgi_text(
             protocol::BytesView{body}.first(std::min(body.size(), kResultIsWithin)))
      .result();
}

// Waiting for the camera: a ptz move that pauses before its stop is not.
bool is_active(const Run& run) {
  if (run.role != Run::Role::job || run.held) return false;
  return run.job.plan.kind != PlanKind::ptz || run.outstanding > 0 || !run.resume_at;
}

// A move is under way, and that its stop arrived is not known.
bool owes_stop(const Run& run) {
  if (run.role == Run::Role::stop) return true;
  const auto& steps = run.job.plan.steps;
  return run.job.plan.kind == PlanKind::ptz && !run.tickets.empty() && steps.size() > 1 &&
         steps.back().pause_before.count() > 0 && !run.replies.back();
}

bool is_unsent_stop(const Run& run) {
  return run.job.plan.kind == PlanKind::ptz && !run.tickets.empty() && !run.all_sent();
}

}  // namespace

void CameraSupervisor::Impl::dispatch(TimePoint now) {
  while (phase == Phase::open && rejected) {
    auto job = queue.take_credentials_job();
    if (!job) return;
    start(now, Run::Role::job, std::move(*job));
  }
  while (phase == Phase::open && !queue.empty()) {
    if (queue.front().work == PlanJob::Work::disconnect) {
      if (!has_job_runs()) disconnect(now);
      return;
    }
    if (!may_start(queue.front())) return;
    start(now, Run::Role::job, queue.take_front());
  }
}

bool CameraSupervisor::Impl::may_start(const PlanJob& job) const {
  std::size_t reads = 0;
  bool change = false;
  bool ptz = false;
  bool snapshot = false;
  for (const Run& run : runs) {
    if (!is_active(run)) continue;
    switch (run.job.plan.kind) {
      case PlanKind::read:
        ++reads;
        break;
      case PlanKind::snapshot:
        snapshot = true;
        break;
      case PlanKind::change:
        change = true;
        break;
      case PlanKind::ptz:
        ptz = true;
        break;
    }
  }
  switch (job.plan.kind) {
    case PlanKind::read:
      return !change && reads < kMaxReads;
    case PlanKind::snapshot:
      return !change && !snapshot;
    // The channel keeps the order, so a move need not wait for the answers to reads.
    case PlanKind::ptz:
      return !change && !ptz;
    case PlanKind::change:
      return !change && !ptz && !snapshot && reads == 0;
  }
  return false;
}

void CameraSupervisor::Impl::start(TimePoint now, Run::Role role, PlanJob job) {
  Run& run = runs.emplace_back();
  run.role = role;
  run.job = std::move(job);
  run.replies.resize(run.job.plan.steps.size());
  if (run.job.plan.steps.empty()) return deliver(std::prev(runs.end()));
  const Duration pause = run.job.plan.steps.front().pause_before;
  if (pause > Duration::zero() && !run.job.plan.batch && role == Run::Role::job) {
    run.resume_at = now + pause;
    return;
  }
  (void)send_step(now, std::prev(runs.end()));
}

bool CameraSupervisor::Impl::send_step(TimePoint now, std::list<Run>::iterator run) {
  const mappings::CommandPlan& plan = run->job.plan;
  const std::size_t step = run->tickets.size();
  std::vector<protocol::CgiRequest> requests;
  if (plan.batch) {
    for (const mappings::PlanStep& each : plan.steps) requests.push_back(each.request);
  } else {
    requests.push_back(plan.steps[step].request);
  }
  Duration timeout = config.request_timeout;
  for (const Asker& asker : run->job.askers) {
    // Who gave a longer time knows a slow command; a shorter one must not end what others wait for.
    if (asker.own_timeout) timeout = std::max(timeout, asker.deadline - now);
  }
  const std::uint64_t ticket = next_ticket++;
  const auto sent =
      link->request(now, ticket, requests,
                    run->job.credentials ? *run->job.credentials : config.credentials, timeout);
  if (!sent) {
    const auto error = link->is_out_of_step()
                           ? session_lost_error(sent.error().message(), Executed::no)
                           : refused_request_error(sent.error());
    for (const Asker& asker : run->job.askers) fail(asker, error);
    abandon(run);
    return false;
  }
  run->tickets.push_back(ticket);
  run->outstanding += requests.size();
  run->resume_at.reset();
  last_activity = now;
  if (plan.kind == PlanKind::ptz) plan_ptz_stop(now, *run, step);
  return true;
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

std::list<Run>::iterator CameraSupervisor::Impl::find_run(std::uint64_t ticket) {
  return std::find_if(runs.begin(), runs.end(), [ticket](const Run& run) {
    return std::find(run.tickets.begin(), run.tickets.end(), ticket) != run.tickets.end();
  });
}

void CameraSupervisor::Impl::on_reply(TimePoint now, protocol::CgiReplied answer) {
  const auto result = result_of(answer.reply.body);
  tell(complete_event(answer, result));
  replied = true;
  unanswered = 0;
  last_activity = now;
  const auto run = find_run(answer.ticket);
  if (run == runs.end()) return;
  const auto step = run->job.plan.batch
                        ? answer.index
                        : static_cast<std::size_t>(std::distance(
                              run->tickets.begin(),
                              std::find(run->tickets.begin(), run->tickets.end(), answer.ticket)));
  if (step >= run->replies.size() || run->outstanding == 0) return;
  --run->outstanding;
  if (run->role == Run::Role::verify) {
    runs.erase(run);
    return on_verified(now, answer.reply);
  }
  run->replies[step] = std::move(answer.reply);
  if (result == -1 && run->role == Run::Role::job && !run->job.credentials) run->saw_refusal = true;
  if (run->is_complete()) return finish(now, run);
  if (run->outstanding > 0 || run->resume_at || run->all_sent()) return;
  const Duration pause = run->job.plan.steps[run->tickets.size()].pause_before;
  if (pause > Duration::zero()) {
    run->resume_at = now + pause;
  } else {
    (void)send_step(now, run);
  }
}

void CameraSupervisor::Impl::on_reply_timeout(TimePoint now,
                                              const protocol::CgiTimedOut& timed_out) {
  ++unanswered;
  const auto heard = link->session().last_heard();
  const bool silent = !heard || now - *heard >= kPeerSilent;
  if (phase == Phase::open && (silent || unanswered >= kMaxUnanswered)) {
    const protocol::SessionClosed ended{protocol::Errc::timed_out,
                                        protocol::Operation::awaiting_reply,
                                        heard ? now - *heard : now - opened_at, now - opened_at};
    tell(to_protocol_event(ended));
    return lose_session(now, reason_text(ended.code, ended.operation), false);
  }
  const auto run = find_run(timed_out.ticket);
  if (run == runs.end()) return;
  if (run->role == Run::Role::verify) {
    runs.erase(run);
    return release_held();
  }
  const auto error = no_reply_error(timed_out.cgi, timed_out.waited, run->changes_camera());
  for (const Asker& asker : std::exchange(run->job.askers, {})) fail(asker, error);
  drop_run(now, run);
}

void CameraSupervisor::Impl::finish(TimePoint now, std::list<Run>::iterator run) {
  if (run->role == Run::Role::stop) {
    runs.erase(run);
    return;
  }
  if (!run->saw_refusal) return deliver(run);
  // result=-1 may be the camera's answer to this command, or to our password.
  run->held = true;
  if (!is_verifying()) start_verification(now);
}

void CameraSupervisor::Impl::deliver(std::list<Run>::iterator run) {
  std::vector<protocol::CgiReply> replies;
  replies.reserve(run->replies.size());
  for (auto& reply : run->replies)
    replies.push_back(reply ? std::move(*reply) : protocol::CgiReply{});
  const std::vector<Asker>& askers = run->job.askers;
  for (std::size_t i = 0; i + 1 < askers.size(); ++i)
    events.push(JobReplied{askers[i].id, replies});
  if (!askers.empty()) events.push(JobReplied{askers.back().id, std::move(replies)});
  runs.erase(run);
}

void CameraSupervisor::Impl::abandon(std::list<Run>::iterator run) {
  if (link) {
    for (const std::uint64_t ticket : run->tickets) link->exchange().abandon(ticket);
  }
  runs.erase(run);
}

void CameraSupervisor::Impl::drop_run(TimePoint now, std::list<Run>::iterator run) {
  if (!is_unsent_stop(*run)) return abandon(run);
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

void CameraSupervisor::Impl::supersede_moves(TimePoint now) {
  for (Run& run : runs) {
    if (run.role != Run::Role::job || !is_unsent_stop(run)) continue;
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

void CameraSupervisor::Impl::park_runs(TimePoint now, const std::string& why) {
  // From the newest to the oldest, so that what is put back stands in its old order.
  while (!runs.empty()) {
    const auto run = std::prev(runs.end());
    if (run->role == Run::Role::job && run->held) {
      deliver(run);  // the camera did answer; only our doubt about the password remains
      continue;
    }
    const bool sent = !run->tickets.empty();
    if (owes_stop(*run)) {
      mappings::PlanStep stop = run->job.plan.steps.back();
      stop.pause_before = {};
      owe_stop(now, stop, {});
    }
    if (run->role == Run::Role::job && !run->job.askers.empty()) {
      const bool again = !sent || (!run->changes_camera() && !run->job.repeated);
      if (again) {
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
}

void CameraSupervisor::Impl::expire_runs(TimePoint now) {
  for (auto run = runs.begin(); run != runs.end();) {
    const auto next = std::next(run);
    auto& askers = run->job.askers;
    const auto late = std::stable_partition(
        askers.begin(), askers.end(), [now](const Asker& asker) { return asker.deadline > now; });
    if (run->role == Run::Role::job && late != askers.end()) {
      if (run->held) {
        deliver(run);  // no verdict in time: the camera's own answer is better than none
      } else {
        for (auto asker = late; asker != askers.end(); ++asker) {
          fail(*asker, timeout_error(now - asker->submitted, true, run->changes_camera()));
        }
        askers.erase(late, askers.end());
        if (askers.empty()) drop_run(now, run);
      }
    }
    run = next;
  }
}

bool CameraSupervisor::Impl::has_job_runs() const {
  return std::any_of(runs.begin(), runs.end(),
                     [](const Run& run) { return run.role == Run::Role::job; });
}

std::optional<protocol::TimePoint> CameraSupervisor::Impl::runs_deadline() const {
  std::optional<TimePoint> first;
  const auto consider = [&first](TimePoint due) {
    if (!first || due < *first) first = due;
  };
  for (const Run& run : runs) {
    if (run.resume_at) consider(*run.resume_at);
    for (const Asker& asker : run.job.askers) consider(asker.deadline);
  }
  return first;
}

}  // namespace cam32100::bridge
