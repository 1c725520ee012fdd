#include "mappings/printable.hpp"

#include <nlohmann/json.hpp>

namespace cam32100::mappings {

std::string printable(const nlohmann::ordered_json& value) {
  const auto text = value.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  return value.is_string() ? text.substr(1, text.size() - 2) : text;
}

}  // namespace cam32100::mappings
