#include <CLI/CLI.hpp>
#include <memory>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/config_options.hpp"
#include "bridge/io/app.hpp"

namespace cam32100::bridge {

void add_run(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("run", "Run the bridge until SIGTERM or Ctrl-C");
  auto place = add_config_options(*command);
  command->callback([&line, place] {
    line.run = [&line, place] { return run_app({place->parsed(), line.words}); };
  });
}

}  // namespace cam32100::bridge
