#include "bridge/core/command_intake.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "bridge/core/command_gate.hpp"
#include "mappings/json_text.hpp"

namespace cam32100::bridge {

bool is_blank(std::string_view payload) noexcept {
  return std::all_of(payload.begin(), payload.end(),
                     [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
}

Asked read_request(const BridgeContext& context, std::string uid, std::string command,
                   MqttMessage& message) {
  Asked asked;
  asked.request = {std::move(uid), std::move(command), nullptr, context.now.steady, {}};
  if (!message.response_topic) return asked;
  if (context.topics.may_answer_on(*message.response_topic)) {
    asked.request.askers.push_back(
        {std::move(*message.response_topic), std::move(message.correlation_data)});
    return asked;
  }
  asked.fault = {
      mappings::ErrorCode::bad_argument,
      "the Response Topic must hold no wildcard and must not lie in our command or set topics, "
      "$SYS or $share; nothing was executed",
      {{"argument", "response_topic"}}};
  return asked;
}

mappings::CommandResult<Intake> complete(Request request, nlohmann::json arguments) {
  Intake intake{std::move(request), std::move(arguments), {}};
  auto common = mappings::take_common(intake.arguments);
  if (!common) return common.error();
  intake.common = std::move(*common);
  intake.request.id = intake.common.id;
  return intake;
}

void note_id(Request& request, std::string_view payload) {
  if (payload.size() > CommandGate::kMaxPayload) return;
  // The bounded parser: a copy of what is nested 20,000 deep would end the stack.
  const auto object = mappings::parse_json_text(payload);
  if (!object || !object->is_object()) return;
  for (const auto* key : {"id", "transaction"}) {
    if (!object->contains(key)) continue;
    nlohmann::json only{{"id", object->at(key)}};
    if (auto common = mappings::take_common(only)) request.id = std::move(common->id);
    return;
  }
}

}  // namespace cam32100::bridge
