#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/integration/support/process.hpp"

namespace cam32100::integration {

// How every sub-command ends.
inline constexpr int kOk = 0, kFailed = 1, kUsage = 2, kTimedOut = 27;

struct CommandResult {
  std::optional<int> exit_code;  // nullopt: it did not end
  std::string output, errors;
};

// Runs `cam32100 WORDS...` to its end.
inline CommandResult run_command(Loop& loop, const std::vector<std::string>& words,
                                 std::vector<std::string> environment = {}) {
  std::vector<std::string> line{CAM32100_BINARY};
  line.insert(line.end(), words.begin(), words.end());
  Process process{loop, line, std::move(environment)};
  process.close_input();
  const auto code = process.wait_for_exit();
  return {code, process.output(), process.errors()};
}

}  // namespace cam32100::integration
