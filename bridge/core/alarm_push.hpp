#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bridge/core/bridge_context.hpp"
#include "mappings/command.hpp"

namespace cam32100::bridge {

// Cameras that call a URL of ours when something moves (alarm_push.listen). What a camera had there
// before is kept in the state file and put back when it is removed or the push is switched off.
//
// Decisions only; CameraJobs sends the plans. One secret token a camera is all that tells a call
// from a stranger's: it stands in the state file and in the camera, and nowhere else.
class AlarmPush {
 public:
  explicit AlarmPush(BridgeContext& context) : context_{context} {}

  [[nodiscard]] bool is_on() const;
  // On an open session: the read that shows what the camera has. nullopt: nothing to do.
  [[nodiscard]] std::optional<mappings::CommandPlan> look(const CameraEntry& camera) const;
  // Its reply: what is to be written, if anything. A first look keeps what was there.
  [[nodiscard]] std::optional<mappings::CommandPlan> after_look(const CameraEntry& camera,
                                                                protocol::BytesView reply);
  // Puts back what was there. nullopt: we set nothing on this camera.
  [[nodiscard]] std::optional<mappings::CommandPlan> restore(const CameraEntry& camera) const;
  void on_restored(const CameraEntry& camera);

  // "/alarm/<token>" of a camera; nullptr: a stranger.
  [[nodiscard]] CameraEntry* caller(std::string_view path) const;

 private:
  [[nodiscard]] std::string url_of(const std::string& token) const;
  [[nodiscard]] std::optional<mappings::CommandPlan> write(const std::string& enabled,
                                                           const std::string& url) const;
  BridgeContext& context_;
};

}  // namespace cam32100::bridge
