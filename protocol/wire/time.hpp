#pragma once

#include <chrono>
#include <optional>

namespace cam32100::protocol {

// Time points are given to us; nothing below bridge/io reads a clock.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

// Makes `next` the earlier of the two; no time point is later than any.
inline void earliest(std::optional<TimePoint>& next, std::optional<TimePoint> other) {
  if (other && (!next || *other < *next)) next = other;
}

}  // namespace cam32100::protocol
