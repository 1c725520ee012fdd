#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "bridge/core/bridge_context.hpp"
#include "mappings/alarm_push.hpp"
#include "mappings/command.hpp"

namespace cam32100::bridge {

// Cameras that call a URL of ours when something moves (alarm_push.listen). What a camera had there
// before is kept in the state file and put back when it is removed or the push is switched off.
//
// Decisions only; CameraJobs sends the plans. One secret token a camera is all that tells a call
// from a stranger's: it stands in the state file and in the camera, and nowhere else.
class AlarmPush {
 public:
  // What a look at the camera leads to. Without a plan nothing is to be written: it is as it should
  // be, it has no such setting, or its own is to be kept first.
  struct Next {
    enum class What { nothing, set, restore } what = What::nothing;
    std::optional<mappings::CommandPlan> plan{};
  };

  explicit AlarmPush(BridgeContext& context) : context_{context} {}

  [[nodiscard]] bool is_on() const;
  // The read that shows what the camera has. nullopt: nothing to do.
  [[nodiscard]] std::optional<mappings::CommandPlan> look(const CameraEntry& camera) const;
  // Its reply. A first look keeps what was there and writes nothing: only when that is on the disk
  // (on_saved) may the camera lose it.
  [[nodiscard]] Next after_look(CameraEntry& camera, protocol::BytesView reply);
  // What after_look() gave was done by the camera.
  void on_done(CameraEntry& camera, Next::What what);
  // We wrote to it, or were about to: a removal has something to put back.
  [[nodiscard]] bool is_kept(const CameraEntry& camera) const;
  // The UIDs whose own values are in this state file now, and were not before.
  [[nodiscard]] std::set<std::string> on_saved(std::string_view state_text);
  // Names, once at the start, those that are no cameras of ours any more and may still call.
  void warn_of_orphans() const;

  // "/alarm/<token>" of a camera; nullptr: a stranger.
  [[nodiscard]] CameraEntry* caller(std::string_view path) const;

 private:
  [[nodiscard]] std::string base() const;
  [[nodiscard]] bool is_ours(const std::string& url, const std::string& token) const;
  void keep(const CameraEntry& camera, const mappings::AlarmPushSetting& found);
  [[nodiscard]] Next take_over(CameraEntry& camera, const mappings::AlarmPushSetting& found);
  [[nodiscard]] Next give_back(CameraEntry& camera, const mappings::AlarmPushSetting& found);
  void note_set(CameraEntry& camera, bool is_set);

  BridgeContext& context_;
  std::set<std::string> unsaved_;  // UIDs whose own values are not on the disk yet
};

}  // namespace cam32100::bridge
