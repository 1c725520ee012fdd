#include "bridge/io/service_notify.hpp"

#include <systemd/sd-daemon.h>

namespace cam32100::bridge {

void notify_ready() { (void)::sd_notify(0, "READY=1"); }
void notify_stopping() { (void)::sd_notify(0, "STOPPING=1"); }
void notify_alive() { (void)::sd_notify(0, "WATCHDOG=1"); }

std::optional<std::chrono::microseconds> watchdog_interval() {
  std::uint64_t limit_us = 0;
  if (::sd_watchdog_enabled(0, &limit_us) <= 0) return std::nullopt;
  return std::chrono::microseconds{static_cast<std::chrono::microseconds::rep>(limit_us / 2)};
}

}  // namespace cam32100::bridge
