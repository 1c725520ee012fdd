#pragma once

#include <boost/system/result.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace cam32100::mappings {

// The fixed list of error codes of the response envelope. Never renamed.
enum class ErrorCode {
  bad_json,
  bad_argument,
  unknown_command,
  unknown_camera,
  not_supported,
  retained_command,
  rate_limited,
  lookup_failed,
  camera_offline,
  connect_timeout,
  auth_failed,
  busy,
  session_lost,
  superseded,
  cgi_error,
  timeout,
  too_large,
  forbidden,
  shutting_down,
  internal,
};
[[nodiscard]] std::string_view to_text(ErrorCode code) noexcept;  // "bad_json"
// Whether asking again later, unchanged, can succeed (camera_offline yes, bad_argument no).
[[nodiscard]] bool is_retryable(ErrorCode code) noexcept;

// An error as the user sees it: one English sentence that can be acted on, no secret, no full UID.
struct CommandError {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  nlohmann::json detail =
      nullptr;  // object with facts (stage, attempts, result, position ...), or null
};

template <class T>
using CommandResult = boost::system::result<T, CommandError>;

// A result that holds JSON. Spelled out because nlohmann::json converts implicitly to nearly
// anything, so that a result cannot tell on its own whether it is given a value or an error.
[[nodiscard]] inline CommandResult<nlohmann::json> json_result(nlohmann::json value) {
  return CommandResult<nlohmann::json>{boost::system::in_place_value, std::move(value)};
}

// For value() on an error; our code tests first, so reaching it is a programmer's error.
[[noreturn]] void throw_exception_from_error(const CommandError& error,
                                             const boost::source_location& location);

}  // namespace cam32100::mappings
