#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "mappings/error.hpp"

namespace cam32100::mappings {

// JSON text from outside. Never throws. Beyond the grammar it refuses a key that stands twice in
// one object (which of the two was meant?) and nesting deeper than 32 levels. Errors: bad_json; the
// message names the place, never the text itself, which may hold a password; detail.position is the
// 1-based byte, where known.
[[nodiscard]] CommandResult<nlohmann::json> parse_json_text(std::string_view text);

}  // namespace cam32100::mappings
