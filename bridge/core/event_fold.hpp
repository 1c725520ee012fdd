#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "protocol/wire/time.hpp"

namespace cam32100::bridge {

// Events that may come with every datagram, folded to one message a second and type: the first goes
// out at once, those within the next second are counted and the newest of them stands for all.
class EventFold {
 public:
  static constexpr protocol::Duration kInterval = std::chrono::seconds{1};

  struct Folded {
    std::string type;
    nlohmann::json fields;  // of the newest, "count" of all since the last message
  };

  [[nodiscard]] static bool folds(const std::string& type) noexcept;

  // What is to be published now, if anything. `type` is one that folds().
  [[nodiscard]] std::optional<Folded> add(protocol::TimePoint now, const std::string& type,
                                          nlohmann::json fields);
  [[nodiscard]] std::vector<Folded> on_time(protocol::TimePoint now);
  [[nodiscard]] std::optional<protocol::TimePoint> deadline() const;

 private:
  struct Waiting {
    protocol::TimePoint next;  // earliest moment of the next message
    nlohmann::json fields;
    std::uint64_t count = 0;
  };
  std::map<std::string, Waiting> types_;  // only the types of folds(): eight
};

}  // namespace cam32100::bridge
