#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cam32100::integration {

// A text that stands in every secret of a test: the camera's own, the passwords of the
// configuration. It must never be seen outside.
inline constexpr std::string_view kSecretMarker = "Mk7qZx93wVt5";

// Where the marker stands in `text`: as it is, in hex of either case, or in base64 at any of the
// three alignments. The surroundings, for the message of a failed test.
[[nodiscard]] std::optional<std::string> find_secret(std::string_view text);

}  // namespace cam32100::integration
