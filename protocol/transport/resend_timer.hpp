#pragma once

#include <optional>

#include "protocol/wire/time.hpp"

namespace cam32100::protocol {

// How long to wait for an ACK, from measured round trips [RFC 6298]. The caller gives only samples
// of packets that were sent once (Karn): the ACK of a resent packet does not say which copy it
// answers.
class ResendTimer {
 public:
  // All positive; `minimum` <= `maximum`. `first` holds until a round trip was measured.
  ResendTimer(Duration minimum, Duration maximum, Duration first) noexcept;

  // A measured round trip. Ends a back-off. Beyond a minute it is ignored: the host slept.
  void sample(Duration round_trip) noexcept;
  // A packet was not acknowledged in time: wait twice as long from now on. At most once per wait,
  // however many packets were due together.
  void back_off(TimePoint now) noexcept;
  [[nodiscard]] Duration wait() const noexcept { return wait_; }  // minimum..maximum
  [[nodiscard]] std::optional<Duration> smoothed() const noexcept { return smoothed_; }

 private:
  [[nodiscard]] Duration within_limits(Duration wait) const noexcept;

  Duration minimum_;
  Duration maximum_;
  Duration wait_;
  std::optional<Duration> smoothed_;
  Duration variation_{};
  std::optional<TimePoint> backed_off_until_;
};

}  // namespace cam32100::protocol
