#include "bridge/core/camera_abilities.hpp"

#include <utility>

namespace cam32100::bridge {
namespace {

using nlohmann::json;

// What a camera on demand cannot have: these are only seen by asking again and again.
json without_polled_events(json capabilities) {
  const auto events = capabilities.find("events");
  if (events == capabilities.end() || !events->is_array()) return capabilities;
  json left = json::array();
  for (const auto& type : *events) {
    if (type != "motion" && type != "alarm_in" && type != "unknown_alarm") left.push_back(type);
  }
  *events = std::move(left);
  return capabilities;
}

}  // namespace

json abilities_of(const mappings::DeviceMapping& mapping, const CameraEntry& camera) {
  if (camera.json_dialect) return json::object();
  json capabilities = mapping.capabilities();
  for (const auto& lacking : camera.config.without) {
    capabilities.erase(lacking);
    if (lacking == "ptz") capabilities.erase("presets");
  }
  if (!camera.shows_motion()) capabilities = without_polled_events(std::move(capabilities));
  return capabilities;
}

}  // namespace cam32100::bridge
