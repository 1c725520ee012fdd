// Any text as configuration file, state file, environment and command line: four parts, NUL between
// them.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/core/config.hpp"
#include "mappings/topics.hpp"

namespace {

using namespace cam32100;

// An assert that also holds in a release build: what it says is the point of the target.
void require(bool condition) {
  if (!condition) std::abort();
}

std::string_view take_until(std::string_view& rest, char end) {
  const auto at = rest.find(end);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return part;
}

// "name=value" lines.
std::vector<std::pair<std::string, std::string>> pairs(std::string_view lines) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!lines.empty()) {
    std::string_view value = take_until(lines, '\n');
    std::string name(take_until(value, '='));
    out.emplace_back(std::move(name), std::string(value));
  }
  return out;
}

bridge::ConfigSources sources_of(std::string_view text) {
  bridge::ConfigSources sources;
  sources.file_name = "config.json";
  sources.file_text = std::string(take_until(text, '\0'));
  sources.state_text = std::string(take_until(text, '\0'));
  for (auto& [name, value] : pairs(take_until(text, '\0'))) {
    sources.environment.insert_or_assign(std::move(name), std::move(value));
  }
  sources.overrides = pairs(text);
  sources.read_secret = [](const std::string&, const std::string& name) {
    return name.size() % 2 == 0 ? mappings::CommandResult<std::string>{"MaRk3r"}
                                : mappings::CommandResult<std::string>{mappings::CommandError{
                                      mappings::ErrorCode::bad_argument, "no such file", nullptr}};
  };
  return sources;
}

// Few, short, one line each: they go to a log and to a terminal.
void check_errors(const bridge::ConfigErrors& errors) {
  require(!errors.sentences.empty() && errors.sentences.size() <= 101);
  for (const std::string& sentence : errors.sentences) {
    require(!sentence.empty() && sentence.size() < 1500);
    require(sentence.find('\n') == std::string::npos);
    require(mappings::is_valid_utf8(sentence));
  }
}

void check_config(const bridge::Config& config) {
  require(mappings::Topics::is_valid_base(config.mqtt.base_topic));
  for (const auto& camera : config.cameras) {
    require(!camera.uid.is_zero() && !camera.name.empty() && camera.psk.size() <= 20);
    require(camera.password_source.empty() == camera.password.empty());
  }
  for (const auto& servers : config.servers)
    require(!servers.hosts.empty() && !servers.name.empty());
  const std::string shown = bridge::to_public_json(config).dump();  // throws on what is not UTF-8
  require(!shown.empty());
}

void check_state(std::string_view text) {
  auto state = bridge::parse_state(text, "state.json");
  if (!state) return check_errors(state.error());
  const std::string written = bridge::to_text(*state);
  const auto again = bridge::parse_state(written, "state.json");
  require(again.has_value() && bridge::to_text(*again) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const bridge::ConfigSources sources = sources_of(text);
  const auto config = bridge::load_config(sources);
  if (config) {
    check_config(*config);
  } else {
    check_errors(config.error());
  }
  check_state(sources.state_text);
  return 0;
}
