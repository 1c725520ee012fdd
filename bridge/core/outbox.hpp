#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "bridge/core/mqtt_port.hpp"

namespace cam32100::bridge {

// Everything that goes to the broker passes here. State topics (availability, info, state ...) are
// sent only when they changed, and again after a connect; while silent (no broker, or its retained
// tree is still being read) they are only remembered: the bridge's own as they are, the cameras'
// by a fingerprint, since thousands of them would be held twice.
class Outbox {
 public:
  enum class Form { json, text };
  enum class When { changed, always };

  explicit Outbox(MqttPort& mqtt) : mqtt_{mqtt} {}

  void go_live() noexcept { live_ = true; }
  void go_silent() noexcept { live_ = false; }
  [[nodiscard]] bool is_live() const noexcept { return live_; }

  // A retained state topic. Returns whether the payload differs from the one before.
  bool set_state(const std::string& topic, std::string payload, Form form = Form::json,
                 int qos = 1);
  void resend(
      const std::string& topic);  // as remembered; nothing when it was never set or we are silent

  // A retained state topic whose text its owner can write again at any time: `always` for that.
  // Returns whether the payload differs from the one before.
  bool set_derived(const std::string& topic, std::string payload, Form form = Form::json,
                   When when = When::changed);
  [[nodiscard]] bool has_derived(const std::string& topic) const {
    return derived_.contains(topic);
  }

  // Events, answers, pictures, log lines: no memory here.
  void send(MqttPublication publication);
  // What goes with an answer but nobody waits for: in order, at the next release.
  void hold(MqttPublication publication);
  void release();
  // Empties a retained topic and forgets it.
  void clear(const std::string& topic);

  [[nodiscard]] std::uint64_t published() const noexcept { return published_; }

 private:
  struct Remembered {
    std::string payload;
    Form form = Form::json;
    int qos = 1;
  };
  void publish(const std::string& topic, Remembered state);

  static constexpr std::size_t kMaxHeld = 256;  // one more releases them all; nothing is dropped

  MqttPort& mqtt_;
  bool live_ = false;
  std::unordered_map<std::string, Remembered> states_;    // looked up by topic only, never walked
  std::unordered_map<std::string, std::size_t> derived_;  // fingerprints; as states_
  std::vector<MqttPublication> held_;
  std::uint64_t published_ = 0;
};

}  // namespace cam32100::bridge
