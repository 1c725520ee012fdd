#include "bridge/io/state_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

namespace cam32100::bridge {

namespace {

constexpr std::size_t kMaxBytes = 128 * 1024 * 1024;  // the largest state file

std::error_code last_error() { return {errno, std::generic_category()}; }

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_{fd} {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return fd_; }

 private:
  int fd_;
};

std::error_code write_all(int fd, const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const auto n = ::write(fd, text.data() + written, text.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return last_error();
    written += static_cast<std::size_t>(n);
  }
  return ::fsync(fd) == 0 ? std::error_code{} : last_error();
}

std::error_code read_all(int fd, std::size_t limit, std::string& text) {
  std::array<char, 16384> part{};
  for (;;) {
    const auto n = ::read(fd, part.data(), part.size());
    if (n == 0) return {};
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return last_error();
    if (text.size() + static_cast<std::size_t>(n) > limit)
      return std::make_error_code(std::errc::file_too_large);
    text.append(part.data(), static_cast<std::size_t>(n));
  }
}

}  // namespace

std::error_code read_text_file(const std::string& path, std::string& text) {
  text.clear();
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number() < 0) return errno == ENOENT ? std::error_code{} : last_error();
  return read_all(file.number(), kMaxBytes, text);
}

std::error_code read_small_file(const std::string& path, std::size_t limit, std::string& text) {
  text.clear();
  // Not blocking: opening a pipe that nobody writes to would wait for ever.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.number() < 0) return last_error();
  struct stat facts {};
  if (::fstat(file.number(), &facts) != 0) return last_error();
  if (!S_ISREG(facts.st_mode)) return std::make_error_code(std::errc::invalid_argument);
  return read_all(file.number(), limit, text);
}

std::error_code write_text_file_atomically(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  {
    const Descriptor file{
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (file.number() < 0) return last_error();
    if (const auto error = write_all(file.number(), text)) {
      ::unlink(beside.c_str());
      return error;
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    const auto error = last_error();
    ::unlink(beside.c_str());
    return error;
  }
  const auto folder = std::filesystem::path{path}.parent_path();
  const Descriptor directory{
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.number() >= 0)
    (void)::fsync(directory.number());  // some file systems refuse; the rename stands
  return {};
}

}  // namespace cam32100::bridge
