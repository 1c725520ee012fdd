// Datagrams and time in, datagrams and deadlines out; what came is drained from the bottom up.
#include <algorithm>

#include "bridge/core/supervisor_impl.hpp"
#include "bridge/core/supervisor_protocol_events.hpp"

namespace cam32100::bridge {

namespace {

// The earliest of several deadlines, some of which may not exist.
class Earliest {
 public:
  void consider(std::optional<protocol::TimePoint> due) {
    if (due && (!first_ || *due < *first_)) first_ = due;
  }
  [[nodiscard]] std::optional<protocol::TimePoint> value() const noexcept { return first_; }

 private:
  std::optional<protocol::TimePoint> first_;
};

}  // namespace

void CameraSupervisor::Impl::on_datagram(TimePoint now, const protocol::Address& from,
                                         protocol::BytesView datagram) {
  bool taken = std::any_of(
      config.servers.begin(), config.servers.end(),
      [&from](const protocol::ServerAddress& server) { return server.address == from; });
  for (RunningLookup& lookup : lookups) {
    if (!lookup.locator->is_server(from)) continue;
    lookup.locator->on_datagram(now, from, datagram);
    taken = true;
  }
  if (upgrade_takes(now, from, datagram)) taken = true;
  if (search) taken = search->on_datagram(now, from, datagram) || taken;
  if (search && phase == Phase::trying)
    drain_search(now);  // its path is known before the session sees the answer
  if (link && !taken) link->session().on_datagram(now, from, datagram);
  // Events are drained when the batch ends: a session may still prefer another peer within it.
  batch_open = true;
  last_now = now;
}

void CameraSupervisor::Impl::end_batch() {
  if (batch_open) progress(last_now);
}

void CameraSupervisor::Impl::on_time(TimePoint now) {
  if (search) search->on_time(now);
  for (RunningLookup& lookup : lookups) lookup.locator->on_time(now);
  if (link) {
    link->session().on_time(now);
    link->exchange().on_time(now);
  }
  if (upgrade) {
    if (upgrade->search) upgrade->search->on_time(now);
    upgrade->link->session().on_time(now);
  }
  if (availability.on_time(now, config.offline_grace)) events.push(AvailabilityChanged{false});
  if (phase == Phase::resting && verdict == Verdict::busy && now >= next_try)
    verdict = Verdict::none;
  owed_stops.erase(std::remove_if(owed_stops.begin(), owed_stops.end(),
                                  [now](const OwedStop& stop) { return now >= stop.expires; }),
                   owed_stops.end());
  progress(now);
}

std::optional<protocol::TimePoint> CameraSupervisor::Impl::deadline() const {
  if (batch_open) return last_now;
  Earliest first;
  if (search) first.consider(search->deadline());
  for (const RunningLookup& lookup : lookups) {
    first.consider(lookup.locator->deadline());
    first.consider(lookup.asker.deadline);
  }
  if (link) {
    first.consider(link->session().deadline());
    first.consider(link->exchange().deadline());
  }
  first.consider(availability.deadline(config.offline_grace));
  first.consider(queue.deadline());
  for (const WaitingConnect& connect : connects) first.consider(connect.asker.deadline);
  first.consider(runs_deadline());
  for (const OwedStop& stop : owed_stops) {
    first.consider(stop.expires);
    if (phase == Phase::open && !rejected) first.consider(stop.due);
  }
  switch (phase) {
    case Phase::resting:
      if (is_down) return std::nullopt;
      if (!search) first.consider(presence_due);
      if (verdict == Verdict::busy) first.consider(next_try);
      break;
    case Phase::waiting:
      first.consider(next_try);
      break;
    case Phase::trying:
      first.consider(hopeless_due());
      break;
    case Phase::open:
      first.consider(proof_due());
      first.consider(upgrade_deadline());
      if (is_idle()) first.consider(last_activity + config.idle_logout);
      break;
    case Phase::leaving:
      first.consider(leave_by);
      break;
  }
  return first.value();
}

bool CameraSupervisor::Impl::take_datagram(TimePoint now, protocol::Datagram& out) {
  end_batch();
  if (parting) {
    if (parting->session().take_datagram(now, out)) return true;
    parting.reset();
  }
  // The open session first: ACKs and requests are what somebody waits for.
  if (link && link->session().take_datagram(now, out)) return true;
  if (search && search->take_datagram(now, out)) return true;
  if (upgrade && ((upgrade->search && upgrade->search->take_datagram(now, out)) ||
                  upgrade->link->session().take_datagram(now, out))) {
    return true;
  }
  return std::any_of(lookups.begin(), lookups.end(), [now, &out](const RunningLookup& lookup) {
    return lookup.locator->take_datagram(now, out);
  });
}

void CameraSupervisor::Impl::progress(TimePoint now) {
  last_now = now;
  batch_open = false;
  if (is_down) return;
  drain_search(now);
  drain_lookups(now);
  drain_session(now);
  drain_exchange(now);
  go_on_upgrading(now);
  prove(now);
  give_up_hopeless_attempt(now);
  expire(now);
  continue_paused(now);
  send_owed_stops(now, false);
  dispatch(now);
  if (phase == Phase::open && link->is_out_of_step())
    lose_session(now, "a request could not be sent", false);
  leave_if_done(now);
  go_on_leaving(now);
  settle(now);
  if (phase == Phase::resting && !is_down) {
    if (!search && now >= presence_due) start_presence_check(now);
    if (search) finish_presence_check(now);
  }
  note_status(now);
}

void CameraSupervisor::Impl::leave_if_done(TimePoint now) {
  if (phase != Phase::open) return;
  if (is_idle() && now >= last_activity + config.idle_logout) {
    note_seen(now);
    next_try = now;
    return leave(now);
  }
  // Connects still waiting here want another way than the session has.
  if (!rejected && !connects.empty() && !has_job_runs()) {
    next_try = now;
    park_runs(now, "another way was asked for");
    return leave(now);
  }
  const bool checking = std::any_of(runs.begin(), runs.end(),
                                    [](const Run& run) { return run.job.credentials.has_value(); });
  if (rejected && !checking && !queue.has_credentials_job()) leave(now);
}

void CameraSupervisor::Impl::drain_search(TimePoint now) {
  if (!search) return;
  while (auto event = search->take_event()) tell(to_protocol_event(*event));
  while (auto candidate = search->take_candidate()) {
    if (phase == Phase::trying)
      link->session().add_candidate(now, candidate->address, candidate->path);
  }
  if (const auto relay = search->take_relay(); relay && phase == Phase::trying)
    link->session().add_relay(now, *relay);
  if (phase == Phase::resting && search->lan_answered()) remembered = search->lan_candidate();
  if (search->answered() && (phase == Phase::trying || phase == Phase::resting)) note_seen(now);
}

void CameraSupervisor::Impl::drain_lookups(TimePoint now) {
  for (auto lookup = lookups.begin(); lookup != lookups.end();) {
    bool over = false;
    while (auto event = lookup->locator->take_event()) {
      tell(to_protocol_event(*event));
      const auto* finished = std::get_if<protocol::LookupFinished>(&*event);
      if (finished == nullptr) continue;
      if (!finished->error) note_seen(now);
      events.push(JobLookedUp{lookup->asker.id, lookup->locator->report(), finished->error});
      over = true;
      break;
    }
    lookup = over ? lookups.erase(lookup) : std::next(lookup);
  }
}

void CameraSupervisor::Impl::drain_session(TimePoint now) {
  while (link) {
    auto event = link->session().take_event();
    if (!event) return;
    const auto* stranger = std::get_if<protocol::UnknownSender>(&*event);
    if (stranger == nullptr || !search || !search->is_other_camera(stranger->from)) {
      tell(to_protocol_event(*event));
    }
    if (const auto* opened = std::get_if<protocol::Ready>(&*event);
        opened != nullptr && phase == Phase::trying) {
      on_ready(now, *opened);
    } else if (const auto* closed = std::get_if<protocol::SessionClosed>(&*event)) {
      on_session_closed(now, *closed);
    }
  }
}

void CameraSupervisor::Impl::drain_exchange(TimePoint now) {
  while (link && (phase == Phase::open || phase == Phase::leaving)) {
    auto event = link->exchange().take_event();
    if (!event) return;
    if (auto* reply = std::get_if<protocol::CgiReplied>(&*event)) {
      on_reply(now, std::move(*reply));
    } else if (const auto* timed_out = std::get_if<protocol::CgiTimedOut>(&*event)) {
      on_reply_timeout(now, *timed_out);
    } else if (const auto* broken = std::get_if<protocol::CgiBroken>(&*event);
               phase == Phase::open) {
      lose_session(now, std::string{protocol::to_text(broken->code)} + ": " + broken->what, false);
    }
  }
}

void CameraSupervisor::Impl::tell(std::optional<ProtocolEvent> event) {
  if (!event || (is_per_packet(*event) && !config.packet_events)) return;
  events.push(std::move(*event));
}

void CameraSupervisor::Impl::log(bool warning, std::string message) {
  events.push(SupervisorLog{warning, std::move(message)});
}

}  // namespace cam32100::bridge
