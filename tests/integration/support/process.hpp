#pragma once

#include <sys/types.h>

#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/support/loop.hpp"

namespace cam32100::integration {

// A child process with pipes to its standard input, output and error. It dies with this object, and
// with the test; it is always reaped. The CAM32100_ variables of our own environment and what a
// service manager would set are kept from it.
//
// Where the command is the program under test, PROGRAM_UNDER_TEST may name another build of it:
// only that one need be compiled with a sanitizer, the tests themselves have one thread and no
// secrets.
class Process {
 public:
  // words[0] is searched in PATH. `environment`: "NAME=value", over ours.
  Process(Loop& loop, std::vector<std::string> words, std::vector<std::string> environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Blocks until the child has read it; what a child that is gone would have read is dropped.
  void write(std::string_view text) const;
  void close_input();
  void send_signal(int number) const;
  void kill();  // SIGKILL, and waits until it is gone

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }
  [[nodiscard]] const std::string& output() const noexcept { return output_; }
  [[nodiscard]] const std::string& errors() const noexcept { return errors_; }

  // The first line of output at or after `from` that `wanted` accepts; its index. nullopt: none
  // came.
  [[nodiscard]] std::optional<std::size_t> wait_for_line(
      std::size_t from, const std::function<bool(const std::string&)>& wanted,
      std::chrono::milliseconds limit = kPatience);
  [[nodiscard]] bool wait_for_error_text(std::string_view text,
                                         std::chrono::milliseconds limit = kPatience);
  // The exit code, or 128 + the signal that ended it, once everything it wrote was read. nullopt:
  // it still runs.
  [[nodiscard]] std::optional<int> wait_for_exit(std::chrono::milliseconds limit = kPatience);

 private:
  void start(const std::vector<std::string>& words, const std::vector<std::string>& environment);
  void take_output(std::string_view bytes);
  void reap(int options);

  Loop& loop_;
  pid_t pid_ = -1;
  int input_ = -1, output_fd_ = -1, error_fd_ = -1, exit_fd_ = -1;
  bool output_open_ = true, errors_open_ = true;
  std::optional<int> exit_code_;
  std::string output_, errors_, unfinished_line_;
  std::vector<std::string> lines_;
};

}  // namespace cam32100::integration
