#pragma once

#include <string_view>
#include <vector>

namespace cam32100::bridge {

struct EmbeddedPicture {
  std::string_view file;  // "gate.jpg"
  std::string_view text;  // the JPEG's bytes
};
[[nodiscard]] const std::vector<EmbeddedPicture>& embedded_pictures();

}  // namespace cam32100::bridge
