#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bridge/io/config_sources.hpp"

namespace CLI {
class App;
}

namespace cam32100::bridge {

// --config FILE and --set key=value, shared by every sub-command that reads the configuration.
struct ConfigOptions {
  std::string file;
  std::vector<std::string> set;
  [[nodiscard]] ConfigPlace parsed() const;
};
[[nodiscard]] std::shared_ptr<ConfigOptions> add_config_options(CLI::App& command);

// Prints each sentence on standard error.
void print_errors(const ConfigErrors& errors);

}  // namespace cam32100::bridge
