// The receiving side of a channel: order, duplicates, acknowledgements.
#include <algorithm>
#include <array>
#include <bit>

#include "protocol/transport/channel.hpp"

namespace cam32100::protocol {

namespace {

constexpr std::size_t kMostSpareBuffers = 128;
constexpr std::size_t kAckHeaderBytes = kHeaderBytes + 4;

}  // namespace

Channel::Received Channel::on_drw(TimePoint /*now*/, const Drw& drw) {
  const int ahead = index_distance(drw.index, expected_);
  const bool is_held = ahead >= 0 && held_count_ > 0 &&
                       static_cast<std::size_t>(ahead) < held_.size() &&
                       held_[drw.index % held_.size()].present;
  if (ahead < 0 || is_held) {
    // A duplicate that is not acknowledged again is resent for ever.
    queue_ack(drw.index, true);
    ++counters_.duplicates;
    return Received::duplicate;
  }
  if (ahead > 0) return hold(drw.index, drw.data);
  queue_ack(drw.index, false);
  ++expected_;
  ++counters_.received;
  return Received::in_order;
}

Channel::Received Channel::hold(std::uint16_t index, BytesView data) {
  const auto ahead = static_cast<std::size_t>(index_distance(index, expected_));
  if (ahead >= config_.farthest_ahead || held_bytes_ + data.size() > config_.max_reorder_bytes) {
    ++counters_.refused;
    return Received::refused;
  }
  if (held_.empty()) held_.resize(std::bit_ceil(config_.farthest_ahead));  // divides 2^16
  Held& place = held_[index % held_.size()];
  if (!spare_.empty()) {
    place.bytes = std::move(spare_.back());
    spare_.pop_back();
  }
  place.bytes.assign(data.begin(), data.end());
  place.present = true;
  ++held_count_;
  held_bytes_ += data.size();
  counters_.peak_reorder_bytes = std::max(counters_.peak_reorder_bytes, held_bytes_);
  queue_ack(index, false);
  ++counters_.received;
  ++counters_.reordered;
  return Received::buffered;
}

std::optional<BytesView> Channel::next_in_order() {
  if (held_count_ == 0) return std::nullopt;
  Held& place = held_[expected_ % held_.size()];
  if (!place.present) return std::nullopt;
  if (delivering_.capacity() > 0 && spare_.size() < kMostSpareBuffers) {
    spare_.push_back(std::move(delivering_));
  }
  delivering_ = std::move(place.bytes);
  place.bytes = Bytes{};
  place.present = false;
  --held_count_;
  held_bytes_ -= delivering_.size();
  ++expected_;
  return BytesView{delivering_};
}

// The caps of the two rings are one: what repeats an earlier ACK goes first, for a lost one is
// asked for again by the peer's next resend.
void Channel::queue_ack(std::uint16_t index, bool again) {
  if (config_.max_pending_acks == 0) {
    ++counters_.dropped_acks;
    return;
  }
  while (fresh_acks_.size() + repeated_acks_.size() >= config_.max_pending_acks) {
    ++counters_.dropped_acks;
    (void)(repeated_acks_.empty() ? fresh_acks_ : repeated_acks_).pop();
  }
  (again ? repeated_acks_ : fresh_acks_).push(index);
}

std::optional<std::size_t> Channel::take_ack(MutableBytesView out) {
  if (!has_ack() || out.size() < kAckHeaderBytes + 2 * kMaxAckIndices) return std::nullopt;
  std::array<std::byte, 2 * kMaxAckIndices> indices{};
  Writer writer{indices};
  while (has_ack() && writer.size() < indices.size()) {
    writer.u16_be((fresh_acks_.empty() ? repeated_acks_ : fresh_acks_).pop());
  }
  DrwAck ack;
  ack.channel = id_;
  ack.indices = BytesView{indices}.first(writer.size());
  const auto written = encode(ack, out);
  return written ? std::optional<std::size_t>{*written} : std::nullopt;
}

void Channel::restart_receiving() {
  expected_ = config_.first_index;
  for (Held& place : held_) place.present = false;
  held_count_ = 0;
  held_bytes_ = 0;
}

bool Channel::has_ack() const noexcept { return !fresh_acks_.empty() || !repeated_acks_.empty(); }
std::size_t Channel::reorder_bytes() const noexcept { return held_bytes_; }

}  // namespace cam32100::protocol
