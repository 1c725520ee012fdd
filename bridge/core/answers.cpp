#include "bridge/core/answers.hpp"

#include <utility>

#include "bridge/core/json_text.hpp"

namespace cam32100::bridge {

namespace {

// 42 and "42" are two ids.
std::string key_of(const Request& request) {
  return DedupCache::key(request.uid, request.command, to_json_text(request.id));
}

}  // namespace

std::optional<RequestNumber> Answers::open(Request request, bool accepted) {
  if (!request.id.is_null() && join(request)) {
    ++context_.counters.duplicates;
    return std::nullopt;
  }
  const RequestNumber number = context_.draw_number();
  if (!request.id.is_null()) dedup_.running(key_of(request), number);
  if (accepted) {
    publish(request, to_text(envelope_of(request, Envelope::Status::accepted)),
            AnswerTopic::of_command, false);
  }
  open_.emplace(number, std::move(request));
  ++context_.counters.executed;
  return number;
}

bool Answers::join(Request& request) {
  const auto key = key_of(request);
  if (const auto running = dedup_.find_running(key)) {
    auto& askers = open_.at(*running).askers;
    for (auto& asker : request.askers) {
      if (askers.size() < kMaxAskers) {
        askers.push_back(std::move(asker));
      } else {
        ++context_.counters.late_askers;
      }
    }
    return true;
  }
  if (const std::string* answer = dedup_.find_answer(context_.now.steady, key)) {
    publish(request, *answer, AnswerTopic::of_command, true);
    return true;
  }
  return false;
}

const Request* Answers::find(RequestNumber number) const {
  const auto found = open_.find(number);
  return found == open_.end() ? nullptr : &found->second;
}

void Answers::succeed(RequestNumber number, nlohmann::json data) {
  const auto found = open_.find(number);
  if (found == open_.end()) return;
  Envelope envelope = envelope_of(found->second, Envelope::Status::ok);
  envelope.data = std::move(data);
  finish(number, envelope);
}

void Answers::fail(RequestNumber number, mappings::CommandError error) {
  const auto found = open_.find(number);
  if (found == open_.end()) return;
  Envelope envelope = envelope_of(found->second, Envelope::Status::error);
  envelope.error = std::move(error);
  finish(number, envelope);
}

void Answers::refuse(const Request& request, mappings::CommandError error, AnswerTopic topic) {
  ++context_.counters.refused;
  Envelope envelope = envelope_of(request, Envelope::Status::error);
  envelope.error = std::move(error);
  publish(request, to_text(envelope), topic, topic != AnswerTopic::unretained);
}

void Answers::finish(RequestNumber number, const Envelope& envelope) {
  auto node = open_.extract(number);
  const Request& request = node.mapped();
  std::string text = to_text(envelope);
  publish(request, text, AnswerTopic::of_command, true);
  if (request.id.is_null()) return;
  const auto key = key_of(request);
  // A command that was turned away because of the load was not executed: the same one may try
  // again.
  const bool turned_away = envelope.status == Envelope::Status::error &&
                           envelope.error.code == mappings::ErrorCode::rate_limited;
  if (turned_away) {
    dedup_.forget_running(key);
  } else {
    dedup_.answered(context_.now.steady, key, std::move(text));
  }
}

Envelope Answers::envelope_of(const Request& request, Envelope::Status status) {
  Envelope envelope;
  envelope.uid = request.uid;
  envelope.command = request.command;
  envelope.id = request.id;
  envelope.status = status;
  envelope.ts = context_.now.wall;
  envelope.took =
      std::chrono::duration_cast<std::chrono::milliseconds>(context_.now.steady - request.received);
  CameraEntry* camera = request.uid.empty() ? nullptr : context_.cameras.by_uid(request.uid);
  envelope.seq = camera != nullptr ? ++camera->seq : ++context_.bridge_seq;
  return envelope;
}

void Answers::publish(const Request& request, const std::string& text, AnswerTopic where,
                      bool retain) {
  const auto publication = [&text](const std::string& topic, bool retained) {
    return MqttPublication{.topic = topic,
                           .payload = text,
                           .qos = 1,
                           .retain = retained,
                           .keep_while_down = true,
                           .content_type = "application/json"};
  };
  const auto send = [&](const std::string& topic, bool retained) {
    context_.outbox.send(publication(topic, retained));
  };
  const auto& topics = context_.topics;
  for (const auto& asker : request.askers) publish_to(asker, text);
  CameraEntry* camera = request.uid.empty() ? nullptr : context_.cameras.by_uid(request.uid);
  if (where == AnswerTopic::error) {
    send(topics.bridge_response("error"), retain);
    return;
  }
  if (camera == nullptr) {
    send(topics.bridge_response(request.command), retain);
    return;
  }
  const std::string topic = topics.camera_response(camera->uid, request.command);
  if (retain) context_.note_retained(*camera, topic);
  send(topic, retain);
  if (!context_.config.mqtt.last_response) return;
  const std::string last = topics.camera(camera->uid, "response");
  const bool keep = retain || where == AnswerTopic::unretained;
  if (keep) context_.note_retained(*camera, last);
  context_.send_behind_answers(publication(last, keep));
}

void Answers::publish_to(const AskerTopic& asker, const std::string& text) {
  context_.outbox.send({.topic = asker.topic,
                        .payload = text,
                        .qos = 1,
                        .retain = false,
                        .content_type = "application/json",
                        .correlation_data = asker.correlation_data});
}

}  // namespace cam32100::bridge
