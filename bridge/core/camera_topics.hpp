#pragma once

#include "bridge/core/bridge_context.hpp"

namespace cam32100::bridge {

// The retained topics that show how a camera is: availability, state, info, settings, and
// bridge/cameras.
class CameraTopics {
 public:
  explicit CameraTopics(BridgeContext& context);

  // The supervisor's status, taken over; published when more than rtt, last_seen or a counter
  // changed.
  void take_status(CameraEntry& camera);
  void publish_state(CameraEntry& camera);  // the same with what the entry holds
  void publish_info(CameraEntry& camera);
  void publish_settings(CameraEntry& camera);  // nothing before settings are known
  void resend_settings(CameraEntry& camera);   // the same, also when nothing changed
  void publish_availability(CameraEntry& camera, bool online);
  void publish_cameras();

  // Everything above of one camera again, with fresh figures: after a connect and on the slow
  // refresh. But for the state, what was never published is left out.
  void resend(CameraEntry& camera);
  // JSON text {"uid":..,"info":{..},"state":{..}}, for HTTP; of the two what was published already.
  [[nodiscard]] std::string page(const CameraEntry& camera) const;

 private:
  [[nodiscard]] std::string fixed_state(const CameraEntry& camera) const;
  // `whole`: the fixed state, which the moving figures are added to.
  [[nodiscard]] std::string whole_state(const CameraEntry& camera, std::string whole) const;
  [[nodiscard]] std::string info_text(const CameraEntry& camera) const;
  [[nodiscard]] static std::string settings_text(const CameraEntry& camera);
  void send_again(CameraEntry& camera, const char* leaf, std::string text);
  BridgeContext& context_;
  nlohmann::json commands_;  // names of the commands that exist
};

// "online", "offline", or null while nobody knows.
[[nodiscard]] nlohmann::json availability_of(const CameraEntry& camera);

}  // namespace cam32100::bridge
