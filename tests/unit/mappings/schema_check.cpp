#include "tests/unit/mappings/schema_check.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace cam32100::mappings::testing {
namespace {

using nlohmann::json;

const std::set<std::string> kKeywords{"$schema",       "$defs",
                                      "$ref",          "title",
                                      "description",   "type",
                                      "const",         "enum",
                                      "pattern",       "minimum",
                                      "maximum",       "required",
                                      "properties",    "additionalProperties",
                                      "propertyNames", "minProperties",
                                      "items",         "minItems",
                                      "anyOf"};

bool is_type(const json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  throw std::logic_error("type " + type);
}

}  // namespace

bool SchemaCheck::matches(const std::string& pattern, const std::string& text) {
  auto place = patterns_.find(pattern);
  if (place == patterns_.end()) place = patterns_.emplace(pattern, pattern).first;
  return std::regex_search(text, place->second);
}

std::string SchemaCheck::run(const json& schema, const json& value, const std::string& at) {
  if (schema.is_boolean()) return schema.get<bool>() ? "" : at + ": not allowed";
  for (const auto& [keyword, rule] : schema.items()) {
    if (!kKeywords.contains(keyword)) throw std::logic_error("keyword " + keyword);
  }
  if (schema.contains("$ref")) {
    const json& target =
        root_.at(json::json_pointer(schema.at("$ref").get<std::string>().substr(1)));
    if (auto why = run(target, value, at); !why.empty()) return why;
  }
  if (auto why = check_itself(schema, value, at); !why.empty()) return why;
  if (value.is_object()) return check_members(schema, value, at);
  if (value.is_array()) return check_elements(schema, value, at);
  return "";
}

std::string SchemaCheck::check_itself(const json& schema, const json& value,
                                      const std::string& at) {
  if (schema.contains("type")) {
    const json& type = schema.at("type");
    const bool right = type.is_array()
                           ? std::any_of(type.begin(), type.end(),
                                         [&](const json& one) { return is_type(value, one); })
                           : is_type(value, type);
    if (!right) return at + ": type";
  }
  if (schema.contains("const") && schema.at("const") != value) return at + ": const";
  if (schema.contains("enum")) {
    const json& words = schema.at("enum");
    if (std::find(words.begin(), words.end(), value) == words.end()) return at + ": enum";
  }
  if (schema.contains("pattern") && value.is_string() &&
      !matches(schema.at("pattern").get<std::string>(), value.get<std::string>())) {
    return at + ": pattern";
  }
  if (schema.contains("minimum") && value.is_number() && value < schema.at("minimum")) {
    return at + ": minimum";
  }
  if (schema.contains("maximum") && value.is_number() && value > schema.at("maximum")) {
    return at + ": maximum";
  }
  if (!schema.contains("anyOf")) return "";
  const json& choices = schema.at("anyOf");
  const bool any = std::any_of(choices.begin(), choices.end(),
                               [&](const json& choice) { return run(choice, value, at).empty(); });
  return any ? "" : at + ": anyOf";
}

std::string SchemaCheck::check_members(const json& schema, const json& value,
                                       const std::string& at) {
  for (const json& name : schema.value("required", json::array())) {
    if (!value.contains(name.get<std::string>())) return at + ": required";
  }
  if (schema.contains("minProperties") &&
      value.size() < schema.at("minProperties").get<std::size_t>()) {
    return at + ": minProperties";
  }
  const json properties = schema.value("properties", json::object());
  for (const auto& [name, member] : value.items()) {
    const std::string place = at + '/' + name;
    if (schema.contains("propertyNames")) {
      if (auto why = run(schema.at("propertyNames"), name, place); !why.empty()) return why;
    }
    const auto property = properties.find(name);
    const json rest = schema.value("additionalProperties", json(true));
    if (auto why = run(property == properties.end() ? rest : *property, member, place);
        !why.empty()) {
      return why;
    }
  }
  return "";
}

std::string SchemaCheck::check_elements(const json& schema, const json& value,
                                        const std::string& at) {
  if (schema.contains("minItems") && value.size() < schema.at("minItems").get<std::size_t>()) {
    return at + ": minItems";
  }
  const json items = schema.value("items", json(true));
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (auto why = run(items, value[i], at + '/' + std::to_string(i)); !why.empty()) return why;
  }
  return "";
}

}  // namespace cam32100::mappings::testing
