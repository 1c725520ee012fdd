#pragma once

#include <nlohmann/json_fwd.hpp>

namespace cam32100::mappings {

// What a camera told of what it has, for a report: {"ptz":{"ptz_speed":10},"ir":"not told",..}.
//
// `values` is the typed data of its replies (ReplyMeaning::data), merged into one object. Nothing
// is concluded: an ability is shown by the values that speak of it, and is "not told" where none
// came. A value that was told proves that the firmware knows the thing, not that it works. None of
// the values shown is a secret, a name or an address; texts among them are the camera's own.
[[nodiscard]] nlohmann::ordered_json abilities_told(const nlohmann::json& values);

}  // namespace cam32100::mappings
