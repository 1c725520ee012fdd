#pragma once

#include <sys/types.h>

#include <chrono>

namespace cam32100::bench {

[[nodiscard]] double resident_megabytes(pid_t pid);           // 10^6 bytes
[[nodiscard]] std::chrono::milliseconds cpu_time(pid_t pid);  // user and system, all threads

}  // namespace cam32100::bench
