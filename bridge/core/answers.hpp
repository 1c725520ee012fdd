#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridge/core/bridge_context.hpp"
#include "bridge/core/dedup_cache.hpp"
#include "bridge/core/envelope.hpp"
#include "mappings/command.hpp"

namespace cam32100::bridge {

// One asker's MQTT 5 Response Topic.
struct AskerTopic {
  std::string topic;
  std::optional<std::string> correlation_data;
};

// A command that was understood well enough to be answered.
struct Request {
  std::string uid;  // empty: a command to the bridge
  std::string command;
  nlohmann::json id = nullptr;  // as the asker gave it, text or number; null: none
  protocol::TimePoint received;
  std::vector<AskerTopic> askers;
};

using RequestNumber = std::uint64_t;

// Where an answer goes beside the asker's Response Topic.
enum class AnswerTopic {
  of_command,  // response/<cmd>, retained, and <UID>/response
  unretained,  // the same, but response/<cmd> is not retained: misspelt commands leave no litter
  error,       // bridge/response/error
};

// Every command is answered exactly once, here. The same (camera, command, id) within 60 s is not
// executed again: it joins the running one or gets the answer that was given.
class Answers {
 public:
  static constexpr std::size_t kMaxAskers = 16;  // Response Topics of one command

  explicit Answers(BridgeContext& context) : context_{context} {}

  // nullopt: a duplicate, all done. `accepted`: say so before the answer.
  [[nodiscard]] std::optional<RequestNumber> open(Request request, bool accepted);
  void succeed(RequestNumber number, nlohmann::json data);
  void fail(RequestNumber number, mappings::CommandError error);
  // Without executing anything.
  void refuse(const Request& request, mappings::CommandError error,
              AnswerTopic topic = AnswerTopic::of_command);

  [[nodiscard]] const Request* find(RequestNumber number) const;
  [[nodiscard]] std::size_t open_requests() const noexcept { return open_.size(); }

 private:
  [[nodiscard]] Envelope envelope_of(const Request& request, Envelope::Status status);
  void finish(RequestNumber number, const Envelope& envelope);
  void publish(const Request& request, const std::string& text, AnswerTopic where, bool retain);
  void publish_to(const AskerTopic& asker, const std::string& text);
  [[nodiscard]] bool join(Request& request);

  BridgeContext& context_;
  DedupCache dedup_;
  std::map<RequestNumber, Request> open_;  // bounded by the cameras' queues and the cap on queries
};

}  // namespace cam32100::bridge
