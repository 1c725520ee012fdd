// server/add, server/remove, server/list.
#include <algorithm>
#include <utility>

#include "bridge/core/bridge_commands.hpp"
#include "bridge/core/json_result.hpp"
#include "bridge/core/json_text.hpp"

namespace cam32100::bridge {
namespace {

using mappings::CommandError;
using mappings::ErrorCode;
using nlohmann::json;

}  // namespace

BridgeCommands::Outcome BridgeCommands::add_server(const Arguments& arguments) {
  json object = arguments;
  // Plain text and a single host are lists of one.
  if (const auto hosts = object.find("hosts"); hosts != object.end() && hosts->is_string()) {
    *hosts = json::array({*hosts});
  }
  auto parsed = parse_server(object, "server/add");
  if (!parsed) return refusal_of(parsed.error());
  auto& described = *parsed;
  if (context_.servers.find(described.name) != nullptr) {
    return CommandError{ErrorCode::bad_argument,
                        "servers of this name are configured already",
                        {{"argument", "name"}}};
  }
  if (context_.config.servers.size() >= kMaxServerSets) {
    return CommandError{ErrorCode::bad_argument,
                        "there are " + std::to_string(kMaxServerSets) +
                            " sets of servers already, the most that one bridge keeps",
                        {{"limit", kMaxServerSets}}};
  }
  described.from_state_file = true;
  object["name"] = described.name;
  context_.saved.servers.push_back(std::move(object));
  context_.save_soon();
  context_.config.servers.push_back(described);
  const auto& set = context_.servers.add(std::move(described));
  context_.ask_names();
  // Dotted hosts are known at once: no answer of a name service would tell the cameras.
  roster_.reconfigure_all();
  info_.publish_info();
  return success(
      {{"name", set.config.name}, {"hosts", set.config.hosts}, {"kept", is_kept_over_restarts()}});
}

BridgeCommands::Outcome BridgeCommands::remove_server(const Arguments& arguments) {
  const std::string name = text_at(arguments, "name");
  const auto* set = context_.servers.find(name);
  if (set == nullptr) {
    return CommandError{ErrorCode::bad_argument,
                        "no servers of this name; server/list shows the names",
                        {{"argument", "name"}}};
  }
  if (!set->config.from_state_file) {
    return CommandError{ErrorCode::forbidden,
                        "these servers stand in the config file and would be back after a restart; "
                        "remove them there "
                        "and send reload",
                        {{"name", name}}};
  }
  auto& kept = context_.saved.servers;
  for (auto object = kept.begin(); object != kept.end();) {
    const bool same = text_at(*object, "name") == name;
    object = same ? kept.erase(object) : object + 1;
  }
  context_.save_soon();
  std::erase_if(context_.config.servers, [&name](const auto& each) { return each.name == name; });
  context_.servers.remove(name);
  roster_.reconfigure_all();
  info_.publish_info();
  return success({{"name", name}});
}

BridgeCommands::Outcome BridgeCommands::list_servers() const {
  json list = json::array();
  for (const auto& set : context_.servers.all()) {
    json addresses = json::array();
    for (const auto& address : set.addresses()) addresses.push_back(address.text());
    list.push_back({{"name", set.config.name},
                    {"hosts", set.config.hosts},
                    {"addresses", std::move(addresses)},
                    {"not_found", set.not_found()},
                    {"encrypted", !set.config.psk.empty()},
                    {"prefixes", set.config.prefixes},
                    {"from", set.config.from_state_file ? "mqtt" : "config"}});
  }
  return success({{"servers", std::move(list)}});
}

}  // namespace cam32100::bridge
