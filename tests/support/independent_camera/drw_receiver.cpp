#include "tests/support/independent_camera/drw_receiver.hpp"

#include <algorithm>
#include <chrono>

namespace cam32100::independent {

namespace {

constexpr std::chrono::milliseconds kAckTick{40};
constexpr std::chrono::seconds kLongestGap{30};
constexpr std::size_t kAckAtOnce = 17;
constexpr std::size_t kWaitingLimit = std::size_t{128} * 1024;
constexpr std::int64_t kMostInFlight = 128;  // the vendor's cap of packets queued and in flight
constexpr std::int64_t kRemembered = 256;    // delivered chunks kept to judge resends

}  // namespace

DrwReceiver::DrwReceiver(std::uint8_t channel, std::int64_t first)
    : channel_{channel}, first_{first}, expected_{first} {}

void DrwReceiver::accept(TimePoint now, std::uint16_t index, BytesView data, Bytes& delivered,
                         Complaints& complaints) {
  const auto at = unwrapped(index, expected_);
  if (at < first_) {
    complaints.push_back(index_name(channel_, index) + " lies before the first index");
    return;
  }
  if (at - expected_ >= kMostInFlight) {
    complaints.push_back(index_name(channel_, index) + " jumps ahead of index " +
                         std::to_string(expected_ & 0xffff));
    return;
  }
  const bool is_known = repeats(at, data, complaints);
  if (is_known || at < expected_) {
    queue_ack(now, index);
    return;
  }
  // A full buffer drops without an ACK: the sender repeats it when there is room.
  if (at > expected_ && waiting_bytes_ + data.size() > kWaitingLimit) return;
  seen_.emplace(at, Bytes(data.begin(), data.end()));
  waiting_bytes_ += data.size();
  queue_ack(now, index);
  deliver(now, delivered);
}

bool DrwReceiver::repeats(std::int64_t index, BytesView data, Complaints& complaints) const {
  const auto found = seen_.find(index);
  if (found == seen_.end()) return false;
  if (!std::equal(data.begin(), data.end(), found->second.begin(), found->second.end())) {
    complaints.push_back("resend of " + index_name(channel_, index) + " carries other bytes");
  }
  return true;
}

void DrwReceiver::queue_ack(TimePoint now, std::uint16_t index) {
  owed_.push_back(index);
  if (!ack_at_) ack_at_ = now + kAckTick;
  if (owed_.size() >= kAckAtOnce) ack_at_ = now;
}

void DrwReceiver::deliver(TimePoint now, Bytes& delivered) {
  const auto before = expected_;
  for (auto next = seen_.find(expected_); next != seen_.end(); next = seen_.find(expected_)) {
    delivered.insert(delivered.end(), next->second.begin(), next->second.end());
    waiting_bytes_ -= next->second.size();
    ++expected_;
  }
  while (!seen_.empty() && seen_.begin()->first < expected_ - kRemembered) {
    seen_.erase(seen_.begin());
  }
  if (waiting_bytes_ == 0) {
    gap_is_fatal_at_.reset();
  } else if (expected_ != before || !gap_is_fatal_at_) {
    gap_is_fatal_at_ = now + kLongestGap;
  }
}

std::optional<Bytes> DrwReceiver::take_ack(TimePoint now) {
  if (!ack_at_ || *ack_at_ > now) return std::nullopt;
  const auto count = std::min(owed_.size(), kAckIndices);
  const auto end = owed_.begin() + static_cast<std::ptrdiff_t>(count);
  const std::vector<std::uint16_t> batch(owed_.begin(), end);
  owed_.erase(owed_.begin(), end);
  if (owed_.empty()) ack_at_.reset();
  return drw_ack(channel_, batch);
}

void DrwReceiver::on_time(TimePoint now, Complaints& complaints) {
  if (!gap_is_fatal_at_ || *gap_is_fatal_at_ > now) return;
  gap_is_fatal_at_.reset();
  complaints.push_back(index_name(channel_, expected_) + " never came although later ones did");
}

std::optional<TimePoint> DrwReceiver::deadline() const {
  if (!ack_at_) return gap_is_fatal_at_;
  return gap_is_fatal_at_ ? std::min(*ack_at_, *gap_is_fatal_at_) : *ack_at_;
}

}  // namespace cam32100::independent
