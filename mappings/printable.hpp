#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace cam32100::mappings {

// A value for a terminal or a page that people paste: JSON text of printable ASCII alone, a text
// without the quotes around it. Control characters (C1 and DEL, too), other letters and broken
// UTF-8 are escaped, so that nothing a camera sends is obeyed where it is shown.
[[nodiscard]] std::string printable(const nlohmann::ordered_json& value);

}  // namespace cam32100::mappings
