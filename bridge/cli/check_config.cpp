#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/config_options.hpp"

namespace cam32100::bridge {

namespace {

int check(const ConfigPlace& place, bool print) {
  const auto loaded = read_config(place);
  if (!loaded) {
    print_errors(loaded.error());
    return kExitFailed;
  }
  if (print) std::printf("%s\n", to_public_json(loaded->config).dump(2).c_str());
  const std::size_t cameras = loaded->config.cameras.size();
  const std::size_t servers = loaded->config.servers.size();
  std::fprintf(stderr, "%s: good; %zu camera%s, %zu server set%s, broker %s\n",
               place.file.empty() ? "configuration" : place.file.c_str(), cameras,
               cameras == 1 ? "" : "s", servers, servers == 1 ? "" : "s",
               loaded->config.mqtt.url.c_str());
  return kExitOk;
}

}  // namespace

void add_check_config(CLI::App& app, CommandLine& line) {
  auto* command =
      app.add_subcommand("check-config", "Say everything that is wrong with a configuration");
  auto place = add_config_options(*command);
  auto print = std::make_shared<bool>(false);
  auto schema = std::make_shared<bool>(false);
  command->add_flag("--print", *print, "Print it with its defaults, secrets as ***");
  command->add_flag("--schema", *schema, "Print the JSON Schema of the file instead");
  command->callback([&line, place, print, schema] {
    line.run = [place, print, schema] {
      if (!*schema) return check(place->parsed(), *print);
      std::printf("%s\n", config_schema().dump(2).c_str());
      return kExitOk;
    };
  });
}

}  // namespace cam32100::bridge
