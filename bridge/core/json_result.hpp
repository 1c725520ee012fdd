#pragma once

#include <utility>

#include "bridge/core/config.hpp"
#include "mappings/error.hpp"

namespace cam32100::bridge {

// nlohmann's json converts to nearly everything, so a result<json> does not take it by itself.
[[nodiscard]] inline mappings::CommandResult<nlohmann::json> success(nlohmann::json data) {
  return mappings::CommandResult<nlohmann::json>{boost::system::in_place_value, std::move(data)};
}

// What the configuration's loader found, as an answer: its first sentence after `what`, all of them
// in detail.faults.
[[nodiscard]] inline mappings::CommandError refusal_of(const ConfigErrors& errors,
                                                       const std::string& what = {}) {
  nlohmann::json sentences = nlohmann::json::array();
  for (const auto& sentence : errors.sentences) sentences.push_back(sentence);
  const std::string first = errors.sentences.empty() ? "unknown fault" : errors.sentences.front();
  return {mappings::ErrorCode::bad_argument, what + first, {{"faults", std::move(sentences)}}};
}

}  // namespace cam32100::bridge
