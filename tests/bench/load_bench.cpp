// How many commands a second: one camera and many, one command under way to each and eight, beside
// the echo that does nothing, and whether every answer comes.
#include <algorithm>

#include "tests/bench/bench_main.hpp"
#include "tests/bench/compare.hpp"

namespace cam32100::bench {
namespace {

constexpr std::size_t kMany = 50, kMost = 500;
constexpr double kRateGoal = 0.8;
// A second, of 60 kB; less where the echo has not that much to give.
constexpr double kSnapshotsOfOne = 1000, kSnapshotsOfMany = 2000;

struct Wanted {
  Question question;
  std::uint8_t qos = 0;
  std::size_t outstanding = 1, each_round = 0;
  bool whole_run_alone = false;  // too many at once for a quick one
};

std::string name_of(const Wanted& wanted, std::size_t cameras, std::size_t window) {
  std::string name = wanted.question.command;
  if (!wanted.question.picture.empty()) name += " w" + std::to_string(window);
  return name + " QoS " + std::to_string(wanted.qos) + ", " + std::to_string(cameras) + " x " +
         std::to_string(wanted.outstanding);
}

Goal rate_goal(const Wanted& wanted, std::size_t cameras, const Compared& seen) {
  if (wanted.question.picture.empty()) return ratio_at_least(kRateGoal);
  return value_at_least(std::min(cameras == 1 ? kSnapshotsOfOne : kSnapshotsOfMany,
                                 kRateGoal * seen.echo.per_second.median()));
}

// A bridge of its own for each number of cameras: what it does unasked (a look for motion a second)
// is a part of what is measured.
void measure(std::vector<Row>& rows, const BenchOptions& options, std::size_t cameras,
             std::size_t window, std::vector<Wanted> loads) {
  std::erase_if(loads, [&](const Wanted& load) {
    return (options.quick && load.whole_run_alone) ||
           name_of(load, cameras, window).find(options.only) == std::string::npos;
  });
  if (loads.empty()) return;
  Rig rig{{.fleets = {{.count = cameras, .words = window_words(window)}}}};
  rig.start_and_connect();
  rig.wait_until_quiet();
  MqttDriver driver{rig.url(), "bench-load"};
  Comparison comparison{rig, driver};
  for (const Wanted& load : loads) {
    // Fewer than are to be under way would be another load.
    const auto least = std::max(load.each_round / 15, cameras * load.outstanding);
    const auto each_round = options.pick(load.each_round, least);
    const auto seen = comparison.run({.question = load.question,
                                      .qos = load.qos,
                                      .outstanding = load.outstanding,
                                      .each_round = each_round,
                                      .rounds = options.pick(5UL, cameras == kMost ? 2UL : 3UL)});
    // Who asks while a picture is on its way gets the same one: answers are no pictures there.
    const bool shares = !load.question.picture.empty() && load.outstanding > 1;
    append_rows(rows, name_of(load, cameras, window), seen,
                shares ? std::nullopt : std::optional{rate_goal(load, cameras, seen)});
  }
}

int run(const BenchOptions& options) {
  std::vector<Row> rows;
  measure(rows, options, 1, kSmallWindow,
          {{kGetStatus, 0, 8, 10'000},
           {kGetStatus, 1, 8, 10'000},
           {kSnapshot, 0, 1, 1'000},
           {kSnapshot, 0, 8, 1'000},
           {kSnapshot, 1, 8, 1'000}});
  measure(rows, options, 1, kLargeWindow,
          {{kSnapshot, 0, 1, 1'000}, {kSnapshot, 0, 8, 1'000}, {kSnapshot, 1, 8, 1'000}});
  measure(rows, options, kMany, kSmallWindow,
          {{kGetStatus, 0, 1, 10'000},
           {kGetStatus, 1, 1, 10'000},
           {kGetStatus, 0, 8, 10'000},
           {kGetStatus, 1, 8, 10'000},
           {kSnapshot, 0, 1, 2'000},
           {kSnapshot, 1, 1, 2'000}});
  measure(rows, options, kMany, kLargeWindow,
          {{kSnapshot, 0, 1, 2'000}, {kSnapshot, 1, 1, 2'000}, {kSnapshot, 0, 8, 2'000}});
  measure(rows, options, kMost, kSmallWindow,
          {{kGetStatus, 0, 1, 10'000},
           {kGetStatus, 1, 1, 10'000},
           {kGetStatus, 0, 8, 10'000},
           {kGetStatus, 1, 8, 10'000},
           {kSnapshot, 0, 1, 2'000},
           {kSnapshot, 1, 1, 2'000},
           {kSnapshot, 0, 8, 4'000, true}});
  measure(rows, options, kMost, kLargeWindow, {{kSnapshot, 0, 1, 2'000}, {kSnapshot, 1, 1, 2'000}});
  return report("Many at once: commands a second, cameras x outstanding, beside the echo", rows,
                options.json_file)
             ? 0
             : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  return cam32100::bench::run_beside_echo(argc, argv, cam32100::bench::run);
}
