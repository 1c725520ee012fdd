#include "bridge/core/bridge_command_table.hpp"

#include <algorithm>
#include <array>

#include "bridge/core/bridge_info.hpp"
#include "bridge/core/config_draft.hpp"

namespace cam32100::bridge {
namespace {

using Word = std::string_view;

constexpr std::array<Word, 14> kCamera{
    "uid", "name",    "alias",   "user",    "password", "password_file", "psk",
    "dsk", "address", "session", "presets", "without",  "ptz_invert",    "snapshot_interval_s"};
constexpr std::array<Word, 4> kServer{"name", "hosts", "psk", "prefixes"};
constexpr std::array<Word, 1> kUid{"uid"};
constexpr std::array<Word, 1> kName{"name"};
constexpr std::array<Word, 1> kLevel{"level"};
constexpr std::array<Word, 1> kServers{"servers"};
constexpr std::array<Word, 2> kLookup{"uid", "servers"};
constexpr std::span<const Word> kNone{};

constexpr std::array<BridgeCommandSpec, 16> kTable{{
    {"camera/add", "uid", kCamera, false, "adds a camera and keeps it over restarts"},
    {"camera/list", "", kNone, true, "lists the configured cameras"},
    {"camera/remove", "uid", kUid, false,
     "removes a camera that was added over MQTT, and its retained topics"},
    {"camera/update", "", kCamera, false,
     "changes address, credentials, name and the like of a camera"},
    {"cleanup", "", kNone, false, "empties the retained topics of UIDs that are not configured"},
    {"discover", "", kNone, true, "searches the local network for cameras"},
    {"health", "", kNone, true, "gives the figures of bridge/health at once"},
    {"log_level", "level", kLevel, false, "debug, info, warning or error"},
    {"lookup", "uid", kLookup, true, "asks the 32100 servers where a camera is"},
    {"rediscover", "", kNone, true, "sends the Home Assistant discovery again"},
    {"reload", "", kNone, false, "reads the configuration again"},
    {"restart", "", kNone, false, "restarts the bridge"},
    {"server/add", "hosts", kServer, false, "adds 32100 servers and keeps them over restarts"},
    {"server/list", "", kNone, true, "lists the 32100 servers"},
    {"server/remove", "name", kName, false, "removes servers that were added over MQTT"},
    {"stun", "", kServers, true, "asks the 32100 servers for our own public address"},
}};

// What an argument is, in the words of the configuration's own table where it stands there.
std::string_view hint_of(const BridgeCommandSpec& spec, std::string_view argument) {
  if (argument == "level") return "debug, info, warning or error";
  if (argument == "servers") return "a.b.c.d, a.b.c.d:port or names of configured sets";
  const bool of_servers = spec.name.starts_with("server/");
  if (const auto* row = of_servers ? nullptr : find_field(camera_fields(), argument))
    return row->setting.doc;
  if (const auto* row = find_field(server_fields(), argument)) return row->setting.doc;
  return {};
}

}  // namespace

std::span<const BridgeCommandSpec> bridge_command_table() noexcept { return kTable; }

const BridgeCommandSpec* find_bridge_command(std::string_view name) noexcept {
  const auto* const found = std::find_if(kTable.begin(), kTable.end(),
                                         [name](const auto& spec) { return spec.name == name; });
  return found == kTable.end() ? nullptr : &*found;
}

nlohmann::json describe_bridge_commands() {
  nlohmann::json out = nlohmann::json::object();
  for (const auto& spec : kTable) {
    nlohmann::json arguments = nlohmann::json::object();
    for (const auto& argument : spec.arguments)
      arguments[std::string{argument}] = {{"about", hint_of(spec, argument)}};
    nlohmann::json entry{{"about", spec.about}, {"arguments", std::move(arguments)}};
    if (!spec.plain.empty()) entry["plain"] = spec.plain;
    out[std::string{spec.name}] = std::move(entry);
  }
  return out;
}

}  // namespace cam32100::bridge
