#include "bridge/io/service_notify.hpp"

#include <dlfcn.h>
#include <systemd/sd-daemon.h>

#include <bit>
#include <cstdio>
#include <cstdlib>

namespace cam32100::bridge {

namespace {

// Loaded only where a service manager listens: with what it draws in it is seven libraries and 1 MB
// at rest, for three words.
struct Systemd {
  decltype(&::sd_notify) notify = nullptr;
  decltype(&::sd_watchdog_enabled) watchdog_enabled = nullptr;

  Systemd() {
    if (std::getenv("NOTIFY_SOCKET") == nullptr) return;
    void* const library = ::dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      std::fprintf(stderr, "cam32100: the service manager will not hear of us: %s\n", ::dlerror());
      return;
    }
    notify = std::bit_cast<decltype(notify)>(::dlsym(library, "sd_notify"));
    watchdog_enabled =
        std::bit_cast<decltype(watchdog_enabled)>(::dlsym(library, "sd_watchdog_enabled"));
  }
};

const Systemd& systemd() {
  static const Systemd loaded;
  return loaded;
}

void tell(const char* state) {
  if (systemd().notify != nullptr) (void)systemd().notify(0, state);
}

}  // namespace

void notify_ready() { tell("READY=1"); }
void notify_stopping() { tell("STOPPING=1"); }
void notify_alive() { tell("WATCHDOG=1"); }

std::optional<std::chrono::microseconds> watchdog_interval() {
  std::uint64_t limit_us = 0;
  if (systemd().watchdog_enabled == nullptr || systemd().watchdog_enabled(0, &limit_us) <= 0)
    return std::nullopt;
  return std::chrono::microseconds{static_cast<std::chrono::microseconds::rep>(limit_us / 2)};
}

}  // namespace cam32100::bridge
