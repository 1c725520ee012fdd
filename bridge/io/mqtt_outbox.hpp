#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "bridge/core/mqtt_port.hpp"

namespace cam32100::bridge {

// Publications that cannot leave yet: because the broker is away, or because as much is in flight
// as may be (Paho's send thread sleeps for up to a second when its own limit of QoS 1 messages is
// reached, and keeps pictures for a slow broker without any limit). One thread.
//
// Dropped, and counted: while down, whatever is not keep_while_down (the bridge sends its retained
// set again after each connect) and older ones of a topic; beyond the caps, the oldest, and no
// answer (QoS 1) as long as there is a picture (QoS 0) to drop.
class MqttOutbox {
 public:
  struct Limits {
    // Of eight commands under way to each of 5,000 cameras all answers and their copies wait here
    // when they end at once.
    std::size_t max_messages = 131'072;
    std::size_t max_bytes = 64 * 1024 * 1024;
    std::size_t max_qos0_bytes = 8 * 1024 * 1024;
  };
  MqttOutbox() : MqttOutbox{Limits{}} {}
  explicit MqttOutbox(Limits limits) : limits_{limits} {}

  void push_while_down(MqttPublication publication);
  void push_while_busy(MqttPublication publication);  // connected: every message counts, in order
  [[nodiscard]] std::optional<MqttPublication> pop();
  void on_connection_lost();  // what waited while busy is kept only if it is keep_while_down,
                              // newest per topic

  [[nodiscard]] const MqttPublication* next() const noexcept;  // what pop() gives; null: nothing
  [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
  [[nodiscard]] bool holds_qos0() const noexcept { return qos0_messages_ != 0; }
  [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

 private:
  using Waiting = std::deque<MqttPublication>;
  void append(MqttPublication publication);
  MqttPublication take(const Waiting::iterator& which);
  void drop_oldest_qos0();

  Limits limits_;
  Waiting waiting_;
  std::size_t bytes_ = 0, qos0_bytes_ = 0, qos0_messages_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace cam32100::bridge
