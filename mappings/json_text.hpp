#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "mappings/error.hpp"

namespace cam32100::mappings {

// JSON text from outside. Never throws. Beyond the grammar it refuses a key that stands twice in
// one object (which of the two was meant?) and nesting deeper than 32 levels. Errors: bad_json; the
// message names the place, never a value, which may be a password. Of a fault in the grammar that
// is line and column, and detail.position is the 1-based byte; of the other two it is the JSON
// pointer.
[[nodiscard]] CommandResult<nlohmann::json> parse_json_text(std::string_view text);

}  // namespace cam32100::mappings
