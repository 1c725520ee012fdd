#pragma once

#include <optional>
#include <string>

#include "bridge/core/bridge_info.hpp"
#include "bridge/core/camera_events.hpp"
#include "bridge/core/camera_topics.hpp"
#include "bridge/core/command_gate.hpp"
#include "bridge/core/discovery.hpp"
#include "bridge/core/retained_tree.hpp"

namespace cam32100::bridge {

// The bridge on its broker, from connect to work:
//
//   down -> reading_tree -> subscribing -> working -> (lost) down
//
// reading_tree: one subscription to everything of ours (and one to Home Assistant's discovery
// topics) shows what the broker still holds. It ends
// when our own message on bridge/sync comes back behind it, or after kTreeLimit. No command is
// executed meanwhile. subscribing: the command filters are asked for; their SUBACKs make the bridge
// `online`.
class LifeCycle {
 public:
  static constexpr protocol::Duration kTreeLimit = std::chrono::seconds{2};
  static constexpr protocol::Duration kSilenceAfterTree = std::chrono::milliseconds{500};
  static constexpr protocol::Duration kSubscribeLimit =
      std::chrono::seconds{5};  // then asked again

  enum class Phase { down, reading_tree, subscribing, working };

  LifeCycle(BridgeContext& context, CameraTopics& topics, CameraEvents& events, BridgeInfo& info,
            CommandGate& gate, Discovery& discovery)
      : context_{context},
        topics_{topics},
        events_{events},
        info_{info},
        gate_{gate},
        discovery_{discovery} {}

  void on_connected(const MqttConnection& connection);
  void on_lost(const std::string& reason);
  void on_subscribed(const std::string& filter, int reason_code);
  // True: it belongs to the reading of the tree. Retained commands are never among those.
  [[nodiscard]] bool take_message(const MqttMessage& message);
  void on_task(Task task);
  void go_offline();  // the last message of a stopping bridge

  [[nodiscard]] Phase phase() const noexcept { return phase_; }

 private:
  void start_reading();
  void send_sentinel();
  void end_reading();
  void subscribe_commands();
  void start_working();
  void send_set();  // availability, info, cameras, health; then of each camera availability, state,
                    // info, settings
  [[nodiscard]] TreeReading reading() const;
  void take_held_availability(CameraEntry& camera, const RetainedTree::Camera* held);
  void note_other_bridge(const std::string& info);
  void take_stale();
  void arm_refresh();

  BridgeContext& context_;
  CameraTopics& topics_;
  CameraEvents& events_;
  BridgeInfo& info_;
  CommandGate& gate_;
  Discovery& discovery_;

  Phase phase_ = Phase::down;
  RetainedTree tree_;
  bool tree_was_read_ = false, reading_was_cut_ = false;
  std::optional<protocol::TimePoint> last_of_tree_;  // when its last message came
  std::string other_bridge_;  // the instance that bridge/info named, when it is not ours
  std::uint64_t round_ = 0;
  std::string token_;  // payload of our bridge/sync message
  bool tree_filter_done_ = false, discovery_filter_done_ = false;
  bool command_filter_done_ = false, set_filter_done_ = false, status_filter_done_ = false;
};

}  // namespace cam32100::bridge
