#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/integration/home_assistant/template_renderer.hpp"
#include "tests/integration/support/stage.hpp"

namespace cam32100::integration {

inline const std::string kCameraDiscovery =
    "homeassistant/device/cam32100_VSTC-123456-ABCDE/config";
inline const std::string kBridgeDiscovery = "homeassistant/device/cam32100_bridge/config";

// One entity as Home Assistant has it.
struct Entity {
  std::string id;
  nlohmann::json config;
  [[nodiscard]] std::string platform() const { return config.value("platform", ""); }
  [[nodiscard]] std::string text(const char* key) const { return config.value(key, ""); }
};

[[nodiscard]] inline std::vector<Entity> entities_of(const nlohmann::json& payload,
                                                     const std::string& platform = {}) {
  std::vector<Entity> out;
  if (!payload.is_object() || !payload.contains("components")) return out;
  for (const auto& [id, config] : payload["components"].items()) {
    if (platform.empty() || config.value("platform", "") == platform) out.push_back({id, config});
  }
  return out;
}

// Waits until the camera's payload shows what its settings gave, the last thing it learns.
[[nodiscard]] inline nlohmann::json wait_for_discovery(Stage& stage) {
  const auto whole = stage.tap.wait_until(kCameraDiscovery, [](const Message& message) {
    const auto payload = message.json();
    return payload.is_object() && payload["components"].contains("motion_sensitivity") &&
           payload["components"].contains("sd_free") && payload["components"].contains("clients");
  });
  return whole ? whole->json() : nlohmann::json(nullptr);
}

// What Home Assistant shows of an entity, from the newest message on its state topic.
[[nodiscard]] inline std::string state_of(Stage& stage, TemplateRenderer& jinja,
                                          const Entity& entity) {
  const auto message = stage.tap.newest(entity.text("state_topic"));
  if (!message) return "no message on " + entity.text("state_topic");
  const std::string source = entity.text("value_template");
  return source.empty() ? message->payload : jinja.value(source, message->payload);
}

[[nodiscard]] inline bool wait_for_entity(Stage& stage, TemplateRenderer& jinja,
                                          const Entity& entity, const std::string& wanted) {
  return stage.tap
      .wait_until(entity.text("state_topic"),
                  [&](const Message& message) {
                    return jinja.value(entity.text("value_template"), message.payload) == wanted;
                  })
      .has_value();
}

// The answer's topic of a command topic: ".../command/x" or ".../set/x".
[[nodiscard]] inline std::string answer_topic(const std::string& command_topic) {
  if (const auto at = command_topic.find("/command/"); at != std::string::npos)
    return command_topic.substr(0, at) + "/response/" + command_topic.substr(at + 9);
  return command_topic.substr(0, command_topic.find("/set/")) + "/response/set";
}

// As Home Assistant does it; gives the answer.
[[nodiscard]] inline nlohmann::json use(Stage& stage, const Entity& entity,
                                        const std::string& payload) {
  const std::string topic = entity.text("command_topic");
  return stage.send(topic, payload, answer_topic(topic));
}

}  // namespace cam32100::integration
