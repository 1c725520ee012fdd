#pragma once

#include <string>

#include "bridge/core/bridge_context.hpp"

namespace cam32100::bridge {

// bridge/info and bridge/health: what the bridge is and how it is.
class BridgeInfo {
 public:
  explicit BridgeInfo(BridgeContext& context) : context_{context} {}
  void publish_info();
  void publish_health();  // also arms the next one
  [[nodiscard]] nlohmann::json health() const;

 private:
  BridgeContext& context_;
};

// Names, plain argument, arguments of the commands to the bridge itself, as in the camera's
// describe_commands().
[[nodiscard]] nlohmann::json describe_bridge_commands();

}  // namespace cam32100::bridge
