#pragma once

#include <optional>
#include <string>

#include "mappings/command.hpp"

namespace cam32100::mappings {

// The URL a camera calls when it sees an alarm, as its family keeps it ("alarm_push" of the file).
struct AlarmPushSetting {
  std::string enabled;  // as the camera writes it: "0", "1"
  std::string url;
};

// nullopt: the family has none.
[[nodiscard]] std::optional<CommandPlan> alarm_push_look(const DeviceMapping& mapping);
// nullopt: the reply does not show it.
[[nodiscard]] std::optional<AlarmPushSetting> alarm_push_in(const DeviceMapping& mapping,
                                                            protocol::BytesView reply);
// Writes it and keeps the rest of its group.
[[nodiscard]] std::optional<CommandPlan> alarm_push_write(const DeviceMapping& mapping,
                                                          const AlarmPushSetting& setting);

}  // namespace cam32100::mappings
