#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cam32100::mappings {

// `text` with every byte that is not part of valid UTF-8 replaced by U+FFFD. Cameras send names in
// their local encoding (GBK is seen); MQTT subscribers and JSON need UTF-8.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

// A whole decimal integer with optional sign, nothing around it; nullopt for anything else or on
// overflow.
[[nodiscard]] std::optional<std::int64_t> to_integer(std::string_view text) noexcept;

[[nodiscard]] std::string to_lower(std::string_view text);  // ASCII letters only
[[nodiscard]] std::string_view trimmed(
    std::string_view text);  // without blanks, tabs and line ends around it
[[nodiscard]] bool has_control_characters(std::string_view text) noexcept;  // below 0x20, or 0x7f

// User text for a message: in quotes, valid UTF-8, no control characters, cut after 40 bytes.
[[nodiscard]] std::string in_quotes(std::string_view text);

// One step of a JSON pointer (RFC 6901): "/" and the key, in which '~' and '/' are ~0 and ~1.
[[nodiscard]] std::string pointer_step(std::string_view key);

// The candidate nearest to `word` by edit distance (at most 3, and less than the word's length);
// empty if none.
template <class Names>
[[nodiscard]] std::string nearest_name(std::string_view word, const Names& candidates);
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

template <class Names>
std::string nearest_name(std::string_view word, const Names& candidates) {
  std::string best;
  std::size_t best_distance = 4;
  if (word.size() > 64) return best;
  for (const auto& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance && distance < word.size()) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace cam32100::mappings
