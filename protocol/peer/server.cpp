// The server's face: datagrams in and out, and whom it answers.
#include "protocol/peer/server.hpp"

#include <algorithm>

#include "protocol/peer/server_impl.hpp"
#include "protocol/transport/sealing.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::size_t kMaxUnsent = 4096;

}  // namespace

DeviceKey key_of(const Uid& uid) {
  DeviceKey key{};
  std::copy_n(uid.bytes().begin(), key.size(), key.begin());
  return key;
}

RandomSource seeded_random(std::uint64_t seed) {
  // SplitMix64 [Steele, Lea, Flood 2014].
  return [state = seed]() mutable {
    state += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  };
}

RendezvousServer::Impl::Impl(TimePoint now, ServerConfig given, RandomSource source)
    : config{std::move(given)},
      own_cipher{cipher_of(config.psk)},
      outboxes{Outbox{kMaxUnsent}, Outbox{kMaxUnsent}},
      sources{config.sources},
      allowed{config.allowed.begin(), config.allowed.end()},
      relay_budget{now, config.relay.total_bytes_per_s},
      random{std::move(source)} {}

RendezvousServer::RendezvousServer(TimePoint now, ServerConfig config, RandomSource random)
    : impl_{std::make_unique<Impl>(now, std::move(config), std::move(random))} {}
RendezvousServer::~RendezvousServer() = default;

namespace {

bool has(const std::vector<std::string>& prefixes, std::string_view prefix) {
  return std::find(prefixes.begin(), prefixes.end(), prefix) != prefixes.end();
}

}  // namespace

// With ids beside prefixes the prefixes of the ids are known ones, too.
bool RendezvousServer::Impl::serves(const Uid& uid) const {
  const auto& served = config.served_prefixes;
  return served.empty() || has(served, uid.prefix()) ||
         std::any_of(allowed.begin(), allowed.end(),
                     [&uid](const Uid& each) { return each.prefix() == uid.prefix(); });
}

bool RendezvousServer::Impl::allows(const Uid& uid) const {
  return allowed.empty() || allowed.contains(uid) || has(config.served_prefixes, uid.prefix());
}

bool RendezvousServer::Impl::is_for_everybody(const Uid& uid) const {
  return serves(uid) && allows(uid) && !config.require_dsk && !config.dsks.contains(uid);
}

void RendezvousServer::Impl::answer(TimePoint now, const Caller& to, const Message& message) {
  if (sources.may_answer(now, to.address, Outbox::size_of(message))) return tell(to, message);
  ++counters.unpaid;
}

void RendezvousServer::Impl::tell(const Caller& to, const Message& message) {
  outboxes[to.socket].put(to.address, to.cipher, message);
}

void RendezvousServer::Impl::tell_device(TimePoint now, const Caller& asker, const Device& device,
                                         const Message& message) {
  if (device.caller.address.ip == asker.address.ip) return answer(now, device.caller, message);
  tell(device.caller, message);
}

bool RendezvousServer::Impl::may_ask(TimePoint now, const Caller& from) {
  const bool may = sources.may_ask(now, from.address);
  if (!may) ++counters.rate_limited;
  return may;
}

void RendezvousServer::Impl::on_hello(TimePoint now, const Caller& from) {
  ++counters.hellos;
  HelloAck ack;
  ack.address.address = from.address;
  answer(now, from, ack);
}

void RendezvousServer::Impl::on_message(TimePoint now, const Caller& from, const Message& message) {
  expire(now);
  if (std::holds_alternative<Hello>(message)) {
    on_hello(now, from);
  } else if (const auto* login = std::get_if<DevLgn>(&message)) {
    on_login(now, from, *login);
  } else if (const auto* crc = std::get_if<DevLgnCrc>(&message)) {
    on_crc_login(now, from, crc->body);
  } else if (const auto* dsk = std::get_if<DevLgnDsk>(&message)) {
    on_dsk_login(now, from, dsk->body);
  } else if (const auto* request = std::get_if<P2pReq>(&message)) {
    on_lookup(now, from, request->uid, request->lan_address, std::nullopt);
  } else if (const auto* with_dsk = std::get_if<P2pReqDsk>(&message)) {
    on_lookup(now, from, with_dsk->uid, with_dsk->lan_address, with_dsk->dsk);
  } else if (std::holds_alternative<ListReq>(message) ||
             std::holds_alternative<ListReq1>(message)) {
    on_list_request(now, from, nullptr);
  } else if (const auto* list = std::get_if<ListReqDsk>(&message)) {
    on_list_request(now, from, list);
  } else if (std::holds_alternative<RlyHello>(message)) {
    on_relay_hello(now, from);
  } else if (std::holds_alternative<RlyPort>(message)) {
    on_port_request(now, from);
  } else if (const auto* relay = std::get_if<RlyReq>(&message)) {
    on_relay_request(now, from, *relay);
  }
}

void RendezvousServer::Impl::on_datagram(TimePoint now, const Address& from, std::size_t socket,
                                         BytesView datagram) {
  const auto form = recognise(datagram, std::span{&own_cipher, 1});
  if (!form || !from.is_usable()) {
    ++counters.malformed;
    return;
  }
  const Caller caller{from, socket, *form == kPlainRecognised ? Cipher{} : own_cipher};
  sources.on_received(now, from, datagram.size());
  OpeningSpace space;
  const auto packet = open(datagram, caller.cipher, space);
  if (!packet) {
    ++counters.malformed;
    const auto code = static_cast<MessageType>(message_code(datagram, caller.cipher));
    const bool lookup = code == MessageType::P2P_REQ || code == MessageType::P2P_REQ_DSK;
    if (lookup && packet.error() == Errc::bad_uid) refuse_malformed_uid(now, caller);
    return;
  }
  on_message(now, caller, packet->message);
}

void RendezvousServer::on_datagram(TimePoint now, const Address& from, BytesView datagram) {
  impl_->on_datagram(now, from, 0, datagram);
}

void RendezvousServer::on_time(TimePoint now) { impl_->expire(now); }

std::optional<TimePoint> RendezvousServer::deadline() const {
  const auto& logins = impl_->by_login;
  if (logins.empty()) return std::nullopt;
  return logins.begin()->first + impl_->config.login_expiry;
}

bool RendezvousServer::take_datagram(TimePoint /*now*/, Datagram& out) {
  return impl_->outboxes[0].take(out);
}

Endpoint& RendezvousServer::second_socket() noexcept { return impl_->second; }

bool RendezvousServer::has_datagrams(std::size_t socket) const noexcept {
  return !impl_->outboxes.at(socket).empty();
}

std::vector<ServerDevice> RendezvousServer::devices() const {
  std::vector<ServerDevice> listed;
  listed.reserve(impl_->devices.size());
  for (const auto& [key, device] : impl_->devices) {
    listed.push_back({.uid = device.uid,
                      .address = device.caller.address,
                      .lan_address = device.lan_address.address,
                      .last_login = device.last_login});
  }
  return listed;
}

std::optional<ServerEvent> RendezvousServer::take_event() {
  if (impl_->events.empty()) return std::nullopt;
  std::optional<ServerEvent> event{impl_->events.front()};
  impl_->events.pop_front();
  return event;
}

std::size_t RendezvousServer::device_count() const noexcept { return impl_->devices.size(); }

const RendezvousServer::Counters& RendezvousServer::counters() const noexcept {
  return impl_->counters;
}

}  // namespace cam32100::protocol
