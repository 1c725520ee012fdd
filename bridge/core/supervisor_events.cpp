#include "bridge/core/supervisor_events.hpp"

namespace cam32100::bridge {

namespace {

bool is_per_packet_event(const SupervisorEvent& event) {
  const auto* seen = std::get_if<ProtocolEvent>(&event);
  return seen != nullptr && is_per_packet(*seen);
}

bool is_droppable(const SupervisorEvent& event) {
  return std::holds_alternative<ProtocolEvent>(event) ||
         std::holds_alternative<SupervisorLog>(event);
}

}  // namespace

bool is_per_packet(const ProtocolEvent& event) noexcept {
  return event.type == "ping" || event.type == "pong" || event.type == "ack" ||
         event.type == "http";
}

bool EventQueue::make_room() {
  auto victim = events_.find_if(is_per_packet_event);
  if (victim == events_.end()) victim = events_.find_if(is_droppable);
  if (victim == events_.end()) return false;
  events_.erase(victim);
  ++dropped_;
  return true;
}

void EventQueue::push(SupervisorEvent event) {
  if (std::holds_alternative<StatusChanged>(event)) {
    // The owner reads the status when it takes the note: one note is as good as many.
    if (status_waits_) return;
    status_waits_ = true;
  }
  if (events_.size() >= kCapacity && (is_per_packet_event(event) || !make_room()) &&
      is_droppable(event)) {
    ++dropped_;
    return;
  }
  events_.push(std::move(event));
}

std::optional<SupervisorEvent> EventQueue::take() {
  auto event = events_.take();
  if (event && std::holds_alternative<StatusChanged>(*event)) status_waits_ = false;
  return event;
}

}  // namespace cam32100::bridge
