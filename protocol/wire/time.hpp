#pragma once

#include <chrono>

namespace cam32100::protocol {

// Time points are given to us; nothing below bridge/io reads a clock.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

}  // namespace cam32100::protocol
