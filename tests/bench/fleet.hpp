#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/support/process.hpp"

namespace cam32100::bench {

struct FleetPlan {
  std::size_t count = 1;
  std::size_t first = 0;  // number of its first: fleets on one bridge need different ones
  std::vector<std::string> words{};  // more of the command line
};

// `cam32100 emulate` as many cameras, one process, each on a free loopback port.
class Fleet {
 public:
  static constexpr const char* kPassword = "888888";

  // Throws when not all of them start.
  Fleet(integration::Loop& loop, FleetPlan plan);

  [[nodiscard]] static std::string uid(std::size_t number);
  [[nodiscard]] std::size_t count() const noexcept { return plan_.count; }
  // Of the camera at `place` of this fleet, from 0.
  [[nodiscard]] std::string uid_at(std::size_t place) const { return uid(plan_.first + place); }
  [[nodiscard]] const std::string& address_at(std::size_t place) const {
    return addresses_.at(uid_at(place));
  }
  [[nodiscard]] pid_t pid() const { return process_.pid(); }  // of all of them
  [[nodiscard]] nlohmann::json cameras() const;               // for the bridge's configuration

  // Of one camera: until it has let go its last session. For whoever has no thread that reads.
  void wait_until_free(integration::Loop& loop);

 private:
  FleetPlan plan_;
  integration::Process process_;
  std::size_t read_ = 0, sessions_ = 0;
  bool was_taken_ = false;  // since the last wait: its word may still be on the way
  std::map<std::string, std::string> addresses_;
};

}  // namespace cam32100::bench
