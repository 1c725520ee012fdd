// What open sessions cost while nothing is asked: memory and CPU against their number, and how long
// it takes until all of them are open.
#include <cstdio>
#include <cstring>
#include <exception>
#include <set>

#include "tests/bench/beside_echo.hpp"
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

// Between two looks; alive, the heartbeat and the refresh of nothing are in it.
constexpr std::chrono::seconds kLook{20};
constexpr double kMostKilobytesMore = 8;
constexpr double kMostPercentOfAThousand = 3;

struct Cost {
  std::size_t sessions = 0;
  double megabytes = 0, percent = 0;
  Nanoseconds until_open{};
};

// Nothing is asked by itself: a status poll a second would be all there is to see.
json config_of(const integration::Broker& broker, const json& cameras) {
  return {{"mqtt", {{"url", broker.url()}, {"version", "5"}}},
          {"cameras", cameras},
          {"motion", {{"poll_ms", 0}}},
          {"http", {{"listen", ""}}},
          {"lan", {{"targets", json::array()}}}};
}

void wait_until_connected(MqttDriver& driver, std::size_t count) {
  std::set<std::string> open;
  while (open.size() < count) {
    const auto message = driver.next_message();
    if (message.topic.ends_with("/state") &&
        message.payload.find("\"session\":\"connected\"") != std::string::npos)
      open.insert(message.topic);
  }
}

Cost measure(std::size_t count, std::chrono::seconds look) {
  integration::Loop loop;
  testing::ScratchDirectory scratch;
  integration::Broker broker{loop, scratch, {.general = "max_queued_messages 0\n"}};
  std::optional<Fleet> fleet;
  if (count > 0) fleet.emplace(loop, count);
  integration::BridgeUnderTest bridge{loop, scratch,
                                      config_of(broker, fleet ? fleet->cameras() : json::array())};
  MqttDriver driver{broker.url(), "bench-sessions"};
  driver.subscribe("cam32100/+/state", 0);
  const auto began = steady_clock::now();
  bridge.start();
  const Reading reading{loop};
  wait_until_connected(driver, count);
  Cost cost{count, 0, 0, steady_clock::now() - began};
  driver.idle(look);  // the first words of each session are over then
  const auto pid = bridge.process().pid();
  const auto before = cpu_time(pid);
  driver.idle(look);
  cost.percent = 100.0 * static_cast<double>((cpu_time(pid) - before).count()) /
                 static_cast<double>(std::chrono::milliseconds{look}.count());
  cost.megabytes = resident_megabytes(pid);
  return cost;
}

int run(const BenchOptions& options) {
  std::vector<std::size_t> counts{0, 1, 100, 1000};
  if (!options.quick) counts.push_back(5000);
  std::vector<Row> rows;
  double alone = 0;
  for (const std::size_t count : counts) {
    const auto cost = measure(count, options.quick ? 5s : kLook);
    if (count == 0) alone = cost.megabytes;
    Row row{std::to_string(count) + " open sessions",
            {{"MB", cost.megabytes},
             {"percent", cost.percent},
             {"open_after_ms", in_ms(cost.until_open)}}};
    if (count == 1000) row.goal = {"percent", kMostPercentOfAThousand};
    rows.push_back(row);
    if (count < 100) continue;
    const auto many = static_cast<double>(count);
    rows.push_back({std::to_string(count) + " open sessions, each",
                    {{"kB", (cost.megabytes - alone) * 1000 / many},
                     {"cpu_us_per_s", cost.percent * 10'000 / many}},
                    std::pair{"kB", kMostKilobytesMore}});
  }
  return report("sessions_bench: open and silent", rows, options.json_file) ? 0 : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  return cam32100::bench::run_beside_echo("sessions_bench", argc, argv, cam32100::bench::run);
}
