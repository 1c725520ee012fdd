#pragma once

#include <string_view>
#include <vector>

namespace cam32100::bridge {

struct EmbeddedMapping {
  std::string_view file;  // "vstarcam.json"
  std::string_view text;
};
[[nodiscard]] const std::vector<EmbeddedMapping>& embedded_mappings();

}  // namespace cam32100::bridge
