#pragma once

#include <optional>

#include "bridge/core/camera_supervisor.hpp"
#include "protocol/wire/fifo.hpp"

namespace cam32100::bridge {

// What the supervisor has to tell, in order. Beyond the cap, per-packet protocol events go first,
// then other protocol events and log lines, oldest first. Answers to jobs, availability and the
// (single) status note are never dropped: there are at most as many answers as jobs were submitted.
class EventQueue {
 public:
  static constexpr std::size_t kCapacity = 512;

  void push(SupervisorEvent event);
  [[nodiscard]] std::optional<SupervisorEvent> take();
  [[nodiscard]] std::size_t size() const noexcept { return events_.size(); }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

 private:
  [[nodiscard]] bool make_room();

  protocol::Fifo<SupervisorEvent> events_;
  bool status_waits_ = false;
  std::uint64_t dropped_ = 0;
};

// ping, pong, ack, http: one for every datagram.
[[nodiscard]] bool is_per_packet(const ProtocolEvent& event) noexcept;

}  // namespace cam32100::bridge
