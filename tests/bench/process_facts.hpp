#pragma once

#include <sys/types.h>

#include <chrono>

namespace cam32100::bench {

struct Memory {
  double resident_mb = 0;  // 10^6 bytes
  double private_mb = 0;   // of it, what no other process shares
};

// Of other processes. They throw when it is gone.
[[nodiscard]] Memory memory_of(pid_t pid);
[[nodiscard]] std::chrono::nanoseconds cpu_time(pid_t pid);  // user and system, its threads of now

[[nodiscard]] std::chrono::nanoseconds cpu_time_of_this_thread();

}  // namespace cam32100::bench
