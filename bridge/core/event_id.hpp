#pragma once

#include <cstdint>
#include <string>

#include "bridge/core/iso_time.hpp"

namespace cam32100::bridge {

// Ids of events: 26 characters of Crockford's base 32, 48 bits of wall time in ms, then 80 random
// bits (the ULID form), so that they sort by time. The randomness comes from the seed alone.
class EventIds {
 public:
  explicit EventIds(std::uint64_t seed) noexcept : state_{seed} {}
  [[nodiscard]] std::string next(WallTime now);

 private:
  [[nodiscard]] std::uint64_t random() noexcept;
  std::uint64_t state_;
};

}  // namespace cam32100::bridge
