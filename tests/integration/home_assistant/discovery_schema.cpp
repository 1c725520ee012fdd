#include "tests/integration/home_assistant/discovery_schema.hpp"

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>

namespace cam32100::integration {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxStateOfHomeAssistant = 255;

json platforms() {
  std::ifstream file{CAM32100_SOURCE_DIR "/tests/integration/home_assistant/platforms.json"};
  return json::parse(file);
}

bool is_short_text(const json& value) {
  return value.is_string() && !value.get_ref<const std::string&>().empty() &&
         value.get_ref<const std::string&>().size() <= kMaxStateOfHomeAssistant;
}

bool matches(const json& value, const char* pattern) {
  return value.is_string() &&
         std::regex_match(value.get_ref<const std::string&>(), std::regex{pattern});
}

bool all_texts(const json& value) {
  return value.is_array() && !value.empty() &&
         std::all_of(value.begin(), value.end(), is_short_text) &&
         std::set<json>(value.begin(), value.end()).size() == value.size();
}

bool is_availability(const json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const json& one) {
           return one.is_object() && one.size() == 1 && one.contains("topic") &&
                  matches(one["topic"], "[^+#$/][^+#]*/availability");
         });
}

bool is_pairs(const json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const json& one) {
           return all_texts(one) && one.size() == 2;
         });
}

bool is_of_type(const json& value, const json& type) {
  if (type.is_array()) return std::find(type.begin(), type.end(), value) != type.end();
  if (type == "text") return is_short_text(value);
  if (type == "text_or_null") return value.is_null() || is_short_text(value);
  if (type == "id") return matches(value, "[A-Za-z0-9_-]+");
  if (type == "entity_id") return matches(value, "[a-z_]+[.][a-z0-9]+(_[a-z0-9]+)*");
  if (type == "icon") return matches(value, "mdi:[a-z0-9]+(-[a-z0-9]+)*");
  if (type == "topic") return matches(value, "[^+#$/][^+#]*");
  if (type == "template") return value.is_string() && value.get<std::string>().find("{{") < 200;
  if (type == "texts") return all_texts(value);
  if (type == "pairs") return is_pairs(value);
  if (type == "url") return matches(value, "https?://[^ ]+");
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  return type == "availability" && is_availability(value);
}

class Judge {
 public:
  std::vector<std::string> judge(const json& payload) {
    check_names(payload, "payload", rules_["root"]);
    check_object(payload.value("device", json::object()), "device", rules_["device"]);
    check_object(payload.value("origin", json::object()), "origin", rules_["origin"]);
    require(payload.value("device", json()).value("identifiers", json()).is_array(),
            "device has no identifiers");
    require(payload.value("origin", json()).value("name", json()).is_string(),
            "origin has no name");
    require(is_availability(payload.value("availability", json())), "availability is no list");
    const json components = payload.value("components", json::object());
    for (const auto& [id, component] : components.items()) check_component(id, component);
    return std::move(faults_);
  }

 private:
  void require(bool good, const std::string& fault) {
    if (!good) faults_.push_back(fault);
  }
  void check_names(const json& object, const std::string& where, const json& names) {
    for (const auto& [key, value] : object.items())
      require(std::find(names.begin(), names.end(), json(key)) != names.end(),
              where + " has the unknown key " + key);
  }
  void check_object(const json& object, const std::string& where, const json& types) {
    for (const auto& [key, value] : object.items()) {
      const auto type = types.find(key);
      if (type == types.end()) {
        faults_.push_back(where + " has the unknown key " + key);
      } else {
        require(is_of_type(value, *type), where + "." + key + " is " + value.dump());
      }
    }
  }
  void check_component(const std::string& id, const json& component) {
    require(matches(json(id), "[a-zA-Z0-9_-]+"), "component " + id + " has a bad id");
    const auto platform = component.value("platform", std::string{});
    const auto rule = rules_["platforms"].find(platform);
    if (rule == rules_["platforms"].end()) {
      faults_.push_back(id + " has the unknown platform \"" + platform + '"');
      return;
    }
    json types = rules_["common"];
    types.update((*rule)["keys"]);
    check_object(component, id, types);
    for (const auto& key : rules_["required_of_all"])
      require(component.contains(key.get<std::string>()), id + " lacks " + key.dump());
    for (const auto& key : rule->value("required", json::array()))
      require(component.contains(key.get<std::string>()), id + " lacks " + key.dump());
    if (const auto one_of = rule->find("required_one_of"); one_of != rule->end()) {
      require(std::count_if(
                  one_of->begin(), one_of->end(),
                  [&](const json& key) { return component.contains(key.get<std::string>()); }) == 1,
              id + " needs exactly one of " + one_of->dump());
    }
    if (component.contains("entity_category") && rule->contains("categories")) {
      require(is_of_type(component["entity_category"], (*rule)["categories"]),
              id + " has a category that its platform refuses");
    }
    check_together(id, component);
  }
  void check_together(const std::string& id, const json& component) {
    const bool is_enum = component.value("device_class", "") == "enum";
    if (component["platform"] == "sensor") {
      require(component.contains("options") == is_enum, id + ": options and enum go together");
      require(!is_enum || (!component.contains("unit_of_measurement") &&
                           !component.contains("state_class")),
              id + ": an enum has neither unit nor state_class");
    }
    if (component["platform"] == "number")
      require(component.value("max", 100) >= component.value("min", 1), id + ": max < min");
    if (component.contains("unique_id"))
      require(ids_.insert(component["unique_id"]).second, id + ": its unique_id is used twice");
  }

  json rules_ = platforms();
  std::vector<std::string> faults_;
  std::set<json> ids_;
};

}  // namespace

std::vector<std::string> discovery_faults(const json& payload) {
  if (!payload.is_object()) return {"it is no object"};
  return Judge{}.judge(payload);
}

}  // namespace cam32100::integration
