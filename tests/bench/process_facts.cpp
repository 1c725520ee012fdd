#include "tests/bench/process_facts.hpp"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace cam32100::bench {

Memory memory_of(pid_t pid) {
  // Exact, unlike statm, which each thread may leave some hundred kB behind.
  std::ifstream file{"/proc/" + std::to_string(pid) + "/smaps_rollup"};
  Memory memory;
  for (std::string word; file >> word;) {
    double kib = 0;
    if (word == "Rss:" && file >> kib) memory.resident_mb = kib * 1024 / 1e6;
    if ((word == "Private_Clean:" || word == "Private_Dirty:") && file >> kib)
      memory.private_mb += kib * 1024 / 1e6;
  }
  if (memory.resident_mb == 0) throw std::runtime_error{"a process that is measured is gone"};
  return memory;
}

std::chrono::nanoseconds cpu_time(pid_t pid) {
  // In nanoseconds; /proc/PID/stat counts hundredths of a second.
  std::chrono::nanoseconds all{};
  std::error_code gone;
  for (const auto& thread :
       std::filesystem::directory_iterator{"/proc/" + std::to_string(pid) + "/task", gone}) {
    std::ifstream file{thread.path() / "schedstat"};
    long long spent = 0;
    file >> spent;
    all += std::chrono::nanoseconds{spent};
  }
  if (gone) throw std::runtime_error{"a process that is measured is gone"};
  return all;
}

std::chrono::nanoseconds cpu_time_of_this_thread() {
  timespec spent{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return std::chrono::seconds{spent.tv_sec} + std::chrono::nanoseconds{spent.tv_nsec};
}

}  // namespace cam32100::bench
