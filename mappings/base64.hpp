#pragma once

#include <string>

#include "protocol/wire/bytes.hpp"

namespace cam32100::mappings {

// RFC 4648 section 4, with padding, without line breaks.
[[nodiscard]] std::string to_base64(protocol::BytesView bytes);

}  // namespace cam32100::mappings
