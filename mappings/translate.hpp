#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mappings/device_data.hpp"

namespace cam32100::mappings {

// The steps of translating, each a piece with one idea. All errors are those of translate().

[[nodiscard]] CommandError bad_argument(std::string_view argument, const std::string& why);

// Known names only, each in its type; required, exactly_one, at_least_one and confirm are kept.
[[nodiscard]] CommandResult<nlohmann::json> check_arguments(std::string_view command,
                                                            const CommandSpec& spec,
                                                            const nlohmann::json& arguments);

// Appends the requests of those calls that apply to these (typed) arguments; true when there were
// any.
[[nodiscard]] CommandResult<bool> append_calls(const std::vector<CallSpec>& calls,
                                               const nlohmann::json& arguments, CommandPlan& plan);

// Appends what writes one setting, and notes the typed value in plan.echo.
[[nodiscard]] CommandResult<bool> append_setting(const DeviceMapping& mapping, std::string_view key,
                                                 const nlohmann::json& value, CommandPlan& plan);
// Appends the reads that show these settings, each CGI once, as steps that may fail.
void append_read_back(const DeviceMapping& mapping, const std::vector<std::string>& keys,
                      CommandPlan& plan);

[[nodiscard]] CommandResult<CommandPlan> translate_ptz(const DeviceMapping& mapping,
                                                       const CommandSpec& spec,
                                                       const nlohmann::json& arguments);
[[nodiscard]] CommandResult<CommandPlan> translate_http(const nlohmann::json& arguments,
                                                        const CommandPolicy& policy);
[[nodiscard]] CommandResult<CommandPlan> translate_http_batch(const nlohmann::json& arguments,
                                                              const CommandPolicy& policy);

// Whether a value could make firmware run another CGI than the one named; see http_guard.cpp.
[[nodiscard]] bool mentions_cgi(std::string_view text);

}  // namespace cam32100::mappings
