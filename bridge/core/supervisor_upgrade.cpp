// From a relay to a direct way. The camera is sought again while the relayed session works; a
// session that opens on the way takes over once no request is under way on the old one. Both live
// on one socket and are told apart by who sends: the camera sees two clients, us and the relay.
#include <fmt/format.h>

#include <algorithm>

#include "bridge/core/supervisor_impl.hpp"
#include "bridge/core/supervisor_protocol_events.hpp"

namespace cam32100::bridge {

namespace {

using std::chrono::seconds;

constexpr seconds kFirstUpgrade{2};  // punching may just have been a little late
constexpr seconds kUpgradePause{30};
constexpr seconds kLongestUpgradePause{600};

}  // namespace

bool CameraSupervisor::Impl::may_upgrade() const {
  return phase == Phase::open && ready && ready->path == protocol::Path::relay && !rejected &&
         !shutting_down && route.via != protocol::Path::relay && config.media == nullptr;
}

std::optional<protocol::TimePoint> CameraSupervisor::Impl::upgrade_deadline() const {
  if (!may_upgrade()) return std::nullopt;
  if (!upgrade) return upgrade_due;
  std::optional<TimePoint> first = upgrade->link->session().deadline();
  if (upgrade->search) protocol::earliest(first, upgrade->search->deadline());
  return first;
}

void CameraSupervisor::Impl::plan_upgrade(TimePoint now) {
  upgrade.reset();
  upgrades_failed = 0;
  upgrade_due = now + kFirstUpgrade;
}

void CameraSupervisor::Impl::start_upgrade(TimePoint now) {
  SearchConfig sought = search_config(Route{});
  sought.relay_after.reset();
  upgrade.emplace();
  upgrade->link = std::make_unique<CameraLink>(now, session_config(sought), exchange_config(),
                                               seeds.next(), nullptr);
  upgrade->search = std::make_unique<CameraSearch>(now, std::move(sought), seeds.next());
}

// True: it was the upgrade's business.
bool CameraSupervisor::Impl::upgrade_takes(TimePoint now, const protocol::Address& from,
                                           protocol::BytesView datagram) {
  if (left_relay == from) return true;
  if (!upgrade || !link || from == link->session().peer()) return false;
  if (upgrade->search && upgrade->search->on_datagram(now, from, datagram)) return true;
  upgrade->link->session().on_datagram(now, from, datagram);
  return true;
}

void CameraSupervisor::Impl::go_on_upgrading(TimePoint now) {
  if (!may_upgrade()) {
    upgrade.reset();
    return;
  }
  if (!upgrade && now >= upgrade_due) start_upgrade(now);
  if (!upgrade) return;
  drain_upgrade(now);
  if (upgrade && upgrade->ready && !is_waiting_for_replies()) adopt_upgrade(now);
}

void CameraSupervisor::Impl::drain_upgrade(TimePoint now) {
  auto& session = upgrade->link->session();
  if (upgrade->search) {
    while (auto event = upgrade->search->take_event()) tell(to_protocol_event(*event));
    while (auto candidate = upgrade->search->take_candidate())
      session.add_candidate(now, candidate->address, candidate->path);
  }
  while (auto event = session.take_event()) {
    if (const auto* opened = std::get_if<protocol::Ready>(&*event)) {
      upgrade->ready = *opened;
      if (upgrade->search) upgrade->attempts = upgrade->search->attempts(*opened).dump();
      upgrade->search.reset();
    } else if (std::holds_alternative<protocol::SessionClosed>(*event)) {
      return give_up_upgrade(now);
    }
  }
}

// A camera that is heard on our own LAN but takes no second session is one that has one place: the
// relayed session gives it up as soon as nobody waits. Once: if it lets nobody in even then, the
// relay is the better way.
void CameraSupervisor::Impl::give_up_upgrade(TimePoint now) {
  const bool one_place = upgrade->search && upgrade->search->lan_answered();
  upgrade.reset();
  const auto pause = std::min<Duration>(kUpgradePause * (1U << std::min(upgrades_failed, 5U)),
                                        kLongestUpgradePause);
  ++upgrades_failed;
  upgrade_due = now + pause;
  if (!one_place || gave_up_relay || !runs.empty() || !queue.empty()) return;
  gave_up_relay = true;
  last_by_relay = false;
  next_try = now;
  reason = "the camera is on the LAN";
  leave(now);
}

bool CameraSupervisor::Impl::is_waiting_for_replies() const {
  return std::any_of(runs.begin(), runs.end(), [](const Run& run) { return run.outstanding > 0; });
}

void CameraSupervisor::Impl::adopt_upgrade(TimePoint now) {
  log(false, fmt::format("the session with {} goes {} now, to {}", config.uid.redacted(),
                         protocol::to_text(upgrade->ready->path), upgrade->ready->peer.text()));
  counters_before = counters();
  left_relay = ready->peer;
  parting = std::move(link);
  parting->session().close(now);
  link = std::move(upgrade->link);
  ready = *std::move(upgrade->ready);
  opened_by = std::move(upgrade->attempts);
  upgrade.reset();
  remembered = Candidate{ready->peer, ready->path};
  good_cipher = ready->cipher_name;
  gave_up_relay = false;
  last_by_relay = false;
  tell(to_protocol_event(protocol::SessionEvent{*ready}));
  note_seen(now);
}

}  // namespace cam32100::bridge
