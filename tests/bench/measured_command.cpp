#include "tests/bench/measured_command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>

namespace cam32100::bench {

namespace {

constexpr int kLimitMs = 60'000;

class Actions {
 public:
  explicit Actions(int errors) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
  }
  ~Actions() { ::posix_spawn_file_actions_destroy(&actions_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

pid_t spawn(std::vector<std::string>& words, int errors) {
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t pid = -1;
  const Actions actions{errors};
  const int failed =
      ::posix_spawn(&pid, words.front().c_str(), actions.get(), nullptr, pointers.data(), environ);
  if (failed != 0) throw std::system_error{failed, std::generic_category(), words.front()};
  return pid;
}

// Until its end; false: it took too long.
bool read_all(int fd, std::string& text) {
  pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
  while (::poll(&wait, 1, kLimitMs) > 0) {
    std::array<char, 4096> part{};
    const auto got = ::read(fd, part.data(), part.size());
    if (got <= 0) return true;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  return false;
}

std::chrono::nanoseconds duration_of(const timeval& time) {
  return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

}  // namespace

MeasuredCommand run_measured(std::vector<std::string> words) {
  std::array<int, 2> errors{};
  if (::pipe2(errors.data(), O_CLOEXEC) != 0)
    throw std::system_error{errno, std::generic_category(), "pipe2"};
  const auto pid = spawn(words, errors[1]);
  ::close(errors[1]);
  MeasuredCommand seen;
  if (!read_all(errors[0], seen.errors)) ::kill(pid, SIGKILL);
  ::close(errors[0]);
  int status = 0;
  rusage usage{};
  ::wait4(pid, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error{words.at(1) + " failed: " + seen.errors};
  seen.cpu = duration_of(usage.ru_utime) + duration_of(usage.ru_stime);
  return seen;
}

}  // namespace cam32100::bench
