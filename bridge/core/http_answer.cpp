#include "bridge/core/http_answer.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "bridge/core/json_text.hpp"
#include "mappings/json_text.hpp"

namespace cam32100::bridge {
namespace {

using mappings::ErrorCode;

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_argument:
    case ErrorCode::bad_json:
      return 400;
    case ErrorCode::unknown_camera:
    case ErrorCode::unknown_command:
      return 404;
    case ErrorCode::rate_limited:
      return 429;
    case ErrorCode::not_supported:
      return 501;
    case ErrorCode::cgi_error:
    case ErrorCode::auth_failed:
      return 502;
    case ErrorCode::timeout:
    case ErrorCode::connect_timeout:
      return 504;
    default:
      return 503;
  }
}

// Whole seconds, rounded up: who comes at the time that was told is not to be early.
std::optional<std::int64_t> retry_after_s(const mappings::CommandError& error) {
  if (!error.detail.is_object()) return std::nullopt;
  const auto found = error.detail.find("retry_after_ms");
  if (found == error.detail.end() || !found->is_number_integer()) return std::nullopt;
  return (found->get<std::int64_t>() + 999) / 1000;
}

}  // namespace

HttpAnswer refusal_answer(int status, std::string_view code, std::string_view message) {
  HttpAnswer out;
  out.status = status;
  out.content_type = "application/json";
  out.body = to_json_text({{"code", code}, {"message", message}}) + "\n";
  return out;
}

HttpAnswer error_answer(const mappings::CommandError& error) {
  auto out = refusal_answer(status_of(error.code), to_text(error.code), error.message);
  if (const auto seconds = retry_after_s(error))
    out.headers.emplace_back("Retry-After", std::to_string(*seconds));
  return out;
}

HttpAnswer picture_answer(std::string jpeg, const std::string& meta) {
  HttpAnswer out;
  out.content_type = "image/jpeg";
  out.body = std::move(jpeg);
  out.headers = {{"Cache-Control", "no-store"}};
  if (const auto parsed = mappings::parse_json_text(meta)) {
    if (auto time = text_at(*parsed, "ts"); !time.empty())
      out.headers.emplace_back("X-Snapshot-Time", std::move(time));
    if (auto reason = text_at(*parsed, "reason"); !reason.empty())
      out.headers.emplace_back("X-Snapshot-Reason", std::move(reason));
    if (const auto sum = text_at(*parsed, "sha256"); !sum.empty())
      out.headers.emplace_back("ETag", '"' + sum + '"');
  }
  return out;
}

}  // namespace cam32100::bridge
