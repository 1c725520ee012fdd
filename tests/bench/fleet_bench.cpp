// Two hundred cameras on one bridge: how long until Home Assistant has all of them, what a command
// waits meanwhile, and what asking each of them once a second costs.
#include <atomic>
#include <set>
#include <thread>

#include "tests/bench/bench_main.hpp"
#include "tests/bench/paho_echo.hpp"
#include "tests/bench/process_facts.hpp"
#include "tests/bench/rig.hpp"

namespace cam32100::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr std::size_t kCameras = 200;
constexpr double kMostUntilThere = 5000, kMostWait = 50;  // ms
constexpr double kMostPercent = 25;

struct Figures {
  Repeats p50_ms{}, p99_ms{}, max_ms{};
  void add(const Samples& round) {
    p50_ms.add(in_ms(round.percentile(50)));
    p99_ms.add(in_ms(round.percentile(99)));
    max_ms.add(in_ms(round.max()));
  }
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
      auto message = driver_.next_message();
      if (message.payload.find("\"brightness\"") != std::string::npos)
        seen.insert(std::move(message.topic));
    }
    return steady_clock::now() - began;
  }

 private:
  MqttDriver driver_;
};

int run(const BenchOptions& options) {
  Rig rig{{.fleets = {{.count = kCameras}}}};
  Watcher watcher{rig.url()};
  rig.start_bridge();
  std::vector<Row> rows;
  rows.push_back({"from the start to 200 whole devices",
                  "ms",
                  {in_ms(watcher.wait_for_all())},
                  {},
                  value_at_most(kMostUntilThere)});

  const auto camera = camera_topic(rig.fleet().uid_at(0));
  MqttDriver asker{rig.url(), "bench-asker"};
  asker.subscribe(camera + kGetStatus.answer, 0);
  asker.idle(options.pick(6s, 2s));  // the payloads are sent once more when they have settled
  const auto ask = [&] {
    return asker.round_trip(camera + "command/get_status", "", 0, camera + kGetStatus.answer);
  };
  Figures quiet, busy;
  Repeats took_ms;
  for (int round = 0; round < options.pick(5, 3); ++round) {
    Samples alone, meanwhile;
    for (int i = 0; i < 200; ++i) alone.add(ask());
    std::atomic<bool> all_there = false;
    asker.publish("cam32100/bridge/command/rediscover", "{}");
    std::jthread waiting{[&] {
      took_ms.add(in_ms(watcher.wait_for_all()));
      all_there = true;
    }};
    while (!all_there) meanwhile.add(ask());
    quiet.add(alone);
    busy.add(meanwhile);
  }
  rows.push_back({"200 devices sent again", "ms", took_ms, {}, value_at_most(kMostUntilThere)});
  const auto beside = [](const Repeats& figure) {
    return Floor{"not while they are sent", figure.median()};
  };
  rows.push_back({"get_status, 200 cameras polled, p50", "ms", quiet.p50_ms});
  rows.push_back({"get_status, 200 cameras polled, p99", "ms", quiet.p99_ms});
  rows.push_back({"... while devices are sent, p50", "ms", busy.p50_ms, beside(quiet.p50_ms)});
  rows.push_back({"... while devices are sent, p99", "ms", busy.p99_ms, beside(quiet.p99_ms)});
  rows.push_back({"... while devices are sent, max", "ms", busy.max_ms, beside(quiet.max_ms),
                  value_at_most(kMostWait)});
  const auto looks = options.pick(5, 3);
  Repeats percent;
  for (int look = 0; look < looks; ++look) {
    const auto before = cpu_time(rig.bridge_pid());
    const auto began = steady_clock::now();
    asker.idle(options.pick(4s, 1s));
    percent.add(100.0 * static_cast<double>((cpu_time(rig.bridge_pid()) - before).count()) /
                static_cast<double>((steady_clock::now() - began).count()));
  }
  rows.push_back(
      {"200 cameras polled each second, CPU", "%", percent, {}, value_at_most(kMostPercent)});
  rows.push_back({"200 cameras, RSS",
                  "MB",
                  {memory_of(rig.bridge_pid()).resident_mb},
                  Floor{"echo", memory_of(rig.echo_pid()).resident_mb}});
  return report("A fleet of 200 cameras in Home Assistant", rows, options.json_file) ? 0 : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  return cam32100::bench::run_beside_echo(argc, argv, cam32100::bench::run);
}
