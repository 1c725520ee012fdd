// Devices log in: plain, under the CRC key, and with a device key under it.
#include <algorithm>

#include "protocol/peer/server_impl.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::size_t kLoginBytes = 40;
constexpr std::size_t kMostEvents = 1024;

// What was sealed begins with a DEV_LGN's payload: give it that header back and read it as one.
std::optional<DevLgn> read_login(BytesView opened) {
  if (opened.size() < kLoginBytes) return std::nullopt;
  Bytes plain{std::byte{kMagic}, std::byte{0x10}, std::byte{0}, std::byte{kLoginBytes}};
  plain.insert(plain.end(), opened.begin(), opened.begin() + kLoginBytes);
  const auto packet = decode(plain);
  const auto* login = packet ? std::get_if<DevLgn>(&packet->message) : nullptr;
  if (login == nullptr) return std::nullopt;
  DevLgn read = *login;
  read.extra = {};  // it pointed into `plain`
  return read;
}

constexpr Duration kRefusalsTold{std::chrono::minutes{1}};
constexpr std::size_t kMostRefusals = 64;
constexpr int kMostOfOneAddress = 8;  // it must not keep the others' from being told

}  // namespace

void RendezvousServer::Impl::expire(TimePoint now) {
  while (!by_login.empty() && now - by_login.begin()->first >= config.login_expiry) {
    const auto silent = devices.find(by_login.begin()->second);
    tell_owner(ServerEvent::Kind::expired, silent->second);
    leave_address(silent->second.caller.address);
    devices.erase(silent);
    by_login.erase(by_login.begin());
  }
}

void RendezvousServer::Impl::tell_owner(ServerEvent::Kind kind, const Device& device) {
  if (events.size() < kMostEvents) events.push_back({kind, device.uid, device.caller.address, {}});
}

void RendezvousServer::Impl::tell_refusal(TimePoint now, const Caller& from,
                                          const std::optional<Uid>& uid, std::string_view reason) {
  ++counters.refused;
  std::erase_if(refusals_told,
                [now](const auto& told) { return now - told.second >= kRefusalsTold; });
  if (refusals_told.size() >= kMostRefusals || events.size() >= kMostEvents) return;
  const auto of_it =
      std::count_if(refusals_told.begin(), refusals_told.end(),
                    [&](const auto& each) { return std::get<0>(each.first) == from.address.ip; });
  if (of_it >= kMostOfOneAddress) return;
  if (!refusals_told.emplace(Refusal{from.address.ip, reason, uid}, now).second) return;
  events.push_back({ServerEvent::Kind::refused, uid, from.address, reason});
}

void RendezvousServer::Impl::leave_address(const Address& address) {
  const auto found = devices_at.find(address.ip);
  if (found != devices_at.end() && --found->second == 0) devices_at.erase(found);
}

// Logins cost nothing to make up: one address neither fills the server nor takes ids at will. Who
// is here already may always come back.
bool RendezvousServer::Impl::has_room_for(TimePoint now, const Caller& from, const Uid& uid) {
  if (devices.size() >= config.max_devices) {
    tell_refusal(now, from, uid, "full");
    return false;
  }
  const auto at = devices_at.find(from.address.ip);
  const std::size_t there = at == devices_at.end() ? 0 : at->second;
  if (sources.may_add_device(now, from.address, there)) return true;
  ++counters.rate_limited;
  tell_refusal(now, from, uid, "crowded");
  return false;
}

std::optional<ResultCode> RendezvousServer::Impl::log_in(TimePoint now, const Caller& from,
                                                         const DevLgn& login,
                                                         const std::optional<Dsk>& dsk) {
  const auto refused = [&](ResultCode why, std::string_view reason) {
    tell_refusal(now, from, login.uid, reason);
    return why;
  };
  if (!serves(login.uid)) return refused(ResultCode::invalid_prefix, "prefix");
  if (!allows(login.uid)) return refused(ResultCode::invalid_uid, "id");
  const auto key_wanted = config.dsks.find(login.uid);
  const bool wrong_key = key_wanted != config.dsks.end() && dsk != key_wanted->second;
  if (wrong_key || (config.require_dsk && !dsk))
    return refused(ResultCode::invalid_dsk, "device_key");
  const DeviceKey key = key_of(login.uid);
  const auto found = devices.find(key);
  if (found == devices.end() && !has_room_for(now, from, login.uid)) return std::nullopt;
  if (found != devices.end()) {
    if (found->second.uid != login.uid) {
      tell_refusal(now, from, login.uid, "id");
      // That the serial is here is what a guesser wants to know.
      if (sources.may_ask_unknown(now, from.address)) return ResultCode::invalid_uid;
      ++counters.rate_limited;
      return std::nullopt;
    }
    by_login.erase({found->second.last_login, key});
    leave_address(found->second.caller.address);
  }
  ++devices_at[from.address.ip];
  ++counters.logins;
  const bool fresh = found == devices.end();
  Device& device = devices[key];
  const bool moved = !fresh && device.caller.address != from.address;
  device.uid = login.uid;
  device.caller = from;
  device.lan_address = login.address;
  device.last_login = now;
  device.dsk = dsk;
  by_login.insert({now, key});
  if (fresh || moved)
    tell_owner(fresh ? ServerEvent::Kind::login : ServerEvent::Kind::moved, device);
  return ResultCode::ok;
}

void RendezvousServer::Impl::on_login(TimePoint now, const Caller& from, const DevLgn& login) {
  const auto result = log_in(now, from, login, std::nullopt);
  if (!result) return;
  DevLgnAck ack;
  ack.result = *result;
  answer(now, from, ack);
}

void RendezvousServer::Impl::answer_sealed(TimePoint now, const Caller& to, ResultCode result) {
  const std::array<std::byte, 4> plain{static_cast<std::byte>(result)};
  const Bytes sealed = crc_encrypt(config.crc_key, plain);
  answer(now, to, DevLgnAckCrc{.body = sealed});
}

void RendezvousServer::Impl::on_crc_login(TimePoint now, const Caller& from, BytesView sealed) {
  if (config.crc_key.empty()) return tell_refusal(now, from, std::nullopt, "login_key");
  const auto opened = crc_decrypt(config.crc_key, sealed);
  if (!opened) return tell_refusal(now, from, std::nullopt, "login_key");
  const auto login = read_login(*opened);
  if (!login) {
    ++counters.malformed;
    return;
  }
  if (const auto result = log_in(now, from, *login, std::nullopt))
    answer_sealed(now, from, *result);
}

// No source says how a login with a DSK is answered: as the CRC form's is [inferred].
void RendezvousServer::Impl::on_dsk_login(TimePoint now, const Caller& from, BytesView sealed) {
  const auto opened = config.crc_key.empty() ? Result<Bytes>{make_error_code(Errc::bad_checksum)}
                                             : crc_decrypt(config.crc_key, sealed);
  if (!opened || opened->size() < kLoginBytes + Dsk{}.size())
    return tell_refusal(now, from, std::nullopt, "login_key");
  const auto login = read_login(*opened);
  if (!login) {
    ++counters.malformed;
    return;
  }
  Dsk dsk{};
  std::transform(opened->begin() + kLoginBytes, opened->begin() + kLoginBytes + dsk.size(),
                 dsk.begin(), [](std::byte b) { return static_cast<char>(b); });
  if (const auto result = log_in(now, from, *login, dsk)) answer_sealed(now, from, *result);
}

}  // namespace cam32100::protocol
