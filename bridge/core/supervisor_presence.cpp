// Whether the camera is there, asked without opening a session.
#include <algorithm>

#include "bridge/core/supervisor_impl.hpp"

namespace cam32100::bridge {

namespace {

using std::chrono::seconds;

constexpr seconds kPresenceTimeout{5};
constexpr seconds kMaxRecheck{10};

}  // namespace

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
  sought.relay_after.reset();  // a relay would wake the camera and open a session
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
