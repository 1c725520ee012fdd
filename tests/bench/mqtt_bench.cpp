// From an MQTT command to its MQTT answer, through a real mosquitto, `cam32100 run` and
// `cam32100 emulate`, beside what the broker and an echo that does nothing cost in the same run.
#include <cstdio>
#include <cstring>
#include <exception>
#include <random>

#include "tests/bench/beside_echo.hpp"
#include "tests/bench/mqtt_driver.hpp"
#include "tests/bench/process_facts.hpp"
#include "tests/bench/udp_echo.hpp"
#include "tests/integration/support/bridge_under_test.hpp"
#include "tests/integration/support/broker.hpp"
#include "tests/integration/support/emulator.hpp"

namespace cam32100::bench {
namespace {

using namespace std::chrono_literals;
using integration::Process;

struct Plan {
  explicit Plan(bool quick)
      : rounds{quick ? 1 : 5},
        per_round{quick ? 100 : 200},
        pictures_per_round{quick ? 10 : 40},
        spaced{quick ? 3 : 120},
        rest{quick ? 2s : 20s} {}
  int rounds, per_round, pictures_per_round, spaced;
  std::chrono::seconds rest;
};

constexpr const char* kUid = "VSTC-123456-ABCDE";
const std::string kCamera = std::string{"cam32100/"} + kUid + "/";

// The processes of a run. The emulator's and the broker's output is little and read at the end.
class Setup {
 public:
  Setup()
      : broker{loop, scratch},
        camera{loop, {.uid = kUid}},
        echo{loop, {"/proc/self/exe", "--echo", broker.url()}},
        bridge{loop, scratch, config(broker, camera)} {
    bridge.start();
  }

 private:
  static nlohmann::json config(const integration::Broker& broker,
                               const integration::Emulator& camera) {
    return {{"mqtt", {{"url", broker.url()}, {"version", "5"}}},
            {"cameras", {{{"uid", kUid}, {"password", "888888"}, {"address", camera.address()}}}},
            {"http", {{"listen", "127.0.0.1:0"}}},
            {"lan", {{"targets", nlohmann::json::array()}}}};
  }

 public:
  integration::Loop loop;
  testing::ScratchDirectory scratch;
  integration::Broker broker;
  integration::Emulator camera;
  Process echo;
  integration::BridgeUnderTest bridge;
};

struct Case {
  std::string what, topic, payload, answer_topic;
  int qos = 0;
  std::optional<std::pair<std::string, double>> goal{};
  Samples samples{};
};

std::vector<Case> back_to_back_cases(const std::string& url, int qos) {
  const std::string name = " QoS " + std::to_string(qos);
  const auto order = echo_order(url, kCamera, "get_status", "response/get_status");
  return {
      {"broker trip 200 B" + name, "bench/trip", std::string(200, 'x'), "bench/trip", qos},
      {"echo of get_status" + name, "bench/echo/in", order, "bench/echo/out", qos},
      {"get_status" + name, kCamera + "command/get_status", "", kCamera + "response/get_status",
       qos, std::pair{"p50_ms", 0.5}},
  };
}

std::vector<Case> picture_cases(const std::string& url) {
  const auto order = echo_order(url, kCamera, "snapshot", "response/snapshot");
  return {
      {"broker trip 60 kB QoS 0", "bench/trip", std::string(60'000, 'x'), "bench/trip", 0},
      {"echo of snapshot", "bench/echo/in", order, "bench/echo/out", 0},
      {"snapshot, about 60 kB", kCamera + "command/snapshot", "", kCamera + "response/snapshot", 0,
       std::pair{"p50_ms", 2.0}},
  };
}

// The cases take turns, so that a disturbance of the machine meets all of them.
void measure_in_turns(MqttDriver& driver, std::vector<Case>& cases, int rounds, int per_round) {
  for (auto& one : cases)
    (void)driver.round_trip(one.topic, one.payload, one.qos, one.answer_topic);
  for (int round = 0; round < rounds; ++round) {
    for (auto& one : cases) {
      for (int i = 0; i < per_round; ++i)
        one.samples.add(driver.round_trip(one.topic, one.payload, one.qos, one.answer_topic));
    }
  }
}

void append_rows(std::vector<Row>& rows, const std::vector<Case>& cases) {
  for (const auto& one : cases) {
    rows.push_back(latency_row(one.what, one.samples));
    rows.back().goal = one.goal;
    if (one.goal && one.what.starts_with("get_status")) {
      rows.push_back({one.what + ", tail",
                      {{"p99_ms", in_ms(one.samples.percentile(99))}},
                      std::pair{"p99_ms", 3.0}});
    }
  }
}

// A pause of one to three seconds before each: nobody is warm any more.
// Beside them a datagram there and back between two processes: where that takes long after a
// pause, it is the machine that wakes slowly.
void measure_spaced(const std::string& url, const UdpEcho& udp, MqttDriver& driver,
                    std::vector<Row>& rows, int count) {
  std::vector<Case> cases;
  for (const int qos : {0, 1}) {
    for (auto& one : back_to_back_cases(url, qos)) {
      if (!one.what.starts_with("broker")) cases.push_back(std::move(one));
    }
  }
  std::mt19937 gaps{1};
  std::uniform_int_distribution<int> gap_ms{1000, 3000};
  Samples machine;
  for (int i = 0; i < count; ++i) {
    driver.idle(std::chrono::milliseconds{gap_ms(gaps)});
    // Whoever comes second finds the broker awake: they take turns in that, too.
    for (std::size_t n = 0; n < cases.size(); ++n) {
      auto& one = cases[(n + static_cast<std::size_t>(i)) % cases.size()];
      one.samples.add(driver.round_trip(one.topic, one.payload, one.qos, one.answer_topic));
    }
    for (int ping = 0; ping < 10; ++ping) machine.add(udp.ping());
  }
  rows.push_back(latency_row("UDP 64 B there and back, spaced 1-3 s", machine));
  for (const auto& one : cases) {
    rows.push_back(latency_row(one.what + ", spaced 1-3 s", one.samples));
    if (one.goal) rows.back().goal = {"p99_ms", 5.0};
  }
}

void measure_rest(Setup& setup, MqttDriver& driver, std::vector<Row>& rows,
                  std::chrono::seconds duration) {
  const auto pid = setup.bridge.process().pid();
  const auto before = cpu_time(pid);
  driver.idle(duration);
  const auto spent = cpu_time(pid) - before;
  const double percent = 100.0 * static_cast<double>(spent.count()) /
                         static_cast<double>(std::chrono::milliseconds{duration}.count());
  rows.push_back(
      {"bridge at rest, one camera: CPU", {{"percent", percent}}, std::pair{"percent", 0.5}});
  rows.push_back({"bridge at rest, one camera: RSS",
                  {{"MB", resident_megabytes(pid)}},
                  std::pair{"MB", 15.0}});
}

int run(const BenchOptions& options) {
  const Plan plan{options.quick};
  const UdpEcho udp;
  Setup setup;
  MqttDriver driver{setup.broker.url(), "bench-driver"};
  driver.subscribe(kCamera + "state", 1);
  driver.wait_for(kCamera + "state", "\"session\":\"connected\"");
  std::vector<Row> rows;
  Samples machine;
  for (int i = 0; i < plan.per_round; ++i) machine.add(udp.ping());
  rows.push_back(latency_row("UDP 64 B there and back", machine));
  measure_rest(setup, driver, rows, plan.rest);
  for (const int qos : {0, 1}) {
    for (const auto* topic : {"bench/trip", "bench/echo/out"})
      driver.subscribe(topic, static_cast<std::uint8_t>(qos));
    driver.subscribe(kCamera + "response/get_status", static_cast<std::uint8_t>(qos));
    auto cases = back_to_back_cases(setup.broker.url(), qos);
    measure_in_turns(driver, cases, plan.rounds, plan.per_round);
    append_rows(rows, cases);
  }
  driver.subscribe(kCamera + "snapshot", 0);
  driver.subscribe(kCamera + "response/snapshot", 0);
  auto pictures = picture_cases(setup.broker.url());
  measure_in_turns(driver, pictures, plan.rounds, plan.pictures_per_round);
  append_rows(rows, pictures);
  measure_spaced(setup.broker.url(), udp, driver, rows, plan.spaced);
  return report("mqtt_bench: MQTT command to MQTT answer", rows, options.json_file) ? 0 : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  return cam32100::bench::run_beside_echo("mqtt_bench", argc, argv, cam32100::bench::run);
}
