#include "bridge/cli/commands.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <utility>

namespace cam32100::bridge {

int run_command_line(int argc, char** argv) {
  CommandLine line{{argv, argv + argc}, nullptr};
  CLI::App app{"Bridge between port-32100 (PPPP) cameras and MQTT", "cam32100"};
  app.set_version_flag("--version", std::string{"cam32100 "} + CAM32100_VERSION);
  app.require_subcommand(1);
  add_run(app, line);
  add_check_config(app, line);
  add_call(app, line);
  add_discover(app, line);
  add_lookup(app, line);
  add_get(app, line);
  add_snapshot(app, line);
  add_probe(app, line);
  add_decode(app, line);
  add_find_psk(app, line);
  add_emulate(app, line);
  add_server(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    // A word that none of them is, is told as the lack of one.
    const auto is_meant = [argv](const CLI::App* each) { return each->get_name() == argv[1]; };
    const bool unknown =
        argc > 1 && argv[1][0] != '-' && std::as_const(app).get_subcommands(is_meant).empty();
    if (!unknown) return app.exit(error) == 0 ? kExitOk : kExitUsage;
    std::fprintf(stderr, "cam32100: there is no sub-command %s; see cam32100 --help\n", argv[1]);
    return kExitUsage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  return line.run();
}

}  // namespace cam32100::bridge
