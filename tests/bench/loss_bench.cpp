// Pictures through bad networks: how long they take, and whether every byte is right, beside a
// network that loses nothing.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/bench/bench_main.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/paho_echo.hpp"
#include "tests/bench/process_facts.hpp"
#include "tests/bench/rig.hpp"

namespace cam32100::bench {
namespace {

constexpr std::size_t kCameras = 10;                   // in each network
constexpr std::size_t kRounds = 5, kEachRound = 2000;  // 10,000 of each row

struct Network {
  std::string what;
  std::vector<std::string> words;  // of the emulator
};

const std::vector<Network> kNetworks{{"nothing lost", {}},
                                     {"0.1 % lost each way", {"--loss", "0.1"}},
                                     {"1 % lost each way", {"--loss", "1"}},
                                     {"5 % lost each way", {"--loss", "5"}},
                                     {"1 % overtaken", {"--reorder", "1"}}};

std::set<std::string> emulated_pictures() {
  std::set<std::string> all;
  for (const auto& each :
       std::filesystem::directory_iterator{CAM32100_SOURCE_DIR "/deploy/emulator-pictures"}) {
    if (each.path().extension() != ".jpg") continue;
    std::ifstream file{each.path(), std::ios::binary};
    all.emplace(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
  }
  if (all.empty()) throw std::runtime_error{"there are no pictures to compare with"};
  return all;
}

// Of the cameras of one network.
struct Seen {
  std::string what;
  LoadPlan plan;
  Repeats p50_ms{}, p99_ms{}, max_ms{}, per_second{}, cpu_us{};  // CPU of the bridge for each
  std::size_t right = 0, asked = 0, missing = 0;
};

std::vector<Seen> subscribed(const Rig& rig, MqttDriver& driver, std::size_t window,
                             std::uint8_t qos, const std::set<std::string>& pictures) {
  driver.subscribe(camera_topic("+") + kSnapshot.picture, qos);
  std::vector<Seen> all;
  for (std::size_t i = 0; i < kNetworks.size(); ++i) {
    Seen seen{
        "w" + std::to_string(window) + " QoS " + std::to_string(qos) + ", " + kNetworks[i].what,
        {}};
    seen.plan.qos = qos;
    seen.plan.is_right = [&pictures](const std::string& bytes) { return pictures.contains(bytes); };
    for (std::size_t place = 0; place < kCameras; ++place) {
      const auto camera = camera_topic(rig.fleet(i).uid_at(place));
      seen.plan.asked.push_back({camera + "command/snapshot", camera + kSnapshot.picture});
    }
    all.push_back(std::move(seen));
  }
  return all;
}

void append(std::vector<Row>& rows, const Seen& seen, const Seen& floor) {
  const bool is_floor = &seen == &floor;
  const auto add = [&](const char* what, const char* unit, Repeats Seen::*figure) {
    Row row{"snapshot " + seen.what + what, unit, seen.*figure};
    if (!is_floor) row.floor = Floor{kNetworks[0].what, (floor.*figure).median()};
    rows.push_back(std::move(row));
  };
  add(", p50", "ms", &Seen::p50_ms);
  add(", p99", "ms", &Seen::p99_ms);
  add(", max", "ms", &Seen::max_ms);
  add(", rate", "/s", &Seen::per_second);
  add(", CPU each", "us", &Seen::cpu_us);
  const auto share = 100.0 * static_cast<double>(seen.right) / static_cast<double>(seen.asked);
  rows.push_back({"snapshot " + seen.what + ", right", "%", {share}, {}, value_at_least(100)});
  rows.push_back({"snapshot " + seen.what + ", missing",
                  "",
                  {static_cast<double>(seen.missing)},
                  {},
                  value_at_most(0)});
}

void take_round(Rig& rig, MqttDriver& driver, Seen& seen) {
  const auto before = cpu_time(rig.bridge_pid());
  const auto result = run_load(driver, seen.plan);
  const auto spent = static_cast<double>((cpu_time(rig.bridge_pid()) - before).count());
  seen.p50_ms.add(in_ms(result.samples.percentile(50)));
  seen.p99_ms.add(in_ms(result.samples.percentile(99)));
  seen.max_ms.add(in_ms(result.samples.max()));
  seen.per_second.add(result.per_second);
  seen.cpu_us.add(spent / 1e3 / static_cast<double>(seen.plan.total));
  seen.right += result.samples.count() - result.wrong;
  seen.asked += seen.plan.total;
  seen.missing += result.missing;
}

// One bridge for all networks, which take turns.
void measure(std::vector<Row>& rows, std::size_t window, const BenchOptions& options) {
  Rig::Plan plan;
  for (const auto& network : kNetworks) {
    auto words = window_words(window);
    words.insert(words.end(), network.words.begin(), network.words.end());
    plan.fleets.push_back(
        {.count = kCameras, .first = plan.fleets.size() * kCameras, .words = std::move(words)});
  }
  Rig rig{plan};
  rig.start_and_connect();
  rig.wait_until_quiet();
  const auto pictures = emulated_pictures();
  for (const std::uint8_t qos : {0, 1}) {
    MqttDriver driver{rig.url(), "bench-loss"};
    auto all = subscribed(rig, driver, window, qos, pictures);
    for (std::size_t round = 0; round < options.pick(kRounds, std::size_t{3}); ++round) {
      for (auto& seen : all) {
        seen.plan.total = options.pick(kEachRound, std::size_t{30});
        take_round(rig, driver, seen);
      }
    }
    for (const auto& seen : all) append(rows, seen, all.front());
  }
}

int run(const BenchOptions& options) {
  std::vector<Row> rows;
  for (const auto window : {kSmallWindow, kLargeWindow}) measure(rows, window, options);
  return report("Bad networks: 60 kB snapshots of ten cameras at once", rows, options.json_file)
             ? 0
             : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  return cam32100::bench::run_beside_echo(argc, argv, cam32100::bench::run);
}
