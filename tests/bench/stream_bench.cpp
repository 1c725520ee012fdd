// How fast a livestream comes in on channel 1, and what that costs: `cam32100 get --stream`, plain
// and encrypted, beside the least client of the same camera and what the machine can receive.
#include <nlohmann/json.hpp>

#include "tests/bench/bench_main.hpp"
#include "tests/bench/camera_client.hpp"
#include "tests/bench/fleet.hpp"
#include "tests/bench/measured_command.hpp"
#include "tests/bench/rig.hpp"
#include "tests/bench/udp_floor.hpp"

namespace cam32100::bench {
namespace {

using nlohmann::json;

constexpr double kRateGoal = 0.9, kCpuGoal = 1.25, kEncryptedRateGoal = 0.6;
constexpr const char* kKey = "vstarcam2019";

struct Stream {
  std::string what;
  Repeats mb_per_s{}, cpu_s_per_100_mb{};

  void add(double bytes, double seconds, Nanoseconds cpu) {
    mb_per_s.add(bytes / 1e6 / seconds);
    cpu_s_per_100_mb.add(static_cast<double>(cpu.count()) / 1e9 / (bytes / 1e8));
  }
};
double seconds_of(Nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }

void take_flood(const UdpFlood& flood, std::chrono::milliseconds duration, Stream& stream) {
  const auto taken = flood.take(duration);
  stream.add(static_cast<double>(taken.bytes), seconds_of(taken.took), taken.cpu);
}

void take_client(const Fleet& fleet, std::chrono::milliseconds duration, Stream& stream) {
  CameraClient client{fleet.address_at(0), fleet.uid_at(0), Fleet::kPassword};
  const auto taken = client.stream(duration);
  stream.add(static_cast<double>(taken.bytes), seconds_of(taken.took), taken.cpu);
}

// Its start is in its CPU, not in its rate.
void take_ours(const Fleet& fleet, const char* psk, std::chrono::milliseconds duration,
               Stream& stream) {
  const auto seen =
      run_measured({CAM32100_BINARY, "get", fleet.uid_at(0), "/livestream.cgi?streamid=10&",
                    "--address", fleet.address_at(0), "--password", Fleet::kPassword, "--psk", psk,
                    "--stream", std::to_string(seconds_of(duration))});
  const auto line = seen.errors.find("{\"bytes\"");
  const auto told =
      json::parse(line == std::string::npos ? "" : seen.errors.substr(line), nullptr, false);
  if (!told.is_object() || told.value("bytes", 0.0) <= 0)
    throw std::runtime_error{"get --stream got nothing: " + seen.errors};
  // Of the time that was asked for, as the client's: a stall at its end counts, too.
  stream.add(told.at("bytes"), seconds_of(duration), seen.cpu);
}

void append(std::vector<Row>& rows, const Stream& stream, const Stream* floor,
            std::optional<Goal> rate_goal = {}, std::optional<Goal> cpu_goal = {}) {
  const auto add = [&](const char* what, const char* unit, Repeats Stream::*figure,
                       std::optional<Goal> goal) {
    Row row{stream.what + what, unit, stream.*figure};
    if (floor != nullptr) row.floor = Floor{floor->what, (floor->*figure).median()};
    row.goal = goal;
    rows.push_back(std::move(row));
  };
  add(", MB/s", "MB/s", &Stream::mb_per_s, rate_goal);
  add(", CPU for 100 MB", "s", &Stream::cpu_s_per_100_mb, cpu_goal);
}

FleetPlan camera(std::size_t window, const char* psk) {
  auto words = window_words(window);
  words.insert(words.end(), {"--stream-fps", "0", "--psk", psk});
  return {.words = std::move(words)};
}

void measure(std::vector<Row>& rows, const UdpFlood& flood, std::size_t window,
             const BenchOptions& options) {
  integration::Loop loop;
  Fleet plain{loop, camera(window, "plain")}, sealed{loop, camera(window, kKey)};
  const auto name = "w" + std::to_string(window);
  Stream udp{"UDP, recvmmsg"}, client{"client, " + name}, ours{"stream " + name + ", plain"},
      encrypted{"stream " + name + ", encrypted"};
  const auto duration = std::chrono::milliseconds{options.pick(5000, 600)};
  for (std::size_t round = 0; round < options.pick(5UL, 3UL); ++round) {
    take_flood(flood, duration / options.pick(1, 4), udp);
    take_client(plain, duration, client);
    // It would go on sending to whoever is gone.
    plain.wait_until_free(loop);
    take_ours(plain, "plain", duration, ours);
    plain.wait_until_free(loop);
    take_ours(sealed, kKey, duration, encrypted);
    sealed.wait_until_free(loop);
  }
  append(rows, udp, nullptr);
  append(rows, client, &udp);
  append(rows, ours, &client, ratio_at_least(kRateGoal), ratio_at_most(kCpuGoal));
  append(rows, encrypted, &client, ratio_at_least(kEncryptedRateGoal));
}

int run(const BenchOptions& options) {
  const UdpFlood flood;
  std::vector<Row> rows;
  for (const auto window : {kSmallWindow, kLargeWindow}) measure(rows, flood, window, options);
  return report("Livestream: receiving as fast as the camera's window lets", rows,
                options.json_file)
             ? 0
             : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  return cam32100::bench::bench_main(argc, argv, cam32100::bench::run);
}
