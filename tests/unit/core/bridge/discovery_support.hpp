#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

// Home Assistant's payloads of one bridge, as somebody on the broker sees them.
namespace cam32100::testing {

inline const std::string kCameraTopic = "homeassistant/device/cam32100_" + kUid + "/config";
inline const std::string kBridgeTopic = "homeassistant/device/cam32100_bridge/config";

inline BridgeRig::Options with_discovery() {
  BridgeRig::Options options;
  options.config.homeassistant.discovery = true;
  return options;
}

inline nlohmann::json components(const BridgeRig& rig, const std::string& topic = kCameraTopic) {
  const auto payload = rig.retained_json(topic);
  return payload.is_object() ? payload["components"] : nlohmann::json(nullptr);
}

inline std::set<std::string> ids_of(const nlohmann::json& all) {
  std::set<std::string> ids;
  for (const auto& [id, one] : all.items()) ids.insert(id);
  return ids;
}

inline bool knows_all(BridgeRig& rig) {
  return rig.run_until([&] {
    const auto all = components(rig);
    return all.contains("motion_sensitivity") && all.contains("sd_free") && all.contains("clients");
  });
}

// Everything that a running camera tells stands on the broker, and nothing is about to be sent.
inline bool is_settled(BridgeRig& rig) {
  if (!knows_all(rig)) return false;
  rig.run_for(std::chrono::seconds{10});
  rig.spy->clear();
  return true;
}

// A new process of the same configuration that finds no state file.
inline void restart_without_state(BridgeRig& rig) {
  rig.kill_bridge();
  rig.spy->clear();
  rig.start_bridge();
  rig.connect();
}

// The same with what the last one had kept.
inline void restart_with_state(BridgeRig& rig) {
  rig.run_for(std::chrono::seconds{2});
  if (!rig.ports->saved.empty())
    rig.options.saved = bridge::parse_state(rig.ports->saved.back(), "state.json").value();
  restart_without_state(rig);
}

struct SentPayload {
  protocol::TimePoint when;
  std::string text;
};

// The payloads of one device that come from now on, their times to 10 ms.
inline std::vector<SentPayload> watch(BridgeRig& rig, std::chrono::milliseconds length,
                                      const std::string& topic = kCameraTopic,
                                      std::vector<SentPayload> seen = {}) {
  const auto end = rig.net.now() + length;
  std::size_t known = rig.spy->count(topic);
  while (rig.net.now() < end) {
    rig.run_for(std::chrono::milliseconds{10});
    const auto live = rig.spy->live(topic);
    for (; known < live.size(); ++known) seen.push_back({rig.net.now(), live[known].payload});
  }
  return seen;
}

// The shortest time between two payloads that differ.
inline std::chrono::nanoseconds shortest_gap(const std::vector<SentPayload>& seen) {
  std::chrono::nanoseconds shortest = std::chrono::hours{1};
  for (std::size_t i = 1; i < seen.size(); ++i) {
    if (seen[i].text != seen[i - 1].text)
      shortest = std::min<std::chrono::nanoseconds>(shortest, seen[i].when - seen[i - 1].when);
  }
  return shortest;
}

}  // namespace cam32100::testing
