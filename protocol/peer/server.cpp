#include "protocol/peer/server.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "protocol/peer/outbox.hpp"
#include "protocol/transport/sealing.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::size_t kMaxUnsent = 4096;
constexpr std::size_t kLoginBytes = 40;

// Prefix and serial: what a device is looked up by; the check code only proves that the asker knows
// it.
using DeviceKey = std::array<std::byte, 12>;

DeviceKey key_of(const Uid& uid) {
  DeviceKey key{};
  std::copy_n(uid.bytes().begin(), key.size(), key.begin());
  return key;
}

struct Device {
  Uid uid;
  Address address;
  SockAddr lan_address;
  TimePoint last_login;
  Cipher cipher;  // the form its login came in
};

}  // namespace

struct RendezvousServer::Impl {
  explicit Impl(ServerConfig given)
      : config{std::move(given)}, own_cipher{cipher_of(config.psk)}, outbox{kMaxUnsent} {}

  void on_message(TimePoint now, const Address& from, const Cipher& cipher, const Message& message);
  void on_hello(const Address& from, const Cipher& cipher);
  void on_crc_login(TimePoint now, const Address& from, const Cipher& cipher,
                    const DevLgnCrc& sealed);
  [[nodiscard]] std::optional<ResultCode> log_in(TimePoint now, const Address& from,
                                                 const Cipher& cipher, const DevLgn& login);
  void on_lookup(const Address& from, const Cipher& cipher, const Uid& uid,
                 const SockAddr& lan_address);
  void introduce(const Address& from, const Cipher& cipher, const SockAddr& lan_address,
                 const Device& device);
  void refuse_malformed_uid(const Address& from, const Cipher& cipher);
  void expire(TimePoint now);
  [[nodiscard]] bool serves(const Uid& uid) const;

  ServerConfig config;
  Cipher own_cipher;
  Outbox outbox;
  std::map<DeviceKey, Device> devices;
  std::set<std::pair<TimePoint, DeviceKey>> by_login;  // oldest first
  Counters counters;
};

RendezvousServer::RendezvousServer(TimePoint /*now*/, ServerConfig config)
    : impl_{std::make_unique<Impl>(std::move(config))} {}
RendezvousServer::~RendezvousServer() = default;

bool RendezvousServer::Impl::serves(const Uid& uid) const {
  const auto& served = config.served_prefixes;
  return served.empty() || std::find(served.begin(), served.end(), uid.prefix()) != served.end();
}

void RendezvousServer::Impl::expire(TimePoint now) {
  while (!by_login.empty() && now - by_login.begin()->first >= config.login_expiry) {
    devices.erase(by_login.begin()->second);
    by_login.erase(by_login.begin());
  }
}

void RendezvousServer::Impl::on_hello(const Address& from, const Cipher& cipher) {
  ++counters.hellos;
  HelloAck ack;
  ack.address.address = from;
  outbox.put(from, cipher, ack);
}

// nullopt: no room, and nothing is answered; the device will try again.
std::optional<ResultCode> RendezvousServer::Impl::log_in(TimePoint now, const Address& from,
                                                         const Cipher& cipher,
                                                         const DevLgn& login) {
  expire(now);
  if (!serves(login.uid)) {
    ++counters.refused;
    return ResultCode::invalid_prefix;
  }
  const DeviceKey key = key_of(login.uid);
  const auto found = devices.find(key);
  if (found == devices.end() && devices.size() >= config.max_devices) {
    ++counters.refused;
    return std::nullopt;
  }
  if (found != devices.end()) {
    if (found->second.uid != login.uid) {
      ++counters.refused;
      return ResultCode::invalid_uid;
    }
    by_login.erase({found->second.last_login, key});
  }
  ++counters.logins;
  devices[key] = Device{.uid = login.uid,
                        .address = from,
                        .lan_address = login.address,
                        .last_login = now,
                        .cipher = cipher};
  by_login.insert({now, key});
  return ResultCode::ok;
}

void RendezvousServer::Impl::on_crc_login(TimePoint now, const Address& from, const Cipher& cipher,
                                          const DevLgnCrc& sealed) {
  if (config.crc_key.empty()) {
    ++counters.refused;
    return;
  }
  const auto opened = crc_decrypt(config.crc_key, sealed.body);
  if (!opened || (*opened).size() < kLoginBytes) {
    ++counters.refused;
    return;
  }
  const Bytes& body = *opened;
  // What was sealed is a DEV_LGN's payload: give it that header back and read it as one.
  Bytes plain{std::byte{kMagic}, std::byte{0x10}, std::byte{0}, std::byte{kLoginBytes}};
  plain.insert(plain.end(), body.begin(), body.end());
  const auto packet = decode(plain);
  const auto* login = packet ? std::get_if<DevLgn>(&packet->message) : nullptr;
  if (login == nullptr) {
    ++counters.malformed;
    return;
  }
  const auto result = log_in(now, from, cipher, *login);
  if (!result) return;
  const std::array<std::byte, 4> answer{static_cast<std::byte>(*result)};
  const Bytes sealed_answer = crc_encrypt(config.crc_key, answer);
  outbox.put(from, cipher, DevLgnAckCrc{.body = sealed_answer});
}

// Each side is told the other's addresses: the one we see, and the one in its LAN. The client hears
// of the device's only when both stand behind one router. The device always hears of the client's,
// but then it has to be a private one: nobody may aim a device at a third party.
void RendezvousServer::Impl::introduce(const Address& from, const Cipher& cipher,
                                       const SockAddr& lan_address, const Device& device) {
  const auto tell = [this](const Address& to, const Cipher& form, const Address& about) {
    if (!about.is_usable()) return;
    PunchTo punch;
    punch.address.address = about;
    outbox.put(to, form, punch);
  };
  tell(from, cipher, device.address);
  tell(device.address, device.cipher, from);
  const bool one_router = from.ip == device.address.ip;
  const Address& lan = lan_address.address;
  if (lan != from && (one_router || lan.is_private())) tell(device.address, device.cipher, lan);
  if (one_router && device.lan_address.address != device.address) {
    tell(from, cipher, device.lan_address.address);
  }
}

void RendezvousServer::Impl::on_lookup(const Address& from, const Cipher& cipher, const Uid& uid,
                                       const SockAddr& lan_address) {
  ++counters.lookups;
  P2pReqAck ack;
  ack.version = config.api_version;
  const auto found = devices.find(key_of(uid));
  const bool known = found != devices.end();
  if (!serves(uid)) {
    ack.result = ResultCode::invalid_prefix;
  } else if (!known) {
    ack.result = ResultCode::offline;
  } else if (found->second.uid != uid) {
    ack.result = ResultCode::invalid_uid;
  }
  outbox.put(from, cipher, ack);
  if (ack.result == ResultCode::ok) introduce(from, cipher, lan_address, found->second);
}

void RendezvousServer::Impl::refuse_malformed_uid(const Address& from, const Cipher& cipher) {
  ++counters.lookups;
  outbox.put(from, cipher, P2pReqAck{ResultCode::invalid_uid, config.api_version, {}});
}

void RendezvousServer::Impl::on_message(TimePoint now, const Address& from, const Cipher& cipher,
                                        const Message& message) {
  expire(now);
  if (std::holds_alternative<Hello>(message)) {
    on_hello(from, cipher);
  } else if (const auto* login = std::get_if<DevLgn>(&message)) {
    const auto result = log_in(now, from, cipher, *login);
    if (!result) return;
    DevLgnAck ack;
    ack.result = *result;
    outbox.put(from, cipher, ack);
  } else if (const auto* sealed = std::get_if<DevLgnCrc>(&message)) {
    on_crc_login(now, from, cipher, *sealed);
  } else if (const auto* request = std::get_if<P2pReq>(&message)) {
    on_lookup(from, cipher, request->uid, request->lan_address);
  } else if (const auto* with_dsk = std::get_if<P2pReqDsk>(&message)) {
    on_lookup(from, cipher, with_dsk->uid, with_dsk->lan_address);
  }
}

void RendezvousServer::on_datagram(TimePoint now, const Address& from, BytesView datagram) {
  Impl& my = *impl_;
  const auto form = recognise(datagram, std::span{&my.own_cipher, 1});
  if (!form || !from.is_usable()) {
    ++my.counters.malformed;
    return;
  }
  const Cipher cipher = *form == kPlainRecognised ? Cipher{} : my.own_cipher;
  OpeningSpace space;
  const auto packet = open(datagram, cipher, space);
  if (!packet) {
    ++my.counters.malformed;
    const auto code = static_cast<MessageType>(message_code(datagram, cipher));
    const bool lookup = code == MessageType::P2P_REQ || code == MessageType::P2P_REQ_DSK;
    if (lookup && packet.error() == Errc::bad_uid) my.refuse_malformed_uid(from, cipher);
    return;
  }
  my.on_message(now, from, cipher, packet->message);
}

void RendezvousServer::on_time(TimePoint now) { impl_->expire(now); }

std::optional<TimePoint> RendezvousServer::deadline() const {
  const auto& logins = impl_->by_login;
  if (logins.empty()) return std::nullopt;
  return logins.begin()->first + impl_->config.login_expiry;
}

bool RendezvousServer::take_datagram(TimePoint /*now*/, Datagram& out) {
  return impl_->outbox.take(out);
}

std::vector<ServerDevice> RendezvousServer::devices() const {
  std::vector<ServerDevice> listed;
  listed.reserve(impl_->devices.size());
  for (const auto& [key, device] : impl_->devices) {
    listed.push_back({.uid = device.uid,
                      .address = device.address,
                      .lan_address = device.lan_address.address,
                      .last_login = device.last_login});
  }
  return listed;
}

const RendezvousServer::Counters& RendezvousServer::counters() const noexcept {
  return impl_->counters;
}

}  // namespace cam32100::protocol
