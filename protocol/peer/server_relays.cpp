// The server as a relay, and what it says of others.
#include <algorithm>

#include "protocol/peer/server_impl.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::size_t kMostListed = 8;
constexpr std::size_t kMaxWanted = 64;

MagicWord word_from(std::uint64_t drawn) noexcept {
  MagicWord word{};
  for (std::size_t i = 0; i < word.size(); ++i) word[i] = static_cast<std::byte>(drawn >> (8 * i));
  return word;
}

}  // namespace

// A relay list tells nothing of any device, so whoever may ask gets it; only a wrong DSK does not.
void RendezvousServer::Impl::on_list_request(TimePoint now, const Caller& from,
                                             const ListReqDsk* with_dsk) {
  if (!may_ask(now, from)) return;
  if (with_dsk != nullptr) {
    const ResultCode result = find(now, from, with_dsk->uid, with_dsk->dsk).second;
    if (result != ResultCode::ok) {
      ++counters.unknown;
      // That a wrong key gets nothing says that the device is here: as dear as a look-up.
      if (!sources.may_ask_unknown(now, from.address)) {
        ++counters.rate_limited;
        return;
      }
      if (result == ResultCode::invalid_dsk) return;
    }
  }
  ListReqAck list;
  const auto add = [&list](const Address& relay) {
    if (list.count < kMostListed) list.relays[list.count++].address = relay;
  };
  if (config.relay_address) add(*config.relay_address);
  for (const Address& other : config.other_relays) add(other);
  answer(now, from, list);
}

void RendezvousServer::Impl::on_relay_hello(TimePoint now, const Caller& from) {
  if (config.relay_address) answer(now, from, RlyHelloAck{});
}

RendezvousServer::Impl::Allocation* RendezvousServer::Impl::find_allocation(const Address& client) {
  const auto found = std::find_if(allocations.begin(), allocations.end(), [&](const auto& each) {
    return each.second.client.address == client && !each.second.port->is_open() &&
           !each.second.port->is_over();
  });
  return found == allocations.end() ? nullptr : &found->second;
}

void RendezvousServer::Impl::tell_port(TimePoint now, const Allocation& allocation) {
  RlyPortAck ack;
  ack.magic_word = allocation.port->word();
  ack.port = allocation.number;
  answer(now, allocation.client, ack);
}

void RendezvousServer::Impl::on_port_request(TimePoint now, const Caller& from) {
  if (!config.relay_address || !may_ask(now, from)) return;
  if (const Allocation* same = find_allocation(from.address)) {  // it asks again
    if (same->number != 0) tell_port(now, *same);
    return;
  }
  std::size_t waiting = 0;
  std::size_t all_of_it = 0;
  for (const auto& [id, each] : allocations) {
    if (each.client.address.ip != from.address.ip) continue;
    ++all_of_it;
    if (!each.port->is_open()) ++waiting;
  }
  if (allocations.size() >= config.relay.max_sessions || wanted.size() >= kMaxWanted ||
      all_of_it >= config.relay.max_of_one || waiting >= config.relay.max_waiting_of_one) {
    ++counters.relays_refused;
    return;
  }
  const PortId id = next_port++;
  Allocation allocation;
  allocation.client = from;
  RelayPort::Config made{word_from(random()), own_cipher, config.relay};
  // Another server's RLY_REQ is never seen here; nor is the key that was shown there.
  if (config.relay_for_others)
    made.admits = [this](const Uid& uid) { return is_for_everybody(uid); };
  allocation.port = std::make_unique<RelayPort>(now, std::move(made), relay_budget);
  allocations.emplace(id, std::move(allocation));
  wanted.push_back(id);
}

// Ours with its word, or one that is listed: nobody sends our devices anywhere else.
bool RendezvousServer::Impl::knows_relay(const RlyReq& request) {
  const Address& asked = request.relay.address;
  for (auto& [id, each] : allocations) {
    if (each.number != asked.port || each.port->word() != request.magic_word) continue;
    if (!config.relay_address || asked.ip != config.relay_address->ip) continue;
    if (each.port->is_over() || (each.port->uid() && *each.port->uid() != request.uid))
      return false;
    each.port->expect(request.uid);
    return true;
  }
  return std::any_of(config.other_relays.begin(), config.other_relays.end(),
                     [&asked](const Address& other) { return other.ip == asked.ip; });
}

void RendezvousServer::Impl::on_relay_request(TimePoint now, const Caller& from,
                                              const RlyReq& request) {
  if (!may_ask(now, from)) return;
  const auto [device, result] = find(now, from, request.uid, std::nullopt);
  if (device == nullptr) {
    ++counters.unknown;
    if (!sources.may_ask_unknown(now, from.address)) {
      ++counters.rate_limited;
      return;
    }
    return answer(now, from, RlyReqAck{result, {}, {}});
  }
  if (!request.relay.address.is_usable() || !knows_relay(request)) {
    ++counters.relays_refused;
    return;
  }
  answer(now, from, RlyReqAck{ResultCode::ok, {}, {}});
  const RlyTo told{request.relay, request.magic_word, {}};
  tell_device(now, from, *device, told);
  answer(now, from, told);
}

bool RendezvousServer::port_progressed(TimePoint now, PortId id) {
  const auto found = impl_->allocations.find(id);
  if (found == impl_->allocations.end()) return false;
  auto& each = found->second;
  if (each.port->is_open() && !std::exchange(each.counted_open, true)) {
    ++impl_->counters.relays_opened;
    // Somebody showed the word, so our answer was read where it went. Where it was shown from
    // proves nothing: who knows the word may show it in anybody's name.
    impl_->sources.prove(now, each.client.address);
  }
  if (!each.port->is_over() || std::exchange(each.ended_told, true)) return false;
  impl_->ended.push_back(id);
  return true;
}

void RendezvousServer::be_relay_at(const Address& address) {
  impl_->config.relay_address = address;
}

std::optional<RendezvousServer::PortId> RendezvousServer::take_wanted_port() {
  auto& waiting = impl_->wanted;
  if (waiting.empty()) return std::nullopt;
  const PortId id = waiting.front();
  waiting.pop_front();
  return id;
}

Endpoint& RendezvousServer::relay_port(PortId id) { return *impl_->allocations.at(id).port; }

void RendezvousServer::port_opened(TimePoint now, PortId id, std::uint16_t port) {
  auto& allocation = impl_->allocations.at(id);
  allocation.number = port;
  ++impl_->counters.relays_allocated;
  impl_->tell_port(now, allocation);
}

void RendezvousServer::port_failed(PortId id) {
  ++impl_->counters.relays_refused;
  impl_->allocations.erase(id);
}

std::optional<RendezvousServer::PortId> RendezvousServer::take_ended_port() {
  auto& waiting = impl_->ended;
  if (waiting.empty()) return std::nullopt;
  const PortId id = waiting.front();
  waiting.pop_front();
  return id;
}

void RendezvousServer::forget_port(PortId id) {
  const auto found = impl_->allocations.find(id);
  if (found == impl_->allocations.end()) return;
  impl_->counters.relay_datagrams += found->second.port->counters().datagrams;
  impl_->counters.relay_bytes += found->second.port->counters().bytes;
  impl_->counters.relay_dropped +=
      found->second.port->counters().over_budget + found->second.port->counters().over_queue;
  impl_->allocations.erase(found);
}

std::vector<ServerRelaySession> RendezvousServer::relay_sessions() const {
  std::vector<ServerRelaySession> all;
  for (const auto& [id, each] : impl_->allocations) {
    all.push_back(
        {each.port->uid(), each.port->client(), each.port->device(), each.port->counters()});
  }
  return all;
}

}  // namespace cam32100::protocol
