// Pictures through a bad network: how long they take, and whether every byte is right.
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/bench/beside_echo.hpp"
#include "tests/bench/fleet.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/reading.hpp"
#include "tests/integration/support/bridge_under_test.hpp"
#include "tests/integration/support/broker.hpp"

namespace cam32100::bench {
namespace {

using nlohmann::json;

constexpr std::size_t kCameras = 20;
constexpr std::size_t kPictures = 2'500;  // of each network: 10,000 of all

struct Network {
  const char* what;
  std::vector<std::string> words;  // of the emulator
};

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

void measure(const Network& network, std::size_t total, std::vector<Row>& rows) {
  integration::Loop loop;
  testing::ScratchDirectory scratch;
  integration::Broker broker{loop, scratch, {.general = "max_queued_messages 0\n"}};
  Fleet fleet{loop, kCameras, network.words};
  integration::BridgeUnderTest bridge{loop,
                                      scratch,
                                      {{"mqtt", {{"url", broker.url()}, {"version", "5"}}},
                                       {"cameras", fleet.cameras()},
                                       {"http", {{"listen", ""}}},
                                       {"lan", {{"targets", json::array()}}}}};
  bridge.start();
  const Reading reading{loop};
  MqttDriver driver{broker.url(), "bench-loss"};
  driver.subscribe("cam32100/+/state", 0);
  LoadPlan plan;
  plan.total = total;
  const auto pictures = emulated_pictures();
  plan.is_right = [&pictures](const std::string& payload) { return pictures.contains(payload); };
  for (std::size_t i = 0; i < kCameras; ++i) {
    const std::string camera = "cam32100/" + Fleet::uid(i) + "/";
    driver.wait_for(camera + "state", "\"session\":\"connected\"");
    driver.subscribe(camera + "snapshot", 0);
    plan.asked.push_back({camera + "command/snapshot", camera + "snapshot"});
  }
  const auto seen = run_load(driver, plan);
  rows.push_back(latency_row(std::string{"snapshot, "} + network.what, seen.samples));
  rows.back().figures.emplace_back("per_s", seen.per_second);
  rows.push_back({std::string{"snapshot, "} + network.what + ": not byte for byte",
                  {{"n", static_cast<double>(seen.wrong)}},
                  std::pair{"n", 0.0}});
  rows.push_back({std::string{"snapshot, "} + network.what + ": never came",
                  {{"n", static_cast<double>(seen.missing)}},
                  std::pair{"n", 0.0}});
}

int run(const BenchOptions& options) {
  const std::size_t total = options.quick ? kPictures / 10 : kPictures;
  std::vector<Row> rows;
  for (const Network& network : std::vector<Network>{{"0.1 % lost each way", {"--loss", "0.1"}},
                                                     {"1 % lost each way", {"--loss", "1"}},
                                                     {"5 % lost each way", {"--loss", "5"}},
                                                     {"1 % overtaken", {"--reorder", "1"}}})
    measure(network, total, rows);
  return report("loss_bench: 60 kB through bad networks, 20 cameras at once", rows,
                options.json_file)
             ? 0
             : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  return cam32100::bench::run_beside_echo("loss_bench", argc, argv, cam32100::bench::run);
}
