#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "bridge/core/config.hpp"

namespace cam32100::bridge {

inline ConfigSources file(std::string text) {
  ConfigSources sources;
  sources.file_text = std::move(text);
  sources.file_name = "config.json";
  return sources;
}

// The faults of loading; empty when it loads.
inline std::vector<std::string> faults_of(const ConfigSources& sources) {
  auto config = load_config(sources);
  return config ? std::vector<std::string>{} : config.error().sentences;
}
inline std::vector<std::string> faults_of(const std::string& text) { return faults_of(file(text)); }

// The configuration; a test that expects it fails with the sentences otherwise.
inline Config load(const ConfigSources& sources) {
  auto config = load_config(sources);
  if (config) return std::move(config).value();
  for (const auto& sentence : config.error().sentences) ADD_FAILURE() << sentence;
  return {};
}
inline Config load(const std::string& text) { return load(file(text)); }

// Secrets by name; anything else is not there.
inline void give_secrets(ConfigSources& sources, std::map<std::string, std::string> secrets) {
  sources.read_secret = [secrets = std::move(secrets)](
                            const std::string&,
                            const std::string& name) -> mappings::CommandResult<std::string> {
    const auto found = secrets.find(name);
    if (found != secrets.end()) return found->second;
    return mappings::CommandError{mappings::ErrorCode::bad_argument, "no such file", nullptr};
  };
}

}  // namespace cam32100::bridge
