// Plans on the open session: their order, their steps, their replies.
#include <algorithm>

#include "bridge/core/supervisor_impl.hpp"
#include "bridge/core/supervisor_protocol_events.hpp"

namespace cam32100::bridge {

namespace {

using mappings::PlanKind;

// Reads under way at once: enough to hide a round trip, few enough for a camera's small buffers.
constexpr std::size_t kMaxReads = 8;
// Moves and stops whose answers have not come: behind a picture they come late, and a burst of
// moves must not use up what one exchange may have under way.
constexpr std::size_t kMaxUnansweredMoves = 8;
// Requests in a row without an answer after which a session that still lives is of no use.
constexpr unsigned kMaxUnanswered = 3;
// A request unanswered by a peer not heard for this long (three missed ALIVEs): the session is gone
// already.
constexpr std::chrono::seconds kPeerSilent{3};
constexpr std::size_t kResultIsWithin = 512;  // bytes: `result=` leads the replies that have one

std::optional<int> result_of(const protocol::Bytes& body) {
  if (protocol::is_jpeg(body)) return std::nullopt;
  constexpr std::string_view kName{"result"};
  const auto head = protocol::BytesView{body}.first(std::min(body.size(), kResultIsWithin));
  const auto is_letter = [](std::byte b, char c) { return static_cast<char>(b) == c; };
  if (std::search(head.begin(), head.end(), kName.begin(), kName.end(), is_letter) == head.end())
    return std::nullopt;  // most have none, and parsing costs more than looking
  return protocol::parse_cgi_text(head).result();
}

// {now} is the moment of sending: the command may have waited.
void fill_wall_time(std::vector<protocol::CgiRequest>& requests, protocol::TimePoint now,
                    std::chrono::system_clock::duration ahead) {
  const auto wall = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(now.time_since_epoch()) +
      ahead);
  for (auto& request : requests) {
    for (auto& [name, value] : request.parameters) {
      if (value == "{now}") value = std::to_string(wall.count());
    }
  }
}

// What the step before found is repeated.
mappings::CommandResult<protocol::CgiRequest> complete_step(const Run& run, std::size_t step) {
  const bool read = step > 0 && run.replies[step - 1];
  return mappings::with_kept(
      run.job.plan.steps[step],
      read ? protocol::BytesView{run.replies[step - 1]->body} : protocol::BytesView{});
}

// Waiting for the camera: a ptz move that pauses before its stop is not.
bool is_active(const Run& run) {
  if (run.role != Run::Role::job || run.held) return false;
  return run.job.plan.kind != PlanKind::ptz || run.outstanding > 0 || !run.resume_at;
}

bool is_move(const Run& run) {
  return run.role == Run::Role::stop || run.job.plan.kind == PlanKind::ptz;
}

}  // namespace

bool Run::has_enough() const {
  const auto& steps = job.plan.steps;
  if (job.plan.batch)
    return std::any_of(replies.begin(), replies.end(), [](const auto& reply) { return !!reply; });
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].may_fail && !replies[i]) return false;
  }
  return !steps.empty() && !steps.front().may_fail;
}

void CameraSupervisor::Impl::dispatch(TimePoint now) {
  while (phase == Phase::open && rejected) {
    auto job = queue.take_credentials_job();
    if (!job) return;
    start(now, Run::Role::job, std::move(*job));
  }
  if (is_about_to_switch()) return;  // as soon as what is under way was answered
  // A connect that still waits wants another session: what waits behind it goes there.
  while (phase == Phase::open && connects.empty() && !queue.empty()) {
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
  std::size_t unanswered_moves = 0;
  for (const Run& run : runs) {
    if (is_move(run) && run.outstanding > 0) ++unanswered_moves;
    if (!is_active(run)) continue;
    switch (run.job.plan.kind) {
      case PlanKind::read:
        // A batch is as many reads as it has steps: two large ones would not fit one exchange.
        reads += run.job.plan.batch ? run.job.plan.steps.size() : 1;
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
      return !change && (reads == 0 || (reads < kMaxReads && !job.plan.batch));
    case PlanKind::snapshot:
      return !change && !snapshot;
    // The channel keeps the order, so a move need not wait for the answers to reads.
    case PlanKind::ptz:
      return !change && !ptz && unanswered_moves < kMaxUnansweredMoves;
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
  } else if (plan.steps[step].kept != nullptr) {
    auto complete = complete_step(*run, step);
    if (!complete) {
      if (run->saw_refusal) {  // of the look before it: first it must be known why
        finish(now, run);
        return false;
      }
      for (const Asker& asker : run->job.askers) fail(asker, complete.error());
      abandon(run);
      return false;
    }
    requests.push_back(std::move(*complete));
  } else {
    requests.push_back(plan.steps[step].request);
  }
  if (plan.needs_wall_time) fill_wall_time(requests, now, run->job.wall_ahead);
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
    if (run->has_enough()) {
      finish(now, run);
      return false;
    }
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

std::list<Run>::iterator CameraSupervisor::Impl::find_run(std::uint64_t ticket) {
  return std::find_if(runs.begin(), runs.end(), [ticket](const Run& run) {
    return std::find(run.tickets.begin(), run.tickets.end(), ticket) != run.tickets.end();
  });
}

void CameraSupervisor::Impl::on_reply(TimePoint now, protocol::CgiReplied answer) {
  const auto result = result_of(answer.reply.body);
  const auto run = find_run(answer.ticket);
  if (run != runs.end() && run->job.own) {
    // What the bridge asks by itself, each second, is no news.
    return take_reply(now, std::move(answer), result);
  }
  auto event = complete_event(answer, result);
  take_reply(now, std::move(answer), result);
  tell(std::move(event));  // last: somebody waits for the answer
}

void CameraSupervisor::Impl::take_reply(TimePoint now, protocol::CgiReplied answer,
                                        std::optional<int> result) {
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
    return on_verified(now, std::move(answer.reply));
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
  if (run->outstanding > 0) --run->outstanding;
  if (run->job.plan.batch && run->outstanding > 0) return;  // the other calls have their own time
  if (run->role == Run::Role::job && run->has_enough()) return finish(now, run);
  const auto error = speaks_otherwise()
                         ? other_dialect_error(config.uid)
                         : no_reply_error(timed_out.cgi, timed_out.waited, run->changes_camera());
  for (const Asker& asker : std::exchange(run->job.askers, {})) fail(asker, error);
  drop_run(now, run);
}

void CameraSupervisor::Impl::finish(TimePoint now, std::list<Run>::iterator run) {
  if (run->role == Run::Role::stop) {
    runs.erase(run);
    return;
  }
  if (run->job.credentials && run->replies.front() &&
      refusal_in(*run->replies.front()) == Verdict::busy) {
    // As full as it is, the camera refuses every password.
    for (const Asker& asker : run->job.askers) fail(asker, busy_error(config.uid, std::nullopt));
    return abandon(run);
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
  std::vector<std::string> cgis;
  cgis.reserve(run->job.plan.steps.size());
  for (const auto& step : run->job.plan.steps) cgis.push_back(step.request.cgi);
  const std::vector<Asker>& askers = run->job.askers;
  for (std::size_t i = 0; i + 1 < askers.size(); ++i)
    events.push(JobReplied{askers[i].id, replies, cgis});
  if (!askers.empty())
    events.push(JobReplied{askers.back().id, std::move(replies), std::move(cgis)});
  runs.erase(run);
}

void CameraSupervisor::Impl::deliver_what_came(std::list<Run>::iterator run) {
  // What still comes must not be taken for the answer to a later request.
  if (link) {
    for (const std::uint64_t ticket : run->tickets) link->exchange().abandon(ticket);
  }
  deliver(run);
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
