#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "protocol/wire/time.hpp"

namespace cam32100::bridge {

// Commands come with QoS 1, so the same one may come twice: what was answered lately is answered
// again from here and not executed again. Keys name camera, command and the asker's id. At most
// kMaxEntries answers of together kMaxBytes, each for kKept; beyond that the oldest are forgotten.
class DedupCache {
 public:
  static constexpr std::size_t kMaxEntries = 1024;
  static constexpr std::size_t kMaxBytes = 4 * 1024 * 1024;
  static constexpr protocol::Duration kKept = std::chrono::seconds{60};

  [[nodiscard]] static std::string key(const std::string& uid, const std::string& command,
                                       const std::string& id);

  void running(const std::string& key, std::uint64_t request);
  [[nodiscard]] std::optional<std::uint64_t> find_running(const std::string& key) const;
  // The request is over; its answer is kept unless it is larger than the whole cache.
  void answered(protocol::TimePoint now, const std::string& key, std::string envelope);
  void forget_running(const std::string& key);
  [[nodiscard]] const std::string* find_answer(protocol::TimePoint now, const std::string& key);

  [[nodiscard]] std::size_t size() const noexcept { return answers_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  void drop_oldest();
  void expire(protocol::TimePoint now);

  struct Aged {
    protocol::TimePoint since;
    std::string key;
  };
  std::unordered_map<std::string, std::uint64_t> running_;  // bounded by the camera queues
  std::unordered_map<std::string, std::string> answers_;
  std::deque<Aged> order_;  // oldest first, one per answer
  std::size_t bytes_ = 0;
};

}  // namespace cam32100::bridge
