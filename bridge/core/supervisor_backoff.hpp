#pragma once

#include <cstdint>

#include "protocol/wire/time.hpp"

namespace cam32100::bridge {

// Numbers for everything below one supervisor: sessions, locators and jitter, all from one seed.
class SeedSequence {
 public:
  explicit SeedSequence(std::uint64_t seed) noexcept : state_{seed} {}
  [[nodiscard]] std::uint64_t next() noexcept;
  // In [0, bound]; zero and negative bounds give zero.
  [[nodiscard]] protocol::Duration up_to(protocol::Duration bound) noexcept;

 private:
  std::uint64_t state_;
};

struct BackoffRange {
  protocol::Duration min;
  protocol::Duration max;
};

// Delays between attempts: doubling from min to max, the last fifth of each left to chance, so that
// cameras lost together are not searched together.
class Backoff {
 public:
  // The delay after one more failure, within [range.min, range.max].
  [[nodiscard]] protocol::Duration after_failure(const BackoffRange& range, SeedSequence& seeds);
  void reset() noexcept { failures_ = 0; }
  [[nodiscard]] unsigned failures() const noexcept { return failures_; }

 private:
  unsigned failures_ = 0;
};

}  // namespace cam32100::bridge
