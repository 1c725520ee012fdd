#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cam32100::protocol {

// The three parts of an id's spelling; views of the text that was split. Private to wire.
struct UidParts {
  std::string_view prefix, serial, check;
  bool dashed = false;
};

constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr char to_upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// Splits at two or more dashes, or at the digits when there is no dash. Says nothing about the
// limits of the parts; nullopt when the text has neither shape. A third dash lands in `check`.
[[nodiscard]] std::optional<UidParts> split_uid(std::string_view upper) noexcept;

// "VSTB-6685**-*****": the last two digits and the whole check code are hidden.
[[nodiscard]] std::string redact_parts(const UidParts& parts);

}  // namespace cam32100::protocol
