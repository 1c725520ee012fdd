#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/device.hpp"
#include "mappings/error.hpp"
#include "protocol/dialect/cgi.hpp"

namespace cam32100::mappings {

// A command's payload as an object of arguments. First non-blank byte '{' or '[': JSON (bad_json
// with the position; an array or a non-object is bad_argument); else plain text, given to the
// command's one plain argument (`plain_argument`; empty: the command takes none, so any text is
// bad_argument naming what is allowed). An empty payload gives an empty object. Non-UTF-8:
// bad_argument.
[[nodiscard]] CommandResult<nlohmann::json> parse_payload(std::string_view payload,
                                                          std::string_view plain_argument);

// Arguments every command understands; taken out of the object by take_common().
struct CommonArguments {
  nlohmann::json id = nullptr;  // "id", or zigbee2mqtt's "transaction"; text or number; null: none
  std::optional<std::chrono::milliseconds> timeout;  // "timeout_ms", 100..120000
  bool ack = false;                                  // "ack": true -> an "accepted" answer first
};
[[nodiscard]] CommandResult<CommonArguments> take_common(nlohmann::json& arguments);

// A parameter that is to be sent with the value that another reply gave for `field`.
struct KeptParameter {
  std::string parameter, field;
};
struct PlanStep {
  protocol::CgiRequest request;
  std::chrono::milliseconds pause_before{0};  // e.g. between a PTZ move and its stop
  // A read that adds to what the other steps do (what became of a write): that it is refused, or
  // not answered, does not fail the command.
  bool may_fail = false;
  // A CGI that clears whatever of its group is not sent along: these go with it, as the reply to
  // the step before gave them. The mapping owns the list and outlives every plan.
  const std::vector<KeptParameter>* kept = nullptr;
};
// The request of a step with `kept`, complete: what the step has itself goes over what is kept.
// Errors: cgi_error when the earlier reply gives none of the kept fields (the write would clear
// them all), not_supported when a kept value cannot be sent safely.
[[nodiscard]] CommandResult<protocol::CgiRequest> with_kept(const PlanStep& step,
                                                            protocol::BytesView earlier_reply);
enum class PlanKind {
  read,
  change,
  ptz,
  snapshot
};  // how the queue treats it, and whether it may be repeated
struct CommandPlan {
  PlanKind kind = PlanKind::read;
  std::vector<PlanStep> steps;  // one after the other, each after the reply of the one before
  bool batch = false;           // http_batch: all steps as adjacent GETs at once
  std::optional<PlanStep>
      dead_man;                   // ptz with ms=0: sent after pause_before unless another ptz came
  nlohmann::json echo = nullptr;  // "data" of the answer of commands that change something
  bool destructive_unconfirmed = false;  // never true in a returned plan; see bad_argument
  // A parameter value that is exactly "{now}" is to be replaced by the wall time, in whole seconds
  // since 1970-01-01 UTC, when the request is sent.
  bool needs_wall_time = false;
  std::vector<std::string> keys;  // get: the settings asked for; empty: all
};

struct CommandPolicy {
  bool allow_http_write = false;  // http.allow_write
  bool has_url = false;           // http.public_url is set: pictures have an address
};

// (mapping, command, arguments without the common ones) -> what to send. An empty argument object
// on a command that changes the camera is bad_argument, except where the command takes none but
// "confirm". Errors: unknown_command (with the nearest known name), bad_argument (naming argument
// and what is allowed), not_supported (validated, but not built yet: video, audio, talk, ...),
// forbidden (http writes). Commands that the bridge itself carries out (lookup, connect,
// disconnect) give a plan without steps whose `echo` holds the checked arguments. "set" and "get"
// are passed on to translate_set() and translate_get().
[[nodiscard]] CommandResult<CommandPlan> translate(const DeviceMapping& mapping,
                                                   std::string_view command,
                                                   const nlohmann::json& arguments,
                                                   const CommandPolicy& policy);
// A move of a camera that hangs upside down: left for right, up for down, also within diagonals.
struct Inversion {
  bool horizontal = false, vertical = false;
};
[[nodiscard]] std::string inverted_move(std::string_view move, const Inversion& inversion);
// `set`: {"brightness":90,"ir":"auto"}; values may be texts from set/<key> ("ON", "90"). The plan
// writes and then reads back (PlanStep::may_fail), so that `settings` shows what the camera made of
// it. Errors: bad_argument (unknown key, value), not_supported (the key is read-only, with the
// reason).
[[nodiscard]] CommandResult<CommandPlan> translate_set(const DeviceMapping& mapping,
                                                       const nlohmann::json& values);
// `get`: the reads that give these keys (empty: all).
[[nodiscard]] CommandResult<CommandPlan> translate_get(const DeviceMapping& mapping,
                                                       const std::vector<std::string>& keys);

// The keys of all settings, those that one CGI gives together; each list is never empty.
[[nodiscard]] std::vector<std::vector<std::string>> settings_by_read(const DeviceMapping& mapping);

// false: what is written to this setting and what is read are words of two kinds.
[[nodiscard]] bool is_read_as_written(const DeviceMapping& mapping, std::string_view key);

[[nodiscard]] bool is_command(const DeviceMapping& mapping, std::string_view command);
[[nodiscard]] std::string plain_argument(const DeviceMapping& mapping, std::string_view command);
// Whether an empty payload may run it (it changes nothing on the camera).
[[nodiscard]] bool runs_on_empty_payload(const DeviceMapping& mapping, std::string_view command);

}  // namespace cam32100::mappings
