// What a session makes of a datagram.
#include <algorithm>

#include "protocol/transport/session_impl.hpp"

namespace cam32100::protocol {

namespace {

constexpr unsigned kMostAliveAcks = 16;  // waiting at once; one answer is as good as many
constexpr std::size_t kUnknownHeadBytes = 256;

}  // namespace

void Session::on_datagram(TimePoint now, const Address& from, BytesView datagram) {
  Impl& it = *impl_;
  if (it.state == State::closed) return;
  ++it.counters.datagrams_in;
  if (it.state == State::connecting && it.is_relay(from)) {
    it.on_relay_datagram(now, datagram);
  } else if (it.state == State::connecting) {
    it.on_greeting(now, from, datagram);
  } else if (from == it.peer) {
    it.on_peer_datagram(now, datagram);
  } else if (!it.relock(now, from, datagram) && !it.is_late(from, datagram)) {
    it.note_stranger(now, from, message_code(datagram, it.cipher()));
  }
}

void Session::Impl::on_greeting(TimePoint now, const Address& from, BytesView datagram) {
  const Handshake::Greeting greeting = handshake.read(datagram);
  switch (greeting.kind) {
    case Handshake::Greeting::Kind::unreadable:
      ++counters.malformed;
      return;
    case Handshake::Greeting::Kind::other:
      note_stranger(now, from, greeting.type);
      return;
    case Handshake::Greeting::Kind::punch:
      handshake.on_punch(now, from, greeting.cipher);
      return;
    case Handshake::Greeting::Kind::ready:
      // Whoever knows the UID can say that he is the camera; he would be sent the password.
      if (!handshake.is_candidate_host(from)) return note_stranger(now, from, greeting.type);
      lock(now, from, handshake.path_to(from), greeting);
      return;
  }
}

void Session::Impl::lock(TimePoint now, const Address& from, Path path,
                         const Handshake::Greeting& greeting) {
  state = State::ready;
  peer = from;
  cipher_index = greeting.cipher;
  ready_at = now;
  last_heard = now;
  alive_waits = true;
  alive_due = now + config.alive_after;
  Ready event;
  event.peer = from;
  event.path = path;
  event.uid_on_wire = greeting.uid;
  event.ready_variant = handshake.sent_ready_to(from);
  event.cipher_name = config.ciphers[cipher_index].name;
  event.took = now - started;
  ready_to_tell = std::move(event);
  relay_goodbye_waits = relay && path != Path::relay;
}

// Two ways in one batch: a private address is nearer than a public one, and both are nearer than a
// relay. Once the batch has ended, or anything was said on a direct way, the first stays.
bool Session::Impl::relock(TimePoint now, const Address& from, BytesView datagram) {
  if (state != State::ready || !ready_to_tell) return false;
  const bool relayed = is_relay(peer) && counters.drw_in == 0;
  if (!relayed && (traffic_seen || peer.is_private() || !from.is_private())) return false;
  const Handshake::Greeting greeting = handshake.read(datagram);
  if (greeting.kind != Handshake::Greeting::Kind::ready) return false;
  if (!handshake.is_candidate_host(from)) return false;
  traffic_seen = false;
  lock(now, from, handshake.path_to(from), greeting);
  return true;
}

// The relay we did not need, or the camera by another way than the one that was first. Its key is
// known by now, and of other strangers no more than the code is looked at.
bool Session::Impl::is_late(const Address& from, BytesView datagram) const {
  if (is_relay(from)) return true;
  const auto code = static_cast<MessageType>(message_code(datagram, cipher()));
  if (code != MessageType::PUNCH_PKT && code != MessageType::P2P_RDY) return false;
  OpeningSpace space;
  const auto packet = open(datagram, cipher(), space);
  if (!packet) return false;
  const auto* punch = std::get_if<PunchPkt>(&packet->message);
  const auto* ready = std::get_if<P2pRdy>(&packet->message);
  return (punch != nullptr && punch->uid == config.uid) ||
         (ready != nullptr && ready->uid == config.uid);
}

void Session::Impl::end_batch() {
  if (!ready_to_tell) return;
  events.push(std::move(*ready_to_tell), counters);
  ready_to_tell.reset();
}

void Session::Impl::note_stranger(TimePoint now, const Address& from, std::uint8_t type) {
  ++counters.unknown_senders;
  if (strangers.is_news(now, from, type)) events.push(UnknownSender{from, type}, counters);
}

void Session::Impl::on_peer_datagram(TimePoint now, BytesView datagram) {
  OpeningSpace space;
  const auto packet = open(datagram, cipher(), space);
  if (!packet) {
    on_unreadable(now, datagram);
    return;
  }
  if (state == State::closing) {
    if (std::holds_alternative<Close>(packet->message)) {
      finish(now, Errc::closed_by_us, Operation::closing);
    }
    return;
  }
  last_heard = now;
  alive_due = now + config.alive_after;
  on_packet(now, *packet);
}

void Session::Impl::on_packet(TimePoint now, const Packet& packet) {
  if (const auto* drw = std::get_if<Drw>(&packet.message)) {
    traffic_seen = true;
    on_drw(now, *drw);
  } else if (const auto* ack = std::get_if<DrwAck>(&packet.message)) {
    traffic_seen = true;
    on_ack(now, *ack);
  } else if (std::holds_alternative<Alive>(packet.message)) {
    traffic_seen = true;
    // Cameras ask once a second, too [capture]: were we to ask after the same second, both would do
    // so in the same moment for ever. It gets half as much again to come first; that our answer is
    // sign of life enough is inferred, from cameras that count answers and the vendor's rule of
    // silence.
    alive_due = now + config.alive_after + config.alive_after / 2;
    ++counters.alive_in;
    alive_acks = std::min(alive_acks + 1, kMostAliveAcks);
    if (config.packet_events) events.push(AliveSeen{}, counters);
  } else if (std::holds_alternative<AliveAck>(packet.message)) {
    traffic_seen = true;  // and never an answer: two sides that answered would not stop
    ++counters.alive_ack_in;
    if (config.packet_events) events.push(AliveAckSeen{}, counters);
  } else if (std::holds_alternative<Close>(packet.message)) {
    on_close(now);
  } else if (const auto* ready = std::get_if<P2pRdy>(&packet.message)) {
    // A device repeats it until it sees traffic.
    if (ready->uid == config.uid) alive_waits = true;
  } else if (const auto* unknown = std::get_if<Unknown>(&packet.message)) {
    on_unknown(*unknown);
  }
}

void Session::Impl::on_drw(TimePoint now, const Drw& drw) {
  Channel& channel = this->channel(drw.channel);
  ++counters.drw_in;
  const Channel::Received received = channel.on_drw(now, drw);
  if (received == Channel::Received::duplicate) ++counters.duplicates;
  if (received == Channel::Received::buffered) ++counters.reordered;
  if (channel.has_ack()) with_acks = static_cast<ChannelSet>(with_acks | (1U << drw.channel));
  if (config.packet_events)
    events.push(PacketSeen{drw.channel, drw.index, drw.data.size()}, counters);
  if (received != Channel::Received::in_order) return;
  receiver.on_stream(now, drw.channel, drw.data);
  while (const auto held = channel.next_in_order()) receiver.on_stream(now, drw.channel, *held);
}

void Session::Impl::on_ack(TimePoint now, const DrwAck& ack) {
  ++counters.ack_in;
  if (channels[ack.channel]) channels[ack.channel]->on_ack(now, ack);
  if (!config.packet_events) return;
  AckSeen event;
  event.channel = ack.channel;
  for (std::size_t i = 0; i < ack.count(); ++i) event.indices.push_back(ack.index(i));
  events.push(std::move(event), counters);
}

void Session::Impl::on_close(TimePoint now) {
  end_batch();
  if (traffic_seen) {
    finish(now, Errc::closed_by_peer, Operation::none);
  } else {
    // A camera whose places are taken lets us in and closes at once [inferred].
    finish(now, Errc::refused, Operation::awaiting_ready);
  }
}

void Session::Impl::on_unknown(const Unknown& unknown) {
  ++counters.unknown_messages;
  tell_unknown(unknown.type, unknown.body);
}

// From the peer's address, yet no packet: told as it came after the cipher, header included, since
// nothing of it can be trusted.
void Session::Impl::on_unreadable(TimePoint now, BytesView datagram) {
  ++counters.malformed;
  if (state != State::ready) return;
  const std::uint8_t type = message_code(datagram, cipher());
  if (!unreadable.is_news(now, peer, type)) return;
  std::array<std::byte, kUnknownHeadBytes> head{};
  const auto opened = MutableBytesView{head}.first(std::min(datagram.size(), head.size()));
  std::copy_n(datagram.begin(), opened.size(), opened.begin());
  cipher().decrypt(opened);
  tell_unknown(type, opened);
}

void Session::Impl::tell_unknown(std::uint8_t type, BytesView bytes) {
  const BytesView head = bytes.first(std::min(bytes.size(), kUnknownHeadBytes));
  UnknownMessage event;
  event.from = peer;
  event.type = type;
  event.head.assign(head.begin(), head.end());
  events.push(std::move(event), counters);
}

}  // namespace cam32100::protocol
