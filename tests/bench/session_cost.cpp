#include "tests/bench/session_cost.hpp"

#include <set>

#include "tests/bench/rig.hpp"

namespace cam32100::bench {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::steady_clock;

namespace {

// The devices of Home Assistant are sent again a while after the first settings came.
constexpr auto kQuiet = 1s;

// Nothing is asked by itself: a look for motion a second would be all there is to see.
json config_of(const json& cameras) {
  json config{{"motion", {{"poll_ms", 0}}}, {"http", {{"listen", ""}}}};
  if (!cameras.is_null()) config["cameras"] = cameras;
  return config;
}

json silent_cameras(std::size_t count) {
  json out = json::array();
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back({{"uid", Fleet::uid(i)},
                   {"password", Fleet::kPassword},
                   {"address", "127.0.0.1:9"},
                   {"session", "on_demand"}});
  }
  return out;
}

void wait_for_states(MqttDriver& driver, std::size_t count) {
  std::set<std::string> there;
  while (there.size() < count) {
    const auto message = driver.next_message();
    if (message.topic.ends_with("/state")) there.insert(message.topic);
  }
}

Repeats percent_of(pid_t pid, MqttDriver& driver, const CpuLook& look) {
  Repeats percent;
  for (int i = 0; i < look.looks; ++i) {
    const auto before = cpu_time(pid);
    driver.idle(look.each);
    percent.add(100.0 * static_cast<double>((cpu_time(pid) - before).count()) /
                static_cast<double>(Nanoseconds{look.each}.count()));
  }
  return percent;
}

Cost memory_when_quiet(Rig& rig) {
  rig.wait_until_quiet(kQuiet);
  return {.memory = memory_of(rig.bridge_pid()), .echo_memory = memory_of(rig.echo_pid())};
}

}  // namespace

Cost cost_configured(std::size_t count) {
  Rig rig{{.config = config_of(silent_cameras(count))}};
  MqttDriver driver{rig.url(), "bench-sessions"};
  driver.subscribe("cam32100/+/state", 0);
  rig.start_bridge();
  wait_for_states(driver, count);
  return memory_when_quiet(rig);
}

Cost cost_alone(const CpuLook& look) {
  Rig rig{{.config = config_of(silent_cameras(0))}};
  MqttDriver driver{rig.url(), "bench-sessions"};
  rig.start_bridge();
  auto cost = memory_when_quiet(rig);
  cost.percent = percent_of(rig.bridge_pid(), driver, look);
  cost.echo_percent = percent_of(rig.echo_pid(), driver, look);
  return cost;
}

Cost cost_open(std::size_t count, const CpuLook& look) {
  Rig rig{{.fleets = {{.count = count}}, .config = config_of(nullptr)}};
  const auto began = steady_clock::now();
  rig.start_and_connect();
  const auto until_there = steady_clock::now() - began;
  auto cost = memory_when_quiet(rig);
  MqttDriver driver{rig.url(), "bench-sessions"};
  cost.percent = percent_of(rig.bridge_pid(), driver, look);
  cost.until_there = until_there;
  return cost;
}

Cost cost_known(std::size_t count) {
  constexpr std::size_t kWaves = 10;
  Rig rig{{.fleets = {{.count = count}},
           .config = config_of(nullptr),
           .camera = {{"session", "on_demand"}}}};
  MqttDriver driver{rig.url(), "bench-known"};
  driver.subscribe(camera_topic("+") + "state", 0);
  rig.start_bridge();
  const auto tell = [&](std::size_t begin, std::size_t end, const char* command,
                        const char* session) {
    for (auto i = begin; i < end; ++i)
      driver.publish(camera_topic(Fleet::uid(i)) + "command/" + command, "");
    for (auto i = begin; i < end; ++i)
      driver.wait_for(camera_topic(Fleet::uid(i)) + "state",
                      std::string{"\"session\":\""} + session + "\"");
  };
  wait_for_states(driver, count);
  rig.wait_until_quiet(kQuiet);  // it hears commands then
  for (std::size_t wave = 0; wave < kWaves; ++wave) {
    const auto begin = count * wave / kWaves, end = count * (wave + 1) / kWaves;
    tell(begin, end, "connect", "connected");
    rig.wait_until_quiet(kQuiet);
    tell(begin, end, "disconnect", "idle");
  }
  return {.memory = memory_of(rig.bridge_pid())};
}

}  // namespace cam32100::bench
