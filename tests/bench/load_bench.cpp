// How many commands a second: one camera and many, one command under way to each and eight, beside
// the echo that does nothing, and whether every answer comes.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <optional>

#include "tests/bench/beside_echo.hpp"
#include "tests/bench/camera_client.hpp"
#include "tests/bench/fleet.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/process_facts.hpp"
#include "tests/bench/reading.hpp"
#include "tests/integration/support/bridge_under_test.hpp"
#include "tests/integration/support/broker.hpp"

namespace cam32100::bench {
namespace {

using namespace std::chrono_literals;
using integration::Process;
using nlohmann::json;

constexpr std::size_t kMany = 50, kMost = 500;
// What it takes beyond the echo and the camera: 1 / 0.8.
constexpr double kRateGoal = 1.25;

class Setup {
 public:
  explicit Setup(std::size_t cameras)
      : broker{loop,
               scratch,
               {.general = "max_queued_messages 0\n"}},  // a client's queue is the broker's own cap
        fleet{loop, cameras, {"--max-sessions", "2"}},   // the bridge's, and the least client's
        echo{loop, {"/proc/self/exe", "--echo", broker.url()}},
        bridge{loop,
               scratch,
               {{"mqtt", {{"url", broker.url()}, {"version", "5"}}},
                {"cameras", fleet.cameras()},
                {"http", {{"listen", "127.0.0.1:0"}}},
                {"lan", {{"targets", json::array()}}}}} {
    bridge.start();
  }
  integration::Loop loop;
  testing::ScratchDirectory scratch;
  integration::Broker broker;
  Fleet fleet;
  Process echo;
  integration::BridgeUnderTest bridge;
};

// Until each camera has its session.
void wait_until_connected(MqttDriver& driver, std::size_t cameras) {
  driver.subscribe("cam32100/+/state", 0);
  for (std::size_t i = 0; i < cameras; ++i)
    driver.wait_for("cam32100/" + Fleet::uid(i) + "/state", "\"session\":\"connected\"");
}

std::vector<Asked> cameras_asked(std::size_t count, const std::string& command,
                                 const std::string& answer) {
  std::vector<Asked> out;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string camera = "cam32100/" + Fleet::uid(i) + "/";
    out.push_back({camera + "command/" + command, camera + answer});
  }
  return out;
}
std::vector<Asked> echoes_asked(std::size_t count) {
  std::vector<Asked> out;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = "/" + std::to_string(i);
    out.push_back({"bench/echo/in" + number, "bench/echo/out" + number});
  }
  return out;
}

struct Kind {
  std::string command, answer;
};
const Kind kStatus{"get_status", "response/get_status"};
// Not the picture: it overtakes answers that wait, and the echo would run ahead of its own.
const Kind kSnapshot{"snapshot", "response/snapshot"};

class Bench {
 public:
  Bench(Setup& setup, const BenchOptions& options)
      : setup_{setup}, driver_{setup.broker.url(), "bench-load"}, options_{options} {}

  MqttDriver& driver() { return driver_; }
  std::vector<Row> take_rows() { return std::move(rows_); }

  // The echo and the bridge in turns; their rates, and how many times more the bridge takes.
  void compare(const Kind& kind, std::uint8_t qos, std::size_t cameras, std::size_t outstanding,
               std::size_t total) {
    if (options_.quick) total /= 10;
    const std::string name = kind.command + " QoS " + std::to_string(qos) + ", " +
                             std::to_string(cameras) + " x " + std::to_string(outstanding);
    if (name.find(options_.only) == std::string::npos) return;
    const auto order = echo_order(setup_.broker.url(), "cam32100/" + Fleet::uid(0) + "/",
                                  kind.command, kind.answer);
    LoadPlan echo{echoes_asked(cameras), order, qos, outstanding, total};
    LoadPlan asked{cameras_asked(cameras, kind.command, kind.answer), "", qos, outstanding, total};
    for (const auto& one : echo.asked) driver_.subscribe(one.answer_topic, qos);
    for (const auto& one : asked.asked) driver_.subscribe(one.answer_topic, qos);
    const auto echo_before = cpu_time(setup_.echo.pid());
    const auto floor = run_load(driver_, echo);
    const auto echo_spent = cpu_time(setup_.echo.pid()) - echo_before;
    const auto pid = setup_.bridge.process().pid();
    const auto before = cpu_time(pid);
    const auto seen = run_load(driver_, asked);
    const auto spent = cpu_time(pid) - before;
    rows_.push_back(latency_row("echo of " + name, floor.samples));
    rows_.back().figures.emplace_back("per_s", floor.per_second);
    rows_.back().figures.emplace_back("cpu_ms", static_cast<double>(echo_spent.count()) /
                                                    static_cast<double>(floor.samples.count()));
    rows_.push_back(latency_row(name, seen.samples));
    rows_.back().figures.emplace_back("per_s", seen.per_second);
    rows_.back().figures.emplace_back(
        "cpu_ms", static_cast<double>(spent.count()) / static_cast<double>(seen.samples.count()));
    rows_.push_back({name + ": echo's rate / ours",
                     {{"ratio", floor.per_second / seen.per_second}},
                     std::pair{"ratio", kRateGoal}});
    rows_.push_back({name + ": answers that never came",
                     {{"n", static_cast<double>(seen.missing)}},
                     std::pair{"n", 0.0}});
  }

 private:
  std::vector<Row> rows_;
  Setup& setup_;
  MqttDriver driver_;
  BenchOptions options_;
};

// The camera without MQTT: the other part of the floor.
void measure_client(const Setup& setup, std::vector<Row>& rows, std::size_t count) {
  for (const auto& [what, cgi] : {std::pair{"camera client: get_status", "/get_status.cgi?"},
                                  {"camera client: snapshot", "/snapshot.cgi?"}}) {
    CameraClient client{setup.fleet.address(0), Fleet::uid(0), Fleet::kPassword};
    Samples samples;
    for (std::size_t i = 0; i < count; ++i) samples.add(client.call(cgi));
    if (client.body().size() < 100)
      throw std::runtime_error{"the camera answered " + client.body()};
    rows.push_back(latency_row(what, samples));
    rows.back().figures.emplace_back("bytes", static_cast<double>(client.body().size()));
  }
}

struct Wanted {
  const Kind& kind;
  std::uint8_t qos = 0;
  std::size_t outstanding = 1, total = 0;
};

// A bridge of its own for each number of cameras: what it does unasked (a look for motion a second)
// is a part of what is measured.
std::vector<Row> measure(std::size_t cameras, const std::vector<Wanted>& loads,
                         const BenchOptions& options) {
  Setup setup{cameras};
  const Reading reading{setup.loop};
  Bench bench{setup, options};
  wait_until_connected(bench.driver(), cameras);
  for (const Wanted& load : loads)
    bench.compare(load.kind, load.qos, cameras, load.outstanding, load.total);
  auto rows = bench.take_rows();
  if (cameras == 1) measure_client(setup, rows, options.quick ? 100 : 1000);
  return rows;
}

int run(const BenchOptions& options) {
  std::vector<Row> rows;
  const auto add = [&](std::size_t cameras, const std::vector<Wanted>& loads) {
    for (auto& row : measure(cameras, loads, options)) rows.push_back(std::move(row));
  };
  add(1, {{kStatus, 0, 8, 20'000}, {kStatus, 1, 8, 20'000}, {kSnapshot, 0, 1, 2'000}});
  add(kMany, {{kStatus, 0, 1, 20'000},
              {kStatus, 1, 1, 20'000},
              {kStatus, 0, 8, 40'000},
              {kStatus, 1, 8, 40'000},
              {kSnapshot, 0, 1, 10'000}});
  add(kMost, {{kStatus, 0, 1, 40'000},
              {kStatus, 1, 1, 40'000},
              {kStatus, 0, 8, 40'000},
              {kStatus, 1, 8, 40'000}});
  return report("load_bench: commands a second", rows, options.json_file) ? 0 : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  return cam32100::bench::run_beside_echo("load_bench", argc, argv, cam32100::bench::run);
}
