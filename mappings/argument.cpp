#include "mappings/argument.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "mappings/redact.hpp"
#include "mappings/text.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

constexpr double kExactIntegers =
    9007199254740992.0;  // 2^53: beyond it a double is not one integer

std::string shown(std::string_view name, const json& value) {
  if (has_secret_name(name)) return "the value";
  if (value.is_string()) return in_quotes(value.get_ref<const std::string&>());
  if (value.is_number()) return value.dump();
  return kind_of(value);
}

CommandError refused(std::string_view name, const json& value, const std::string& why) {
  return CommandError{ErrorCode::bad_argument,
                      "argument " + in_quotes(name) + ": " + shown(name, value) + " " + why,
                      json{{"argument", to_valid_utf8(name)}}};
}

std::optional<std::int64_t> as_integer(const json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return std::nullopt;
    }
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) {  // templates of home automation systems turn 400 into 400.0
    const double number = value.get<double>();
    if (std::trunc(number) != number || std::abs(number) > kExactIntegers) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_string()) {
    std::string_view text = trimmed(value.get_ref<const std::string&>());
    const auto point = text.find('.');  // and here 400.0 is a text
    if (point > 0 && point != std::string_view::npos &&
        text.find_first_not_of('0', point + 1) == std::string_view::npos)
      text = text.substr(0, point);
    return to_integer(text);
  }
  return std::nullopt;
}

CommandResult<json> check_integer(std::string_view name, const ArgumentSpec& spec,
                                  const json& value) {
  const auto number = as_integer(value);
  const bool is_bounded = spec.min > std::numeric_limits<std::int64_t>::min();
  const std::string range = std::to_string(spec.min) + ".." + std::to_string(spec.max);
  if (!number)
    return refused(name, value, "is not a whole number" + (is_bounded ? " in " + range : ""));
  if (*number < spec.min || *number > spec.max) return refused(name, value, "is not in " + range);
  if (*number % spec.step != 0) {
    return refused(name, value, "is not a multiple of " + std::to_string(spec.step));
  }
  return json_result(*number);
}

CommandResult<json> check_boolean(std::string_view name, const json& value) {
  if (value.is_boolean()) return json_result(value);
  std::string word;
  if (value.is_string()) word = to_lower(trimmed(value.get_ref<const std::string&>()));
  if (value.is_number_integer()) word = value.dump();
  if (word == "on" || word == "true" || word == "1") return json_result(true);
  if (word == "off" || word == "false" || word == "0") return json_result(false);
  return refused(name, value, "is not one of true, false, on, off, 1, 0");
}

CommandResult<json> check_choice(std::string_view name, const ArgumentSpec& spec,
                                 const json& value) {
  std::string word;
  if (value.is_string()) word = to_lower(trimmed(value.get_ref<const std::string&>()));
  if (value.is_number_integer()) word = value.dump();
  if (value.is_boolean()) {
    word = value.get<bool>() ? "on" : "off";  // a switch sends true for a choice named "on"
  }
  const auto found = std::find(spec.choices.begin(), spec.choices.end(), word);
  if (found == spec.choices.end()) {
    return refused(name, value, "is not one of " + joined(spec.choices));
  }
  return json_result(*found);
}

bool is_host_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == ':' || c == '[' || c == ']';
}

CommandResult<json> check_text(std::string_view name, const ArgumentSpec& spec, const json& value) {
  const bool scalar = value.is_string() || value.is_number();
  if (!scalar) return refused(name, value, "is not text");
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.size() > spec.max_length) {
    return refused(name, value, "is longer than " + std::to_string(spec.max_length) + " bytes");
  }
  if (has_control_characters(text)) return refused(name, value, "holds control characters");
  if (spec.type == ArgumentType::host &&
      (text.empty() || !std::all_of(text.begin(), text.end(), is_host_character))) {
    return refused(name, value, "is not a host name or address");
  }
  return json_result(text);
}

CommandResult<json> check_texts(std::string_view name, const ArgumentSpec& spec,
                                const json& value) {
  const json list = value.is_array() ? value : json::array({value});
  if (list.size() > spec.max_length) {
    return refused(name, value, "has more than " + std::to_string(spec.max_length) + " elements");
  }
  ArgumentSpec element;
  json out = json::array();
  for (const json& item : list) {
    auto text = check_text(name, element, item);
    if (!text) return text;
    out.push_back(std::move(*text));
  }
  return json_result(std::move(out));
}

}  // namespace

CommandResult<json> check_argument(std::string_view name, const ArgumentSpec& spec,
                                   const json& value) {
  switch (spec.type) {
    case ArgumentType::integer:
      return check_integer(name, spec, value);
    case ArgumentType::boolean:
      return check_boolean(name, value);
    case ArgumentType::choice:
      return check_choice(name, spec, value);
    case ArgumentType::texts:
      return check_texts(name, spec, value);
    case ArgumentType::object:
      if (!value.is_object()) return refused(name, value, "is not an object");
      return json_result(value);
    case ArgumentType::list:
      if (!value.is_array() || value.empty()) {
        return refused(name, value, "is not a list with elements");
      }
      if (value.size() > spec.max_length) {
        return refused(name, value,
                       "has more than " + std::to_string(spec.max_length) + " elements");
      }
      return json_result(value);
    case ArgumentType::text:
    case ArgumentType::host:
      break;
  }
  return check_text(name, spec, value);
}

std::string_view to_text(ArgumentType type) noexcept {
  constexpr std::array<std::string_view, 8> kTexts{"text", "host",  "integer", "boolean",
                                                   "enum", "texts", "object",  "list"};
  const auto index = static_cast<std::size_t>(type);
  return index < kTexts.size() ? kTexts[index] : kTexts[0];
}

json describe(const ArgumentSpec& spec, bool has_url) {
  json out{{"type", to_text(spec.type)}};
  if (spec.type == ArgumentType::choice) {
    json choices = json::array();
    for (const auto& choice : spec.choices) {
      const bool without_url = !has_url && std::find(spec.needs_url.begin(), spec.needs_url.end(),
                                                     choice) != spec.needs_url.end();
      if (!without_url && !spec.not_built.contains(choice)) choices.push_back(choice);
    }
    out["enum"] = std::move(choices);
  }
  if (spec.type == ArgumentType::integer) {
    if (spec.min != std::numeric_limits<std::int64_t>::min()) out["min"] = spec.min;
    if (spec.max != std::numeric_limits<std::int64_t>::max()) out["max"] = spec.max;
    if (spec.step != 1) out["step"] = spec.step;
  }
  if (!spec.fallback.is_null()) out["default"] = spec.fallback;
  if (spec.required) out["required"] = true;
  if (!spec.unit.empty()) out["unit"] = spec.unit;
  if (!spec.about.empty()) out["about"] = spec.about;
  return out;
}

std::string kind_of(const json& value) {
  if (value.is_string()) return "text";
  if (value.is_number()) return "number";
  if (value.is_boolean()) return "boolean";
  if (value.is_array()) return "list";
  if (value.is_object()) return "object";
  return "null";
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

}  // namespace cam32100::mappings
