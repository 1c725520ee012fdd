// What a session sends, in its order: acknowledgements, answers, data, signs of life.
#include "protocol/transport/session_impl.hpp"

namespace cam32100::protocol {

bool Session::take_datagram(TimePoint now, Datagram& out) {
  Impl& it = *impl_;
  it.end_batch();
  bool taken = false;
  switch (it.state) {
    case State::connecting:
      taken = it.take_relay_question(out) || it.handshake.take_datagram(now, out);
      break;
    case State::ready:
      taken = it.take_while_open(now, out);
      break;
    case State::closing:
      taken = it.take_ack(out) || it.take_close(out);
      break;
    case State::closed:
      taken = it.take_close(out);
      break;
  }
  if (taken) ++it.counters.datagrams_out;
  return taken;
}

// A camera that gets an ALIVE while it waits for ACKs takes those packets for lost [lib32100].
bool Session::Impl::take_while_open(TimePoint now, Datagram& out) {
  if (take_ack(out)) return true;
  if (alive_acks > 0) {
    --alive_acks;
    return take_plain_message(AliveAck{}, out);
  }
  if (take_data(now, out)) return true;
  if (!alive_waits) return take_relay_goodbye(out);
  alive_waits = false;
  return take_plain_message(Alive{}, out);
}

bool Session::Impl::take_ack(Datagram& out) {
  for (std::size_t i = 0; with_acks != 0 && i < channels.size(); ++i) {
    if ((with_acks & (1U << i)) == 0) continue;
    const auto size = channels[i]->take_ack(out.bytes);
    if (!channels[i]->has_ack()) with_acks = static_cast<ChannelSet>(with_acks & ~(1U << i));
    if (size) return address_to_peer(*size, out);
  }
  return false;
}

bool Session::Impl::take_data(TimePoint now, Datagram& out) {
  for (std::size_t i = 0; sending != 0 && i < channels.size(); ++i) {
    if ((sending & (1U << i)) == 0) continue;
    const std::uint64_t resent = channels[i]->counters().resent;
    const auto size = channels[i]->take_drw(now, out.bytes);
    counters.resent += channels[i]->counters().resent - resent;
    if (size) return address_to_peer(*size, out);
    // Events are taken before datagrams are: the end has to wait for on_time(), which is due now.
    if (channels[i]->failed() && !failure_found) failure_found = now;
    if (channels[i]->all_acknowledged()) sending = static_cast<ChannelSet>(sending & ~(1U << i));
  }
  return false;
}

bool Session::Impl::take_close(Datagram& out) {
  if (closes == 0 || !ready_at) return false;
  --closes;
  return take_plain_message(Close{}, out);
}

bool Session::Impl::take_plain_message(const Message& message, Datagram& out) const {
  return seal(message, cipher(), peer, out);
}

bool Session::Impl::address_to_peer(std::size_t size, Datagram& out) const {
  out.to = peer;
  out.size = size;
  cipher().encrypt(MutableBytesView{out.bytes}.first(size));
  return true;
}

}  // namespace cam32100::protocol
