#include <nlohmann/json.hpp>
#include <string>

#include "bridge/core/config_draft.hpp"

namespace cam32100::bridge {

namespace {

using nlohmann::json;

json text_type(const Setting& setting) {
  json type = {{"type", "string"}};
  if (setting.choices.empty()) {
    type["maxLength"] =
        setting.max > 0 ? setting.max : static_cast<std::int64_t>(Setting::kMaxText);
  } else {
    type["enum"] = json::array();
    for (const std::string_view choice : setting.choices)
      type["enum"].push_back(std::string(choice));
  }
  return type;
}

json type_of(const Setting& setting) {
  switch (setting.kind) {
    case Kind::text:
      return text_type(setting);
    case Kind::flag:
      return {{"type", "boolean"}};
    case Kind::integer:
      return {{"type", "integer"}, {"minimum", setting.min}, {"maximum", setting.max}};
    case Kind::list:
      return {{"type", "array"},
              {"items", text_type(setting)},
              {"minItems", setting.required ? 1 : 0},
              {"maxItems", setting.most}};
  }
  return {};
}

json empty_object() {
  return {{"type", "object"}, {"additionalProperties", false}, {"properties", json::object()}};
}

template <class Values>
json object_of(std::span<const Field<Values>> fields) {
  json object = empty_object();
  const Values defaults{};
  for (const auto& row : fields) {
    const Setting& setting = row.setting;
    json type = type_of(setting);
    type["description"] = std::string(setting.doc) +
                          (setting.unit.empty() ? "" : " (" + std::string(setting.unit) + ")");
    if (const json value = row.show(defaults, setting); !value.is_null() && !setting.required) {
      type["default"] = value;
    }
    if (setting.secret) type["writeOnly"] = true;
    json* inside = &object;
    std::string_view key = setting.key();
    for (auto dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.')) {
      json& section = (*inside)["properties"][std::string(key.substr(0, dot))];
      if (section.is_null()) section = empty_object();
      inside = &section;
      key.remove_prefix(dot + 1);
    }
    (*inside)["properties"][std::string(key)] = std::move(type);
    if (setting.required) (*inside)["required"].push_back(std::string(key));
  }
  return object;
}

json list_of(json element, std::size_t most, const char* description) {
  return {{"type", "array"},
          {"items", std::move(element)},
          {"maxItems", most},
          {"description", description}};
}

}  // namespace

json config_schema() {
  json schema = object_of(root_fields());
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "cam32100 configuration";
  schema["properties"]["cameras"] =
      list_of(object_of(camera_fields()), kMaxCameras, "the cameras this bridge serves");
  const json one{
      {"type", "string"},
      {"description",
       "host, host:port, an app's init string, or \"vendor\": the known servers of the makers"}};
  schema["properties"]["servers"] = {
      {"anyOf",
       {one, list_of({{"anyOf", {one, object_of(server_fields())}}}, kMaxServerSets,
                     "servers that know where cameras are")}},
      {"description", "servers that know where cameras are"}};
  return schema;
}

}  // namespace cam32100::bridge
