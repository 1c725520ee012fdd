#include "tests/bench/rig.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace cam32100::bench {

using nlohmann::json;

namespace {

json config_of(const std::string& url, const std::list<Fleet>& fleets, const Rig::Plan& plan) {
  json cameras = json::array();
  for (const auto& fleet : fleets) {
    for (auto& camera : fleet.cameras()) {
      if (!plan.camera.is_null()) camera.merge_patch(plan.camera);
      cameras.push_back(std::move(camera));
    }
  }
  json config{{"mqtt", {{"url", url}, {"version", "5"}}},
              {"cameras", std::move(cameras)},
              {"http", {{"listen", "127.0.0.1:0"}}},
              {"lan", {{"targets", json::array()}}}};
  if (!plan.config.is_null()) config.merge_patch(plan.config);
  return config;
}

std::list<Fleet> started(integration::Loop& loop, const std::vector<FleetPlan>& plans) {
  std::list<Fleet> out;
  for (const auto& plan : plans) out.emplace_back(loop, plan);
  return out;
}

}  // namespace

Rig::Rig(const Plan& plan)
    // A client's queue is the broker's own cap: what it drops is not the bridge's fault.
    : broker_{loop_, scratch_, {.general = "max_queued_messages 0\n"}},
      fleets_{started(loop_, plan.fleets)},
      echo_{loop_, {"/proc/self/exe", "--echo", broker_.url()}},
      bridge_{loop_, scratch_, config_of(broker_.url(), fleets_, plan)} {
  if (!echo_.wait_for_line(0, [](const std::string& line) { return line == "ready"; }))
    throw std::runtime_error{"the echo does not start: " + echo_.errors()};
}

void Rig::start_bridge() {
  bridge_.start();
  reading_.emplace(loop_);
}

void Rig::start_and_connect() {
  // A connection of its own: the states to come are nothing to whoever measures.
  MqttDriver driver{url(), "bench-connected"};
  driver.subscribe("cam32100/+/state", 0);
  start_bridge();
  for (const auto& fleet : fleets_) {
    for (std::size_t place = 0; place < fleet.count(); ++place)
      driver.wait_for(camera_topic(fleet.uid_at(place)) + "state", "\"session\":\"connected\"");
  }
}

void Rig::wait_until_quiet(std::chrono::milliseconds quiet) const {
  constexpr std::chrono::seconds kLimit{60};
  MqttDriver driver{url(), "bench-quiet"};
  driver.subscribe("homeassistant/#", 0);
  driver.subscribe("cam32100/#", 0);
  const auto is_own = [](const MqttDriver::Message& message) {
    return message.topic.starts_with("cam32100/bridge/");
  };
  const auto end = std::chrono::steady_clock::now() + kLimit;
  while (std::chrono::steady_clock::now() < end) {
    const auto heard = driver.listen(quiet);
    if (std::all_of(heard.begin(), heard.end(), is_own)) return;
  }
  throw std::runtime_error{"the bridge goes on talking about cameras that are left alone"};
}

const Fleet& Rig::fleet(std::size_t number) const {
  return *std::next(fleets_.begin(), static_cast<std::ptrdiff_t>(number));
}

}  // namespace cam32100::bench
