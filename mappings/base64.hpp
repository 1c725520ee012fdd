#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/wire/bytes.hpp"

namespace cam32100::mappings {

// RFC 4648 section 4, with padding, without line breaks.
[[nodiscard]] std::string to_base64(protocol::BytesView bytes);

// The bytes of such a text. nullopt for everything that to_base64() never gives: another length,
// another letter, '=' anywhere but once or twice at the end, bits beyond the last byte.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace cam32100::mappings
