#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "bridge/core/mqtt_port.hpp"

namespace cam32100::bridge {

// Publications that cannot leave yet: because the broker is away, or because as many QoS 1 messages
// are in flight as may be (Paho's send thread sleeps for up to a second when its own limit is
// reached). One thread.
//
// Dropped, and counted: while down, whatever is not keep_while_down (the bridge sends its retained
// set again after each connect) and older ones of a topic; beyond the caps, the oldest.
class MqttOutbox {
 public:
  struct Limits {
    std::size_t max_messages = 8192;
    std::size_t max_bytes = 32 * 1024 * 1024;
  };
  MqttOutbox() : MqttOutbox{Limits{}} {}
  explicit MqttOutbox(Limits limits) : limits_{limits} {}

  void push_while_down(MqttPublication publication);
  void push_while_busy(MqttPublication publication);  // connected: every message counts, in order
  [[nodiscard]] std::optional<MqttPublication> pop();
  void on_connection_lost();  // what waited while busy is kept only if it is keep_while_down,
                              // newest per topic

  [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

 private:
  void append(MqttPublication publication);
  void drop_front();

  Limits limits_;
  std::deque<MqttPublication> waiting_;
  std::size_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace cam32100::bridge
