#include <string>
#include <utility>

#include "mappings/argument.hpp"
#include "mappings/command.hpp"
#include "mappings/json_text.hpp"
#include "mappings/text.hpp"
#include "mappings/topics.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxIdBytes = 128;
constexpr std::int64_t kMinTimeoutMs = 100;
constexpr std::int64_t kMaxTimeoutMs = 120'000;

CommandError bad_payload(std::string message) {
  return CommandError{ErrorCode::bad_argument, std::move(message), nullptr};
}

// Taken out of the object: absent and null are the same.
std::optional<json> take(json& arguments, const char* name) {
  const auto found = arguments.find(name);
  if (found == arguments.end()) return std::nullopt;
  json value = std::move(*found);
  arguments.erase(found);
  if (value.is_null()) return std::nullopt;
  return value;
}

CommandResult<json> checked_id(json value) {
  if (value.is_number()) return json_result(std::move(value));
  if (!value.is_string()) {
    return bad_payload("argument \"id\": expected text or a number, saw " + kind_of(value));
  }
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() > kMaxIdBytes) {
    return bad_payload("argument \"id\": " + std::to_string(text.size()) + " bytes are more than " +
                       std::to_string(kMaxIdBytes));
  }
  return json_result(std::move(value));
}

}  // namespace

CommandResult<json> parse_payload(std::string_view payload, std::string_view plain_argument) {
  if (!is_valid_utf8(payload)) return bad_payload("the payload is not valid UTF-8");
  const std::string_view text = trimmed(payload);
  if (text.empty()) return json_result(json::object());
  if (text.front() == '{') return parse_json_text(payload);
  if (text.front() == '[') {
    auto parsed = parse_json_text(payload);
    if (!parsed) return parsed;
    return bad_payload("the payload is a JSON array; send an object such as {\"name\": value}");
  }
  if (plain_argument.empty()) {
    return bad_payload("plain text is not allowed here; send a JSON object such as {}");
  }
  return json_result(json{{std::string{plain_argument}, std::string{text}}});
}

CommandResult<CommonArguments> take_common(json& arguments) {
  CommonArguments common;
  if (!arguments.is_object()) {
    return bad_payload("expected a JSON object, saw " + kind_of(arguments));
  }
  auto id = take(arguments, "id");
  auto transaction = take(arguments, "transaction");
  if (!id) id = std::move(transaction);
  if (id) {
    auto checked = checked_id(*std::move(id));
    if (!checked) return checked.error();
    common.id = *std::move(checked);
  }
  if (const auto timeout = take(arguments, "timeout_ms")) {
    ArgumentSpec spec;
    spec.type = ArgumentType::integer;
    spec.min = kMinTimeoutMs;
    spec.max = kMaxTimeoutMs;
    const auto checked = check_argument("timeout_ms", spec, *timeout);
    if (!checked) return checked.error();
    common.timeout = std::chrono::milliseconds{checked->get<std::int64_t>()};
  }
  if (const auto ack = take(arguments, "ack")) {
    ArgumentSpec spec;
    spec.type = ArgumentType::boolean;
    const auto checked = check_argument("ack", spec, *ack);
    if (!checked) return checked.error();
    common.ack = checked->get<bool>();
  }
  return common;
}

}  // namespace cam32100::mappings
