#include <gtest/gtest.h>

#include "bridge/core/command_gate.hpp"
#include "bridge/core/dedup_cache.hpp"

namespace cam32100::bridge {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;
using Verdict = CommandGate::Verdict;

const TimePoint kStart{};
const std::string kTopic = "cam32100/VSTC-123456-ABCDE/command/reboot";

MqttMessage message(std::string payload, bool retained = false) {
  return {.topic = kTopic, .payload = std::move(payload), .qos = 1, .retained = retained};
}

TEST(DedupCache, GivesAnAnswerAgainForAMinute) {
  DedupCache cache;
  const auto key = DedupCache::key("U", "ptz", "1");
  cache.running(key, 7);
  EXPECT_EQ(cache.find_running(key), 7U);
  cache.answered(kStart, key, "answer");
  EXPECT_FALSE(cache.find_running(key));
  ASSERT_NE(cache.find_answer(kStart + 59s, key), nullptr);
  EXPECT_EQ(*cache.find_answer(kStart + 59s, key), "answer");
  EXPECT_EQ(cache.find_answer(kStart + 60s, key), nullptr);
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(DedupCache, TakesNoOtherCameraCommandOrIdForTheSame) {
  DedupCache cache;
  cache.answered(kStart, DedupCache::key("U", "ptz", "1"), "answer");
  EXPECT_EQ(cache.find_answer(kStart, DedupCache::key("V", "ptz", "1")), nullptr);
  EXPECT_EQ(cache.find_answer(kStart, DedupCache::key("U", "get", "1")), nullptr);
  EXPECT_EQ(cache.find_answer(kStart, DedupCache::key("U", "ptz", "11")), nullptr);
  EXPECT_NE(DedupCache::key("U", "pt", "z1"), DedupCache::key("U", "ptz", "1"));
}

TEST(DedupCache, StaysWithinItsCapsAndForgetsTheOldest) {
  DedupCache cache;
  for (std::size_t i = 0; i < 3 * DedupCache::kMaxEntries; ++i) {
    cache.answered(kStart, DedupCache::key("U", "ptz", std::to_string(i)), "x");
    ASSERT_LE(cache.size(), DedupCache::kMaxEntries);
  }
  EXPECT_EQ(cache.find_answer(kStart, DedupCache::key("U", "ptz", "0")), nullptr);
  EXPECT_NE(
      cache.find_answer(
          kStart, DedupCache::key("U", "ptz", std::to_string(3 * DedupCache::kMaxEntries - 1))),
      nullptr);
  for (int i = 0; i < 20; ++i) {
    cache.answered(kStart, DedupCache::key("big", "http", std::to_string(i)),
                   std::string(1024 * 1024, 'x'));
    ASSERT_LE(cache.bytes(), DedupCache::kMaxBytes);
  }
  cache.answered(kStart, DedupCache::key("huge", "http", "0"), std::string(5 * 1024 * 1024, 'x'));
  EXPECT_EQ(cache.find_answer(kStart, DedupCache::key("huge", "http", "0")), nullptr);
}

TEST(CommandGate, ExecutesLiveCommandsAndEmptyOnes) {
  for (const int version : {4, 5}) {
    CommandGate gate;
    gate.on_connected(version);
    EXPECT_EQ(gate.judge(kStart, message("left")), Verdict::execute);
    EXPECT_EQ(gate.judge(kStart, message("")), Verdict::execute);
  }
}

TEST(CommandGate, RefusesRetainedCommandsAndIgnoresEmptyRetainedOnes) {
  CommandGate gate;
  gate.on_connected(5);
  EXPECT_EQ(gate.judge(kStart, message("{}", true)), Verdict::retained);
  EXPECT_EQ(gate.judge(kStart, message("", true)), Verdict::ignore);
}

TEST(CommandGate, SwallowsExactlyOneEmptyMessagePerClearedTopicOn311) {
  CommandGate gate;
  gate.on_connected(4);
  gate.cleared(kStart, kTopic);
  EXPECT_EQ(gate.judge(kStart, message("now")), Verdict::execute) << "a real command is no echo";
  EXPECT_EQ(gate.judge(kStart, message("")), Verdict::ignore);
  EXPECT_EQ(gate.judge(kStart, message("")), Verdict::execute);
  gate.cleared(kStart, kTopic);
  gate.cleared(kStart, kTopic);
  EXPECT_EQ(gate.judge(kStart, message("")), Verdict::ignore);
  EXPECT_EQ(gate.judge(kStart, message("")), Verdict::ignore);
  EXPECT_EQ(gate.judge(kStart, message("")), Verdict::execute);
}

TEST(CommandGate, SwallowsNothingOnMqtt5BecauseNoEchoComes) {
  CommandGate gate;
  gate.on_connected(5);
  gate.cleared(kStart, kTopic);
  EXPECT_EQ(gate.judge(kStart, message("")), Verdict::execute);
}

TEST(CommandGate, WaitsForAnEchoNoLongerThanItsTimeAndNotBeyondTheConnection) {
  CommandGate gate;
  gate.on_connected(4);
  gate.cleared(kStart, kTopic);
  EXPECT_EQ(gate.judge(kStart + CommandGate::kEchoTime, message("")), Verdict::execute);
  gate.cleared(kStart, kTopic);
  gate.on_connected(4);
  EXPECT_EQ(gate.judge(kStart, message("")), Verdict::execute);
}

TEST(CommandGate, RemembersABoundedNumberOfTopics) {
  CommandGate gate;
  gate.on_connected(4);
  for (std::size_t i = 0; i < 2 * CommandGate::kMaxCleared; ++i) {
    gate.cleared(kStart + std::chrono::milliseconds{i}, "t/" + std::to_string(i));
  }
  EXPECT_EQ(gate.judge(kStart + 3s, {.topic = "t/0", .payload = ""}), Verdict::execute)
      << "the oldest was forgotten";
  EXPECT_EQ(gate.judge(kStart + 3s, {.topic = "t/2047", .payload = ""}), Verdict::ignore);
}

TEST(CommandGate, RefusesCommandsAbove64KiB) {
  CommandGate gate;
  gate.on_connected(5);
  EXPECT_EQ(gate.judge(kStart, message(std::string(64 * 1024, 'x'))), Verdict::execute);
  EXPECT_EQ(gate.judge(kStart, message(std::string(64 * 1024 + 1, 'x'))), Verdict::too_large);
}

}  // namespace
}  // namespace cam32100::bridge
