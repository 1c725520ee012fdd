#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bridge/core/config.hpp"

namespace cam32100::bridge {

// What the command line says about the configuration.
struct ConfigPlace {
  std::string file;                                            // "" = no file
  std::vector<std::pair<std::string, std::string>> overrides;  // "mqtt.url" -> "mqtt://..."
};

// Reads file, environment and state file, and hands them to the core's pure loader. The state
// file's place is itself configuration, so it is found by loading once without it. Errors: as
// load_config(), and unreadable files.
struct LoadedConfig {
  Config config;
  SavedState state;
};
[[nodiscard]] boost::system::result<LoadedConfig, ConfigErrors> read_config(
    const ConfigPlace& place);

// $CREDENTIALS_DIRECTORY, where systemd puts LoadCredential= files; "" outside of it.
[[nodiscard]] std::string credentials_directory();

}  // namespace cam32100::bridge
