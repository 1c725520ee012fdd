// One camera's life: when to search, connect, wait, rest and leave. Diagram in supervisor_impl.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "bridge/core/supervisor_impl.hpp"
#include "bridge/core/supervisor_protocol_events.hpp"

namespace cam32100::bridge {

namespace {

using protocol::Errc;
using protocol::Operation;
using std::chrono::seconds;

// With a server's word that the camera is offline or unknown, the LAN gets this long to disagree.
constexpr seconds kLanOnlyTime{5};
// A session is worth trusting once it answered and lasted a little, or lasted long enough alone.
// Cameras that open and close at once must meet a growing backoff.
constexpr seconds kProofWithReply{2};
constexpr seconds kProofByAge{10};
// CLOSE this soon, before any reply: the session limit [inferred], not an ended session.
constexpr seconds kRefusalAge{3};
// Heard but not let in once may be a lost datagram or a booting camera; twice in a row it is taken.
constexpr unsigned kSilentRefusals = 2;
constexpr seconds kPresenceTimeout{5};
constexpr seconds kMaxRecheck{10};
// A stop that is on its way when we leave gets this long to be answered; then CLOSE goes anyway.
constexpr std::chrono::milliseconds kStopGrace{500};
constexpr seconds kCloseGrace{1};
// Time for a lost session's CLOSE to leave by its own socket before the next one gets another.
constexpr std::chrono::milliseconds kLastWords{10};
// Wrong passwords do not heal by themselves, and many tries lock accounts.
constexpr seconds kAuthBackoffMin{60};
constexpr seconds kAuthBackoffMax{900};

bool is_unknown_or_offline(Errc code) { return code != Errc::timed_out; }

}  // namespace

bool CameraSupervisor::Impl::wants_session_now() const {
  return !queue.empty() || !connects.empty() || !owed_stops.empty();
}

bool CameraSupervisor::Impl::wants_session() const {
  if (shutting_down) return false;
  return wants_session_now() || (!config.on_demand && !stay_closed);
}

bool CameraSupervisor::Impl::is_refusing(TimePoint now) const {
  return (verdict == Verdict::busy || verdict == Verdict::auth_failed) && now < next_try &&
         phase != Phase::trying && phase != Phase::open;
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

SearchConfig CameraSupervisor::Impl::search_config(const Route& wanted) const {
  SearchConfig sought;
  sought.uid = config.uid;
  sought.timeout = config.connect_timeout;
  sought.ciphers = config.ciphers;
  if (sought.ciphers.empty()) sought.ciphers.push_back({"plain", protocol::Cipher{}});
  std::stable_partition(
      sought.ciphers.begin(), sought.ciphers.end(),
      [this](const protocol::NamedCipher& cipher) { return cipher.name == good_cipher; });
  if (wanted.address) {
    sought.known.push_back({*wanted.address, wanted.via.value_or(protocol::Path::direct)});
    return sought;
  }
  std::vector<Candidate> known;
  if (config.address) known.push_back({*config.address, protocol::Path::direct});
  if (remembered && remembered->address != config.address) known.push_back(*remembered);
  const auto allows = [&wanted](protocol::Path path) { return !wanted.via || *wanted.via == path; };
  for (const Candidate& candidate : known) {
    if (allows(candidate.path)) sought.known.push_back(candidate);
  }
  if (allows(protocol::Path::lan)) {
    sought.lan_targets = config.lan_targets;
    for (const Candidate& candidate : known) {
      // The session port may change with every boot, the search port does not.
      const protocol::Address asked{candidate.address.ip, protocol::kLanPort};
      if (std::find(sought.lan_targets.begin(), sought.lan_targets.end(), asked) ==
          sought.lan_targets.end()) {
        sought.lan_targets.push_back(asked);
      }
    }
  }
  if (allows(protocol::Path::p2p)) sought.servers = config.servers;
  return sought;
}

void CameraSupervisor::Impl::begin_attempt(TimePoint now) {
  parting.reset();
  if (socket_used) ++generation;  // the camera ties a session to our source port
  socket_used = true;
  phase = Phase::trying;
  attempt_started = now;
  const auto wish =
      std::find_if(connects.begin(), connects.end(),
                   [](const WaitingConnect& connect) { return connect.route != Route{}; });
  route = wish == connects.end() ? Route{} : wish->route;
  SearchConfig sought = search_config(route);
  protocol::SessionConfig session;
  session.uid = config.uid;
  session.ciphers = sought.ciphers;
  session.connect_timeout = config.connect_timeout;
  session.packet_events = config.packet_events;
  protocol::CgiExchangeConfig exchange;
  exchange.reply_timeout = config.request_timeout;
  link = std::make_unique<CameraLink>(now, std::move(session), exchange, seeds.next());
  search = std::make_unique<CameraSearch>(now, std::move(sought), seeds.next());
  drain_search(now);
  give_up_hopeless_attempt(now);
}

void CameraSupervisor::Impl::give_up_hopeless_attempt(TimePoint now) {
  if (phase != Phase::trying || search->answered() || link->session().last_heard()) return;
  if (search->is_pointless()) return end_attempt(now, Errc::timed_out, Operation::none);
  const auto verdict_of_servers = search->lookup_error();
  if (!verdict_of_servers || !is_unknown_or_offline(*verdict_of_servers)) return;
  if (now >= attempt_started + std::min<Duration>(kLanOnlyTime, config.connect_timeout)) {
    end_attempt(now, *verdict_of_servers, Operation::awaiting_lookup_ack);
  }
}

AttemptFacts CameraSupervisor::Impl::attempt_facts(TimePoint now, Errc code,
                                                   Operation operation) const {
  AttemptFacts facts;
  facts.uid = config.uid;
  facts.code = code;
  facts.operation = operation;
  facts.took = now - attempt_started;
  facts.attempts = retries + 1;
  if (search) {
    facts.lookup_error = search->lookup_error();
    if (!search->config().known.empty()) facts.address = search->config().known.front().address;
    facts.servers = search->config().servers.size();
    facts.lan = !search->config().lan_targets.empty();
    facts.located = search->lookup_answered();
    facts.heard = search->lan_answered();
  }
  if (operation == Operation::awaiting_ready || (link && link->session().last_heard()))
    facts.heard = true;
  return facts;
}

void CameraSupervisor::Impl::end_attempt(TimePoint now, Errc code, Operation operation) {
  AttemptFacts facts = attempt_facts(now, code, operation);
  const bool pointless = search->is_pointless();
  facts.heard || facts.located ? note_seen(now) : note_missed(now);
  silent_refusals = facts.heard && code == Errc::timed_out ? silent_refusals + 1 : 0;
  const bool refused =
      code == Errc::refused || code == Errc::closed_by_peer || silent_refusals >= kSilentRefusals;
  verdict = refused ? Verdict::busy : Verdict::offline;
  const std::string before = std::exchange(reason, reason_text(code, operation));
  ++retries;
  schedule_retry(now);
  if (!config.on_demand && !stay_closed) facts.next_try = next_try - now;
  if (refused) {
    last_error = busy_error(config.uid, facts.next_try);
  } else {
    last_error = pointless ? nowhere_to_look_error(config.uid) : unreachable_error(facts);
  }
  // The same failure again and again is one line, not a flood.
  if (reason != before || retries == 1) log(true, last_error->message);
  const TimePoint started = attempt_started;
  retire_link();
  search.reset();
  phase = Phase::waiting;
  // Who came while the attempt was under way has not had a whole one yet, unless the answer is
  // certain.
  fail_waiting(queue.take_older(refused ? now : started, true), *last_error);
  fail_connects(refused ? now : started, *last_error);
  if (!queue.empty() || !connects.empty()) hurry(now);
}

void CameraSupervisor::Impl::schedule_retry(TimePoint now) {
  failed_at = now;
  switch (verdict) {
    case Verdict::busy:
      next_try =
          now + refusals.after_failure({config.busy_backoff, config.busy_backoff * 5 / 4}, seeds);
      return;
    case Verdict::auth_failed:
      next_try = now + refusals.after_failure({kAuthBackoffMin, kAuthBackoffMax}, seeds);
      return;
    case Verdict::none:
    case Verdict::offline:
      next_try = now + backoff.after_failure({config.backoff_min, config.backoff_max}, seeds);
  }
}

void CameraSupervisor::Impl::hurry(TimePoint now) {
  if (is_refusing(now)) return;
  hurry_even_if_refused(now);
}

void CameraSupervisor::Impl::hurry_even_if_refused(TimePoint now) {
  const TimePoint polite = failed_at ? std::max(now, *failed_at + config.backoff_min) : now;
  next_try = std::min(next_try, polite);
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
  remembered = Candidate{opened.peer, opened.path};
  good_cipher = opened.cipher_name;
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

std::optional<protocol::TimePoint> CameraSupervisor::Impl::hopeless_due() const {
  if (phase != Phase::trying || search->answered()) return std::nullopt;
  const TimePoint due = attempt_started + std::min<Duration>(kLanOnlyTime, config.connect_timeout);
  return due > last_now ? std::optional{due} : std::nullopt;
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
  ready.reset();
  rejected = false;
}

void CameraSupervisor::Impl::rest(TimePoint now) {
  if (phase == Phase::resting) return;
  phase = Phase::resting;
  search.reset();
  if (failed_at && *failed_at == now) {
    presence_due = now + recheck_interval();
  } else {
    presence_due = availability.last_seen() ? now + config.presence_check : now;
  }
}

protocol::Duration CameraSupervisor::Impl::recheck_interval() const {
  // Several tries within the grace time: one lost answer is not an absent camera.
  return std::clamp<Duration>(config.offline_grace / 3, std::chrono::milliseconds{100},
                              kMaxRecheck);
}

void CameraSupervisor::Impl::start_presence_check(TimePoint now) {
  SearchConfig sought = search_config(Route{});
  sought.timeout = std::min<Duration>(sought.timeout, kPresenceTimeout);
  search = std::make_unique<CameraSearch>(now, std::move(sought), seeds.next());
}

void CameraSupervisor::Impl::finish_presence_check(TimePoint now) {
  const bool there = search->answered();
  if (!there && !search->finished()) return;
  search.reset();
  if (!there) {
    note_missed(now);
    presence_due =
        now + (availability.is_offline() ? Duration{config.presence_check} : recheck_interval());
    if (reason.empty()) reason = "no answer to the presence check";
    return;
  }
  note_seen(now);
  presence_due = now + config.presence_check;
  if (verdict == Verdict::offline) verdict = Verdict::none;
  if (verdict == Verdict::none) reason.clear();
}

void CameraSupervisor::Impl::note_seen(TimePoint now) {
  if (availability.seen(now)) events.push(AvailabilityChanged{true});
}

void CameraSupervisor::Impl::note_missed(TimePoint now) {
  if (availability.missed(now, config.offline_grace)) events.push(AvailabilityChanged{false});
}

}  // namespace cam32100::bridge
