#include "protocol/transport/relay_leg.hpp"

#include <algorithm>

#include "protocol/transport/sealing.hpp"

namespace cam32100::protocol {

namespace {

constexpr unsigned kBurst = 4;
constexpr Duration kBurstSpacing = std::chrono::milliseconds{20};
constexpr Duration kRepeat = std::chrono::milliseconds{500};

}  // namespace

RelayLeg::RelayLeg(TimePoint now, Config config) : config_{config}, until_{now + config_.timeout} {
  burst(now);
}

void RelayLeg::burst(TimePoint now) {
  if (ready_ || over_) return;
  waits_ = true;
  burst_left_ = kBurst - 1;
  next_ = now + kBurstSpacing;
}

bool RelayLeg::on_datagram(const Address& from, BytesView datagram) {
  if (ready_ || over_ || from != config_.relay) return false;
  OpeningSpace space;
  auto packet = open(datagram, config_.cipher, space);
  if (!packet) packet = open(datagram, Cipher{}, space);
  if (!packet) return false;
  const auto* ready = std::get_if<RlyRdy>(&packet->message);
  ready_ = ready != nullptr && ready->uid == config_.uid;
  return ready_;
}

void RelayLeg::on_time(TimePoint now) {
  if (ready_ || over_) return;
  if (now >= until_) {
    over_ = true;
    return;
  }
  if (now < next_) return;
  waits_ = true;
  if (burst_left_ > 0) --burst_left_;
  next_ = now + (burst_left_ > 0 ? kBurstSpacing : kRepeat);
}

std::optional<TimePoint> RelayLeg::deadline() const {
  if (ready_ || over_) return std::nullopt;
  return std::min(next_, until_);
}

bool RelayLeg::take_datagram(Datagram& out) {
  if (ready_ || over_ || !std::exchange(waits_, false)) return false;
  RlyPkt packet;
  packet.magic_word = config_.word;
  packet.uid = config_.uid;
  packet.is_device = static_cast<std::uint8_t>(config_.side);
  return seal(packet, config_.cipher, config_.relay, out);
}

}  // namespace cam32100::protocol
