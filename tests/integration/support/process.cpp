#include "tests/integration/support/process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace cam32100::integration {

namespace {

struct Pipe {
  int read_end = -1, write_end = -1;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::system_error{errno, std::generic_category(), "pipe2"};
  return {ends[0], ends[1]};
}

std::vector<std::string> own_environment() {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text{*entry};
    if (text.starts_with("CAM32100_") || text.starts_with("NOTIFY_SOCKET=") ||
        text.starts_with("WATCHDOG_") || text.starts_with("CREDENTIALS_DIRECTORY="))
      continue;
    out.push_back(text);
  }
  return out;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

Process::Process(Loop& loop, std::vector<std::string> words, std::vector<std::string> environment)
    : loop_{loop} {
  ::signal(SIGPIPE, SIG_IGN);
  if (const char* other = std::getenv("PROGRAM_UNDER_TEST");
      other != nullptr && *other != '\0' && words.front() == CAM32100_BINARY)
    words.front() = other;
  auto whole = own_environment();
  for (const auto& entry : environment) {
    const auto name = entry.substr(0, entry.find('=') + 1);
    std::erase_if(whole, [&](const std::string& ours) { return ours.starts_with(name); });
  }
  whole.insert(whole.end(), environment.begin(), environment.end());
  start(words, whole);
  // The wrapper of glibc 2.36 is not declared for C++.
  exit_fd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  loop_.watch(output_fd_, [this](std::string_view bytes) { take_output(bytes); });
  loop_.watch(error_fd_, [this](std::string_view bytes) {
    errors_.append(bytes);
    errors_open_ = !bytes.empty();
  });
  // A pidfd becomes readable when the process ends; reading it always fails, which ends the watch.
  loop_.watch(exit_fd_, [this](std::string_view) { reap(WNOHANG); });
}

Process::~Process() {
  kill();
  close_input();
  for (const int fd : {output_fd_, error_fd_, exit_fd_}) {
    loop_.forget(fd);
    if (fd >= 0) ::close(fd);
  }
}

void Process::start(const std::vector<std::string>& words,
                    const std::vector<std::string>& environment) {
  auto word_texts = words;
  auto environment_texts = environment;
  const auto word_pointers = pointers_to(word_texts);
  const auto environment_pointers = pointers_to(environment_texts);
  const auto in = make_pipe();
  const auto out = make_pipe();
  const auto err = make_pipe();
  // vfork: a copy of our page tables and every page we write meanwhile would cost more than the
  // child does.
  pid_ = ::vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
  if (pid_ < 0) throw std::system_error{errno, std::generic_category(), "vfork"};
  if (pid_ == 0) {
    // Only system calls: the memory is ours. Nothing of a killed test stays behind.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::signal(SIGPIPE, SIG_DFL);
    ::dup2(in.read_end, STDIN_FILENO);
    ::dup2(out.write_end, STDOUT_FILENO);
    ::dup2(err.write_end, STDERR_FILENO);
    ::execvpe(word_pointers.front(), word_pointers.data(), environment_pointers.data());
    ::_exit(126);
  }
  ::close(in.read_end);
  ::close(out.write_end);
  ::close(err.write_end);
  input_ = in.write_end;
  output_fd_ = out.read_end;
  error_fd_ = err.read_end;
}

void Process::take_output(std::string_view bytes) {
  if (bytes.empty()) {
    output_open_ = false;
    return;
  }
  output_.append(bytes);
  unfinished_line_.append(bytes);
  std::size_t begin = 0;
  for (auto end = unfinished_line_.find('\n'); end != std::string::npos;
       end = unfinished_line_.find('\n', begin)) {
    lines_.push_back(unfinished_line_.substr(begin, end - begin));
    begin = end + 1;
  }
  unfinished_line_.erase(0, begin);
}

void Process::write(std::string_view text) const {
  while (input_ >= 0 && !text.empty()) {
    const auto written = ::write(input_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void Process::close_input() {
  if (input_ >= 0) ::close(input_);
  input_ = -1;
}

void Process::send_signal(int number) const {
  if (!exit_code_) ::kill(pid_, number);
}

void Process::reap(int options) {
  if (exit_code_) return;
  int status = 0;
  if (::waitpid(pid_, &status, options) != pid_) return;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void Process::kill() {
  send_signal(SIGKILL);
  reap(0);
}

std::optional<std::size_t> Process::wait_for_line(
    std::size_t from, const std::function<bool(const std::string&)>& wanted,
    std::chrono::milliseconds limit) {
  std::optional<std::size_t> found;
  (void)loop_.run_until(
      [&] {
        for (; !found && from < lines_.size(); ++from) {
          if (wanted(lines_[from])) found = from;
        }
        return found.has_value() || !output_open_;
      },
      limit);
  return found;
}

bool Process::wait_for_error_text(std::string_view text, std::chrono::milliseconds limit) {
  (void)loop_.run_until([&] { return errors_.find(text) != std::string::npos || !errors_open_; },
                        limit);
  return errors_.find(text) != std::string::npos;
}

std::optional<int> Process::wait_for_exit(std::chrono::milliseconds limit) {
  if (!loop_.run_until([this] { return exit_code_ && !output_open_ && !errors_open_; }, limit))
    return std::nullopt;
  return exit_code_;
}

}  // namespace cam32100::integration
