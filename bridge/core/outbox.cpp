#include "bridge/core/outbox.hpp"

#include <functional>
#include <utility>

namespace cam32100::bridge {

bool Outbox::set_state(const std::string& topic, std::string payload, Form form, int qos) {
  auto& remembered = states_[topic];
  if (remembered.payload == payload) return false;
  remembered = {std::move(payload), form, qos};
  if (live_) publish(topic, remembered);
  return true;
}

void Outbox::resend(const std::string& topic) {
  const auto found = states_.find(topic);
  if (live_ && found != states_.end()) publish(topic, found->second);
}

// Two texts of one topic in a row with one fingerprint: once in 2^64 changes.
bool Outbox::set_derived(const std::string& topic, std::string payload, Form form, When when) {
  const auto print = std::hash<std::string>{}(payload);
  const auto [known, is_new] = derived_.try_emplace(topic, print);
  const bool differs = is_new || std::exchange(known->second, print) != print;
  if (live_ && (differs || when == When::always)) publish(topic, {std::move(payload), form});
  return differs;
}

void Outbox::publish(const std::string& topic, Remembered state) {
  send({.topic = topic,
        .payload = std::move(state.payload),
        .qos = state.qos,
        .retain = true,
        .content_type = state.form == Form::json ? "application/json" : "text/plain"});
}

void Outbox::send(MqttPublication publication) {
  ++published_;
  mqtt_.publish(std::move(publication));
}

void Outbox::hold(MqttPublication publication) {
  if (held_.size() == kMaxHeld) release();
  held_.push_back(std::move(publication));
}

void Outbox::release() {
  for (auto& publication : std::exchange(held_, {})) send(std::move(publication));
}

void Outbox::clear(const std::string& topic) {
  release();  // what is held may be for this topic
  states_.erase(topic);
  derived_.erase(topic);
  send({.topic = topic, .payload = {}, .qos = 1, .retain = true, .keep_while_down = true});
}

}  // namespace cam32100::bridge
