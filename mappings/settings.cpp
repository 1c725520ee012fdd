#include <algorithm>
#include <set>

#include "mappings/text.hpp"
#include "mappings/translate.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

CommandError unknown_setting(const DeviceMapping& mapping, std::string_view key) {
  const auto names = mapping.setting_names();
  const std::string nearest = nearest_name(key, names);
  const std::string hint =
      nearest.empty() ? "; known: " + joined(names) : "; did you mean " + in_quotes(nearest) + "?";
  return CommandError{ErrorCode::bad_argument, "setting " + in_quotes(key) + " is not known" + hint,
                      json{{"argument", to_valid_utf8(key)}}};
}

const SettingSpec* find_setting(const DeviceMapping& mapping, std::string_view key) {
  const auto found = mapping.data().settings.find(key);
  return found == mapping.data().settings.end() ? nullptr : &found->second;
}

std::set<std::string> reads_of(const DeviceMapping& mapping, const std::vector<std::string>& keys) {
  std::set<std::string> cgis;
  for (const auto& key : keys) {
    if (const SettingSpec* setting = find_setting(mapping, key)) cgis.insert(setting->cgi);
  }
  return cgis;
}

PlanStep read_step(const std::string& cgi) {
  PlanStep step;
  step.request.cgi = cgi;
  return step;
}

}  // namespace

CommandResult<bool> append_setting(const DeviceMapping& mapping, std::string_view key,
                                   const json& value, CommandPlan& plan) {
  const SettingSpec* setting = find_setting(mapping, key);
  if (setting == nullptr) return unknown_setting(mapping, key);
  if (setting->write.empty()) {
    return CommandError{ErrorCode::not_supported,
                        "setting " + in_quotes(key) + " is read-only: " + setting->read_only,
                        json{{"argument", key}}};
  }
  const auto checked = check_argument(key, setting->value, value);
  if (!checked) return checked.error();
  plan.echo[std::string{key}] = *checked;
  return append_calls(setting->write, json{{"value", *checked}}, plan);
}

void append_read_back(const DeviceMapping& mapping, const std::vector<std::string>& keys,
                      CommandPlan& plan) {
  for (const auto& cgi : reads_of(mapping, keys)) {
    PlanStep step = read_step(cgi);
    step.may_fail = true;
    plan.steps.push_back(std::move(step));
  }
}

CommandResult<CommandPlan> translate_set(const DeviceMapping& mapping, const json& values) {
  if (!values.is_object() || values.empty()) {
    return CommandError{ErrorCode::bad_argument,
                        R"("set" needs an object of settings such as {"brightness": 90})", nullptr};
  }
  CommandPlan plan;
  plan.kind = PlanKind::change;
  plan.echo = json::object();
  std::vector<std::string> keys;
  for (const auto& [key, value] : values.items()) {
    const auto written = append_setting(mapping, key, value, plan);
    if (!written) return written.error();
    keys.push_back(key);
  }
  append_read_back(mapping, keys, plan);
  return plan;
}

CommandResult<CommandPlan> translate_get(const DeviceMapping& mapping,
                                         const std::vector<std::string>& keys) {
  for (const auto& key : keys) {
    if (find_setting(mapping, key) == nullptr) return unknown_setting(mapping, key);
  }
  CommandPlan plan;
  plan.kind = PlanKind::read;
  plan.keys = keys;
  for (const auto& cgi : reads_of(mapping, keys.empty() ? mapping.setting_names() : keys)) {
    plan.steps.push_back(read_step(cgi));
  }
  return plan;
}

bool is_read_as_written(const DeviceMapping& mapping, std::string_view key) {
  const SettingSpec* setting = find_setting(mapping, key);
  return setting != nullptr && !setting->writes_other_words;
}

std::vector<std::vector<std::string>> settings_by_read(const DeviceMapping& mapping) {
  ByName<std::vector<std::string>> by_cgi;
  for (const auto& [key, setting] : mapping.data().settings) by_cgi[setting.cgi].push_back(key);
  std::vector<std::vector<std::string>> out;
  out.reserve(by_cgi.size());
  for (auto& [cgi, keys] : by_cgi) out.push_back(std::move(keys));
  return out;
}

}  // namespace cam32100::mappings
