#pragma once

#include <string>
#include <string_view>

namespace cam32100::mappings {

inline constexpr std::string_view kRedacted = "***";

// The rule by name alone: pwd, passwd, pass, psk, wpa, loginpas or token anywhere in it, or
// key1..key4 at its end, in any case; an array index "[3]" is not part of the name.
[[nodiscard]] bool has_secret_name(std::string_view key);

}  // namespace cam32100::mappings
