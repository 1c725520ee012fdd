#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "mappings/device_data.hpp"
#include "mappings/home_assistant.hpp"

// Pieces of discovery payloads.
namespace cam32100::mappings::discovery {

constexpr const char* kOriginName = "cam32100";
constexpr const char* kSupportUrl = "https://github.com/cam32100/cam32100";

// Home Assistant's recorder refuses large attribute sets; counters change with every message.
constexpr const char* kSessionAttributes =
    "{{ {'reason': value_json.reason, 'since': value_json.since, 'transport': "
    "value_json.transport, 'address': value_json.address, 'retries': value_json.retries, "
    "'next_try': value_json.next_try, 'rtt_ms': value_json.rtt_ms} | tojson }}";
// A state of more than 255 characters is refused.
constexpr const char* kLastError =
    "{{ (value_json.last_error.message | string)[:255] if value_json.last_error else None }}";
// Nothing until it is known: a null is no version to the update platform.
constexpr const char* kFirmware =
    "{% set told = (value_json.firmware | default('', true) | string)[:255] %}"
    "{% if told %}{{ {'installed_version': told, 'latest_version': told} | tojson }}{% endif %}";
// The end of an alarm is no event of its own; an empty text is ignored by the event platform.
constexpr const char* kEvent =
    "{% if value_json.active or value_json.type in ['online', 'offline'] %}{{ {'event_type': "
    "value_json.type, 'event_id': value_json.id | default(none), 'ts': value_json.ts} | tojson "
    "}}{% endif %}";

[[nodiscard]] std::string shortened(std::string_view text);  // at most 100 characters, one line
[[nodiscard]] std::string display_name(const std::string& name, const std::string& uid);
// As Home Assistant makes ids of names: a-z, 0-9 and single '_'; `fallback` where nothing is left.
[[nodiscard]] std::string slug(std::string_view name, std::string_view fallback);
[[nodiscard]] std::optional<std::string> short_text(const nlohmann::json& info, const char* key);
[[nodiscard]] std::optional<std::string> mac_address(const nlohmann::json& info, const char* key);
// A list of texts as a Jinja literal.
[[nodiscard]] std::string template_list(const nlohmann::json& texts);
[[nodiscard]] std::string text_template(const std::string& key);
[[nodiscard]] nlohmann::json origin(const DiscoveryContext& context);
void set_unless_empty(nlohmann::json& out, const char* key, const std::string& value);
// switch, select, number, or a sensor where it cannot be written.
void describe_setting(nlohmann::json& out, const EntitySpec& entity, const SettingSpec& setting,
                      const std::string& state_topic, const std::string& command_topic);

// The entities of one device, each with its ids.
class Components {
 public:
  Components(std::string device_id, std::string device_slug)
      : device_id_{std::move(device_id)}, device_slug_{std::move(device_slug)} {}
  // `name` empty: the device's main entity.
  nlohmann::json& add(const std::string& id, const std::string& platform, const std::string& name);
  [[nodiscard]] nlohmann::json take() && { return std::move(components_); }

 private:
  std::string device_id_, device_slug_;
  nlohmann::json components_ = nlohmann::json::object();
};

}  // namespace cam32100::mappings::discovery
