#include "protocol/transport/resend_timer.hpp"

#include <algorithm>

namespace cam32100::protocol {

namespace {

constexpr Duration kShortestWait = std::chrono::milliseconds{1};
// RFC 6298's G: what an ACK may be late by however steady the path is. 10 ms is a clock tick of the
// slowest kernels in cameras (100 Hz); without it the wait shrinks to the round trip itself, and
// every ACK that is a little slower than the last ones comes too late.
constexpr Duration kClockTick = std::chrono::milliseconds{10};
constexpr Duration kLongestCredibleRoundTrip = std::chrono::minutes{1};

}  // namespace

ResendTimer::ResendTimer(Duration minimum, Duration maximum, Duration first) noexcept
    : minimum_{std::max(minimum, kShortestWait)},
      maximum_{std::max(maximum, minimum_)},
      wait_{within_limits(first)} {}

Duration ResendTimer::within_limits(Duration wait) const noexcept {
  return std::clamp(wait, minimum_, maximum_);
}

void ResendTimer::sample(Duration round_trip) noexcept {
  if (round_trip < Duration{} || round_trip > kLongestCredibleRoundTrip) return;
  if (smoothed_) {
    const Duration error =
        round_trip > *smoothed_ ? round_trip - *smoothed_ : *smoothed_ - round_trip;
    variation_ += (error - variation_) / 4;
    *smoothed_ += (round_trip - *smoothed_) / 8;
  } else {
    smoothed_ = round_trip;
    variation_ = round_trip / 2;
  }
  wait_ = within_limits(*smoothed_ + std::max(kClockTick, 4 * variation_));
  backed_off_until_.reset();
}

void ResendTimer::back_off(TimePoint now) noexcept {
  if (backed_off_until_ && now < *backed_off_until_) return;
  wait_ = within_limits(2 * wait_);
  backed_off_until_ = now + wait_;
}

}  // namespace cam32100::protocol
