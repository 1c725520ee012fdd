#include "mappings/translate.hpp"

#include <algorithm>

#include "mappings/redact.hpp"
#include "mappings/text.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

std::string plain_text(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool applies(const CallSpec& call, const json& arguments) {
  return std::all_of(call.only_for.begin(), call.only_for.end(), [&](const auto& condition) {
    const auto found = arguments.find(condition.first);
    if (found == arguments.end()) return false;
    return condition.second.empty() || condition.second.contains(plain_text(*found));
  });
}

std::string rendered(const ParameterSource& source, const json& value) {
  if (!source.codes.empty()) {
    const auto code = source.codes.find(plain_text(value));
    return code == source.codes.end() ? std::string{} : code->second;
  }
  if (value.is_number_integer()) {
    return std::to_string((value.get<std::int64_t>() * source.times + source.plus) / source.divide);
  }
  return plain_text(value);
}

// A parameter whose argument is absent is left out.
CommandResult<protocol::CgiRequest> render(const CallSpec& call, const json& arguments) {
  protocol::CgiRequest request;
  request.cgi = call.cgi;
  for (const auto& [name, source] : call.parameters) {
    if (source.argument.empty()) {
      request.parameters.emplace_back(name, source.literal);
      continue;
    }
    const auto found = arguments.find(source.argument);
    if (found == arguments.end()) continue;
    std::string value = rendered(source, *found);
    if (mentions_cgi(value)) {
      return bad_argument(source.argument,
                          "must not hold \".cgi\": firmware would take it for a call");
    }
    request.parameters.emplace_back(name, std::move(value));
  }
  return request;
}

// Asked for, valid, but not there yet.
std::optional<CommandError> find_not_built(std::string_view command, const CommandSpec& spec,
                                           const json& typed, const CommandPolicy& policy) {
  if (spec.handler == Handler::not_built) {
    return CommandError{ErrorCode::not_supported,
                        in_quotes(command) + " is not supported yet: " + spec.missing,
                        json{{"missing", spec.missing}}};
  }
  for (const auto& [name, value] : typed.items()) {
    const auto& argument = spec.arguments.find(name)->second;
    const std::string choice = plain_text(value);
    const auto& urls = argument.needs_url;
    if (!policy.has_url && std::find(urls.begin(), urls.end(), choice) != urls.end())
      return CommandError{ErrorCode::not_supported,
                          in_quotes(name) + " " + in_quotes(choice) +
                              " needs the HTTP server: set http.listen and http.public_url",
                          json{{"argument", name}, {"missing", "http.public_url"}}};
    if (argument.not_built.empty()) continue;
    const auto missing = argument.not_built.find(choice);
    if (missing == argument.not_built.end()) continue;
    return CommandError{ErrorCode::not_supported,
                        in_quotes(name) + " " + in_quotes(missing->first) +
                            " is not supported yet: " + missing->second,
                        json{{"argument", name}, {"missing", missing->second}}};
  }
  return std::nullopt;
}

// What was asked, for the answer of a command that gives no data of its own.
json echo_of(const json& typed) {
  json echo = json::object();
  for (const auto& [name, value] : typed.items()) {
    if (!has_secret_name(name)) echo[name] = value;
  }
  return echo;
}

json with_defaults(const CommandSpec& spec, json typed) {
  for (const auto& [name, argument] : spec.arguments) {
    if (!argument.fallback.is_null() && !typed.contains(name)) typed[name] = argument.fallback;
  }
  return typed;
}

CommandResult<CommandPlan> translate_calls(const DeviceMapping& mapping, const CommandSpec& spec,
                                           const json& given) {
  const json typed = with_defaults(spec, given);
  CommandPlan plan;
  plan.kind = spec.kind;
  plan.needs_wall_time = spec.needs_wall_time;
  const auto called = append_calls(spec.calls, typed, plan);
  if (!called) return called.error();
  std::vector<std::string> touched;  // settings that may have changed
  std::vector<std::string> possible;
  for (const auto& [name, argument] : spec.arguments) {
    if (argument.setting.empty()) continue;
    possible.push_back(argument.setting);
    const auto value = typed.find(name);
    if (value == typed.end()) continue;
    const auto written = append_setting(mapping, argument.setting, *value, plan);
    if (!written) return written.error();
    touched.push_back(argument.setting);
  }
  append_read_back(mapping, touched.empty() ? possible : touched, plan);
  if (spec.kind != PlanKind::read) plan.echo = echo_of(typed);
  return plan;
}

CommandError unknown_command(const DeviceMapping& mapping, std::string_view command) {
  const std::string nearest = nearest_name(command, mapping.command_names());
  std::string message = "unknown command " + in_quotes(command);
  if (nearest.empty()) return CommandError{ErrorCode::unknown_command, message, nullptr};
  return CommandError{ErrorCode::unknown_command,
                      message + "; did you mean " + in_quotes(nearest) + "?",
                      json{{"nearest", nearest}}};
}

const CommandSpec* find_command(const DeviceMapping& mapping, std::string_view command) {
  const auto found = mapping.data().commands.find(command);
  return found == mapping.data().commands.end() ? nullptr : &found->second;
}

CommandResult<CommandPlan> translate_get_arguments(const DeviceMapping& mapping,
                                                   const json& typed) {
  std::vector<std::string> keys;
  if (const auto found = typed.find("keys"); found != typed.end()) {
    keys = found->get<std::vector<std::string>>();
  }
  return translate_get(mapping, keys);
}

CommandResult<CommandPlan> bridge_plan(const CommandSpec& spec, const json& typed) {
  CommandPlan plan;
  plan.kind = spec.kind;
  plan.echo = echo_of(typed);
  return plan;
}

}  // namespace

CommandResult<bool> append_calls(const std::vector<CallSpec>& calls, const json& arguments,
                                 CommandPlan& plan) {
  bool any = false;
  for (const CallSpec& call : calls) {
    if (!applies(call, arguments)) continue;
    auto request = render(call, arguments);
    if (!request) return request.error();
    PlanStep step;
    if (call.keeps != nullptr) {
      PlanStep look;
      look.request.cgi = call.keeps->cgi;
      plan.steps.push_back(std::move(look));
      step.kept = &call.keeps->parameters;
    }
    step.request = std::move(*request);
    step.may_fail = call.may_fail;
    plan.steps.push_back(std::move(step));
    if (call.kind) plan.kind = *call.kind;
    any = true;
  }
  return any;
}

CommandResult<CommandPlan> translate(const DeviceMapping& mapping, std::string_view command,
                                     const json& arguments, const CommandPolicy& policy) {
  const CommandSpec* spec = find_command(mapping, command);
  if (spec == nullptr) return unknown_command(mapping, command);
  if (spec->handler == Handler::set) return translate_set(mapping, arguments);
  const auto typed = check_arguments(command, *spec, arguments);
  if (!typed) return typed.error();
  if (auto error = find_not_built(command, *spec, *typed, policy)) return *std::move(error);
  switch (spec->handler) {
    case Handler::ptz:
      return translate_ptz(mapping, *spec, *typed);
    case Handler::http:
      return translate_http(*typed, policy);
    case Handler::http_batch:
      return translate_http_batch(*typed, policy);
    case Handler::get:
      return translate_get_arguments(mapping, *typed);
    case Handler::bridge:
      return bridge_plan(*spec, *typed);
    case Handler::calls:
    case Handler::set:
    case Handler::not_built:
      break;
  }
  return translate_calls(mapping, *spec, *typed);
}

bool is_command(const DeviceMapping& mapping, std::string_view command) {
  return find_command(mapping, command) != nullptr;
}

std::string plain_argument(const DeviceMapping& mapping, std::string_view command) {
  const CommandSpec* spec = find_command(mapping, command);
  return spec == nullptr ? std::string{} : spec->plain;
}

bool runs_on_empty_payload(const DeviceMapping& mapping, std::string_view command) {
  const CommandSpec* spec = find_command(mapping, command);
  return spec != nullptr && spec->runs_on_empty_payload;
}

}  // namespace cam32100::mappings
