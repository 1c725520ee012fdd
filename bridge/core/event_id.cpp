#include "bridge/core/event_id.hpp"

#include <string_view>

namespace cam32100::bridge {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void append_base32(std::string& out, std::uint64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i) out += kAlphabet[(value >> (5 * i)) & 31U];
}

}  // namespace

std::uint64_t EventIds::random() noexcept {
  // splitmix64
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

std::string EventIds::next(WallTime now) {
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  std::string id;
  id.reserve(26);
  append_base32(id, ms < 0 ? 0 : static_cast<std::uint64_t>(ms) & 0xFFFFFFFFFFFFULL, 10);
  append_base32(id, random(), 8);
  append_base32(id, random(), 8);
  return id;
}

}  // namespace cam32100::bridge
