#include "tests/integration/support/loop.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace cam32100::integration {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

void Loop::watch(int fd, OnBytes on_bytes) { watched_[fd] = std::move(on_bytes); }
void Loop::forget(int fd) { watched_.erase(fd); }

bool Loop::run_until(const std::function<bool()>& done, milliseconds limit) {
  const auto end = steady_clock::now() + limit;
  while (!done()) {
    const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
    if (left.count() <= 0 || !read_some(left)) return done();
  }
  return true;
}

// false: nothing came within the limit, or there is nobody left who could write.
bool Loop::read_some(milliseconds limit) {
  std::vector<pollfd> polled;
  for (const auto& [fd, on_bytes] : watched_) polled.push_back({fd, POLLIN, 0});
  if (polled.empty()) return false;
  const int ready = ::poll(polled.data(), polled.size(), static_cast<int>(limit.count()));
  if (ready < 0) return errno == EINTR;
  for (const auto& entry : polled) {
    if (entry.revents == 0) continue;
    std::array<char, 65536> bytes{};
    const auto size = ::read(entry.fd, bytes.data(), bytes.size());
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    const auto found = watched_.find(entry.fd);
    if (found == watched_.end()) continue;
    const auto on_bytes = found->second;
    if (size <= 0) forget(entry.fd);
    on_bytes({bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))});
  }
  return ready > 0;
}

}  // namespace cam32100::integration
