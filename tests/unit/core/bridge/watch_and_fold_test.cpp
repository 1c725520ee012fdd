#include <gtest/gtest.h>

#include "bridge/core/alarm_watch.hpp"
#include "bridge/core/event_fold.hpp"
#include "bridge/core/journal.hpp"
#include "bridge/core/retained_tree.hpp"
#include "tests/support/fake_mqtt/fake_broker.hpp"
#include "tests/support/fake_mqtt/fake_ports.hpp"

namespace cam32100::bridge {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;

Moment at(std::chrono::milliseconds since) {
  return {TimePoint{} + since, WallTime{std::chrono::milliseconds{1795395420000}} + since};
}

TEST(AlarmWatch, StartsAndEndsWithTheCamera) {
  AlarmWatch watch{30s};
  EventIds ids{1};
  EXPECT_TRUE(watch.on_status(at(0s), 0, ids).empty());
  const auto began = watch.on_status(at(10s), 1, ids);
  ASSERT_EQ(began.size(), 1U);
  EXPECT_EQ(began[0].type, "motion");
  EXPECT_TRUE(began[0].active);
  EXPECT_TRUE(watch.is_active(began[0].type));
  EXPECT_TRUE(watch.on_status(at(20s), 1, ids).empty()) << "the same motion goes on";
  const auto ended = watch.on_status(at(25s), 0, ids);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_FALSE(ended[0].active);
  EXPECT_EQ(ended[0].id, began[0].id);
  EXPECT_EQ(ended[0].duration, 15s);
  EXPECT_FALSE(watch.is_active());
}

TEST(AlarmWatch, EndsByItselfWhenTheCameraIsNotHeard) {
  AlarmWatch watch{30s};
  EventIds ids{1};
  (void)watch.on_status(at(0s), 1, ids);
  (void)watch.on_status(at(10s), 1, ids);
  EXPECT_EQ(watch.deadline(), at(40s).steady);
  EXPECT_TRUE(watch.on_time(at(39s)).empty());
  ASSERT_EQ(watch.on_time(at(40s)).size(), 1U);
  EXPECT_FALSE(watch.deadline());
  EXPECT_TRUE(watch.on_status(at(50s), 0, ids).empty()) << "the end is told once";
}

TEST(AlarmWatch, ContinuesOverAReconnectAndInventsNothing) {
  AlarmWatch watch{30s};
  EventIds ids{1};
  const auto began = watch.on_status(at(0s), 1, ids);
  // A new session: the first status says the same.
  EXPECT_TRUE(watch.on_status(at(20s), 1, ids).empty());
  EXPECT_TRUE(watch.is_active(began[0].type));
  AlarmWatch quiet{30s};
  EXPECT_TRUE(quiet.on_status(at(0s), 0, ids).empty());
}

TEST(AlarmWatch, TellsInputSensorAndUnknownApart) {
  AlarmWatch watch{30s};
  EventIds ids{1};
  EXPECT_EQ(watch.on_status(at(0s), 2, ids)[0].type, "alarm_in");
  EXPECT_TRUE(watch.on_status(at(1s), 3, ids).empty()) << "the same type goes on";
  const auto changes = watch.on_status(at(2s), 9, ids);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_FALSE(changes[0].active);
  EXPECT_EQ(changes[1].type, "unknown_alarm");
  EXPECT_EQ(changes[1].raw, 9);
}

TEST(EventFold, PublishesOneASecondAndCountsTheRest) {
  EventFold fold;
  const TimePoint start{};
  ASSERT_TRUE(fold.add(start, "ack", {{"channel", 0}}));
  std::uint64_t told = 1;
  std::size_t messages = 1;
  // 500 packets a second for ten seconds.
  for (int i = 1; i <= 5000; ++i) {
    const auto now = start + i * 2ms;
    if (const auto due = fold.add(now, "ack", {{"channel", 0}})) {
      told += due->fields["count"].get<std::uint64_t>();
      ++messages;
    }
  }
  ASSERT_TRUE(fold.deadline() || told == 5001);
  for (const auto& due : fold.on_time(start + 20s))
    told += due.fields["count"].get<std::uint64_t>();
  EXPECT_EQ(told, 5001U) << "nothing is lost";
  EXPECT_LE(messages, 11U);
}

TEST(EventFold, KeepsTypesApartAndSumsCounts) {
  EventFold fold;
  const TimePoint start{};
  EXPECT_TRUE(fold.add(start, "ping", {{"count", 1U}}));
  EXPECT_TRUE(fold.add(start, "pong", {{"count", 1U}}));
  EXPECT_FALSE(fold.add(start, "ping", {{"count", 5U}}));
  EXPECT_FALSE(fold.add(start, "ping", nullptr));
  EXPECT_EQ(fold.deadline(), start + 1s);
  EXPECT_TRUE(fold.on_time(start + 999ms).empty());
  const auto due = fold.on_time(start + 1s);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].fields["count"], 6);
  EXPECT_FALSE(fold.deadline());
  EXPECT_FALSE(EventFold::folds("motion"));
  EXPECT_TRUE(EventFold::folds("unknown_sender"));
}

class JournalTest : public ::testing::Test {
 protected:
  class Port final : public MqttPort {
   public:
    void subscribe(const std::string&, const SubscribeOptions&) override {}
    void unsubscribe(const std::string&) override {}
    void publish(MqttPublication publication) override {
      published.push_back(std::move(publication));
    }
    std::vector<MqttPublication> published;
  };
  Port port;
  testing::FakePorts ports{[] { return at(0s); }, nullptr};
  Outbox outbox{port};
  Journal journal{ports, outbox, "cam32100/bridge/log", LogLevel::info};
};

TEST_F(JournalTest, WritesToBothAndOnlyWhatTheLevelAllowsToMqtt) {
  outbox.go_live();
  journal.write(at(0s), LogLevel::info, "camera", "VSTC-123456-ABCDE", "hello");
  journal.write(at(0s), LogLevel::debug, "camera", "", "detail");
  EXPECT_EQ(ports.logs.size(), 2U);
  ASSERT_EQ(port.published.size(), 1U);
  EXPECT_FALSE(port.published[0].retain);
  EXPECT_EQ(port.published[0].qos, 0);
  const auto line = nlohmann::json::parse(port.published[0].payload);
  EXPECT_EQ(line["uid"], "VSTC-123456-ABCDE");
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["message"], "hello");
  EXPECT_EQ(ports.logs[0].camera.find("ABCDE"), std::string::npos)
      << "shortened outside its own field";
}

TEST_F(JournalTest, RelaysWhatTheProcessHasLoggedToMqttAlone) {
  outbox.go_live();
  for (int i = 0; i < 2; ++i) journal.relay(at(0s), LogLevel::error, "mqtt", "broker lost");
  journal.on_time(at(20s));
  EXPECT_TRUE(ports.logs.empty());
  ASSERT_EQ(port.published.size(), 2U);
  EXPECT_EQ(nlohmann::json::parse(port.published[1].payload)["count"], 1);
}

TEST_F(JournalTest, ShortensUidsInFreeText) {
  outbox.go_live();
  journal.write(at(0s), LogLevel::info, "camera", "", "cannot reach VSTC-123456-ABCDE today");
  EXPECT_EQ(port.published[0].payload.find("ABCDE"), std::string::npos);
  EXPECT_EQ(ports.logs[0].message.find("ABCDE"), std::string::npos);
}

TEST_F(JournalTest, FoldsTheSameLineAndTellsHowOftenItCame) {
  outbox.go_live();
  for (int i = 0; i < 50; ++i)
    journal.write(at(100ms * i), LogLevel::warning, "camera", "", "again");
  EXPECT_EQ(port.published.size(), 1U);
  ASSERT_EQ(journal.deadline(), at(10s).steady);
  journal.on_time(at(10s));
  ASSERT_EQ(port.published.size(), 2U);
  EXPECT_EQ(nlohmann::json::parse(port.published[1].payload)["count"], 49);
  EXPECT_FALSE(journal.deadline());
}

TEST_F(JournalTest, LeavesOutAFloodAndSaysSo) {
  outbox.go_live();
  for (int i = 0; i < 500; ++i)
    journal.write(at(0s), LogLevel::info, "camera", "", "line " + std::to_string(i));
  EXPECT_LE(port.published.size(), 20U);
  ASSERT_TRUE(journal.deadline());
  journal.on_time(at(1s));
  EXPECT_NE(port.published.back().payload.find("480 log lines were left out"), std::string::npos);
}

TEST_F(JournalTest, KeepsNothingForABrokerThatIsAway) {
  journal.write(at(0s), LogLevel::error, "mqtt", "", "gone");
  EXPECT_TRUE(port.published.empty());
  EXPECT_EQ(ports.logs.size(), 1U);
}

TEST(RetainedTree, FindsCamerasEventsAndAvailability) {
  const mappings::Topics topics{"cam32100"};
  RetainedTree tree;
  const auto add = [&](const std::string& topic, const std::string& payload, bool retained = true) {
    tree.add(topics, {.topic = topic, .payload = payload, .retained = retained}, false);
  };
  add("cam32100/VSTC-123456-ABCDE/availability", "online");
  add("cam32100/VSTC-123456-ABCDE/event/motion", "{}");
  add("cam32100/VSTC-123456-ABCDE/event", "{}");
  add("cam32100/bridge/info", "{}");
  add("cam32100/somebody/else", "x");
  add("cam32100/VSTC-123456-ABCDE/state", "{}", false);
  const auto* camera = tree.camera("VSTC-123456-ABCDE");
  ASSERT_NE(camera, nullptr);
  EXPECT_EQ(camera->availability, "online");
  EXPECT_EQ(camera->topics.size(), 3U);
  ASSERT_EQ(camera->events.size(), 1U);
  EXPECT_EQ(camera->events.begin()->first, "motion");
  EXPECT_EQ(tree.cameras().size(), 1U);
  EXPECT_TRUE(tree.is_whole());
}

TEST(RetainedTree, TakesTheLaterOfTwoMessagesAndForgetsWhatIsEmptied) {
  const mappings::Topics topics{"cam32100"};
  for (const bool hidden : {false, true}) {
    RetainedTree tree;
    const auto add = [&](const std::string& leaf, const std::string& payload, bool retained) {
      tree.add(
          topics,
          {.topic = "cam32100/VSTC-123456-ABCDE/" + leaf, .payload = payload, .retained = retained},
          hidden);
    };
    add("event/motion", "old", true);
    add("event/motion", "new", !hidden);
    EXPECT_EQ(tree.camera("VSTC-123456-ABCDE")->events.at("motion"), "new");
    add("response/get", "{}", false);
    EXPECT_EQ(tree.camera("VSTC-123456-ABCDE")->topics.size(), 1U) << "perhaps never retained";
    add("event/motion", "", !hidden);
    EXPECT_EQ(tree.camera("VSTC-123456-ABCDE"), nullptr);
    add("event/motion", "", !hidden);
  }
}

TEST(RetainedTree, StaysWithinItsCapsAndSaysSo) {
  const mappings::Topics topics{"cam32100"};
  constexpr std::size_t kCap = 1000;
  RetainedTree tree{kCap};
  for (std::size_t i = 0; i <= kCap; ++i) {
    tree.add(topics,
             {.topic = "cam32100/VSTC-123456-ABCDE/x/" + std::to_string(i),
              .payload = "x",
              .retained = true},
             false);
  }
  EXPECT_FALSE(tree.is_whole());
  EXPECT_EQ(tree.camera("VSTC-123456-ABCDE")->topics.size(), kCap);
}

}  // namespace
}  // namespace cam32100::bridge
