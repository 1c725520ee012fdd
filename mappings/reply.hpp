#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/command.hpp"
#include "mappings/device.hpp"
#include "protocol/dialect/cgi.hpp"

namespace cam32100::mappings {

// What the replies to a plan mean. `data` goes into the response envelope; the rest are updates for
// the camera's retained topics, absent (null) when the replies hold nothing for them. Secrets are
// already "***".
struct ReplyMeaning {
  nlohmann::json data = nullptr;
  nlohmann::json info = nullptr;           // merged into <UID>/info
  nlohmann::json state = nullptr;          // merged into <UID>/state (rssi, clients ...)
  nlohmann::json settings = nullptr;       // merged into <UID>/settings
  std::optional<int> alarm_status;         // get_status: 0 none, 1 motion, 2 input, 3 sensor
  std::optional<protocol::Bytes> picture;  // snapshot: the JPEG, moved out
  bool result_failed = false;              // result=-1 seen; `result` holds it
  std::optional<int> result;
  // Set when the command failed: cgi_error (a reply says result != 0, or holds nothing that was
  // asked for; detail has cgi, index and result) or too_large (a binary body of 256 KiB or more in
  // http). `data` may still hold what is known. result_failed is set exactly when the reason is a
  // result.
  std::optional<CommandError> error;
};

// Errors are in ReplyMeaning::error. `replies` in the order of the plan's steps, an empty one where
// none came (a step that may fail; in a batch its entry says "error":"timeout"); bodies may be
// moved from.
[[nodiscard]] ReplyMeaning interpret(const DeviceMapping& mapping, std::string_view command,
                                     const CommandPlan& plan,
                                     std::vector<protocol::CgiReply>&& replies);

// Whether this is the reply that the CGI should give: no refusal, and something in it that the
// mapping knows. What such a reply leaves out the camera has not.
[[nodiscard]] bool is_answer(const DeviceMapping& mapping, const std::string& cgi,
                             const protocol::CgiReply& reply);

// The one redaction rule: keys matching pwd|passwd|pass|psk|wpa|key[1-4]$|loginpas|token (any case)
// or marked secret in the mapping become "***"; used for parsed data, raw text and base64 alike.
[[nodiscard]] bool is_secret_key(const DeviceMapping& mapping, std::string_view key);
[[nodiscard]] std::string redact_cgi_text(const DeviceMapping& mapping, std::string_view text);

}  // namespace cam32100::mappings
