// What is told about the camera, and how it adds up.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "bridge/core/supervisor_impl.hpp"

namespace cam32100::bridge {

namespace {

void add(protocol::SessionCounters& sum, const protocol::SessionCounters& part) {
  sum.datagrams_in += part.datagrams_in;
  sum.datagrams_out += part.datagrams_out;
  sum.malformed += part.malformed;
  sum.unknown_messages += part.unknown_messages;
  sum.unknown_senders += part.unknown_senders;
  sum.alive_in += part.alive_in;
  sum.alive_ack_in += part.alive_ack_in;
  sum.ack_in += part.ack_in;
  sum.drw_in += part.drw_in;
  sum.duplicates += part.duplicates;
  sum.reordered += part.reordered;
  sum.resent += part.resent;
  sum.dropped_events += part.dropped_events;
}

bool same_error(const std::optional<mappings::CommandError>& a,
                const std::optional<mappings::CommandError>& b) {
  if (a.has_value() != b.has_value()) return false;
  return !a || (a->code == b->code && a->message == b->message);
}

// What is worth a message. rtt, last_seen and queued change with every datagram and are read when
// the status is read.
bool same_to_a_reader(const CameraStatus& a, const CameraStatus& b) {
  return a.session == b.session && a.reason == b.reason && a.since == b.since && a.path == b.path &&
         a.address == b.address && a.retries == b.retries && a.next_try == b.next_try &&
         a.available == b.available && a.asked_to_stay_closed == b.asked_to_stay_closed &&
         a.cipher_name == b.cipher_name && a.search == b.search &&
         same_error(a.last_error, b.last_error);
}

}  // namespace

CameraSession CameraSupervisor::Impl::session_value() const {
  const auto of_verdict = [this](CameraSession otherwise) {
    switch (verdict) {
      case Verdict::busy:
        return CameraSession::busy;
      case Verdict::auth_failed:
        return CameraSession::auth_failed;
      case Verdict::offline:
        return CameraSession::offline;
      case Verdict::none:
        break;
    }
    return otherwise;
  };
  switch (phase) {
    case Phase::open:
      return rejected ? of_verdict(CameraSession::connected) : CameraSession::connected;
    case Phase::trying:
      return search->answered() || link->session().last_heard() ? CameraSession::connecting
                                                                : CameraSession::searching;
    // Between a lost session and the next attempt the camera is sought, not yet known to be away.
    case Phase::waiting:
      return of_verdict(CameraSession::searching);
    case Phase::resting:
      return of_verdict(availability.is_offline() ? CameraSession::offline : CameraSession::idle);
    case Phase::leaving:
      return of_verdict(wants_session() ? CameraSession::searching : CameraSession::idle);
  }
  return CameraSession::idle;
}

CameraStatus CameraSupervisor::Impl::status() const {
  CameraStatus told;
  told.session = session_value();
  told.reason = reason;
  told.since = session_since;
  if (phase == Phase::open && ready) {
    told.path = ready->path;
    told.address = ready->peer;
    told.cipher_name = ready->cipher_name;
    told.rtt = link->session().rtt();
  }
  if (phase == Phase::trying) told.search = search->progress();
  told.retries = retries;
  if (phase == Phase::waiting || is_refusing(last_now)) told.next_try = next_try;
  told.last_seen = availability.last_seen();
  if (link && ready && link->session().last_heard()) {
    told.last_seen = told.last_seen ? std::max(*told.last_seen, *link->session().last_heard())
                                    : *link->session().last_heard();
  }
  told.last_error = last_error;
  told.available = availability.is_online();
  told.asked_to_stay_closed = stay_closed;
  told.queued = queue.waiting();
  return told;
}

void CameraSupervisor::Impl::note_status(TimePoint now) {
  const CameraSession session = session_value();
  if (!published || session != published->session) session_since = now;
  CameraStatus current = status();
  if (published && same_to_a_reader(*published, current)) return;
  published = std::move(current);
  events.push(StatusChanged{});
}

bool CameraSupervisor::Impl::is_idle() const {
  const bool running = std::any_of(runs.begin(), runs.end(),
                                   [](const Run& run) { return run.role != Run::Role::verify; });
  return phase == Phase::open && config.on_demand && !running && queue.empty() &&
         connects.empty() && owed_stops.empty();
}

const protocol::SessionCounters& CameraSupervisor::Impl::counters() const noexcept {
  counter_sum = counters_before;
  if (link) add(counter_sum, link->session().counters());
  return counter_sum;
}

}  // namespace cam32100::bridge
