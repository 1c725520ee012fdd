#include <gtest/gtest.h>

#include "bridge/core/supervisor_events.hpp"

namespace cam32100::bridge {
namespace {

ProtocolEvent event(const std::string& type) { return {type, nlohmann::json::object()}; }

std::vector<SupervisorEvent> take_all(EventQueue& queue) {
  std::vector<SupervisorEvent> all;
  while (auto next = queue.take()) all.push_back(std::move(*next));
  return all;
}

TEST(EventQueue, GivesEventsInTheirOrder) {
  EventQueue queue;
  queue.push(JobDone{1});
  queue.push(AvailabilityChanged{true});
  queue.push(JobDone{2});
  const auto all = take_all(queue);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(std::get<JobDone>(all[0]).id, 1U);
  EXPECT_TRUE(std::get<AvailabilityChanged>(all[1]).online);
  EXPECT_EQ(std::get<JobDone>(all[2]).id, 2U);
}

TEST(EventQueue, HoldsOneStatusNoteAtATime) {
  EventQueue queue;
  queue.push(StatusChanged{});
  queue.push(StatusChanged{});
  EXPECT_EQ(take_all(queue).size(), 1U);
  queue.push(StatusChanged{});
  EXPECT_EQ(take_all(queue).size(), 1U) << "after it was taken there may be another";
}

TEST(EventQueue, DropsPacketEventsFirst) {
  EventQueue queue;
  queue.push(event("close"));
  for (std::size_t i = 1; i < EventQueue::kCapacity; ++i) queue.push(event("ping"));
  queue.push(event("confirmed"));
  queue.push(event("pong"));
  EXPECT_EQ(queue.size(), EventQueue::kCapacity);
  EXPECT_EQ(queue.dropped(), 2U);
  std::size_t others = 0;
  for (const auto& taken : take_all(queue)) {
    if (!is_per_packet(std::get<ProtocolEvent>(taken))) ++others;
  }
  EXPECT_EQ(others, 2U);
}

TEST(EventQueue, DropsTheOldestProtocolEventWhenNoPacketEventIsLeft) {
  EventQueue queue;
  queue.push(event("stun"));
  for (std::size_t i = 1; i < EventQueue::kCapacity; ++i) queue.push(event("unknown_sender"));
  queue.push(event("close"));
  EXPECT_EQ(queue.size(), EventQueue::kCapacity);
  const auto all = take_all(queue);
  EXPECT_EQ(std::get<ProtocolEvent>(all.front()).type, "unknown_sender");
  EXPECT_EQ(std::get<ProtocolEvent>(all.back()).type, "close");
}

TEST(EventQueue, NeverDropsAnAnswer) {
  EventQueue queue;
  const std::size_t answers = EventQueue::kCapacity + 100;
  for (JobId id = 0; id < answers; ++id) queue.push(JobDone{id});
  queue.push(event("close"));
  queue.push(AvailabilityChanged{false});
  const auto all = take_all(queue);
  ASSERT_EQ(all.size(), answers + 1);
  for (JobId id = 0; id < answers; ++id) EXPECT_EQ(std::get<JobDone>(all[id]).id, id);
  EXPECT_TRUE(std::holds_alternative<AvailabilityChanged>(all.back()))
      << "the protocol event found no room";
}

}  // namespace
}  // namespace cam32100::bridge
