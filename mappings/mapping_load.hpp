#pragma once

#include "mappings/device_data.hpp"
#include "mappings/mapping_reader.hpp"

namespace cam32100::mappings {

// The parts of a mapping file, in the order in which they refer to each other. Faults go to the
// node's list.
void load_replies(const MappingNode& node, DeviceMapping::Data& data);
void load_keeps(const MappingNode& node, DeviceMapping::Data& data);
void load_settings(const MappingNode& node,
                   DeviceMapping::Data& data);                           // after replies and keeps
void load_commands(const MappingNode& node, DeviceMapping::Data& data);  // after settings

void load_alarm_push(const MappingNode& node, DeviceMapping::Data& data);  // after keeps
void load_entities(const MappingNode& node, DeviceMapping::Data& data);    // last

// A list of CGI calls whose parameters may refer to `arguments`, and to `keeps`. `default_codes`
// (may be null) translate a choice or boolean where the parameter has no codes of its own.
[[nodiscard]] std::vector<CallSpec> load_calls(const MappingNode& node,
                                               const ByName<ArgumentSpec>& arguments,
                                               const ByName<KeepSpec>& keeps,
                                               const ByName<std::string>* default_codes);
[[nodiscard]] ArgumentSpec load_argument(const MappingNode& node,
                                         const ByName<SettingSpec>& settings);

// "get_status.cgi": letters, digits and '_' before one ".cgi".
[[nodiscard]] bool is_cgi_name(std::string_view text) noexcept;
// What we publish: a lower-case letter, then lower-case letters, digits, '_'; at most 64.
[[nodiscard]] bool is_published_key(std::string_view text) noexcept;
// user, pwd, loginuse, loginpas in any case: only the bridge's own credentials may stand there.
[[nodiscard]] bool is_credential_parameter(std::string_view name);

}  // namespace cam32100::mappings
