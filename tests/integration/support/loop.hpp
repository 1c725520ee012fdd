#pragma once

#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <string_view>

namespace cam32100::integration {

// The longest that anything may take before a test calls it missing. Waits end with the event they
// are for; only a failing test sees this time pass. Another program than the build's own is one
// with a sanitizer, which makes it slower.
inline const std::chrono::milliseconds kPatience{std::getenv("PROGRAM_UNDER_TEST") ? 60'000
                                                                                   : 20'000};

// The one place where tests wait: for bytes that other processes write. All pipes are read during
// every wait, so that no process ever blocks on a full one. One thread.
class Loop {
 public:
  using OnBytes = std::function<void(std::string_view bytes)>;

  // Reads `fd` until it ends; `on_bytes` gets an empty view then, once.
  void watch(int fd, OnBytes on_bytes);
  void forget(int fd);

  // Reads until `done` says so, asked once at the start and after each event. false: `limit` came
  // first.
  [[nodiscard]] bool run_until(const std::function<bool()>& done,
                               std::chrono::milliseconds limit = kPatience);

 private:
  bool read_some(std::chrono::milliseconds limit);

  std::map<int, OnBytes> watched_;
};

}  // namespace cam32100::integration
