#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "bridge/core/mqtt_port.hpp"
#include "protocol/wire/time.hpp"

namespace cam32100::bridge {

// Whether a message on a command topic is a command. A retained one is never executed: it would be
// replayed at every connect, hours later. Clearing it sends an empty retained message, which must
// not come back as an empty command: on MQTT 5 the subscription keeps our own messages away (no
// local) and shows the retain flag of the others (retain as published); on 3.1.1 neither exists, so
// exactly one empty message is swallowed for each topic we cleared.
class CommandGate {
 public:
  static constexpr std::size_t kMaxPayload = 64 * 1024;
  static constexpr std::size_t kMaxCleared =
      1024;  // topics waiting for their echo; oldest first out
  static constexpr protocol::Duration kEchoTime = std::chrono::seconds{30};

  enum class Verdict {
    execute,
    ignore,     // empty and retained, or the echo of our own clearing
    retained,   // refuse, clear the topic, then say so by cleared()
    too_large,  // refuse
  };

  void on_connected(int mqtt_version);  // clean session: echoes of the last one will not come
  [[nodiscard]] Verdict judge(protocol::TimePoint now, const MqttMessage& message);
  // The topic was emptied while one of our subscriptions matches it.
  void cleared(protocol::TimePoint now, const std::string& topic);

 private:
  void expire(protocol::TimePoint now);
  bool echoes_ = false;
  struct Cleared {
    protocol::TimePoint since;
    unsigned count = 0;
  };
  std::map<std::string, Cleared> cleared_;
};

}  // namespace cam32100::bridge
