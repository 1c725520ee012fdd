#include "bridge/core/bridge_commands.hpp"

#include <algorithm>
#include <utility>

#include "bridge/core/bridge_command_table.hpp"
#include "bridge/core/camera_commands.hpp"
#include "bridge/core/json_result.hpp"
#include "bridge/core/json_text.hpp"

namespace cam32100::bridge {
namespace {

using mappings::CommandError;
using mappings::CommandResult;
using mappings::ErrorCode;
using nlohmann::json;

std::string names_of(const BridgeCommandSpec& spec) {
  std::string out;
  for (const auto& name : spec.arguments) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

std::optional<CommandError> unknown_argument(const BridgeCommandSpec& spec, const json& arguments) {
  for (const auto& [key, value] : arguments.items()) {
    const std::string_view name = key;
    if (std::find(spec.arguments.begin(), spec.arguments.end(), name) != spec.arguments.end())
      continue;
    const std::string allowed = names_of(spec);
    return CommandError{ErrorCode::bad_argument,
                        allowed.empty() ? std::string{spec.name} + " takes no argument of this name"
                                        : std::string{spec.name} + " takes " + allowed,
                        {{"argument", key}}};
  }
  return std::nullopt;
}

CommandError unknown_command() {
  std::string names;
  for (const auto& spec : bridge_command_table()) {
    if (!names.empty()) names += ", ";
    names += spec.name;
  }
  return {ErrorCode::unknown_command, "the bridge has no such command; it has " + names, nullptr};
}

}  // namespace

void BridgeCommands::on_command(Request request, std::string_view payload) {
  const auto* spec = find_bridge_command(request.command);
  if (spec == nullptr) {
    note_id(request, payload);
    answers_.refuse(request, unknown_command(), AnswerTopic::unretained);
    return;
  }
  auto arguments = mappings::parse_payload(payload, spec->plain);
  if (!arguments) {
    note_id(request, payload);
    answers_.refuse(request, arguments.error());
    return;
  }
  auto intake = complete(request, std::move(*arguments));
  if (!intake) {
    note_id(request, payload);
    answers_.refuse(request, intake.error());
    return;
  }
  Intake& taken = *intake;
  if (is_blank(payload) && !spec->runs_on_empty_payload) {
    answers_.refuse(
        taken.request,
        {ErrorCode::bad_argument,
         "an empty payload runs no command that changes something; send its arguments, or {}",
         {{"argument", "payload"}}});
    return;
  }
  if (auto fault = unknown_argument(*spec, taken.arguments)) {
    answers_.refuse(taken.request, std::move(*fault));
    return;
  }
  const std::string command = taken.request.command;
  const auto number = answers_.open(std::move(taken.request), taken.common.ack);
  if (number) execute(*number, command, taken.arguments, taken.common.timeout);
}

void BridgeCommands::execute(RequestNumber number, const std::string& command,
                             const Arguments& arguments,
                             std::optional<std::chrono::milliseconds> timeout) {
  if (command == "discover" || command == "stun" || command == "lookup") {
    search(number, command, arguments, timeout);
    return;
  }
  if (command == "reload") {
    reload(number);
    return;
  }
  auto outcome = run_now(command, arguments);
  if (outcome) {
    answers_.succeed(number, std::move(*outcome));
  } else {
    answers_.fail(number, outcome.error());
  }
  if (command == "restart" && outcome) context_.ports.restart();
}

BridgeCommands::Outcome BridgeCommands::run_now(const std::string& command,
                                                const Arguments& arguments) {
  if (command == "camera/add") return add_camera(arguments);
  if (command == "camera/update") return update_camera(arguments);
  if (command == "camera/remove") return remove_camera(arguments);
  if (command == "camera/list") return list_cameras();
  if (command == "server/add") return add_server(arguments);
  if (command == "server/remove") return remove_server(arguments);
  if (command == "server/list") return list_servers();
  if (command == "log_level") return set_log_level(arguments);
  if (command == "cleanup") return clean_up();
  if (command == "health") return success(info_.health());
  if (command == "restart") return success({{"restarting", true}});
  if (command == "rediscover") return rediscover();
  return unknown_command();
}

void BridgeCommands::search(RequestNumber number, const std::string& command,
                            const Arguments& arguments,
                            std::optional<std::chrono::milliseconds> timeout) {
  if (command == "discover") {
    queries_.discover(number, timeout);
    return;
  }
  const auto names = arguments.find("servers");
  auto servers = named_servers(context_.servers, names == arguments.end() ? json(nullptr) : *names);
  if (!servers) {
    answers_.fail(number, servers.error());
    return;
  }
  if (command == "stun") {
    queries_.stun(number, std::move(*servers), timeout);
    return;
  }
  const std::string typed = text_at(arguments, "uid");
  if (typed.empty()) {
    answers_.fail(number, {ErrorCode::bad_argument,
                           "uid is missing; send it as plain text or as {\"uid\": ...}",
                           {{"argument", "uid"}}});
    return;
  }
  const CameraEntry* camera = context_.cameras.by_typed(typed);
  const auto uid = camera != nullptr ? protocol::Result<protocol::Uid>{camera->config.uid}
                                     : protocol::Uid::parse(typed);
  if (!uid) {
    answers_.fail(number,
                  {ErrorCode::bad_argument,
                   uid.error() == protocol::make_error_code(protocol::Errc::cloud_alias)
                       ? "uid is an id of the vendor's cloud; bridge/command/discover finds the UID"
                       : "uid is not PREFIX-SERIAL-CHECK",
                   {{"argument", "uid"}}});
    return;
  }
  queries_.lookup(number, *uid, std::move(*servers), timeout);
}

BridgeCommands::Outcome BridgeCommands::set_log_level(const Arguments& arguments) {
  std::string wanted = text_at(arguments, "level");
  for (char& c : wanted) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const auto level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
    if (wanted != to_text(level)) continue;
    context_.config.log.level = level;
    context_.journal.set_level(level);
    context_.ports.set_log_level(level);
    info_.publish_info();
    return success({{"level", wanted}});
  }
  return CommandError{ErrorCode::bad_argument,
                      "level is one of debug, info, warning, error",
                      {{"argument", "level"}}};
}

BridgeCommands::Outcome BridgeCommands::clean_up() {
  json uids = json::array();
  for (const auto& [uid, topics] : context_.stale) uids.push_back(uid);
  const std::size_t count = context_.empty_stale_topics();
  info_.publish_info();
  return success({{"uids", std::move(uids)}, {"topics", count}});
}

BridgeCommands::Outcome BridgeCommands::rediscover() {
  if (!context_.config.homeassistant.discovery) {
    return CommandError{ErrorCode::not_supported,
                        "homeassistant.discovery is false in the configuration",
                        {{"missing", "homeassistant.discovery"}}};
  }
  discovery_.send_all();
  return success({{"cameras", context_.cameras.all().size()},
                  {"prefix", context_.config.homeassistant.prefix}});
}

}  // namespace cam32100::bridge
