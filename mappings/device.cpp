#include "mappings/device.hpp"

#include <algorithm>
#include <utility>

#include "mappings/device_data.hpp"
#include "mappings/json_text.hpp"
#include "mappings/mapping_load.hpp"
#include "mappings/text.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

void load_examples(const MappingNode& node, DeviceMapping::Data& data) {
  for (const MappingNode& example : node.elements()) {
    example.only({"command", "arguments", "allow_http_write", "requests", "error", "replies",
                  "data", "info", "state", "settings", "alarm_status", "about"});
    const std::string command = example.required("command").text();
    if (!data.commands.contains(command)) {
      example.at("command").fail("there is no command \"" + command + '"');
    }
    if (!example.at("requests").exists() && !example.at("error").exists() &&
        !example.at("replies").exists()) {
      example.fail("expected requests, replies or error");
    }
    static_cast<void>(example.at("allow_http_write").boolean(false));
    for (const MappingNode& reply : example.at("replies").elements()) {
      for (const MappingNode& line : reply.elements()) static_cast<void>(line.text());
    }
  }
  if (node.exists()) data.examples = node.raw();
}

void load_prefixes(const MappingNode& node, DeviceMapping::Data& data) {
  data.prefixes = node.texts();
  if (node.exists() && data.prefixes.empty()) node.fail("expected at least one UID prefix");
  for (const auto& prefix : data.prefixes) {
    if (protocol::Uid::is_prefix(prefix)) continue;
    node.fail("\"" + prefix +
              "\" is not a UID prefix (1 to 7 capital letters and digits, a letter first)");
  }
}

void load_all(const MappingNode& root, DeviceMapping::Data& data) {
  root.only({"$schema", "schema_version", "family", "title", "dialect", "prefixes", "secrets",
             "capabilities", "replies", "keeps", "settings", "commands", "alarm_push", "entities",
             "examples", "about"});
  static_cast<void>(root.required("schema_version").integer(1, 1, 1));
  data.family = root.required("family").text("x");
  if (!is_published_key(data.family)) root.at("family").fail("expected lower-case snake_case");
  static_cast<void>(root.required("dialect").word<int>({{"cgi", 0}}));
  load_prefixes(root.required("prefixes"), data);
  for (const auto& name : root.at("secrets").texts()) data.secrets.insert(to_lower(name));
  if (root.at("capabilities").exists()) {
    static_cast<void>(root.at("capabilities").members());
    data.capabilities = root.at("capabilities").raw();
  }
  load_replies(root.required("replies"), data);
  load_keeps(root.at("keeps"), data);
  load_settings(root.required("settings"), data);
  load_commands(root.required("commands"), data);
  load_alarm_push(root.at("alarm_push"), data);
  load_entities(root.at("entities"), data);
  load_examples(root.at("examples"), data);
}

template <class Map>
std::vector<std::string> names_of(const Map& map) {
  std::vector<std::string> names;
  names.reserve(map.size());
  for (const auto& [name, value] : map) names.push_back(name);
  return names;
}

json describe_command(const CommandSpec& command, bool has_url) {
  json arguments = json::object();
  for (const auto& [name, spec] : command.arguments) arguments[name] = describe(spec, has_url);
  if (command.confirm) arguments["confirm"] = json{{"type", "boolean"}, {"required", true}};
  json out{{"arguments", std::move(arguments)}};
  if (!command.plain.empty()) out["plain"] = command.plain;
  if (!command.about.empty()) out["about"] = command.about;
  if (command.handler == Handler::bridge) out["handled_by"] = "bridge";
  return out;
}

}  // namespace

DeviceMapping::DeviceMapping(std::unique_ptr<Data> data) : data_{std::move(data)} {}
DeviceMapping::DeviceMapping(DeviceMapping&&) noexcept = default;
DeviceMapping& DeviceMapping::operator=(DeviceMapping&&) noexcept = default;
DeviceMapping::~DeviceMapping() = default;

CommandResult<DeviceMapping> DeviceMapping::load(std::string_view text, std::string_view file) {
  const auto document = parse_json_text(text);
  if (!document) {
    CommandError error = document.error();
    error.message = to_valid_utf8(file) + ": " + error.message;
    return error;
  }
  auto data = std::make_unique<Data>();
  data->file = to_valid_utf8(file);
  MappingFaults faults{file};
  load_all(MappingNode{faults, *document, ""}, *data);
  if (faults.first()) return *faults.first();
  return DeviceMapping{std::move(data)};
}

const std::string& DeviceMapping::family() const noexcept { return data_->family; }

bool DeviceMapping::serves(std::string_view uid_prefix) const {
  return std::find(data_->prefixes.begin(), data_->prefixes.end(), uid_prefix) !=
         data_->prefixes.end();
}

std::vector<std::string> DeviceMapping::command_names() const { return names_of(data_->commands); }
std::vector<std::string> DeviceMapping::setting_names() const { return names_of(data_->settings); }

json DeviceMapping::describe_commands(bool has_url) const {
  json out = json::object();
  for (const auto& [name, command] : data_->commands) {
    if (command.handler != Handler::not_built) out[name] = describe_command(command, has_url);
  }
  return out;
}

json DeviceMapping::describe_settings() const {
  json out = json::object();
  for (const auto& [key, setting] : data_->settings) {
    json described = describe(setting.value, false);
    described["writable"] = !setting.write.empty();
    if (setting.write.empty()) {
      described.erase("min");
      described.erase("max");
      described["read_only"] = setting.read_only;
    }
    out[key] = std::move(described);
  }
  return out;
}

const json& DeviceMapping::capabilities() const noexcept { return data_->capabilities; }

}  // namespace cam32100::mappings
