#include <algorithm>
#include <array>

#include "mappings/mapping_load.hpp"
#include "mappings/text.hpp"
#include "mappings/topics.hpp"
#include "mappings/translate.hpp"

// The way round the named commands: any CGI call. Firmware of this family finds the CGI by
// searching its name anywhere in the request line, first match of a fixed list wins; so
// "get_reboot.cgi" reboots and "get_status.cgi?x=restore_factory.cgi" may restore. The guard
// therefore searches the same way.
namespace cam32100::mappings {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxPathBytes = 2048;
constexpr std::size_t kMaxParameters = 64;
constexpr std::size_t kMaxValueBytes = 1024;

enum class Effect { reads, changes, destroys };

// Names that cannot be taken back, searched anywhere in the CGI's name.
constexpr std::array<std::string_view, 12> kDestructive{
    "restore_factory", "restrore_backup", "set_users",     "upgrade",
    "formatsd",        "set_default",     "set_factory",   "auto_download",
    "set_update_push", "setuuid",         "setvendorinfo", "set_pnp_server"};

// Every other name that does something and could stand behind "get_"; firmware would find it there.
constexpr std::array<std::string_view, 18> kChanging{
    "set_",       "setuuid",     "setvendor",   "settutk",   "reboot",        "control",
    "del_",       "mailtest",    "ftptest",     "test_",     "login",         "openlock",
    "livestream", "videostream", "audiostream", "trans_cmd", "params_backup", "camera_setup"};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

template <std::size_t N>
bool holds_any(std::string_view text, const std::array<std::string_view, N>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return contains(text, name); });
}

Effect effect_of(const protocol::CgiRequest& request) {
  const std::string name = to_lower(request.cgi);
  const bool smuggles =
      std::any_of(request.parameters.begin(), request.parameters.end(), [](const auto& parameter) {
        return mentions_cgi(parameter.first) || mentions_cgi(parameter.second);
      });
  if (smuggles || holds_any(name, kDestructive)) return Effect::destroys;
  if (name == "snapshot.cgi") return Effect::reads;
  constexpr std::string_view kRead = "get_";
  const bool reads = request.cgi.starts_with(kRead) &&
                     !holds_any(std::string_view{name}.substr(kRead.size()), kChanging);
  return reads ? Effect::reads : Effect::changes;
}

CommandError bad_path(const std::string& why) {
  return bad_argument("path", why + "; it is \"/name.cgi\", with an optional query");
}

CommandResult<protocol::CgiRequest> parse_path(const std::string& path) {
  if (path.size() > kMaxPathBytes) {
    return bad_path("is longer than " + std::to_string(kMaxPathBytes) + " bytes");
  }
  if (!path.starts_with('/')) {
    return bad_path(in_quotes(path.substr(0, path.find('?'))) + " does not start with '/'");
  }
  auto request = protocol::parse_request_text(path);
  if (!request || !is_cgi_name(request->cgi)) {
    return bad_path(in_quotes(path.substr(0, path.find('?'))) + " is not the path of a CGI");
  }
  return *std::move(request);
}

CommandResult<std::string> parameter_text(const std::string& name, const json& value) {
  if (value.is_boolean()) return std::string{value.get<bool>() ? "1" : "0"};
  ArgumentSpec spec;
  spec.max_length = kMaxValueBytes;
  const auto text = check_argument(name, spec, value);
  if (!text) return text.error();
  return text->get<std::string>();
}

bool is_parameter_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_[]") ==
             std::string_view::npos;
}

std::optional<CommandError> add_parameters(const json& params, protocol::CgiRequest& request) {
  for (const auto& [name, value] : params.items()) {
    if (is_credential_parameter(name)) continue;
    auto text = parameter_text(name, value);
    if (!text) return text.error();
    request.parameters.emplace_back(name, *std::move(text));
  }
  if (request.parameters.size() > kMaxParameters) {
    return bad_argument("params",
                        "holds more than " + std::to_string(kMaxParameters) + " parameters");
  }
  for (const auto& [name, value] : request.parameters) {
    if (!is_parameter_name(name)) {
      return bad_argument("params", "holds " + in_quotes(name) + ", which is not a parameter name");
    }
    if (has_control_characters(value) || !is_valid_utf8(value)) {
      return bad_argument("params",
                          "holds control characters or broken UTF-8 in " + in_quotes(name));
    }
  }
  return std::nullopt;
}

struct GuardedCall {
  protocol::CgiRequest request;
  Effect effect = Effect::reads;
};

std::optional<CommandError> check_allowed(const GuardedCall& call, bool confirmed,
                                          const CommandPolicy& policy) {
  if (call.effect == Effect::reads) return std::nullopt;
  if (!policy.allow_http_write) {
    return CommandError{
        ErrorCode::forbidden,
        in_quotes(call.request.cgi) +
            " can change the camera; set http.allow_write to true in the configuration to allow it",
        json{{"cgi", call.request.cgi}, {"config_key", "http.allow_write"}}};
  }
  if (call.effect == Effect::destroys && !confirmed) {
    return CommandError{
        ErrorCode::bad_argument,
        "argument \"confirm\" must be true: " + in_quotes(call.request.cgi) + " cannot be undone",
        json{{"argument", "confirm"}, {"cgi", call.request.cgi}}};
  }
  return std::nullopt;
}

CommandResult<GuardedCall> guarded_call(const json& arguments, bool confirmed,
                                        const CommandPolicy& policy) {
  auto request = parse_path(arguments.at("path").get<std::string>());
  if (!request) return request.error();
  GuardedCall call{*std::move(request), Effect::reads};
  std::erase_if(call.request.parameters,
                [](const auto& parameter) { return is_credential_parameter(parameter.first); });
  if (auto error = add_parameters(arguments.value("params", json::object()), call.request)) {
    return *std::move(error);
  }
  call.request.authenticate = arguments.value("auth", true);
  call.effect = effect_of(call.request);
  if (auto error = check_allowed(call, confirmed, policy)) return *std::move(error);
  return call;
}

void append(GuardedCall call, CommandPlan& plan) {
  if (call.effect != Effect::reads) plan.kind = PlanKind::change;
  PlanStep step;
  step.request = std::move(call.request);
  plan.steps.push_back(std::move(step));
}

// One element of http_batch in the shape of http's arguments.
CommandResult<json> check_element(const json& element) {
  static const CommandSpec kSpec = [] {
    CommandSpec spec;
    spec.arguments["path"].required = true;
    spec.arguments["path"].max_length = kMaxPathBytes;
    spec.arguments["params"].type = ArgumentType::object;
    spec.arguments["auth"].type = ArgumentType::boolean;
    return spec;
  }();
  return check_arguments("http_batch", kSpec, element);
}

}  // namespace

bool mentions_cgi(std::string_view text) { return contains(to_lower(text), ".cgi"); }

CommandResult<CommandPlan> translate_http(const json& arguments, const CommandPolicy& policy) {
  auto call = guarded_call(arguments, arguments.value("confirm", false), policy);
  if (!call) return call.error();
  CommandPlan plan;
  append(*std::move(call), plan);
  return plan;
}

CommandResult<CommandPlan> translate_http_batch(const json& arguments,
                                                const CommandPolicy& policy) {
  CommandPlan plan;
  plan.batch = true;
  std::size_t index = 0;
  for (const json& element : arguments.at("requests")) {
    const auto at = [&](CommandError error) {
      error.message = "requests[" + std::to_string(index) + "]: " + error.message;
      return error;
    };
    const auto checked = check_element(element);
    if (!checked) return at(checked.error());
    auto call = guarded_call(*checked, arguments.value("confirm", false), policy);
    if (!call) return at(call.error());
    append(*std::move(call), plan);
    ++index;
  }
  return plan;
}

}  // namespace cam32100::mappings
