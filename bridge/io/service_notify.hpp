#pragma once

#include <chrono>
#include <optional>

namespace cam32100::bridge {

// Words to systemd (Type=notify); without it they go nowhere. A libsystemd that is missing where
// NOTIFY_SOCKET is set is told on standard error, once.
void notify_ready();
void notify_stopping();
void notify_alive();  // WATCHDOG=1
// How often notify_alive() is wanted: half of WatchdogSec; nullopt when no watchdog is set.
[[nodiscard]] std::optional<std::chrono::microseconds> watchdog_interval();

}  // namespace cam32100::bridge
