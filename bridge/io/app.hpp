#pragma once

#include <string>
#include <vector>

#include "bridge/io/config_sources.hpp"

namespace cam32100::bridge {

struct AppOptions {
  ConfigPlace place;
  std::vector<std::string>
      command_line;  // for `restart`: the process replaces itself by the same words
};

// The composition root: one io_context, one thread, everything wired. Returns the process's exit
// code: 0 after a clean stop by SIGTERM or SIGINT (within 2 s), 1 when it could not start. SIGHUP
// reads the configuration again.
[[nodiscard]] int run_app(const AppOptions& options);

}  // namespace cam32100::bridge
