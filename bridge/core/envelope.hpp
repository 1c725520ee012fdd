#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "bridge/core/iso_time.hpp"
#include "mappings/error.hpp"

namespace cam32100::bridge {

// The answer to a command, as it stands on a response topic.
struct Envelope {
  std::string uid;  // canonical; empty: the key is absent (commands to the bridge)
  std::string command;
  nlohmann::json id = nullptr;  // as the asker gave it, text or number; null: the key is absent
  enum class Status { ok, error, accepted } status = Status::ok;
  nlohmann::json data = nullptr;  // with ok; null: the key is absent
  mappings::CommandError error;   // with error
  WallTime ts;
  std::chrono::milliseconds took{};  // since the command came in
  std::uint64_t seq = 0;
};

[[nodiscard]] std::string to_text(const Envelope& envelope);
// {"code":..,"message":..,"retryable":..,"detail":..}; `detail` only when there is one.
[[nodiscard]] nlohmann::json to_json(const mappings::CommandError& error);

}  // namespace cam32100::bridge
