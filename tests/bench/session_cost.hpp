#pragma once

#include <chrono>
#include <cstddef>

#include "tests/bench/figures.hpp"
#include "tests/bench/process_facts.hpp"

namespace cam32100::bench {

// What a bridge costs with so many cameras that are not asked anything.
struct Cost {
  Memory memory{}, echo_memory{};     // once nothing is told of cameras any more
  Repeats percent{}, echo_percent{};  // of a core
  Nanoseconds until_there{};
};

// How often CPU is looked at, and for how long: longer than sessions are silent, which say that
// they are alive all at once when they were opened at once.
struct CpuLook {
  int looks = 1;
  std::chrono::milliseconds each{};
};

[[nodiscard]] Cost cost_alone(const CpuLook& look);  // without a camera

// Configured and never found: a session on demand that nobody demands. Memory alone.
[[nodiscard]] Cost cost_configured(std::size_t count);

// Found once, their settings and devices told, and let go again: some at a time, so that the memory
// never was that of all the sessions. Memory alone.
[[nodiscard]] Cost cost_known(std::size_t count);

// Each with its session open.
[[nodiscard]] Cost cost_open(std::size_t count, const CpuLook& look);

}  // namespace cam32100::bench
