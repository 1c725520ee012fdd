// What a relay client makes of answers.
#include <algorithm>

#include "protocol/transport/relay_client_impl.hpp"
#include "protocol/transport/sealing.hpp"

namespace cam32100::protocol {

namespace {

constexpr std::size_t kMostRelays = 16;

}  // namespace

void RelayClient::on_datagram(TimePoint now, const Address& from, BytesView datagram) {
  Impl& it = *impl_;
  if (it.finished) return;
  if (it.current && it.current->leg && it.current->leg->on_datagram(from, datagram)) {
    RelayReport& report = it.tried();
    report.stage = RelayStage::open;
    return it.finish(RelayOpened{report.relay, from, now - it.started});
  }
  OpeningSpace space;
  const auto is_there = [&](const Impl::Server& each) { return each.where.address == from; };
  auto server = std::find_if(it.servers.begin(), it.servers.end(), is_there);
  // The same address may stand there under another key.
  for (auto other = server; other != it.servers.end();
       other = std::find_if(std::next(other), it.servers.end(), is_there)) {
    if (!open(datagram, other->where.cipher, space)) continue;
    server = other;
    break;
  }
  const auto relay = std::find_if(it.relays.begin(), it.relays.end(), [&](const Impl::Relay& each) {
    return each.report.relay == from;
  });
  if (server == it.servers.end() && relay == it.relays.end()) return;
  auto packet =
      open(datagram, server != it.servers.end() ? server->where.cipher : relay->cipher, space);
  if (!packet) packet = open(datagram, Cipher{}, space);
  if (!packet) {
    ++it.counters.malformed;
    return;
  }
  // One host may be both.
  if (relay != it.relays.end()) {
    it.on_relay(now, static_cast<std::size_t>(relay - it.relays.begin()), packet->message);
  }
  if (server != it.servers.end()) it.on_server(now, *server, packet->message);
  it.choose(now);
  it.finish_if_hopeless();
}

void RelayClient::Impl::on_server(TimePoint now, Server& server, const Message& message) {
  if (const auto* list = std::get_if<ListReqAck>(&message)) {
    on_list(now, server, *list);
  } else if (const auto* ack = std::get_if<RlyReqAck>(&message)) {
    on_request_ack(now, server, ack->result);
  } else if (const auto* told = std::get_if<RlyTo>(&message)) {
    on_told(now, *told);
  }
}

void RelayClient::Impl::on_list(TimePoint /*now*/, Server& server, const ListReqAck& list) {
  server.listed = true;
  for (std::size_t i = 0; i < list.count && i < list.relays.size(); ++i) {
    const Address& address = list.relays[i].address;
    const bool known = std::any_of(relays.begin(), relays.end(),
                                   [&](const Relay& each) { return each.report.relay == address; });
    if (known) continue;
    if (relays.size() >= kMostRelays ||
        !may_send_us_to(address, server.where.address, config.own)) {
      ++counters.refused_addresses;
      continue;
    }
    Relay relay;
    relay.report.relay = address;
    relay.report.told_by = server.where.address;
    relay.cipher = server.where.cipher;
    relays.push_back(relay);
  }
}

void RelayClient::Impl::on_relay(TimePoint now, std::size_t relay, const Message& message) {
  RelayReport& report = relays[relay].report;
  if (std::holds_alternative<RlyHelloAck>(message)) {
    if (report.rtt || relays[relay].hellos == 0) return;
    report.rtt = now - relays[relay].first_hello;
  } else if (const auto* port = std::get_if<RlyPortAck>(&message)) {
    if (current && current->relay == relay) on_port(now, *port);
  }
}

// The first answer counts: a relay that was asked twice may have allocated twice.
void RelayClient::Impl::on_port(TimePoint now, const RlyPortAck& ack) {
  if (current->leg || ack.port == 0) return;
  RelayLeg::Config leg;
  leg.relay = {tried().relay.ip, ack.port};
  leg.cipher = relays[current->relay].cipher;
  leg.word = ack.magic_word;
  leg.uid = config.uid;
  leg.timeout = std::max<Duration>(current->until - now, std::chrono::milliseconds{1});
  current->leg.emplace(now, leg);
  current->next_request = now + config.repeat;
  current->patient_until = now + config.impatience;
  tried().stage = RelayStage::request;
  for (Server& server : servers) {
    server.request_waits = true;
    server.answer.reset();
  }
}

void RelayClient::Impl::on_request_ack(TimePoint now, Server& server, ResultCode result) {
  if (!current || !current->leg || server.answer == result) return;
  server.answer = result;
  if (result == ResultCode::ok) {
    tried().stage = RelayStage::ready;
    current->leg->burst(now);
    return;
  }
  tried().refusal = result;
}

// The vendor's client goes where RLY_TO says; ours only where it asked for.
void RelayClient::Impl::on_told(TimePoint now, const RlyTo& told) {
  const bool ours = current && current->leg && told.magic_word == current->leg->word() &&
                    told.relay.address == current->leg->relay();
  if (!ours) {
    ++counters.forged;
    return;
  }
  tried().stage = RelayStage::ready;
  current->leg->burst(now);
}

}  // namespace cam32100::protocol
