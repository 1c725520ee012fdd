#include "mappings/home_assistant.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "mappings/device_data.hpp"
#include "mappings/home_assistant_parts.hpp"
#include "mappings/text.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

// Alarm types come from the mapping; these two from the bridge itself.
constexpr const char* kOnline = "online";
constexpr const char* kOffline = "offline";

bool contains(const std::vector<std::string>& sorted, const std::string& key) {
  return std::binary_search(sorted.begin(), sorted.end(), key);
}

bool publishes(const ReplySpec& reply, const std::string& key, bool Published::*topic) {
  return std::any_of(reply.fields.begin(), reply.fields.end(), [&](const auto& field) {
    return field.second.key == key && field.second.publish.*topic;
  });
}

class CameraPayload {
 public:
  CameraPayload(const DeviceMapping& mapping, const DiscoveryContext& context,
                const DiscoveredCamera& camera)
      : mapping_{mapping},
        context_{context},
        camera_{camera},
        name_{discovery::display_name(camera.name, camera.uid)},
        components_{context.instance + "_" + camera.uid, discovery::slug(name_, camera.uid)} {}

  json build() {
    add_pictures();
    add_session();
    if (camera_.supported) add_firmware();
    add_events();
    add_presets();
    for (const auto& [id, entity] : mapping_.data().entities) add_described(id, entity);
    return {{"device", device()},
            {"origin", discovery::origin(context_)},
            {"availability_mode", "all"},
            {"availability", json::array({json{{"topic", context_.topics.bridge("availability")}},
                                          json{{"topic", topic("availability")}}})},
            {"qos", 1},
            {"components", std::move(components_).take()}};
  }

 private:
  [[nodiscard]] std::string topic(std::string_view leaf) const {
    return context_.topics.camera(camera_.uid, leaf);
  }
  [[nodiscard]] json bridge_alone() const {
    return json::array({json{{"topic", context_.topics.bridge("availability")}}});
  }
  [[nodiscard]] bool can(const std::string& capability) const {
    return camera_.capabilities.contains(capability);
  }

  [[nodiscard]] json device() const {
    json out{{"identifiers", json::array({context_.instance + "_" + camera_.uid})},
             {"name", name_},
             {"serial_number", camera_.uid},
             {"via_device", context_.instance + "_bridge"}};
    out["manufacturer"] = "VStarcam";
    for (const char* key : {"model", "device_type"}) {
      if (const auto model = discovery::short_text(camera_.info, key)) {
        out["model"] = *model;
        break;
      }
    }
    if (const auto firmware = discovery::short_text(camera_.info, "firmware"))
      out["sw_version"] = *firmware;
    json connections = json::array();
    for (const char* key : {"mac", "wifi_mac"}) {
      if (camera_.shares_mac) break;
      const auto mac = discovery::mac_address(camera_.info, key);
      if (!mac) continue;
      json connection = json::array({"mac", *mac});
      // Models without a cable tell one address twice.
      if (connections.empty() || connections.back() != connection)
        connections.push_back(std::move(connection));
    }
    if (!connections.empty()) out["connections"] = std::move(connections);
    if (!context_.public_url.empty())
      out["configuration_url"] = context_.public_url + "/cameras/" + camera_.uid;
    return out;
  }

  void add_pictures() {
    if (!can("snapshot")) return;
    json& snapshot = components_.add("snapshot", "camera", "");
    snapshot["topic"] = topic("snapshot");
    snapshot["json_attributes_topic"] = topic("snapshot/meta");
    json& last = components_.add("last_event_image", "image", "Last event");
    last["image_topic"] = topic("snapshot/event");
    last["content_type"] = "image/jpeg";
    last["icon"] = "mdi:motion-sensor";
    if (context_.pictures_are_base64) {
      snapshot["image_encoding"] = "b64";
      last["image_encoding"] = "b64";
    }
    json& take = components_.add("take_snapshot", "button", "Take snapshot");
    take["command_topic"] = context_.topics.camera_command(camera_.uid, "snapshot");
    take["payload_press"] = "{}";
    take["icon"] = "mdi:camera";
  }

  // What must be seen above all when the camera is away hangs on the bridge alone.
  void add_session() {
    json& session = components_.add("session", "sensor", "Session");
    session["device_class"] = "enum";
    session["options"] = {"idle", "searching",   "connecting", "connected",
                          "busy", "auth_failed", "offline"};
    session["state_topic"] = topic("state");
    session["value_template"] = "{{ value_json.session }}";
    session["json_attributes_topic"] = topic("state");
    session["json_attributes_template"] = discovery::kSessionAttributes;
    session["icon"] = "mdi:lan-connect";
    session["entity_category"] = "diagnostic";
    session["availability"] = bridge_alone();
    json& connectivity = components_.add("connectivity", "binary_sensor", "Connectivity");
    connectivity["device_class"] = "connectivity";
    connectivity["state_topic"] = topic("availability");
    connectivity["payload_on"] = kOnline;
    connectivity["payload_off"] = kOffline;
    connectivity["entity_category"] = "diagnostic";
    connectivity["availability"] = bridge_alone();
    json& error = components_.add("last_error", "sensor", "Last error");
    error["state_topic"] = topic("state");
    error["value_template"] = discovery::kLastError;
    error["icon"] = "mdi:alert-circle-outline";
    error["entity_category"] = "diagnostic";
    error["availability"] = bridge_alone();
    json& since = components_.add("connected_since", "sensor", "Connected since");
    since["device_class"] = "timestamp";
    since["state_topic"] = topic("state");
    since["value_template"] =
        "{{ value_json.since if value_json.session == 'connected' else None }}";
    since["entity_category"] = "diagnostic";
    json& address = components_.add("ip", "sensor", "IP address");
    address["state_topic"] = topic("state");
    address["value_template"] =
        "{{ value_json.address.split(':')[0] if value_json.address and value_json.transport != "
        "'relay' else None }}";
    address["icon"] = "mdi:ip-network";
    address["entity_category"] = "diagnostic";
  }

  void add_firmware() {
    json& firmware = components_.add("firmware", "update", "Firmware");
    firmware["device_class"] = "firmware";
    firmware["state_topic"] = topic("info");
    firmware["value_template"] = discovery::kFirmware;
    firmware["entity_category"] = "diagnostic";
  }

  void add_events() {
    json types = json::array();
    if (const auto listed = camera_.capabilities.find("events");
        listed != camera_.capabilities.end() && listed->is_array()) {
      for (const auto& type : *listed) types.push_back(type);
    }
    if (std::find(types.begin(), types.end(), json("motion")) != types.end()) {
      json& motion = components_.add("motion", "binary_sensor", "Motion");
      motion["device_class"] = "motion";
      motion["state_topic"] = context_.topics.camera_event(camera_.uid, "motion");
      motion["value_template"] = "{{ 'ON' if value_json.active else 'OFF' }}";
    }
    types.push_back(kOffline);
    types.push_back(kOnline);
    json& event = components_.add("event", "event", "Event");
    event["event_types"] = std::move(types);
    event["state_topic"] = topic("event");
    event["value_template"] = discovery::kEvent;
    event["icon"] = "mdi:bell-ring";
    // It tells that the camera went offline, too, and must be there to do so.
    event["availability"] = bridge_alone();
    json& time = components_.add("last_event_time", "sensor", "Last event time");
    time["device_class"] = "timestamp";
    time["state_topic"] = topic("event");
    time["value_template"] = "{{ value_json.ts }}";
    time["entity_category"] = "diagnostic";
    time["availability"] = bridge_alone();
  }

  // Which position the camera stands at it does not tell, so there is no state: Home Assistant
  // shows what was chosen last.
  void add_presets() {
    if (!can("presets")) return;
    json names = json::array();
    std::string numbers;
    for (std::size_t i = 0; i < camera_.presets.size(); ++i) {
      const std::string number = std::to_string(i + 1);
      std::string name = camera_.presets[i].empty() ? "Preset " + number
                                                    : discovery::shortened(camera_.presets[i]);
      // A select's options are told apart by their text alone.
      while (std::find(names.begin(), names.end(), json(name)) != names.end())
        name += " (" + number + ")";
      json& go = components_.add("preset_" + number, "button", name);
      go["command_topic"] = context_.topics.camera_command(camera_.uid, "preset");
      go["payload_press"] = json{{"goto", i + 1}}.dump();
      go["icon"] = "mdi:map-marker";
      names.push_back(std::move(name));
    }
    if (names.empty()) return;
    json& select = components_.add("preset", "select", "Preset");
    select["command_topic"] = context_.topics.camera_command(camera_.uid, "preset");
    select["command_template"] =
        "{{ {'goto': " + discovery::template_list(names) + ".index(value) + 1} | tojson }}";
    select["options"] = std::move(names);
    select["icon"] = "mdi:map-marker-multiple";
  }

  [[nodiscard]] bool may_still_tell(const std::string& key, bool Published::*topic) const {
    const auto& replies = mapping_.data().replies;
    return std::any_of(replies.begin(), replies.end(), [&](const auto& reply) {
      return !contains(camera_.answered, reply.first) && publishes(reply.second, key, topic);
    });
  }

  [[nodiscard]] bool has(const std::string& id, const EntitySpec& entity) const {
    if (!camera_.supported) return false;
    if (!entity.needs.empty() && !can(entity.needs)) return false;
    // That nothing has been heard yet is no reason to take an entity away.
    const bool was_shown = contains(camera_.shown_before, id);
    const auto tells = [&](bool told, const std::string& key, bool Published::*topic) {
      return told || (was_shown && may_still_tell(key, topic));
    };
    if (!entity.setting.empty())
      return tells(camera_.settings.contains(entity.setting), entity.setting, &Published::settings);
    if (!entity.info.empty())
      return tells(camera_.info.contains(entity.info), entity.info, &Published::info);
    const auto tells_state = [&](const std::string& key) {
      return key.empty() || tells(contains(camera_.state_keys, key), key, &Published::state);
    };
    return tells_state(entity.state) && tells_state(entity.also);
  }

  void add_described(const std::string& id, const EntitySpec& entity) {
    if (!has(id, entity)) return;
    json& out = components_.add(id, entity.platform, entity.name);
    discovery::set_unless_empty(out, "icon", entity.icon);
    discovery::set_unless_empty(out, "device_class", entity.device_class);
    discovery::set_unless_empty(out, "state_class", entity.state_class);
    discovery::set_unless_empty(out, "unit_of_measurement", entity.unit);
    discovery::set_unless_empty(out, "entity_category", entity.category);
    if (!entity.enabled) out["enabled_by_default"] = false;
    if (!entity.command.empty()) {
      out["command_topic"] = context_.topics.camera_command(camera_.uid, entity.command);
      out["payload_press"] = entity.payload.is_null() ? "{}" : entity.payload.dump();
    } else if (!entity.setting.empty()) {
      const auto& setting = mapping_.data().settings.find(entity.setting)->second;
      discovery::describe_setting(out, entity, setting, topic("settings"),
                                  topic("set/" + entity.setting));
    } else {
      const bool state = !entity.state.empty();
      out["state_topic"] = topic(state ? "state" : "info");
      out["value_template"] = entity.value_template.empty()
                                  ? discovery::text_template(state ? entity.state : entity.info)
                                  : entity.value_template;
    }
  }

  const DeviceMapping& mapping_;
  const DiscoveryContext& context_;
  const DiscoveredCamera& camera_;
  std::string name_;
  discovery::Components components_;
};

}  // namespace

std::string discovery_topic(const DiscoveryContext& context, std::string_view uid) {
  return Topics::discovery(context.prefix, context.instance + "_" + std::string{uid});
}

bool is_discovery_topic_of(std::string_view uid, std::string_view topic) {
  const std::string end = Topics::discovery("", "_" + std::string{uid});  // "/device/_<uid>/config"
  const std::size_t id = end.find('_');
  const std::string_view middle = std::string_view{end}.substr(0, id);
  const std::string_view tail = std::string_view{end}.substr(id);
  if (!topic.ends_with(tail)) return false;
  topic.remove_suffix(tail.size());
  const auto level = topic.rfind('/');
  return level != std::string_view::npos && topic.substr(0, level + 1).ends_with(middle);
}

json camera_discovery(const DeviceMapping& mapping, const DiscoveryContext& context,
                      const DiscoveredCamera& camera) {
  return CameraPayload{mapping, context, camera}.build();
}

json removal_of_missing(const json& before, const json& now) {
  if (!before.is_object()) return nullptr;
  const auto old = before.find("components");
  if (old == before.end() || !old->is_object()) return nullptr;
  json payload = now;
  bool any = false;
  for (const auto& [id, component] : old->items()) {
    if (!component.is_object()) continue;
    const auto platform = component.find("platform");
    if (platform == component.end() || !platform->is_string()) continue;
    const auto kept = now["components"].find(id);
    if (kept != now["components"].end() && (*kept)["platform"] == *platform) continue;
    payload["components"][id] = {{"platform", *platform}};
    any = true;
  }
  return any ? payload : json(nullptr);
}

bool is_own_discovery(const DiscoveryContext& context, const json& payload) {
  if (!payload.is_object()) return false;
  const auto origin = payload.find("origin");
  if (origin == payload.end() || !origin->is_object()) return false;
  if (origin->value("name", json()) != json(discovery::kOriginName)) return false;
  const std::string bridge = context.topics.bridge("availability");
  return payload.dump(-1, ' ', false, json::error_handler_t::replace).find('"' + bridge + '"') !=
         std::string::npos;
}

}  // namespace cam32100::mappings
