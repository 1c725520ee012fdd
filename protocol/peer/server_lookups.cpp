// Clients ask for devices, and both are told where the other is.
#include <algorithm>

#include "protocol/peer/server_impl.hpp"

namespace cam32100::protocol {

namespace {

// RLY_REQ has no place for the DSK: who showed it by P2P_REQ_DSK or LIST_REQ_DSK is believed so
// long.
constexpr Duration kDskCounts{std::chrono::seconds{60}};
constexpr std::size_t kMostShown = 16;  // addresses of one device; the oldest gives way

}  // namespace

// A key that was shown has to be right; one that the server's owner asks for has to be shown.
bool RendezvousServer::Impl::dsk_is_right(TimePoint now, const Caller& from, Device& device,
                                          const std::optional<Dsk>& dsk) const {
  const bool due = config.require_dsk || config.dsks.contains(device.uid);
  if (dsk) {
    if (!device.dsk) return !due;
    if (*dsk != *device.dsk) return false;
    if (device.shown.size() >= kMostShown && !device.shown.contains(from.address.ip)) {
      const auto oldest =
          std::min_element(device.shown.begin(), device.shown.end(),
                           [](const auto& a, const auto& b) { return a.second < b.second; });
      device.shown.erase(oldest);
    }
    device.shown[from.address.ip] = now + kDskCounts;
    return true;
  }
  if (!due) return true;
  const auto shown = device.shown.find(from.address.ip);
  return shown != device.shown.end() && now < shown->second;
}

std::pair<RendezvousServer::Impl::Device*, ResultCode> RendezvousServer::Impl::find(
    TimePoint now, const Caller& from, const Uid& uid, const std::optional<Dsk>& dsk) {
  if (!serves(uid)) return {nullptr, ResultCode::invalid_prefix};
  if (!allows(uid)) return {nullptr, ResultCode::invalid_uid};
  const auto found = devices.find(key_of(uid));
  if (found == devices.end()) return {nullptr, ResultCode::offline};
  Device& device = found->second;
  if (device.uid != uid) return {nullptr, ResultCode::invalid_uid};
  if (!dsk_is_right(now, from, device, dsk)) return {nullptr, ResultCode::invalid_dsk};
  return {&device, ResultCode::ok};
}

// Each side is told the other's addresses: the one we see, and the one in its LAN. The client hears
// of the device's only when both stand behind one router, and then first: many routers do not pass
// on what is meant for their own outside. The device always hears of the client's, but then it has
// to be a private one: nobody may aim a device at a third party.
void RendezvousServer::Impl::introduce(TimePoint now, const Caller& from,
                                       const SockAddr& lan_address, const Device& device) {
  const auto place = [](const Address& about) { return PunchTo{{about, 2}, {}}; };
  const Address& device_wan = device.caller.address;
  const Address& device_lan = device.lan_address.address;
  const bool one_router = from.address.ip == device_wan.ip;
  if (one_router && device_lan.is_usable() && device_lan != device_wan) {
    answer(now, from, place(device_lan));
  }
  answer(now, from, place(device_wan));
  tell_device(now, from, device, place(from.address));
  const Address& lan = lan_address.address;
  if (lan.is_usable() && lan != from.address && (one_router || lan.is_private())) {
    tell_device(now, from, device, place(lan));
  }
}

void RendezvousServer::Impl::on_lookup(TimePoint now, const Caller& from, const Uid& uid,
                                       const SockAddr& lan_address, const std::optional<Dsk>& dsk) {
  ++counters.lookups;
  if (!may_ask(now, from)) return;
  const auto [device, result] = find(now, from, uid, dsk);
  if (device == nullptr) {
    ++counters.unknown;
    // Whoever guesses UIDs hears no more than any dead server tells.
    if (!sources.may_ask_unknown(now, from.address)) {
      ++counters.rate_limited;
      return;
    }
  }
  answer(now, from, P2pReqAck{result, config.api_version, {}});
  if (device == nullptr) return;
  ++counters.found;
  introduce(now, from, lan_address, *device);
}

void RendezvousServer::Impl::refuse_malformed_uid(TimePoint now, const Caller& from) {
  ++counters.lookups;
  ++counters.unknown;
  if (!may_ask(now, from)) return;
  const bool may_guess = sources.may_ask_unknown(now, from.address);
  if (!may_guess) {
    ++counters.rate_limited;
    return;
  }
  answer(now, from, P2pReqAck{ResultCode::invalid_uid, config.api_version, {}});
}

}  // namespace cam32100::protocol
