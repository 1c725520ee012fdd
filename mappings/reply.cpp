#include "mappings/reply.hpp"

#include <algorithm>
#include <utility>

#include "mappings/device_data.hpp"
#include "mappings/http_reply.hpp"
#include "mappings/typed_values.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

const ReplySpec& reply_spec(const DeviceMapping& mapping, const std::string& cgi) {
  static const ReplySpec kNothingKnown;
  const auto found = mapping.data().replies.find(cgi);
  return found == mapping.data().replies.end() ? kNothingKnown : found->second;
}

// Merged into a retained topic: null as long as there is nothing for it.
void merge(json& into, json&& from) {
  if (from.empty()) return;
  if (into.is_null()) {
    into = std::move(from);
  } else {
    into.update(from);
  }
}

CommandError result_error(const std::string& cgi, std::size_t index, int result) {
  return CommandError{ErrorCode::cgi_error,
                      "the camera refused " + cgi + " (result " + std::to_string(result) + ")",
                      json{{"cgi", cgi}, {"index", index}, {"result", result}}};
}

CommandError empty_error(const std::string& cgi, std::size_t index, const std::string& wanted,
                         std::size_t bytes) {
  return CommandError{ErrorCode::cgi_error, "the camera's answer to " + cgi + " is not " + wanted,
                      json{{"cgi", cgi}, {"index", index}, {"bytes", bytes}}};
}

bool is_refusal(const ReplySpec& spec, const TypedReply& typed, std::optional<int> result) {
  return result && *result != 0 && !(spec.tolerates_stray_result && typed.known > 0);
}

class Interpretation {
 public:
  Interpretation(const DeviceMapping& mapping, const CommandPlan& plan, Handler handler)
      : mapping_{mapping}, plan_{plan}, handler_{handler} {}

  ReplyMeaning run(std::vector<protocol::CgiReply>&& replies) {
    const std::size_t count = std::min(replies.size(), plan_.steps.size());
    for (std::size_t i = 0; i < count; ++i) take(i, std::move(replies[i]));
    finish();
    return std::move(out_);
  }

 private:
  void take(std::size_t index, protocol::CgiReply&& reply) {
    if (handler_ == Handler::http || handler_ == Handler::http_batch) {
      take_http(index, reply);
    } else if (plan_.kind == PlanKind::snapshot) {
      take_picture(index, std::move(reply));
    } else {
      take_values(index, reply);
    }
  }

  // The first failure is the command's error.
  void fail(CommandError error) {
    if (!out_.error) out_.error = std::move(error);
  }

  void fail_result(std::size_t index, int result) {
    if (!out_.result_failed) out_.result = result;
    out_.result_failed = true;
    fail(result_error(cgi(index), index, result));
  }

  void take_values(std::size_t index, const protocol::CgiReply& reply) {
    const PlanStep& step = plan_.steps[index];
    const ReplySpec& spec = reply_spec(mapping_, cgi(index));
    const protocol::CgiValues values = protocol::parse_cgi_text(reply.body);
    TypedReply typed = type_values(mapping_, spec, values);
    const auto result = values.result();
    const bool refused = is_refusal(spec, typed, result);
    const bool read = plan_.kind == PlanKind::read || step.may_fail;
    const bool nothing = read && !result && typed.known == 0 && typed.data.empty();
    if (refused || nothing) {
      if (step.may_fail) return;
      if (refused) return fail_result(index, *result);
      return fail(empty_error(cgi(index), index, "one it should give", reply.body.size()));
    }
    if (result && !out_.result_failed && !step.may_fail) out_.result = result;
    merge(out_.info, std::move(typed.info));
    merge(out_.state, std::move(typed.state));
    merge(out_.settings, std::move(typed.settings));
    if (typed.alarm_status) out_.alarm_status = typed.alarm_status;
    if (plan_.kind == PlanKind::read) merge(read_data_, std::move(typed.data));
  }

  void take_picture(std::size_t index, protocol::CgiReply&& reply) {
    if (!protocol::is_jpeg(reply.body)) {
      const auto result = protocol::parse_cgi_text(reply.body).result();
      if (result && *result != 0) return fail_result(index, *result);
      return fail(empty_error(cgi(index), index, "a picture", reply.body.size()));
    }
    const auto size = protocol::jpeg_size(reply.body);
    read_data_ = json{{"bytes", reply.body.size()},
                      {"width", size ? json(size->width) : json(nullptr)},
                      {"height", size ? json(size->height) : json(nullptr)},
                      {"content_type", "image/jpeg"}};
    out_.picture = std::move(reply.body);
  }

  // Nothing came: a camera's own reply names its command.
  static bool is_missing(const protocol::CgiReply& reply) {
    return reply.command_id == 0 && reply.body.empty();
  }

  void add_to_batch(json entry) {
    if (read_data_.is_null()) read_data_ = json::array();
    read_data_.push_back(std::move(entry));
  }

  // In a batch a refused call is one entry of the answer; only when all are refused has the batch
  // failed.
  void take_http(std::size_t index, const protocol::CgiReply& reply) {
    if (handler_ == Handler::http_batch && is_missing(reply))
      return add_to_batch({{"cgi", cgi(index)}, {"error", to_text(ErrorCode::timeout)}});
    HttpAnswer answer = http_answer(mapping_, cgi(index), reply);
    const bool refused = answer.result && *answer.result != 0;
    if (handler_ == Handler::http) {
      if (refused) fail_result(index, *answer.result);
      if (!refused) out_.result = answer.result;
      if (answer.error) fail(*std::move(answer.error));
      read_data_ = std::move(answer.data);
      return;
    }
    if (refused) ++refused_in_batch_;
    if (refused && !first_refused_) first_refused_ = {index, *answer.result};
    if (answer.error) answer.data["error"] = to_text(answer.error->code);
    add_to_batch(std::move(answer.data));
  }

  void finish() {
    if (first_refused_ && refused_in_batch_ == plan_.steps.size()) {
      fail_result(first_refused_->first, first_refused_->second);
    }
    const bool from_replies = plan_.kind == PlanKind::read || plan_.kind == PlanKind::snapshot ||
                              handler_ == Handler::http || handler_ == Handler::http_batch;
    if (read_data_.is_null() && !out_.error) read_data_ = json::object();
    out_.data = from_replies ? std::move(read_data_) : json(plan_.echo);
    if (handler_ == Handler::get) out_.data = asked_settings();
    if (plan_.steps.empty()) out_.data = plan_.echo;
  }

  // Every key that was asked for, null when the camera did not give it; all it gave when none was
  // named.
  [[nodiscard]] json asked_settings() const {
    if (out_.error) return nullptr;
    json data = json::object();
    for (const auto& key : plan_.keys.empty() ? mapping_.setting_names() : plan_.keys) {
      data[key] =
          out_.settings.is_object() ? out_.settings.value(key, json(nullptr)) : json(nullptr);
    }
    return data;
  }

  [[nodiscard]] const std::string& cgi(std::size_t index) const {
    return plan_.steps[index].request.cgi;
  }

  const DeviceMapping& mapping_;
  const CommandPlan& plan_;
  Handler handler_;
  ReplyMeaning out_;
  json read_data_ = nullptr;
  std::size_t refused_in_batch_ = 0;
  std::optional<std::pair<std::size_t, int>> first_refused_;
};

}  // namespace

ReplyMeaning interpret(const DeviceMapping& mapping, std::string_view command,
                       const CommandPlan& plan, std::vector<protocol::CgiReply>&& replies) {
  const auto found = mapping.data().commands.find(command);
  const Handler handler =
      found == mapping.data().commands.end() ? Handler::calls : found->second.handler;
  return Interpretation{mapping, plan, handler}.run(std::move(replies));
}

bool is_answer(const DeviceMapping& mapping, const std::string& cgi,
               const protocol::CgiReply& reply) {
  const ReplySpec& spec = reply_spec(mapping, cgi);
  const protocol::CgiValues values = protocol::parse_cgi_text(reply.body);
  const TypedReply typed = type_values(mapping, spec, values);
  return typed.known > 0 && !is_refusal(spec, typed, values.result());
}

}  // namespace cam32100::mappings
