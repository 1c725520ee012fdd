#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cam32100::integration {

// What is wrong with a device discovery payload by platforms.json, one sentence each; templates are
// only looked at as text. Keys that the file does not know are faults too.
[[nodiscard]] std::vector<std::string> discovery_faults(const nlohmann::json& payload);

}  // namespace cam32100::integration
