#include "bridge/io/config_sources.hpp"

#include <cstdlib>
#include <string_view>

#include "bridge/io/secret_files.hpp"
#include "bridge/io/state_file.hpp"

extern char** environ;

namespace cam32100::bridge {

namespace {

// All of it: password_env may name any variable, and the core knows which others are its own.
std::map<std::string, std::string> whole_environment() {
  std::map<std::string, std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

}  // namespace

std::string credentials_directory() {
  const char* value = std::getenv("CREDENTIALS_DIRECTORY");
  return value != nullptr ? value : "";
}

boost::system::result<LoadedConfig, ConfigErrors> read_config(const ConfigPlace& place) {
  ConfigSources sources;
  sources.file_name = place.file;
  sources.overrides = place.overrides;
  sources.environment = whole_environment();
  sources.read_secret = [](const std::string& directory, const std::string& name) {
    return read_secret_file(directory, credentials_directory(), name);
  };
  if (!place.file.empty()) {
    if (const auto error = read_text_file(place.file, sources.file_text)) {
      return ConfigErrors{{place.file + ": cannot be read: " + error.message()}};
    }
    if (sources.file_text.empty())
      return ConfigErrors{{place.file + ": no such file, or empty; wanted a JSON configuration"}};
  }
  auto without_state = load_config(sources);
  if (!without_state) return without_state.error();
  if (without_state->state_file.empty()) return LoadedConfig{std::move(*without_state), {}};
  if (const auto error = read_text_file(without_state->state_file, sources.state_text)) {
    return ConfigErrors{
        {without_state->state_file + ": state file cannot be read: " + error.message()}};
  }
  if (sources.state_text.empty()) return LoadedConfig{std::move(*without_state), {}};
  auto state = parse_state(sources.state_text, without_state->state_file);
  if (!state) return state.error();
  auto config = load_config(sources);
  if (!config) return config.error();
  return LoadedConfig{std::move(*config), std::move(*state)};
}

}  // namespace cam32100::bridge
