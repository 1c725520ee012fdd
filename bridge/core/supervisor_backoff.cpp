#include "bridge/core/supervisor_backoff.hpp"

#include <algorithm>

namespace cam32100::bridge {

std::uint64_t SeedSequence::next() noexcept {
  // SplitMix64: every seed, zero too, gives a full-period sequence.
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBULL;
  return mixed ^ (mixed >> 31U);
}

protocol::Duration SeedSequence::up_to(protocol::Duration bound) noexcept {
  if (bound <= protocol::Duration::zero()) return protocol::Duration::zero();
  const auto span = static_cast<std::uint64_t>(bound.count()) + 1;
  return protocol::Duration{static_cast<protocol::Duration::rep>(next() % span)};
}

protocol::Duration Backoff::after_failure(const BackoffRange& range, SeedSequence& seeds) {
  const protocol::Duration max = std::max(range.min, range.max);
  protocol::Duration delay = range.min;
  for (unsigned i = 0; i < failures_ && delay < max; ++i) delay = std::min(max, delay * 2);
  ++failures_;
  return std::clamp(delay - seeds.up_to(delay / 5), std::min(range.min, max), max);
}

}  // namespace cam32100::bridge
