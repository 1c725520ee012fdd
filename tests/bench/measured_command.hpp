#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace cam32100::bench {

struct MeasuredCommand {
  std::string errors;  // what it wrote on standard error
  std::chrono::nanoseconds cpu{};
};

// Runs a command to its end, with nothing to read and its output to /dev/null: no pipe's other end
// costs anything. Throws, with its words, when it fails, and when it takes longer than a minute.
[[nodiscard]] MeasuredCommand run_measured(std::vector<std::string> words);

}  // namespace cam32100::bench
