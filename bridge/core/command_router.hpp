#pragma once

#include <string>

#include "bridge/core/answers.hpp"
#include "bridge/core/bridge_commands.hpp"
#include "bridge/core/camera_commands.hpp"
#include "bridge/core/command_gate.hpp"

namespace cam32100::bridge {

// A message on a command topic: is it a command, whose, and where does its answer go.
class CommandRouter {
 public:
  CommandRouter(BridgeContext& context, Answers& answers, CameraCommands& cameras,
                BridgeCommands& bridge, CommandGate& gate)
      : context_{context}, answers_{answers}, cameras_{cameras}, bridge_{bridge}, gate_{gate} {}

  void on_message(MqttMessage message);

 private:
  // What the topic says.
  struct Target {
    CameraEntry* camera = nullptr;
    bool is_bridge = false;
    std::string typed;               // the camera's level, when no camera has it
    std::string command;             // "set" for set topics
    std::optional<std::string> key;  // of set/<key>; empty text: set
  };
  [[nodiscard]] Target target_of(const mappings::CommandTopic& topic) const;
  [[nodiscard]] std::optional<mappings::CommandError> fault_of(CommandGate::Verdict verdict,
                                                               const MqttMessage& message,
                                                               const Target& target) const;
  [[nodiscard]] AnswerTopic answer_topic(const Target& target) const;

  BridgeContext& context_;
  Answers& answers_;
  CameraCommands& cameras_;
  BridgeCommands& bridge_;
  CommandGate& gate_;
};

}  // namespace cam32100::bridge
