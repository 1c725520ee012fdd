#include "bridge/core/command_router.hpp"

#include <utility>
#include <variant>

#include "bridge/core/bridge_command_table.hpp"

namespace cam32100::bridge {
namespace {

using mappings::CommandError;
using mappings::ErrorCode;

}  // namespace

CommandRouter::Target CommandRouter::target_of(const mappings::CommandTopic& topic) const {
  Target target;
  std::string typed;
  if (const auto* command = std::get_if<mappings::CameraCommandTopic>(&topic)) {
    typed = command->camera;
    target.command = command->command;
  } else if (const auto* set = std::get_if<mappings::CameraSetTopic>(&topic)) {
    typed = set->camera;
    target.command = "set";
    target.key = set->key;
  } else {
    target.is_bridge = true;
    target.command = std::get<mappings::BridgeCommandTopic>(topic).command;
    return target;
  }
  target.camera = context_.cameras.by_typed(typed);
  if (target.camera == nullptr) target.typed = std::move(typed);
  return target;
}

std::optional<CommandError> CommandRouter::fault_of(CommandGate::Verdict verdict,
                                                    const MqttMessage& message,
                                                    const Target& target) const {
  if (verdict == CommandGate::Verdict::retained) {
    return CommandError{
        ErrorCode::retained_command,
        "retained commands are not executed; the topic was emptied, publish without retain",
        nullptr};
  }
  if (verdict == CommandGate::Verdict::too_large) {
    return CommandError{
        ErrorCode::too_large,
        "the command is larger than 64 KiB",
        {{"bytes", message.payload.size()}, {"max_bytes", CommandGate::kMaxPayload}}};
  }
  if (context_.stopping)
    return CommandError{ErrorCode::shutting_down, "the bridge is stopping", nullptr};
  if (!target.is_bridge && target.camera == nullptr) return unknown_camera(target.typed);
  return std::nullopt;
}

AnswerTopic CommandRouter::answer_topic(const Target& target) const {
  if (!target.is_bridge && target.camera == nullptr) return AnswerTopic::error;
  const bool known = target.is_bridge ? find_bridge_command(target.command) != nullptr
                                      : mappings::is_command(context_.mapping, target.command);
  return known ? AnswerTopic::of_command : AnswerTopic::unretained;
}

void CommandRouter::on_message(MqttMessage message) {
  const auto topic = context_.topics.parse_command(message.topic);
  if (!topic) return;
  ++context_.counters.received;
  const auto verdict = gate_.judge(context_.now.steady, message);
  if (verdict == CommandGate::Verdict::ignore) return;
  if (verdict == CommandGate::Verdict::retained) {
    context_.outbox.clear(message.topic);
    gate_.cleared(context_.now.steady, message.topic);
  }
  const Target target = target_of(*topic);
  auto asked = read_request(context_, target.camera == nullptr ? std::string{} : target.camera->uid,
                            target.command, message);
  auto fault = fault_of(verdict, message, target);
  if (!fault) fault = std::move(asked.fault);
  if (fault) {
    note_id(asked.request, message.payload);
    answers_.refuse(asked.request, std::move(*fault), answer_topic(target));
    return;
  }
  if (target.is_bridge) {
    bridge_.on_command(std::move(asked.request), message.payload);
  } else if (target.key) {
    cameras_.on_set(*target.camera, std::move(asked.request), *target.key, message.payload);
  } else {
    cameras_.on_command(*target.camera, std::move(asked.request), message.payload);
  }
}

}  // namespace cam32100::bridge
