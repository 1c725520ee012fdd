// The sending side and what both sides share; channel_receive.cpp has the other.
#include "protocol/transport/channel.hpp"

#include <algorithm>
#include <cassert>

namespace cam32100::protocol {

namespace {

constexpr std::size_t kLargestWindow = 4096;  // far below the half range of the index
constexpr std::size_t kFirstSlots = 4;
constexpr unsigned kNewerAcksBeforeResend = 3;  // fewer are mere reordering [RFC 5681, 3.2]

}  // namespace

Channel::Channel(std::uint8_t id, const ChannelConfig& config)
    : config_{config},
      id_{id},
      window_{std::clamp<std::size_t>(config.window, 1, kLargestWindow)},
      timer_{config.min_resend, config.max_resend, config.first_resend},
      expected_{config.first_index} {
  config_.farthest_ahead = std::clamp<std::size_t>(config.farthest_ahead, 1, kLargestWindow);
}

std::uint16_t Channel::wire_index(std::uint64_t sequence) const noexcept {
  return static_cast<std::uint16_t>(config_.first_index + sequence);
}

bool Channel::send(BytesView bytes) {
  if (bytes.size() > room()) return false;
  stream_.push(bytes);
  counters_.peak_queued_bytes = std::max(counters_.peak_queued_bytes, stream_.size());
  return true;
}

bool Channel::all_acknowledged() const noexcept { return stream_.size() == 0; }
bool Channel::failed() const noexcept { return failed_; }
std::optional<TimePoint> Channel::deadline() const { return next_due_; }
std::optional<Duration> Channel::smoothed_rtt() const noexcept { return timer_.smoothed(); }
std::size_t Channel::queued_bytes() const noexcept { return stream_.size(); }
std::size_t Channel::unsent_bytes() const noexcept { return stream_.size() - sent_bytes_; }
std::size_t Channel::room() const noexcept {
  return config_.max_queued_bytes - std::min(config_.max_queued_bytes, stream_.size());
}

void Channel::on_ack(TimePoint now, const DrwAck& ack) {
  acknowledged_orders_.clear();
  std::uint64_t newest = base_;
  for (std::size_t i = 0; i < ack.count(); ++i) {
    if (!acknowledge(now, ack.index(i))) continue;
    newest = std::max(newest, base_ + static_cast<std::uint64_t>(
                                          index_distance(ack.index(i), wire_index(base_))));
  }
  if (acknowledged_orders_.empty()) return;
  find_overtaken(newest);
  release_acknowledged();
  find_next_due();
}

// False when the index is not in flight, or was acknowledged before.
bool Channel::acknowledge(TimePoint now, std::uint16_t index) {
  const int ahead = index_distance(index, wire_index(base_));
  if (ahead < 0 || static_cast<std::size_t>(ahead) >= in_flight()) return false;
  InFlight& packet = slot(base_ + static_cast<std::uint64_t>(ahead));
  if (packet.acknowledged) return false;
  packet.acknowledged = true;
  if (packet.lost) {
    packet.lost = false;
    --lost_;
  }
  if (packet.resends == 0) timer_.sample(now - packet.sent_at);
  acknowledged_orders_.push_back(packet.order);
  return true;
}

// No NACK exists: a packet is taken for lost when several that were sent after it have arrived.
void Channel::find_overtaken(std::uint64_t newest) {
  for (std::uint64_t sequence = base_; sequence < newest; ++sequence) {
    InFlight& packet = slot(sequence);
    if (packet.acknowledged || packet.lost) continue;
    for (const auto order : acknowledged_orders_) {
      if (order > packet.order) ++packet.newer_acks;
    }
    if (packet.newer_acks >= kNewerAcksBeforeResend) mark_lost(packet);
  }
}

void Channel::mark_lost(InFlight& packet) noexcept {
  if (packet.resends >= config_.max_resends) return;  // its last copy has until `due`
  packet.lost = true;
  ++lost_;
}

void Channel::release_acknowledged() noexcept {
  while (base_ != next_ && slot(base_).acknowledged) {
    stream_.pop(slot(base_).size);
    sent_bytes_ -= slot(base_).size;
    ++base_;
  }
}

void Channel::find_next_due() noexcept {
  next_due_.reset();
  if (failed_) return;
  for (std::uint64_t sequence = base_; sequence != next_; ++sequence) {
    const InFlight& packet = slot(sequence);
    if (!packet.acknowledged && (!next_due_ || packet.due < *next_due_)) next_due_ = packet.due;
  }
}

void Channel::on_time(TimePoint now) {
  if (!next_due_ || now < *next_due_) return;
  timer_.back_off(now);
  for (std::uint64_t sequence = base_; sequence != next_; ++sequence) {
    InFlight& packet = slot(sequence);
    if (packet.acknowledged || now < packet.due) continue;
    if (packet.resends >= config_.max_resends) failed_ = true;
    if (!packet.lost) mark_lost(packet);
    packet.due = now + timer_.wait();
  }
  find_next_due();
}

std::optional<std::size_t> Channel::take_drw(TimePoint now, MutableBytesView out) {
  on_time(now);
  if (failed_ || stream_.size() == 0) return std::nullopt;
  if (out.size() < kDrwHeaderBytes + kMaxDrwData) return std::nullopt;
  if (lost_ > 0) {
    std::size_t offset = 0;
    std::uint64_t sequence = base_;
    for (; !slot(sequence).lost; ++sequence) offset += slot(sequence).size;
    InFlight& packet = slot(sequence);
    packet.lost = false;
    --lost_;
    ++packet.resends;
    ++counters_.resent;
    return write_drw(now, sequence, offset, out);
  }
  const std::size_t unsent = unsent_bytes();
  if (unsent == 0 || in_flight() >= window_) return std::nullopt;
  make_room_in_flight();
  slot(next_) = InFlight{};
  slot(next_).size = std::min(unsent, kMaxDrwData);
  const std::size_t offset = sent_bytes_;
  sent_bytes_ += slot(next_).size;
  ++counters_.sent;
  ++next_;
  return write_drw(now, next_ - 1, offset, out);
}

// Requests are a packet or two: the whole window is seldom in flight.
void Channel::make_room_in_flight() {
  if (in_flight() < slots_.size()) return;
  std::vector<InFlight> larger(std::max(kFirstSlots, 2 * slots_.size()));
  for (std::uint64_t sequence = base_; sequence != next_; ++sequence)
    larger[sequence & (larger.size() - 1)] = slot(sequence);
  slots_ = std::move(larger);
}

std::size_t Channel::write_drw(TimePoint now, std::uint64_t sequence, std::size_t offset,
                               MutableBytesView out) {
  InFlight& packet = slot(sequence);
  packet.sent_at = now;
  packet.due = now + timer_.wait();
  packet.order = transmissions_++;
  packet.newer_acks = 0;
  if (!next_due_ || packet.due < *next_due_) next_due_ = packet.due;
  const ByteRing::Pieces data = stream_.peek(offset, packet.size);
  // Written here and not by encode(): the data may lie in two pieces.
  Writer writer{out};
  writer.u8(kMagic);
  writer.u8(static_cast<std::uint8_t>(MessageType::DRW));
  writer.u16_be(static_cast<std::uint16_t>(kDrwHeaderBytes - kHeaderBytes + packet.size));
  writer.u8(kDrwMagic);
  writer.u8(id_);
  writer.u16_be(wire_index(sequence));
  writer.bytes(data.first);
  writer.bytes(data.second);
  assert(writer.ok());
  return writer.size();
}

}  // namespace cam32100::protocol
