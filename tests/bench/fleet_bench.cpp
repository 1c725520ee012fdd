// Two hundred cameras on one bridge: how long until Home Assistant has all of them, what a command
// waits meanwhile, and what asking each of them once a second costs.
#include <atomic>
#include <cstdio>
#include <cstring>
#include <exception>
#include <set>
#include <thread>

#include "tests/bench/mqtt_driver.hpp"
#include "tests/bench/process_facts.hpp"
#include "tests/integration/support/bridge_under_test.hpp"
#include "tests/integration/support/broker.hpp"

namespace cam32100::bench {
namespace {

using namespace std::chrono_literals;
using integration::Process;
using nlohmann::json;
using std::chrono::steady_clock;

constexpr std::size_t kCameras = 200;

std::string uid_of(std::size_t number) {
  char text[32] = {};
  std::snprintf(text, sizeof text, "VSTC-%06zu-ABCDE", 100000 + number);
  return text;
}

// One process that is all the cameras.
class Fleet {
 public:
  explicit Fleet(integration::Loop& loop) : process_{loop, words()} {
    const auto is_there = [&] {
      for (; read_ < process_.lines().size(); ++read_) {
        const auto line = json::parse(process_.lines()[read_], nullptr, false);
        if (line.is_object() && line.value("event", "") == "started")
          addresses_[line.at("uid")] = line.at("address");
      }
      return addresses_.size() == kCameras;
    };
    if (!loop.run_until(is_there)) throw std::runtime_error{"emulate: " + process_.errors()};
  }
  [[nodiscard]] json cameras() const {
    json out = json::array();
    for (const auto& [uid, address] : addresses_)
      out.push_back({{"uid", uid}, {"password", "888888"}, {"address", address}});
    return out;
  }

 private:
  static std::vector<std::string> words() {
    std::vector<std::string> out{CAM32100_BINARY, "emulate", "--bind", "127.0.0.1", "--port", "0"};
    for (std::size_t i = 0; i < kCameras; ++i) out.insert(out.end(), {"--uid", uid_of(i)});
    return out;
  }
  Process process_;
  std::size_t read_ = 0;
  std::map<std::string, std::string> addresses_;
};

// Reads what the processes write while this thread waits for the broker: a full pipe would stop
// them.
class Reading {
 public:
  explicit Reading(integration::Loop& loop)
      : thread_{[&loop](const std::stop_token& stop) {
          while (!stop.stop_requested())
            (void)loop.run_until([&] { return stop.stop_requested(); }, 100ms);
        }} {}

 private:
  std::jthread thread_;
};

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
      auto [topic, payload] = driver_.next_message();
      if (payload.find("\"brightness\"") != std::string::npos) seen.insert(std::move(topic));
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
  Fleet fleet{loop};
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

  const std::string camera = "cam32100/" + uid_of(0) + "/";
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
