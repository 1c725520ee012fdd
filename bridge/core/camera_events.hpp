#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridge/core/bridge_context.hpp"
#include "bridge/core/retained_tree.hpp"

namespace cam32100::bridge {

// Events: camera events on <UID>/event and <UID>/event/<type>, protocol events on their own type
// only. Never sent again by us while a listener could take them for new; see restore().
class CameraEvents {
 public:
  explicit CameraEvents(BridgeContext& context) : context_{context} {}

  void alarms(CameraEntry& camera, const std::vector<AlarmChange>& changes);
  void availability(CameraEntry& camera, bool online, const std::string& reason);
  void protocol(CameraEntry& camera, ProtocolEvent event);
  void folded_due(CameraEntry& camera);
  void bridge_event(const std::string& type, const nlohmann::json& fields);

  // After a connect, with what the broker still holds (nullptr: it could not be read). Publishes
  // again what it has lost: quiet event types, the last snapshot. Ends an active event of an
  // earlier run. A camera seen for the first time gets its event/motion with active:false.
  void restore(CameraEntry& camera, const RetainedTree::Camera* held, TreeReading reading);
  // A camera whose alarms are looked for shows that nothing moves, once, before anything did.
  void offer_motion(CameraEntry& camera);
  // snapshot.retain is off: pictures that were retained before, also by an earlier run, go.
  void withdraw_pictures(CameraEntry& camera);
  void arm(CameraEntry& camera);  // the tasks for its alarms and folded events

 private:
  struct Parts {
    std::optional<std::string> id;
    std::optional<bool> active;
    nlohmann::json fields = nullptr;
  };
  [[nodiscard]] std::string compose(CameraEntry& camera, const std::string& type,
                                    const Parts& parts) const;
  void publish(CameraEntry& camera, const std::string& type, const Parts& parts,
               bool is_camera_event);
  MqttPublication retained(CameraEntry& camera, const std::string& topic, std::string payload);
  void send_retained(CameraEntry& camera, const std::string& topic, std::string payload);
  void take_held(CameraEntry& camera, const RetainedTree::Camera& held);
  void end_stale(CameraEntry& camera, const std::string& type, const nlohmann::json& event);
  [[nodiscard]] bool note_motion_offered(CameraEntry& camera);
  void restore_picture(CameraEntry& camera, const RetainedTree::Camera* held);
  BridgeContext& context_;
};

}  // namespace cam32100::bridge
