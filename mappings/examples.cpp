#include <utility>

#include "mappings/device.hpp"
#include "mappings/device_data.hpp"
#include "mappings/reply.hpp"
#include "mappings/translate.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

// The request as a person writes it: values unencoded, credentials left out.
std::string request_text(const protocol::CgiRequest& request) {
  std::string text = "GET /" + request.cgi;
  char separator = '?';
  for (const auto& [name, value] : request.parameters) {
    text.append(1, separator).append(name).append(1, '=').append(value);
    separator = '&';
  }
  return text;
}

json request_texts(const CommandPlan& plan) {
  json texts = json::array();
  for (const PlanStep& step : plan.steps) texts.push_back(request_text(step.request));
  return texts;
}

// A reply is written as its lines; on the wire they end in CR LF.
protocol::CgiReply reply_of(const json& lines) {
  std::string text;
  for (const json& line : lines) text += line.get<std::string>() + "\r\n";
  const auto bytes = protocol::as_bytes(text);
  return protocol::CgiReply{0, {bytes.begin(), bytes.end()}};
}

class Example {
 public:
  Example(const DeviceMapping& mapping, const json& example, std::string place)
      : mapping_{mapping}, example_{example}, place_{std::move(place)} {}

  std::vector<std::string> run() {
    const auto command = example_.at("command").get<std::string>();
    CommandPolicy policy;
    policy.allow_http_write = example_.value("allow_http_write", false);
    const auto plan =
        translate(mapping_, command, example_.value("arguments", json::object()), policy);
    expect("error", plan ? json(nullptr) : json(to_text(plan.error().code)));
    if (!plan) {
      if (!example_.contains("error")) failures_.push_back(place_ + ": " + plan.error().message);
      return std::move(failures_);
    }
    if (example_.contains("error")) {
      failures_.push_back(place_ + "/error: the command was accepted");
    }
    expect("requests", request_texts(*plan));
    if (example_.contains("replies")) check_replies(command, *plan);
    return std::move(failures_);
  }

 private:
  void check_replies(const std::string& command, const CommandPlan& plan) {
    std::vector<protocol::CgiReply> replies;
    for (const json& lines : example_.at("replies")) replies.push_back(reply_of(lines));
    const ReplyMeaning meaning = interpret(mapping_, command, plan, std::move(replies));
    expect("data", meaning.data);
    expect("info", meaning.info);
    expect("state", meaning.state);
    expect("settings", meaning.settings);
    expect("alarm_status", meaning.alarm_status ? json(*meaning.alarm_status) : json(nullptr));
  }

  // Compared only where the example says something.
  void expect(const char* key, const json& seen) {
    const auto wanted = example_.find(key);
    if (wanted == example_.end() || *wanted == seen) return;
    failures_.push_back(place_ + '/' + key + ": expected " + wanted->dump() + ", saw " +
                        seen.dump());
  }

  const DeviceMapping& mapping_;
  const json& example_;
  std::string place_;
  std::vector<std::string> failures_;
};

}  // namespace

std::vector<std::string> DeviceMapping::failing_examples() const {
  std::vector<std::string> failures;
  std::size_t index = 0;
  for (const json& example : data_->examples) {
    const std::string place = data_->file + ": /examples/" + std::to_string(index++);
    for (auto& failure : Example{*this, example, place}.run()) {
      failures.push_back(std::move(failure));
    }
  }
  return failures;
}

}  // namespace cam32100::mappings
