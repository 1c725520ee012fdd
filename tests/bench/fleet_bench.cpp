// Two hundred cameras on one bridge: how long until Home Assistant has all of them, what a command
// waits meanwhile, and what asking each of them once a second costs.
#include <atomic>
#include <cstdio>
#include <cstring>
#include <exception>
#include <set>
#include <thread>

#include "tests/bench/fleet.hpp"
#include "tests/bench/mqtt_driver.hpp"
#include "tests/bench/process_facts.hpp"
#include "tests/bench/reading.hpp"
#include "tests/integration/support/bridge_under_test.hpp"
#include "tests/integration/support/broker.hpp"

namespace cam32100::bench {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::steady_clock;

constexpr std::size_t kCameras = 200;

// Counts whole payloads of different cameras, on a thread and a connection of its own.
class Watcher {
 public:
  explicit Watcher(const std::string& url) : driver_{url, "bench-watcher"} {
    driver_.subscribe("homeassistant/device/+/config", 0);
  }
  // From now until every camera's payload came, with all that its settings give.
  [[nodiscard]] Nanoseconds wait_for_all() {
    const auto began = steady_clock::now();
    std::set<std::string> seen;
    while (seen.size() < kCameras) {
      auto message = driver_.next_message();
      if (message.payload.find("\"brightness\"") != std::string::npos)
        seen.insert(std::move(message.topic));
    }
    return steady_clock::now() - began;
  }

 private:
  MqttDriver driver_;
};

int run(const std::string& json_file) {
  integration::Loop loop;
  testing::ScratchDirectory scratch;
  integration::Broker broker{loop, scratch};
  Fleet fleet{loop, kCameras};
  integration::BridgeUnderTest bridge{loop,
                                      scratch,
                                      {{"mqtt", {{"url", broker.url()}, {"version", "5"}}},
                                       {"cameras", fleet.cameras()},
                                       {"http", {{"listen", "127.0.0.1:0"}}},
                                       {"lan", {{"targets", json::array()}}}}};
  Watcher watcher{broker.url()};
  bridge.start();
  const auto pid = bridge.process().pid();
  const Reading reading{loop};
  std::vector<Row> rows;
  rows.push_back({"from the start to 200 whole devices",
                  {{"ms", in_ms(watcher.wait_for_all())}},
                  std::pair{"ms", 5000.0}});

  const std::string camera = "cam32100/" + Fleet::uid(0) + "/";
  MqttDriver asker{broker.url(), "bench-asker"};
  asker.subscribe(camera + "response/get_status", 0);
  asker.idle(6s);
  Samples quiet;
  for (int i = 0; i < 200; ++i)
    quiet.add(
        asker.round_trip(camera + "command/get_status", "", 0, camera + "response/get_status"));
  Samples busy;
  std::atomic<bool> all_there = false;
  Nanoseconds took{};
  std::thread waiting{[&] {
    took = watcher.wait_for_all();
    all_there = true;
  }};
  asker.publish("cam32100/bridge/command/rediscover", "{}");
  while (!all_there)
    busy.add(
        asker.round_trip(camera + "command/get_status", "", 0, camera + "response/get_status"));
  waiting.join();
  rows.push_back({"200 devices sent again", {{"ms", in_ms(took)}}, std::pair{"ms", 5000.0}});
  rows.push_back(latency_row("get_status, 200 cameras polled", quiet));
  rows.push_back(latency_row("get_status while discovery goes out", busy));
  rows.push_back({"get_status while discovery goes out, slowest",
                  {{"max_ms", in_ms(busy.max())}},
                  std::pair{"max_ms", 50.0}});

  const auto before = cpu_time(pid);
  asker.idle(20s);
  const double percent = static_cast<double>((cpu_time(pid) - before).count()) / 200.0;
  rows.push_back(
      {"200 cameras polled each second: CPU", {{"percent", percent}}, std::pair{"percent", 25.0}});
  rows.push_back({"200 cameras: RSS", {{"MB", resident_megabytes(pid)}}});
  return report("fleet_bench: 200 cameras", rows, json_file) ? 0 : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  try {
    return cam32100::bench::run(argc > 1 ? argv[1] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fleet_bench: %s\n", error.what());
    return 1;
  }
}
