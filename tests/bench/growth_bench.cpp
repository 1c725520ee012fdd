// What bends as cameras are added: commands a second, the tail, CPU and memory against their
// number, beside the echo. Also writes them as columns beside the JSON file, for growth.gp.
#include <filesystem>
#include <fstream>

#include "tests/bench/bench_main.hpp"
#include "tests/bench/compare.hpp"
#include "tests/bench/process_facts.hpp"
#include "tests/bench/turns.hpp"

namespace cam32100::bench {
namespace {

struct Point {
  std::size_t cameras = 0;
  Compared seen;
  Repeats alone_p99_ms;  // of one command at a time, whichever camera it is for
  double echo_alone_p99_ms = 0;
  Memory memory, echo_memory;
};

// One under way in all: what the number of cameras adds to an answer without a queue.
void ask_alone(Rig& rig, const BenchOptions& options, Point& point) {
  MqttDriver driver{rig.url(), "bench-alone"};
  driver.subscribe(camera_topic("+") + kGetStatus.answer, 0);
  driver.subscribe(kEchoOut + "/+", 0);
  const auto order = echo_order(rig.url(), camera_topic(rig.fleet().uid_at(0)), kGetStatus);
  std::size_t next = 0;
  std::vector<Turn> turns{
      {"bridge",
       [&] {
         const auto camera = camera_topic(rig.fleet().uid_at(next++ % point.cameras));
         return driver.round_trip(camera + "command/get_status", "", 0, camera + kGetStatus.answer);
       }},
      {"echo", [&] { return driver.round_trip(kEchoIn + "/0", order, 0, kEchoOut + "/0"); }}};
  ask_back_to_back(turns, {options.pick(5UL, 3UL), options.pick(2000UL, 300UL)});
  point.alone_p99_ms = turns[0].p99_ms;
  point.echo_alone_p99_ms = turns[1].p99_ms.median();
}

Point measure(std::size_t cameras, const BenchOptions& options) {
  Rig rig{{.fleets = {{.count = cameras}}}};
  rig.start_and_connect();
  rig.wait_until_quiet();
  Point point;
  point.cameras = cameras;
  {
    MqttDriver driver{rig.url(), "bench-growth"};
    point.seen = Comparison{rig, driver}.run({.question = kGetStatus,
                                              .each_round = options.pick(10'000UL, 1'000UL),
                                              .rounds = options.pick(5UL, 3UL)});
  }
  ask_alone(rig, options, point);
  point.memory = memory_of(rig.bridge_pid());
  point.echo_memory = memory_of(rig.echo_pid());
  return point;
}

void append(std::vector<Row>& rows, const Point& point) {
  const auto name = std::to_string(point.cameras) + (point.cameras == 1 ? " camera" : " cameras");
  const auto& [echo, bridge] = point.seen;
  rows.push_back(
      {name + ", rate, 1 each", "/s", bridge.per_second, Floor{"echo", echo.per_second.median()}});
  rows.push_back(
      {name + ", p99, 1 each", "ms", bridge.p99_ms, Floor{"echo", echo.p99_ms.median()}});
  rows.push_back(
      {name + ", p99, 1 in all", "ms", point.alone_p99_ms, Floor{"echo", point.echo_alone_p99_ms}});
  rows.push_back(
      {name + ", CPU each command", "us", bridge.cpu_us, Floor{"echo", echo.cpu_us.median()}});
  rows.push_back({name + ", RSS",
                  "MB",
                  {point.memory.resident_mb},
                  Floor{"echo", point.echo_memory.resident_mb}});
}

void write_columns(const std::vector<Point>& points, std::filesystem::path file) {
  std::ofstream out{file.replace_extension(".dat")};
  out << "# cameras rate echo_rate p99_ms echo_p99_ms p99_alone_ms echo_p99_alone_ms cpu_us "
         "echo_cpu_us rss_mb echo_rss_mb\n";
  for (const auto& point : points) {
    const auto& [echo, bridge] = point.seen;
    out << point.cameras;
    for (const double figure :
         {bridge.per_second.median(), echo.per_second.median(), bridge.p99_ms.median(),
          echo.p99_ms.median(), point.alone_p99_ms.median(), point.echo_alone_p99_ms,
          bridge.cpu_us.median(), echo.cpu_us.median(), point.memory.resident_mb,
          point.echo_memory.resident_mb})
      out << ' ' << figure;
    out << '\n';
  }
}

int run(const BenchOptions& options) {
  const std::vector<std::size_t> whole{1, 10, 50, 100, 200, 500, 1000}, few{1, 10, 50, 200};
  std::vector<Row> rows;
  std::vector<Point> points;
  for (const auto cameras : options.pick(whole, few)) {
    points.push_back(measure(cameras, options));
    append(rows, points.back());
  }
  if (!options.json_file.empty()) write_columns(points, options.json_file);
  return report("Growth: get_status QoS 0 against the number of cameras", rows, options.json_file)
             ? 0
             : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  return cam32100::bench::run_beside_echo(argc, argv, cam32100::bench::run);
}
