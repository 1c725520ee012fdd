#pragma once

#include <utility>

#include "mappings/error.hpp"

namespace cam32100::bridge {

// nlohmann's json converts to nearly everything, so a result<json> does not take it by itself.
[[nodiscard]] inline mappings::CommandResult<nlohmann::json> success(nlohmann::json data) {
  return mappings::CommandResult<nlohmann::json>{boost::system::in_place_value, std::move(data)};
}

}  // namespace cam32100::bridge
