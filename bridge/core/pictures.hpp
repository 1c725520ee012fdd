#pragma once

#include <optional>
#include <string>

#include "bridge/core/bridge_context.hpp"

namespace cam32100::bridge {

// Publishes pictures: first the image, then its meta, so that who waits for the meta holds both.
class Pictures {
 public:
  // Where a picture goes: url leaves it off MQTT, its meta too, which would speak of another one.
  enum class To { mqtt, url };

  explicit Pictures(BridgeContext& context) : context_{context} {}

  // On <UID>/snapshot and <UID>/snapshot/meta, and what HTTP shows from now on. Gives the meta.
  // Errors: too_large (snapshot.max_bytes, or what the broker takes; detail names both sizes).
  [[nodiscard]] mappings::CommandResult<nlohmann::json> publish_snapshot(
      CameraEntry& camera, const protocol::Bytes& picture, const std::string& reason,
      const nlohmann::json& id, To to = To::mqtt);
  // On <UID>/snapshot/event, for the event with this id; too large ones are left out with a log
  // line.
  void publish_event_picture(CameraEntry& camera, const protocol::Bytes& picture);

 private:
  [[nodiscard]] mappings::CommandResult<std::string> encoded(const protocol::Bytes& picture,
                                                             To to) const;
  void send_meta(CameraEntry& camera, std::string text);
  void send_image(CameraEntry& camera, const std::string& topic, std::string payload);
  BridgeContext& context_;
};

}  // namespace cam32100::bridge
