#pragma once

#include <span>
#include <string_view>

namespace cam32100::bridge {

// One command to the bridge: what it takes, for checking and for bridge/info.
struct BridgeCommandSpec {
  std::string_view name;
  std::string_view plain;  // the argument a plain payload is; empty: it takes none
  std::span<const std::string_view>
      arguments;                       // all names; camera and server objects are checked by config
  bool runs_on_empty_payload = false;  // it changes nothing
  std::string_view about;
};

[[nodiscard]] std::span<const BridgeCommandSpec> bridge_command_table() noexcept;  // sorted by name
[[nodiscard]] const BridgeCommandSpec* find_bridge_command(std::string_view name) noexcept;

}  // namespace cam32100::bridge
