#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/device.hpp"
#include "mappings/topics.hpp"

namespace cam32100::mappings {

// Home Assistant's MQTT discovery in its device form (Home Assistant 2024.11 or newer): one
// retained payload per camera, and one for the bridge. Ids come from the instance and the UID,
// never from a name or an address, so that renaming breaks nothing.
struct DiscoveryContext {
  const Topics& topics;
  std::string prefix = "homeassistant";
  std::string instance = "cam32100";  // first part of every id
  std::string version;                // of the bridge
  std::string public_url;             // of the HTTP server; "": it is told nowhere
  bool pictures_are_base64 = false;
};

// What is known of a camera, from its configuration and its replies (also those of earlier runs).
struct DiscoveredCamera {
  std::string uid;   // canonical
  std::string name;  // any text; "": the UID
  const nlohmann::json& info;
  const nlohmann::json& settings;
  std::vector<std::string> state_keys;  // that its replies have had, sorted
  const nlohmann::json& capabilities;   // as published: without what this one lacks
  std::vector<std::string> presets;     // names of positions 1, 2, ...; "": numbered
  // Ids of entities that Home Assistant has of it, and the CGIs that it has answered in this run,
  // both sorted: what was shown stays as long as it may still be told.
  std::vector<std::string> shown_before{};
  std::vector<std::string> answered{};
  bool supported = true;  // false: its dialect is not built, so that no command works
  // Another camera tells the same: Home Assistant would take both for one device.
  bool shares_mac = false;
};

// "<prefix>/device/<instance>_<UID>/config".
[[nodiscard]] std::string discovery_topic(const DiscoveryContext& context, std::string_view uid);
[[nodiscard]] std::string bridge_discovery_topic(const DiscoveryContext& context);
// Whether a topic is one of this camera's, of whatever prefix and instance.
[[nodiscard]] bool is_discovery_topic_of(std::string_view uid, std::string_view topic);

// {"device":{..},"origin":{..},"availability":[..],"availability_mode":"all","qos":1,
// "components":{"<entity id>":{"platform":..,"unique_id":..,..}}}. An entity is there when its
// value has been seen or its capability is listed, or when it was shown and a CGI that may tell its
// value has not been answered yet; every key is a long one.
[[nodiscard]] nlohmann::json camera_discovery(const DeviceMapping& mapping,
                                              const DiscoveryContext& context,
                                              const DiscoveredCamera& camera);
[[nodiscard]] nlohmann::json bridge_discovery(const DiscoveryContext& context);

// The payload that comes before `now` when it lacks components that `before` had, or has them on
// another platform: those as {"platform":<that of before>} alone, which is how Home Assistant
// removes an entity. null: nothing is removed.
[[nodiscard]] nlohmann::json removal_of_missing(const nlohmann::json& before,
                                                const nlohmann::json& now);
// Whether a retained payload on a discovery topic is of this bridge: origin.name and our base
// topic in an availability topic.
[[nodiscard]] bool is_own_discovery(const DiscoveryContext& context, const nlohmann::json& payload);

}  // namespace cam32100::mappings
