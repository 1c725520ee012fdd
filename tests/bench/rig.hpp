#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/fleet.hpp"
#include "tests/bench/mqtt_driver.hpp"
#include "tests/bench/reading.hpp"
#include "tests/integration/support/bridge_under_test.hpp"
#include "tests/integration/support/broker.hpp"

namespace cam32100::bench {

// Everything of one measurement, each a process of its own on the loopback: a mosquitto, emulated
// cameras, the echo, and the bridge as users run it. The program must be run_beside_echo()'s.
class Rig {
 public:
  struct Plan {
    std::vector<FleetPlan> fleets{};
    // Over the bridge's configuration, and over each camera of it, as RFC 7396 patches.
    nlohmann::json config = nullptr, camera = nullptr;
  };
  explicit Rig(const Plan& plan);

  void start_bridge();
  // ... and until each camera has its session.
  void start_and_connect();
  // Until nothing was said about a camera for so long: the first words of the sessions, and Home
  // Assistant's devices, are over then. Throws when that does not end.
  void wait_until_quiet(std::chrono::milliseconds quiet = std::chrono::milliseconds{500}) const;

  [[nodiscard]] std::string url() const { return broker_.url(); }
  [[nodiscard]] const Fleet& fleet(std::size_t number = 0) const;
  [[nodiscard]] pid_t bridge_pid() { return bridge_.process().pid(); }
  [[nodiscard]] pid_t echo_pid() const { return echo_.pid(); }
  [[nodiscard]] pid_t broker_pid() const { return broker_.pid(); }

 private:
  integration::Loop loop_;
  testing::ScratchDirectory scratch_;
  integration::Broker broker_;
  std::list<Fleet> fleets_;
  integration::Process echo_;
  integration::BridgeUnderTest bridge_;
  std::optional<Reading> reading_;  // the last: nothing of the others may change while it reads
};

// "cam32100/UID/"
[[nodiscard]] inline std::string camera_topic(const std::string& uid) {
  return "cam32100/" + uid + "/";
}
// Of the emulator: DRW in flight. The camera's window decides more than the client does.
[[nodiscard]] inline std::vector<std::string> window_words(std::size_t window) {
  return {"--window", std::to_string(window)};
}
inline constexpr std::size_t kSmallWindow = 64, kLargeWindow = 4096;

}  // namespace cam32100::bench
