#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "mappings/device_data.hpp"
#include "protocol/dialect/cgi.hpp"

namespace cam32100::mappings {

// A reply's values in the mapping's types. Secrets are "***" everywhere, texts are valid UTF-8.
struct TypedReply {
  // By published key; a value that does not fit its type is null. What the mapping does not know,
  // and the text of what did not fit, stands under "other" by the camera's own names.
  nlohmann::json data = nlohmann::json::object();
  nlohmann::json info = nlohmann::json::object();
  nlohmann::json state = nlohmann::json::object();
  nlohmann::json settings = nlohmann::json::object();
  std::optional<int> alarm_status;
  std::size_t known = 0;  // values that the mapping knows and that fit
};
[[nodiscard]] TypedReply type_values(const DeviceMapping& mapping, const ReplySpec& spec,
                                     const protocol::CgiValues& values);

// One value as text for MQTT: redacted by its name and, inside, by the names in it; valid UTF-8.
[[nodiscard]] std::string published_text(const DeviceMapping& mapping, std::string_view name,
                                         std::string_view value);

// Seconds since 1970 as "2026-11-23T00:57:00Z"; nullopt for 0 and below or beyond the year 9999.
[[nodiscard]] std::optional<std::string> iso_time(std::int64_t epoch_seconds);

}  // namespace cam32100::mappings
