#include "bridge/core/camera_commands.hpp"

#include <utility>

#include "bridge/core/json_result.hpp"
#include "bridge/core/json_text.hpp"
#include "mappings/text.hpp"
#include "mappings/translate.hpp"

namespace cam32100::bridge {
namespace {

using mappings::CommandError;
using mappings::CommandPlan;
using mappings::CommandResult;
using mappings::ErrorCode;
using nlohmann::json;

CommandError bad_argument(std::string argument, std::string message) {
  return {ErrorCode::bad_argument, std::move(message), {{"argument", std::move(argument)}}};
}

// set/<key>: the payload is the value; an object may carry it with the common arguments.
CommandResult<json> set_arguments(const std::string& key, std::string_view payload) {
  if (!mappings::is_valid_name(key))
    return bad_argument(key, "a setting's name holds letters, digits and _ only");
  if (is_blank(payload))
    return bad_argument(key, "the payload is empty; send the value, e.g. 90 or ON");
  auto parsed = mappings::parse_payload(payload, "value");
  if (!parsed) return parsed.error();
  const auto value = parsed->find("value");
  if (value == parsed->end()) {
    return bad_argument("value", "send the value itself, or an object with \"value\"");
  }
  json arguments = std::move(*parsed);
  json given = std::move(arguments["value"]);
  arguments.erase("value");
  arguments[key] = std::move(given);
  return success(std::move(arguments));
}

}  // namespace

void CameraCommands::on_command(CameraEntry& camera, Request request, std::string_view payload) {
  const auto& mapping = context_.mapping;
  if (!mappings::is_command(mapping, request.command)) {
    auto plan = mappings::translate(mapping, request.command, json::object(), {});
    CommandError unknown{ErrorCode::unknown_command,
                         "this camera has no such command; info.commands lists them"};
    note_id(request, payload);
    answers_.refuse(request, plan ? std::move(unknown) : plan.error(), AnswerTopic::unretained);
    return;
  }
  auto arguments =
      mappings::parse_payload(payload, mappings::plain_argument(mapping, request.command));
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
  if (is_blank(payload) && !mappings::runs_on_empty_payload(mapping, request.command)) {
    answers_.refuse(
        request,
        {ErrorCode::bad_argument,
         "an empty payload runs no command that changes the camera; send its arguments, or {}",
         {{"argument", "payload"}}});
    return;
  }
  execute(camera, std::move(*intake));
}

void CameraCommands::on_set(CameraEntry& camera, Request request, const std::string& key,
                            std::string_view payload) {
  auto arguments = key.empty() ? mappings::parse_payload(payload, "") : set_arguments(key, payload);
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
  if (intake->arguments.empty()) {
    answers_.refuse(intake->request,
                    bad_argument("payload", "name at least one setting, e.g. {\"brightness\":90}"));
    return;
  }
  execute(camera, std::move(*intake));
}

void CameraCommands::execute(CameraEntry& camera, Intake intake) {
  const std::string command = intake.request.command;
  const auto number = answers_.open(std::move(intake.request), intake.common.ack);
  if (!number) return;
  if (camera.json_dialect && command != "lookup") {
    answers_.fail(*number, {ErrorCode::not_supported,
                            "this camera speaks the JSON dialect, which is not supported yet",
                            {{"missing", "json dialect"}}});
    return;
  }
  CommandPlan plan;
  auto job = job_for(camera, command, intake.arguments, plan);
  if (!job) {
    answers_.fail(*number, job.error());
    return;
  }
  jobs_.submit(camera, {JobPurpose::Kind::command, *number, command, std::move(plan)},
               std::move(*job), intake.common.timeout);
}

CommandResult<decltype(Job::what)> CameraCommands::job_for(CameraEntry& camera,
                                                           const std::string& command,
                                                           const json& arguments,
                                                           CommandPlan& plan) {
  if (command == "ptz") return ptz_job(camera, arguments, plan);
  const bool plain_secret = command == "check_credentials" && arguments.contains("password");
  json known = arguments;
  if (plain_secret) known.erase("password");
  auto translated = mappings::translate(context_.mapping, command, known,
                                        {.allow_http_write = context_.config.http.allow_write,
                                         .has_url = !context_.config.http.public_url.empty()});
  if (!translated) return translated.error();
  plan = std::move(*translated);
  if (command == "connect") return connect_job(plan.echo);
  if (command == "disconnect") return decltype(Job::what){DisconnectJob{}};
  if (command == "lookup") return lookup_job(plan.echo);
  if (command == "check_credentials") {
    auto login = credentials(camera, arguments);
    if (!login) return login.error();
    return decltype(Job::what){CredentialsJob{std::move(*login), plan}};
  }
  return decltype(Job::what){CgiJob{plan}};
}

CommandResult<decltype(Job::what)> CameraCommands::ptz_job(const CameraEntry& camera,
                                                           const json& arguments,
                                                           CommandPlan& plan) {
  const auto& inverted = camera.config.ptz_invert;
  const std::string wanted = mappings::to_lower(text_at(arguments, "move"));
  json sent = arguments;
  if (inverted != "none" && !wanted.empty()) {
    sent["move"] = mappings::inverted_move(
        wanted, {.horizontal = inverted != "vertical", .vertical = inverted != "horizontal"});
  }
  auto translated = mappings::translate(context_.mapping, "ptz", sent, {});
  if (!translated) return translated.error();
  plan = std::move(*translated);
  // The answer speaks of what was asked.
  if (sent != arguments)
    plan.echo["move"] = mappings::inverted_move(
        text_at(plan.echo, "move"),
        {.horizontal = inverted != "vertical", .vertical = inverted != "horizontal"});
  return decltype(Job::what){CgiJob{plan}};
}

CommandResult<decltype(Job::what)> CameraCommands::connect_job(const json& arguments) {
  ConnectJob job;
  if (const std::string address = text_at(arguments, "address"); !address.empty()) {
    const auto parsed = protocol::Address::parse(address, protocol::kLanPort);
    if (!parsed || !parsed->is_usable()) {
      return bad_argument("address", "address is not a.b.c.d or a.b.c.d:port");
    }
    job.address = *parsed;
  }
  const std::string via = text_at(arguments, "via");
  if (via == "lan") job.via = protocol::Path::lan;
  if (via == "direct") job.via = protocol::Path::direct;
  if (via == "p2p") job.via = protocol::Path::p2p;
  if (via == "relay") job.via = protocol::Path::relay;
  return decltype(Job::what){job};
}

CommandResult<decltype(Job::what)> CameraCommands::lookup_job(const json& arguments) const {
  const auto names = arguments.find("servers");
  auto servers = named_servers(context_.servers, names == arguments.end() ? json(nullptr) : *names);
  if (!servers) return servers.error();
  return decltype(Job::what){LookupJob{std::move(*servers)}};
}

CommandResult<protocol::Credentials> CameraCommands::credentials(const CameraEntry& camera,
                                                                 const json& arguments) const {
  protocol::Credentials login{camera.config.user, camera.config.password.reveal()};
  if (const std::string user = text_at(arguments, "user"); !user.empty()) login.user = user;
  if (arguments.contains("password")) {
    if (!context_.config.mqtt.allow_plain_secrets) {
      return CommandError{
          ErrorCode::forbidden,
          "a password in a payload needs mqtt.allow_plain_secrets; use password_file",
          {{"argument", "password"}}};
    }
    if (!arguments["password"].is_string()) return bad_argument("password", "password is not text");
    login.password = arguments["password"].get<std::string>();
  } else if (const std::string file = text_at(arguments, "password_file"); !file.empty()) {
    auto secret = context_.ports.read_secret(file);
    if (!secret) return secret.error();
    login.password = std::move(*secret);
  }
  if (auto fault = unsafe_credentials(login)) return *fault;
  return login;
}

std::optional<CommandError> unsafe_credentials(const protocol::Credentials& login) {
  const bool in_user = mappings::mentions_cgi(login.user);
  if (!in_user && !mappings::mentions_cgi(login.password)) return std::nullopt;
  return bad_argument(in_user ? "user" : "password",
                      std::string{in_user ? "the user" : "the password"} +
                          " must not hold \".cgi\": firmware would take it for a call");
}

CommandResult<std::vector<protocol::ServerAddress>> named_servers(const ServerSets& sets,
                                                                  const json& names) {
  std::vector<protocol::ServerAddress> out;
  if (names.is_null()) return out;
  const json list = names.is_array() ? names : json::array({names});
  for (const auto& name : list) {
    const std::string text = name.is_string() ? name.get<std::string>() : std::string{};
    if (const auto* set = sets.find(text)) {
      for (auto& server : ServerSets::of(*set)) out.push_back(server);
      continue;
    }
    const auto address = protocol::Address::parse(text, protocol::kServerPort);
    if (!address || !address->is_usable()) {
      return bad_argument("servers",
                          "a server is a.b.c.d, a.b.c.d:port or the name of a configured set");
    }
    out.push_back({*address, protocol::Cipher{}});
  }
  return out;
}

}  // namespace cam32100::bridge
