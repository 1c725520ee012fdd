#include "bridge/cli/config_options.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace cam32100::bridge {

ConfigPlace ConfigOptions::parsed() const {
  ConfigPlace place{file, {}};
  for (const auto& word : set) {
    const auto equals = word.find('=');
    place.overrides.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return place;
}

std::shared_ptr<ConfigOptions> add_config_options(CLI::App& command) {
  auto options = std::make_shared<ConfigOptions>();
  command.add_option("-c,--config", options->file, "Configuration file (JSON, comments allowed)")
      ->envname("CAM32100_CONFIG")
      ->type_name("FILE");
  command.add_option("-s,--set", options->set,
                     "One key over the file's, e.g. mqtt.user=me")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)  // one each, else it takes the words that follow it
      ->check([](const std::string& word) {
        return word.find('=') == std::string::npos ? "wanted KEY=VALUE, saw \"" + word + "\""
                                                   : std::string{};
      });
  return options;
}

void print_errors(const ConfigErrors& errors) {
  for (const auto& sentence : errors.sentences)
    std::fprintf(stderr, "cam32100: %s\n", sentence.c_str());
}

}  // namespace cam32100::bridge
