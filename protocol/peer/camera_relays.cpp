// The camera's side of a relay: RLY_TO from a server, RLY_PKT to the relay, RLY_RDY from it.
#include <algorithm>

#include "protocol/peer/camera_impl.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::size_t kMaxRelayLegs = 8;

}  // namespace

void EmulatedCamera::Impl::go_to_relay(TimePoint now, const Address& server, const RlyTo& told) {
  const Address& relay = told.relay.address;
  const Cipher* key = logins.cipher_of(server);
  if (!config.takes_relays || !relay.is_usable() || key == nullptr || sessions.contains(relay))
    return;
  const auto known = std::find_if(relay_legs.begin(), relay_legs.end(), [&](const RelayLeg& leg) {
    return leg.relay() == relay && leg.word() == told.magic_word;
  });
  if (known != relay_legs.end()) return;  // the other servers say the same
  // The oldest gives way: its client has had its chances.
  if (relay_legs.size() >= kMaxRelayLegs) relay_legs.pop_front();
  RelayLeg::Config leg;
  leg.relay = relay;
  leg.cipher = *key;
  leg.word = told.magic_word;
  leg.uid = config.uid;
  leg.side = RelaySide::device;
  relay_legs.emplace_back(now, leg);
}

bool EmulatedCamera::Impl::on_relay_datagram(TimePoint now, const Address& from,
                                             BytesView datagram) {
  const auto leg = std::find_if(relay_legs.begin(), relay_legs.end(),
                                [&](RelayLeg& each) { return each.on_datagram(from, datagram); });
  if (leg == relay_legs.end()) return false;
  relay_legs.erase(leg);
  if (regular_sessions() >= config.max_sessions) {
    refuse(now, from, Way::relay);
  } else {
    open_session(now, from, Way::relay);
  }
  return true;
}

void EmulatedCamera::Impl::move_relay_legs(TimePoint now) {
  for (RelayLeg& leg : relay_legs) leg.on_time(now);
  std::erase_if(relay_legs, [](const RelayLeg& leg) { return leg.is_over(); });
}

std::optional<TimePoint> EmulatedCamera::Impl::relay_deadline() const {
  std::optional<TimePoint> next;
  for (const RelayLeg& leg : relay_legs) earliest(next, leg.deadline());
  return next;
}

bool EmulatedCamera::Impl::take_relay_datagram(Datagram& out) {
  return std::any_of(relay_legs.begin(), relay_legs.end(),
                     [&out](RelayLeg& leg) { return leg.take_datagram(out); });
}

}  // namespace cam32100::protocol
