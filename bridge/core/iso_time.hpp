#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cam32100::bridge {

using WallTime = std::chrono::system_clock::time_point;

// "2026-11-23T00:57:00.123Z": UTC, always three decimals.
[[nodiscard]] std::string to_iso_text(WallTime time);
// The reverse, of our own form only (with or without decimals); nullopt for anything else.
[[nodiscard]] std::optional<WallTime> parse_iso_text(std::string_view text) noexcept;

}  // namespace cam32100::bridge
