#include "bridge/core/envelope.hpp"

#include "bridge/core/json_text.hpp"

namespace cam32100::bridge {
namespace {

std::string error_text(const mappings::CommandError& error) {
  ObjectText text;
  text.add_text("code", mappings::to_text(error.code));
  text.add_text("message", error.message);
  text.add_bool("retryable", mappings::is_retryable(error.code));
  if (!error.detail.is_null()) text.add("detail", error.detail);
  return std::move(text).take();
}

std::string_view status_text(Envelope::Status status) noexcept {
  switch (status) {
    case Envelope::Status::ok:
      return "ok";
    case Envelope::Status::error:
      return "error";
    case Envelope::Status::accepted:
      return "accepted";
  }
  return "error";
}

}  // namespace

nlohmann::json to_json(const mappings::CommandError& error) {
  nlohmann::json out{{"code", mappings::to_text(error.code)},
                     {"message", error.message},
                     {"retryable", mappings::is_retryable(error.code)}};
  if (!error.detail.is_null()) out["detail"] = error.detail;
  return out;
}

std::string to_text(const Envelope& envelope) {
  ObjectText text;
  text.add_number("v", 1);
  if (!envelope.uid.empty()) text.add_text("uid", envelope.uid);
  text.add_text("command", envelope.command);
  if (!envelope.id.is_null()) text.add("id", envelope.id);
  text.add_text("status", status_text(envelope.status));
  if (envelope.status == Envelope::Status::ok && !envelope.data.is_null()) {
    text.add("data", envelope.data);
  }
  if (envelope.status == Envelope::Status::error) text.add_raw("error", error_text(envelope.error));
  text.add_text("ts", to_iso_text(envelope.ts));
  text.add_number("took_ms", envelope.took.count());
  text.add_number("seq", static_cast<std::int64_t>(envelope.seq));
  return std::move(text).take();
}

}  // namespace cam32100::bridge
