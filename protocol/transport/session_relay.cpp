// The way in through a relay. RLY_RDY says that both sides are there, but not under which key the
// camera speaks: each is tried with ALIVE, which every camera answers.
#include "protocol/transport/session_impl.hpp"

namespace cam32100::protocol {

void Session::add_relay(TimePoint now, const Address& relay) {
  Impl& it = *impl_;
  if (it.state != State::connecting || it.relay || !relay.is_usable()) return;
  it.relay = relay;
  it.next_question = 0;
  it.next_questions = now + it.config.punch_interval;
}

void Session::Impl::ask_relay_again(TimePoint now) {
  if (!relay || now < next_questions) return;
  next_question = 0;
  next_questions = now + config.punch_interval;
}

bool Session::Impl::take_relay_question(Datagram& out) {
  if (!relay || next_question >= config.ciphers.size()) return false;
  return seal(Alive{}, config.ciphers[next_question++].cipher, *relay, out);
}

// Whatever of the camera comes through, its signs of life, P2P_RDY or data, shows its key and that
// the way is open.
void Session::Impl::on_relay_datagram(TimePoint now, BytesView datagram) {
  OpeningSpace space;
  for (std::size_t i = 0; i < config.ciphers.size(); ++i) {
    const auto packet = open(datagram, config.ciphers[i].cipher, space);
    if (!packet || std::holds_alternative<Unknown>(packet->message)) continue;
    const auto* ready = std::get_if<P2pRdy>(&packet->message);
    const auto* punch = std::get_if<PunchPkt>(&packet->message);
    if ((ready != nullptr && ready->uid != config.uid) ||
        (punch != nullptr && punch->uid != config.uid)) {
      return note_stranger(now, *relay, packet->type);
    }
    // The relay repeats what we came by, and that shows nothing of the camera.
    if (std::holds_alternative<RlyRdy>(packet->message)) return;
    lock(now, *relay, Path::relay, {Handshake::Greeting::Kind::ready, i, packet->type, config.uid});
    return on_peer_datagram(now, datagram);
  }
  ++counters.malformed;
}

bool Session::Impl::take_relay_goodbye(Datagram& out) {
  if (!relay_goodbye_waits) return false;
  relay_goodbye_waits = false;
  return seal(Close{}, cipher(), *relay, out);
}

}  // namespace cam32100::protocol
