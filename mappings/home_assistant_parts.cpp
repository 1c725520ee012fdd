#include "mappings/home_assistant_parts.hpp"

#include <algorithm>

#include "mappings/text.hpp"

namespace cam32100::mappings::discovery {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxName = 100;  // bytes

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

std::string shortened(std::string_view text) {
  std::string clean = to_valid_utf8(text);
  std::replace_if(
      clean.begin(), clean.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  if (clean.size() <= kMaxName) return clean;
  std::size_t end = kMaxName;
  while (end > 0 && (static_cast<unsigned char>(clean[end]) & 0xC0U) == 0x80U) --end;
  return clean.substr(0, end);
}

std::string display_name(const std::string& name, const std::string& uid) {
  const std::string shown = shortened(name);
  return shown.find_first_not_of(' ') == std::string::npos ? uid : shown;
}

std::string slug(std::string_view name, std::string_view fallback) {
  std::string out;
  for (const char c : to_lower(name)) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (kept) {
      out += c;
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out.empty() && !fallback.empty() ? slug(fallback, {}) : out;
}

std::optional<std::string> short_text(const json& info, const char* key) {
  const auto found = info.find(key);
  if (found == info.end() || !found->is_string()) return std::nullopt;
  std::string text = shortened(found->get_ref<const std::string&>());
  if (text.find_first_not_of(' ') == std::string::npos) return std::nullopt;
  return text;
}

std::optional<std::string> mac_address(const json& info, const char* key) {
  const auto text = short_text(info, key);
  if (!text || text->size() != 17) return std::nullopt;
  for (std::size_t i = 0; i < text->size(); ++i) {
    if (i % 3 == 2 ? (*text)[i] != ':' && (*text)[i] != '-' : !is_hex((*text)[i]))
      return std::nullopt;
  }
  std::string mac = to_lower(*text);
  std::replace(mac.begin(), mac.end(), '-', ':');
  if (mac == "00:00:00:00:00:00" || mac == "ff:ff:ff:ff:ff:ff") return std::nullopt;
  return mac;
}

std::string template_list(const json& texts) {
  // JSON's escapes mean the same in Jinja, but for pairs of surrogates: other letters go as they
  // are. Braces inside a string end no expression, but "%}" and "}}" are easier never to have.
  std::string out = texts.dump();
  for (const char brace : {'{', '}', '%'}) {
    const std::string code = brace == '{' ? "\\u007b" : brace == '}' ? "\\u007d" : "\\u0025";
    for (auto at = out.find(brace); at != std::string::npos; at = out.find(brace, at + code.size()))
      out.replace(at, 1, code);
  }
  return out;
}

std::string text_template(const std::string& key) {
  return "{{ (value_json." + key + " | string)[:255] if value_json." + key +
         " is defined and value_json." + key + " is not none else None }}";
}

json origin(const DiscoveryContext& context) {
  return {{"name", kOriginName}, {"sw_version", context.version}, {"support_url", kSupportUrl}};
}

void set_unless_empty(json& out, const char* key, const std::string& value) {
  if (!value.empty()) out[key] = value;
}

json& Components::add(const std::string& id, const std::string& platform, const std::string& name) {
  json& entity = components_[id];
  entity = {{"platform", platform},
            {"unique_id", device_id_ + "_" + id},
            {"default_entity_id", platform + "." + device_slug_ + "_" + id},
            {"name", name.empty() ? json(nullptr) : json(name)}};
  return entity;
}

void describe_setting(json& out, const EntitySpec& entity, const SettingSpec& setting,
                      const std::string& state_topic, const std::string& command_topic) {
  const bool writable = !setting.write.empty();
  const std::string value = "value_json." + entity.setting;
  if (writable) out["command_topic"] = command_topic;
  if (!setting.writes_other_words) out["state_topic"] = state_topic;
  if (setting.value.type == ArgumentType::boolean) {
    // What is not told is unknown, not off.
    out["value_template"] = "{{ {true: 'ON', false: 'OFF'}.get(" + value + " | default(none)) }}";
    if (writable) {
      out["payload_on"] = "ON";
      out["payload_off"] = "OFF";
    }
    return;
  }
  if (!setting.writes_other_words) out["value_template"] = text_template(entity.setting);
  if (!writable) return;
  if (setting.value.type == ArgumentType::choice) out["options"] = setting.value.choices;
  if (setting.value.type == ArgumentType::integer) {
    out["min"] = setting.value.min;
    out["max"] = setting.value.max;
    out["step"] = setting.value.step;
    out["mode"] = "slider";
  }
}

}  // namespace cam32100::mappings::discovery
