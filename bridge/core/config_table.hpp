#pragma once

#include <span>
#include <string>
#include <vector>

#include "bridge/core/config.hpp"
#include "bridge/core/config_setting.hpp"

namespace cam32100::bridge {

// What the keys fill: the configuration and the keys that only say where a value comes from.
struct RootValues : Config {
  std::string mqtt_password_file, http_token_file;
};
struct CameraValues : CameraConfig {
  std::string password_file, password_env;
};

// The one table of keys, in the order people read them.
[[nodiscard]] std::span<const Field<RootValues>> root_fields() noexcept;
[[nodiscard]] std::span<const Field<CameraValues>> camera_fields() noexcept;
[[nodiscard]] std::span<const Field<ServerSetConfig>> server_fields() noexcept;
[[nodiscard]] std::vector<Setting> all_settings();

}  // namespace cam32100::bridge
