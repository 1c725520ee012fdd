#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "bridge/core/config_faults.hpp"
#include "bridge/core/config_setting.hpp"

namespace cam32100::bridge {

// JSON of at most `most` bytes and kMaxJsonDepth levels; // and /* */ comments are skipped. Faults
// name line and column (from 1, in characters); none repeats what was read, which may be a secret.
// A key that stands twice in one object is a fault: which one counts would be a guess. nullopt: a
// fault was added.
constexpr std::size_t kMaxJsonBytes = 4U << 20U;
constexpr std::size_t kMaxJsonDepth = 16;
[[nodiscard]] std::optional<nlohmann::json> read_json(std::string_view text, const Place& place,
                                                      Faults& faults,
                                                      std::size_t most = kMaxJsonBytes);

// A value given as plain text (environment, command line), read as the setting's type. Flags: true,
// false, 1, 0, on, off, yes, no; lists: "a, b" or a JSON list. nullopt: a fault was added.
[[nodiscard]] std::optional<nlohmann::json> read_plain(const Setting& setting,
                                                       std::string_view text, const Place& place,
                                                       Faults& faults);

}  // namespace cam32100::bridge
