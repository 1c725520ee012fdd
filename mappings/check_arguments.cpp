#include <algorithm>

#include "mappings/text.hpp"
#include "mappings/translate.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

std::vector<std::string> argument_names(const CommandSpec& spec) {
  std::vector<std::string> names;
  for (const auto& [name, argument] : spec.arguments) names.push_back(name);
  if (spec.confirm) names.emplace_back("confirm");
  return names;
}

CommandError unknown_argument(std::string_view command, const CommandSpec& spec,
                              const std::string& name) {
  const auto names = argument_names(spec);
  const std::string nearest = nearest_name(name, names);
  std::string why = names.empty()
                        ? "is not known; " + in_quotes(command) + " takes no arguments"
                        : "is not known; " + in_quotes(command) + " takes " + joined(names);
  if (!nearest.empty()) why += "; did you mean " + in_quotes(nearest) + "?";
  return bad_argument(name, why);
}

std::size_t count_given(const std::vector<std::string>& names, const json& arguments) {
  return static_cast<std::size_t>(
      std::count_if(names.begin(), names.end(),
                    [&](const std::string& name) { return arguments.contains(name); }));
}

bool is_confirmed(const json& arguments) {
  ArgumentSpec spec;
  spec.type = ArgumentType::boolean;
  const auto found = arguments.find("confirm");
  if (found == arguments.end()) return false;
  const auto checked = check_argument("confirm", spec, *found);
  return checked && checked->get<bool>();
}

// What the arguments must be together, after each is right on its own.
std::optional<CommandError> check_together(std::string_view command, const CommandSpec& spec,
                                           const json& typed) {
  for (const auto& [name, argument] : spec.arguments) {
    if (argument.required && !typed.contains(name)) {
      std::string why = "is missing";
      if (argument.type == ArgumentType::choice) {
        why += "; it is one of " + joined(argument.choices);
      }
      return bad_argument(name, why);
    }
  }
  if (!spec.exactly_one.empty() && count_given(spec.exactly_one, typed) != 1) {
    return CommandError{ErrorCode::bad_argument,
                        in_quotes(command) + " needs exactly one of " + joined(spec.exactly_one),
                        nullptr};
  }
  if (!spec.at_least_one.empty() && count_given(spec.at_least_one, typed) == 0) {
    return CommandError{ErrorCode::bad_argument,
                        in_quotes(command) + " needs at least one of " + joined(spec.at_least_one),
                        nullptr};
  }
  return std::nullopt;
}

}  // namespace

CommandError bad_argument(std::string_view argument, const std::string& why) {
  return CommandError{ErrorCode::bad_argument, "argument " + in_quotes(argument) + " " + why,
                      json{{"argument", to_valid_utf8(argument)}}};
}

CommandResult<json> check_arguments(std::string_view command, const CommandSpec& spec,
                                    const json& arguments) {
  if (!arguments.is_object()) {
    return CommandError{ErrorCode::bad_argument,
                        "expected a JSON object, saw " + kind_of(arguments), nullptr};
  }
  json typed = json::object();
  for (const auto& [name, value] : arguments.items()) {
    const auto argument = spec.arguments.find(name);
    if (argument == spec.arguments.end()) {
      if (spec.confirm && name == "confirm") continue;
      return unknown_argument(command, spec, name);
    }
    if (value.is_null()) continue;  // flows send null for "not set"
    auto checked = check_argument(name, argument->second, value);
    if (!checked) return checked;
    typed[name] = std::move(*checked);
  }
  if (auto error = check_together(command, spec, typed)) return *std::move(error);
  if (spec.confirm && !is_confirmed(arguments)) {
    return bad_argument("confirm", "must be true: " + in_quotes(command) + " cannot be undone");
  }
  return json_result(std::move(typed));
}

}  // namespace cam32100::mappings
