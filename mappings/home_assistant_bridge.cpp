// The bridge itself as a device.
#include <nlohmann/json.hpp>
#include <utility>

#include "mappings/home_assistant_parts.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

class BridgePayload {
 public:
  explicit BridgePayload(const DiscoveryContext& context)
      : context_{context},
        components_{context.instance + "_bridge", context.instance + "_bridge"} {}

  json build() {
    add_state();
    add_cameras();
    add_controls();
    json device{{"identifiers", json::array({context_.instance + "_bridge"})},
                {"name", context_.instance + " bridge"},
                {"manufacturer", discovery::kOriginName},
                {"model", "Bridge for port 32100 cameras"},
                {"sw_version", context_.version}};
    if (!context_.public_url.empty()) device["configuration_url"] = context_.public_url;
    return {
        {"device", std::move(device)},
        {"origin", discovery::origin(context_)},
        {"availability", json::array({json{{"topic", context_.topics.bridge("availability")}}})},
        {"qos", 1},
        {"components", std::move(components_).take()}};
  }

 private:
  json& add(const char* id, const char* platform, const char* name, const char* category) {
    json& entity = components_.add(id, platform, name);
    discovery::set_unless_empty(entity, "entity_category", category);
    return entity;
  }
  json& add_sensor(const char* id, const char* name, const char* leaf, const char* value) {
    json& entity = add(id, "sensor", name, "diagnostic");
    entity["state_topic"] = context_.topics.bridge(leaf);
    entity["value_template"] = value;
    return entity;
  }

  void add_state() {
    json& connectivity = add("connectivity", "binary_sensor", "Connectivity", "diagnostic");
    connectivity["device_class"] = "connectivity";
    connectivity["state_topic"] = context_.topics.bridge("availability");
    connectivity["payload_on"] = "online";
    connectivity["payload_off"] = "offline";
    connectivity["availability"] = json::array();  // "off" is what it is for
    add_sensor("version", "Version", "info", "{{ value_json.version }}")["icon"] = "mdi:tag";
    add_sensor("started", "Started", "info", "{{ value_json.started }}")["device_class"] =
        "timestamp";
    json& error = add_sensor(
        "last_error", "Last error", "health",
        "{{ (value_json.last_error.message | string)[:255] if value_json.last_error else None }}");
    error["icon"] = "mdi:alert-circle-outline";
    error["json_attributes_topic"] = context_.topics.bridge("health");
    error["json_attributes_template"] =
        "{{ (value_json.last_error if value_json.last_error else {}) | tojson }}";
  }

  void add_cameras() {
    json& cameras = add_sensor("cameras", "Cameras", "cameras", "{{ value_json | length }}");
    cameras["icon"] = "mdi:cctv";
    cameras["state_class"] = "measurement";
    json& online =
        add_sensor("cameras_online", "Cameras online", "cameras",
                   "{{ value_json | selectattr('availability', 'eq', 'online') | list | length }}");
    online["icon"] = "mdi:cctv";
    online["state_class"] = "measurement";
  }

  void add_controls() {
    json& level = add("log_level", "select", "Log level", "config");
    level["command_topic"] = context_.topics.bridge_command("log_level");
    level["state_topic"] = context_.topics.bridge("info");
    level["value_template"] = "{{ value_json.log_level }}";
    level["options"] = {"debug", "info", "warning", "error"};
    level["icon"] = "mdi:text-box-outline";
    json& restart = add("restart", "button", "Restart", "config");
    restart["device_class"] = "restart";
    restart["command_topic"] = context_.topics.bridge_command("restart");
    restart["payload_press"] = "{}";
    json& rediscover = add("rediscover", "button", "Send discovery again", "config");
    rediscover["command_topic"] = context_.topics.bridge_command("rediscover");
    rediscover["payload_press"] = "{}";
    rediscover["icon"] = "mdi:refresh";
  }

  const DiscoveryContext& context_;
  discovery::Components components_;
};

}  // namespace

std::string bridge_discovery_topic(const DiscoveryContext& context) {
  return Topics::discovery(context.prefix, context.instance + "_bridge");
}

json bridge_discovery(const DiscoveryContext& context) { return BridgePayload{context}.build(); }

}  // namespace cam32100::mappings
