#include <algorithm>
#include <nlohmann/json.hpp>

#include "mappings/mapping_load.hpp"
#include "mappings/text.hpp"

namespace cam32100::mappings {
namespace {

bool is_published_to(const DeviceMapping::Data& data, const std::string& key,
                     bool Published::*topic) {
  return std::any_of(data.replies.begin(), data.replies.end(), [&](const auto& reply) {
    const auto& fields = reply.second.fields;
    return std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
      return field.second.key == key && field.second.publish.*topic;
    });
  });
}

// The platform that shows, and writes, a setting of this type.
std::string platform_of(const SettingSpec& setting) {
  switch (setting.value.type) {
    case ArgumentType::boolean:
      return setting.write.empty() ? "binary_sensor" : "switch";
    case ArgumentType::choice:
      return setting.write.empty() ? "sensor" : "select";
    case ArgumentType::integer:
      return setting.write.empty() ? "sensor" : "number";
    default:
      return "sensor";
  }
}

void load_source(const MappingNode& node, const DeviceMapping::Data& data, EntitySpec& entity) {
  entity.setting = node.at("setting").text();
  entity.state = node.at("state").text();
  entity.info = node.at("info").text();
  entity.command = node.at("command").text();
  entity.also = node.at("also").text();
  const int sources =
      static_cast<int>(!entity.setting.empty()) + static_cast<int>(!entity.state.empty()) +
      static_cast<int>(!entity.info.empty()) + static_cast<int>(!entity.command.empty());
  if (sources != 1) {
    node.fail(R"(expected exactly one of "setting", "state", "info" and "command")");
    return;
  }
  if (!entity.setting.empty()) {
    const auto setting = data.settings.find(entity.setting);
    if (setting == data.settings.end()) {
      node.at("setting").fail("there is no setting of this name");
    } else {
      entity.platform = platform_of(setting->second);
    }
  }
  if (!entity.command.empty() && !data.commands.contains(entity.command))
    node.at("command").fail("there is no command of this name");
  for (const auto& key : {entity.state, entity.also}) {
    if (!key.empty() && !entity.state.empty() && !is_published_to(data, key, &Published::state))
      node.fail("no field " + in_quotes(key) + R"( is published to "state")");
  }
  if (!entity.info.empty() && !is_published_to(data, entity.info, &Published::info))
    node.at("info").fail(R"(no field of this key is published to "info")");
}

// What only shows takes "diagnostic" alone: of anything else Home Assistant refuses the entity.
void check_category(const MappingNode& node, const EntitySpec& entity) {
  const bool only_shows = entity.platform == "sensor" || entity.platform == "binary_sensor";
  if (only_shows && entity.category == "config")
    node.at("category").fail("a " + entity.platform + R"( cannot be "config", only "diagnostic")");
}

EntitySpec load_entity(const MappingNode& node, const DeviceMapping::Data& data) {
  node.only({"platform", "name", "icon", "device_class", "state_class", "unit", "category",
             "enabled", "setting", "state", "also", "info", "template", "command", "arguments",
             "needs", "about"});
  EntitySpec entity;
  load_source(node, data, entity);
  const MappingNode platform = node.at("platform");
  if (!entity.setting.empty()) {
    if (platform.exists()) platform.fail("the setting gives the platform");
  } else {
    entity.platform =
        (entity.command.empty() ? node.required("platform") : platform)
            .word<std::string>(
                {{"button", "button"}, {"sensor", "sensor"}, {"binary_sensor", "binary_sensor"}});
  }
  if ((entity.platform == "button") != !entity.command.empty())
    node.fail(R"(a button has a "command", and nothing else has)");
  entity.name = node.required("name").text("x");
  entity.icon = node.at("icon").text();
  if (!entity.icon.empty() && !entity.icon.starts_with("mdi:"))
    node.at("icon").fail(R"(expected the name of an icon such as "mdi:camera")");
  entity.device_class = node.at("device_class").text();
  entity.state_class = node.at("state_class")
                           .word<std::string>({{"", ""},
                                               {"measurement", "measurement"},
                                               {"total", "total"},
                                               {"total_increasing", "total_increasing"}});
  entity.unit = node.at("unit").text();
  entity.category =
      node.at("category")
          .word<std::string>({{"", ""}, {"config", "config"}, {"diagnostic", "diagnostic"}});
  check_category(node, entity);
  entity.enabled = node.at("enabled").boolean(true);
  entity.value_template = node.at("template").text();
  if (entity.platform == "binary_sensor" && entity.setting.empty() && entity.value_template.empty())
    node.fail(R"(a binary_sensor needs a "template" that gives ON or OFF)");
  if (node.at("arguments").exists()) {
    static_cast<void>(node.at("arguments").members());
    entity.payload = node.at("arguments").raw();
  }
  entity.needs = node.at("needs").text();
  if (!entity.needs.empty() && !data.capabilities.contains(entity.needs))
    node.at("needs").fail("there is no capability of this name");
  return entity;
}

}  // namespace

void load_entities(const MappingNode& node, DeviceMapping::Data& data) {
  for (const auto& [id, entity_node] : node.members()) {
    if (!is_published_key(id)) entity_node.fail("an entity's id is lower-case snake_case");
    data.entities.emplace(id, load_entity(entity_node, data));
  }
}

}  // namespace cam32100::mappings
