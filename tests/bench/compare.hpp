#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/figures.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/paho_echo.hpp"
#include "tests/bench/rig.hpp"

namespace cam32100::bench {

// What one of them did under a load, a figure from each round.
struct LoadFigures {
  Repeats per_second, p50_ms, p99_ms, max_ms;
  Repeats cpu_us, broker_us, cameras_us;  // CPU for each command: its own, mosquitto's, the fleet's
  std::size_t missing = 0;                // answers, of all rounds
};
struct Compared {
  LoadFigures echo, bridge;
};

struct LoadCase {
  const Question& question;
  std::uint8_t qos = 0;
  std::size_t outstanding = 1;  // of each camera
  std::size_t each_round = 0;   // questions; never fewer than stand out at once
  std::size_t rounds = 3;
};

// The rig's first fleet, and as many topics of the echo, in turns within each round. The driver
// hears pictures, too, from both.
class Comparison {
 public:
  Comparison(Rig& rig, MqttDriver& driver) : rig_{rig}, driver_{driver} {}

  [[nodiscard]] Compared run(const LoadCase& wanted);

 private:
  [[nodiscard]] LoadPlan plan_of(const LoadCase& wanted) const;
  [[nodiscard]] const std::string& order_of(const Question& question);
  void run_round(const LoadPlan& plan, pid_t pid, LoadFigures& figures);

  Rig& rig_;
  MqttDriver& driver_;
  std::map<std::string, std::string> orders_;
};

// Rows of the bridge beside the echo, named after the case: rate, p50, p99, max, CPU per command of
// the bridge, the broker and the cameras, answers that are missing.
void append_rows(std::vector<Row>& rows, const std::string& name, const Compared& seen,
                 std::optional<Goal> rate_goal);

}  // namespace cam32100::bench
