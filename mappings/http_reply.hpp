#pragma once

#include <optional>
#include <string>

#include "mappings/device_data.hpp"
#include "protocol/dialect/cgi.hpp"

namespace cam32100::mappings {

inline constexpr std::size_t kMaxBase64Body =
    256 * 1024;  // bytes; such a body and larger ones are too_large

// The answer of `http` for one call: {cgi, result, values, raw} of a text, {cgi, content_type,
// bytes, base64} of anything else. Redacted; valid UTF-8.
struct HttpAnswer {
  nlohmann::json data;
  std::optional<int> result;
  std::optional<CommandError> error;  // too_large
};
[[nodiscard]] HttpAnswer http_answer(const DeviceMapping& mapping, const std::string& cgi,
                                     const protocol::CgiReply& reply);

}  // namespace cam32100::mappings
