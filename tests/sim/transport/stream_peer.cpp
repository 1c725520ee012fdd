#include "tests/sim/transport/stream_peer.hpp"

#include <algorithm>

namespace cam32100::sim {

using namespace protocol;

namespace {

constexpr unsigned kReadies = 4;  // a device says P2P_RDY four times
constexpr std::chrono::seconds kAliveAfter{1};
constexpr std::chrono::seconds kSilence{10};

}  // namespace

StreamPeer::StreamPeer(const Uid& uid, const ChannelConfig& config) : uid_{uid}, config_{config} {
  forget();
}

void StreamPeer::forget() {
  channels_.clear();
  for (std::uint8_t id = 0; id < kChannels; ++id) channels_.emplace_back(id, config_);
  client_.reset();
  alive_due_.reset();
  dead_at_.reset();
  readies_ = alive_acks_ = 0;
  alive_waits_ = heard_traffic_ = false;
}

void StreamPeer::on_datagram(TimePoint now, const Address& from, BytesView datagram) {
  const auto packet = decode(datagram);
  if (!packet) return;
  if (const auto* punch = std::get_if<PunchPkt>(&packet->message)) {
    if (punch->uid != uid_ || (client_ && *client_ != from)) return;
    if (!heard_traffic_) readies_ = kReadies;
    client_ = from;
  } else if (std::holds_alternative<LanSearchMessage>(packet->message)) {
    return;
  }
  if (client_ != from) return;
  if (!std::holds_alternative<PunchPkt>(packet->message)) heard_traffic_ = true;
  alive_due_ = now + kAliveAfter;
  dead_at_ = now + kSilence;
  if (const auto* drw = std::get_if<Drw>(&packet->message)) {
    on_stream(now, *drw);
  } else if (const auto* ack = std::get_if<DrwAck>(&packet->message)) {
    channels_[ack->channel].on_ack(now, *ack);
  } else if (std::holds_alternative<Alive>(packet->message)) {
    ++alive_acks_;
  } else if (std::holds_alternative<Close>(packet->message)) {
    forget();
  }
}

void StreamPeer::on_stream(TimePoint now, const Drw& drw) {
  Channel& channel = channels_[drw.channel];
  if (channel.on_drw(now, drw) != Channel::Received::in_order) return;
  text_[drw.channel] += to_string(drw.data);
  while (const auto held = channel.next_in_order()) text_[drw.channel] += to_string(*held);
}

void StreamPeer::on_time(TimePoint now) {
  for (Channel& channel : channels_) channel.on_time(now);
  if (dead_at_ && now >= *dead_at_) {
    forget();
  } else if (alive_due_ && now >= *alive_due_) {
    alive_waits_ = true;
    alive_due_ = now + kAliveAfter;
  }
}

std::optional<TimePoint> StreamPeer::deadline() const {
  std::optional<TimePoint> first = alive_due_;
  const auto keep = [&](std::optional<TimePoint> other) {
    if (other && (!first || *other < *first)) first = other;
  };
  keep(dead_at_);
  for (const Channel& channel : channels_) keep(channel.deadline());
  return first;
}

bool StreamPeer::say(const Message& message, Datagram& out) const {
  out.to = *client_;
  out.size = encode(message, out.bytes).value();
  return true;
}

bool StreamPeer::take_datagram(TimePoint now, Datagram& out) {
  if (!client_) return false;
  if (readies_ > 0) {
    --readies_;
    return say(P2pRdy{uid_}, out);
  }
  out.to = *client_;
  for (Channel& channel : channels_) {
    if (const auto size = channel.take_ack(out.bytes)) {
      out.size = *size;
      return true;
    }
  }
  for (Channel& channel : channels_) {
    if (const auto size = channel.take_drw(now, out.bytes)) {
      out.size = *size;
      return true;
    }
  }
  if (alive_acks_ > 0) {
    --alive_acks_;
    return say(AliveAck{}, out);
  }
  if (!alive_waits_) return false;
  alive_waits_ = false;
  return say(Alive{}, out);
}

bool StreamPeer::send(std::uint8_t channel, BytesView bytes) {
  return channels_.at(channel).send(bytes);
}

bool StreamPeer::all_acknowledged() const {
  return std::all_of(channels_.begin(), channels_.end(),
                     [](const Channel& each) { return each.all_acknowledged(); });
}

std::size_t StreamPeer::queued_bytes() const {
  std::size_t total = 0;
  for (const Channel& each : channels_) total += each.queued_bytes() + each.reorder_bytes();
  return total;
}

std::uint64_t StreamPeer::sent_drw() const {
  std::uint64_t total = 0;
  for (const Channel& each : channels_) total += each.counters().sent;
  return total;
}

std::uint64_t StreamPeer::resent_drw() const {
  std::uint64_t total = 0;
  for (const Channel& each : channels_) total += each.counters().resent;
  return total;
}

}  // namespace cam32100::sim
