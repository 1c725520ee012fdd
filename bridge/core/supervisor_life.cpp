// When to search, rest and leave, and how the open session begins and ends. Diagram in
// supervisor_impl.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "bridge/core/supervisor_impl.hpp"

namespace cam32100::bridge {

namespace {

using protocol::Errc;
using std::chrono::seconds;

// A session is worth trusting once it answered and lasted a little, or lasted long enough alone.
// Cameras that open and close at once must meet a growing backoff.
constexpr seconds kProofWithReply{2};
constexpr seconds kProofByAge{10};
// CLOSE this soon, before any reply: the session limit [inferred], not an ended session.
constexpr seconds kRefusalAge{3};
// A stop that is on its way when we leave gets this long to be answered; then CLOSE goes anyway.
constexpr std::chrono::milliseconds kStopGrace{500};
constexpr seconds kCloseGrace{1};
// Time for a lost session's CLOSE to leave by its own socket before the next one gets another.
constexpr std::chrono::milliseconds kLastWords{10};

}  // namespace

bool CameraSupervisor::Impl::wants_session_now() const {
  return !queue.empty() || !connects.empty() || !owed_stops.empty();
}

bool CameraSupervisor::Impl::wants_session() const {
  if (shutting_down) return false;
  return wants_session_now() || (!config.on_demand && !stay_closed);
}

void CameraSupervisor::Impl::settle(TimePoint now) {
  while (phase == Phase::waiting || phase == Phase::resting) {
    if (shutting_down) {
      phase = Phase::resting;
      search.reset();
      is_down = true;
      return;
    }
    if (!queue.empty() && queue.front().work == PlanJob::Work::disconnect) {
      disconnect(now);
      continue;
    }
    if (!wants_session()) return rest(now);
    if (phase == Phase::resting) {
      phase = Phase::waiting;
      search.reset();  // a presence check under way is overtaken
    }
    if (now < next_try) return;
    begin_attempt(now);
  }
}

void CameraSupervisor::Impl::on_ready(TimePoint now, const protocol::Ready& opened) {
  phase = Phase::open;
  ready = opened;
  opened_at = last_activity = now;
  replied = proven = rejected = false;
  unanswered = 0;
  silent_refusals = 0;
  verdict = Verdict::none;
  reason.clear();
  if (opened.path != protocol::Path::relay) remembered = Candidate{opened.peer, opened.path};
  good_cipher = opened.cipher_name;
  last_by_relay = opened.path == protocol::Path::relay;
  if (opened.path == protocol::Path::relay) {
    plan_upgrade(now);
  } else {
    gave_up_relay = false;
  }
  opened_by = search->attempts(opened).dump();
  note_seen(now);
  log(false, fmt::format("connected to {} at {} ({}) after {} failed attempt{}",
                         config.uid.redacted(), opened.peer.text(), protocol::to_text(opened.path),
                         retries, retries == 1 ? "" : "s"));
  answer_connects(now);
  search->stop();
  // Before any job, so that a refusal is known when the first answer says result=-1; nothing waits
  // for it.
  start_verification(now);
}

void CameraSupervisor::Impl::prove(TimePoint now) {
  if (phase != Phase::open || proven || rejected) return;
  if (now < opened_at + kProofByAge && !(replied && now >= opened_at + kProofWithReply)) return;
  proven = true;
  backoff.reset();
  refusals.reset();
  retries = 0;
  last_error.reset();
}

std::optional<protocol::TimePoint> CameraSupervisor::Impl::proof_due() const {
  if (phase != Phase::open || proven || rejected) return std::nullopt;
  return opened_at + (replied ? kProofWithReply : kProofByAge);
}

void CameraSupervisor::Impl::on_session_closed(TimePoint now,
                                               const protocol::SessionClosed& closed) {
  if (phase == Phase::trying) return end_attempt(now, closed.code, closed.operation);
  if (phase != Phase::open) return;  // leaving: expected
  const bool refused = closed.code == Errc::refused || (closed.code == Errc::closed_by_peer &&
                                                        !replied && now < opened_at + kRefusalAge);
  lose_session(now, reason_text(closed.code, closed.operation), refused);
}

void CameraSupervisor::Impl::lose_session(TimePoint now, const std::string& why, bool refused) {
  reason = why;
  park_runs(now, why);
  if (is_about_to_switch()) return adopt_upgrade(now);
  refused ? note_seen(now) : note_missed(now);
  verdict = refused ? Verdict::busy : Verdict::none;
  log(true, fmt::format("session with {} ended: {}", config.uid.redacted(), why));
  if (refused || !proven) ++retries;
  schedule_retry(now);
  if (refused) {
    last_error = busy_error(config.uid, next_try - now);
    fail_waiting(queue.take_older(now, true), *last_error);
    fail_connects(now, *last_error);
  } else {
    last_error =
        mappings::CommandError{mappings::ErrorCode::session_lost,
                               fmt::format("the session with the camera ended: {}", why), nullptr};
    if (proven && wants_session_now()) next_try = now + kLastWords;
  }
  if (link->session().state() == protocol::Session::State::closed) {
    retire_link();
    search.reset();
    phase = Phase::waiting;
  } else {
    leave(now);
  }
  if (!queue.empty()) hurry(now);
}

void CameraSupervisor::Impl::leave(TimePoint now) {
  const bool was_open = phase == Phase::open;
  phase = Phase::leaving;
  search.reset();
  upgrade.reset();
  close_sent = false;
  leave_by = now + kStopGrace;
  // The camera must not be left moving: stops that pause go now. Those owed for later go on the
  // next session, or now as well when there will be none.
  if (was_open) {
    for (Run& run : runs) {
      if (run.role == Run::Role::stop && run.resume_at) run.resume_at = now;
    }
    continue_paused(now);
    if (shutting_down || stay_closed) send_owed_stops(now, true);
  }
  go_on_leaving(now);
}

void CameraSupervisor::Impl::go_on_leaving(TimePoint now) {
  if (phase != Phase::leaving) return;
  const bool stopping = std::any_of(runs.begin(), runs.end(),
                                    [](const Run& run) { return run.role == Run::Role::stop; });
  if (!close_sent && (!stopping || now >= leave_by)) {
    link->session().close(now);
    close_sent = true;
    leave_by = now + kCloseGrace;
  }
  if (link->session().state() != protocol::Session::State::closed &&
      !(close_sent && now >= leave_by))
    return;
  retire_link();
  phase = Phase::waiting;
}

void CameraSupervisor::Impl::retire_link() {
  counters_before = counters();
  parting = std::move(link);
  runs.clear();
  upgrade.reset();
  ready.reset();
  rejected = false;
}

}  // namespace cam32100::bridge
