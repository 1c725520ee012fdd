// From connect to work, and through restarts of the broker and of the bridge.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

class LifeCycle : public ::testing::TestWithParam<int> {
 protected:
  [[nodiscard]] BridgeRig::Options with(BridgeRig::Options options = {}) const {
    options.version = GetParam();
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Mqtt, LifeCycle, ::testing::Values(5, 4),
                         [](const auto& each) { return each.param == 5 ? "v5" : "v311"; });

TEST_P(LifeCycle, SubscribesToTheTreeThenToTheCommandsAndHomeAssistantsStatusAndNothingElse) {
  BridgeRig rig{with()};
  rig.bring_online();
  EXPECT_EQ(rig.mqtt->subscribed,
            (std::vector<std::string>{"cam32100/#", "cam32100/+/command/#", "cam32100/+/set/#",
                                      "homeassistant/status"}));
  EXPECT_EQ(rig.mqtt->unsubscribed, std::vector<std::string>{"cam32100/#"});
}

TEST_P(LifeCycle, IsOnlineWithinASecondAndOnlyAfterTheSubacks) {
  BridgeRig rig{with()};
  const auto start = rig.net.now();
  rig.bring_online();
  EXPECT_LE(rig.net.now() - start, 1s);
  BridgeRig silent{with({.broker = {.silent_filters = {"cam32100/+/set/#"}}})};
  silent.connect();
  silent.run_for(4s);
  EXPECT_EQ(silent.retained_text("cam32100/bridge/availability"), "");
}

TEST_P(LifeCycle, AsksAgainWhenASubackDoesNotCome) {
  BridgeRig rig{with({.broker = {.silent_filters = {"cam32100/+/set/#"}}})};
  rig.connect();
  rig.run_for(4s);
  rig.broker.options.silent_filters.clear();
  rig.run_for(5s);
  EXPECT_EQ(rig.retained_text("cam32100/bridge/availability"), "online");
  EXPECT_TRUE(rig.ports->has_logged("does not confirm"));
}

TEST_P(LifeCycle, SaysWhichSubscriptionTheBrokerRefusesAndGoesOn) {
  BridgeRig rig{with({.broker = {.refused_filters = {"cam32100/+/command/#"}}})};
  rig.bring_online();
  EXPECT_TRUE(rig.ports->has_logged("cam32100/+/command/#"));
}

TEST_P(LifeCycle, WorksWithoutReadingTheTreeWhenTheBrokerRefusesIt) {
  BridgeRig rig{with({.broker = {.refused_filters = {"cam32100/#"}}})};
  rig.bring_online();
  EXPECT_NE(rig.broker.retained(rig.topic("event/motion")), nullptr);
}

TEST_P(LifeCycle, StopsWaitingForItsSentinelAfterTwoSeconds) {
  BridgeRig rig{with({.broker = {.dropped_topics = {"cam32100/bridge/sync"}}})};
  rig.connect();
  rig.run_for(1900ms);
  EXPECT_EQ(rig.retained_text("cam32100/bridge/availability"), "");
  rig.run_for(200ms);
  EXPECT_EQ(rig.retained_text("cam32100/bridge/availability"), "online");
}

// What it has not seen may be there all the same.
TEST_P(LifeCycle, SendsNoHistoryAgainWhenTheTreeWasReadInPart) {
  BridgeRig rig{with({.broker = {.persists = false}})};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_NE(rig.broker.retained(rig.topic("event/confirmed")), nullptr);
  rig.broker.options.dropped_topics = {"cam32100/bridge/sync"};
  rig.spy->clear();
  rig.restart_broker();
  for (int i = 0; i < 25; ++i) {
    rig.publish(rig.topic("snapshot/part"), "one of many");
    rig.run_for(100ms);
  }
  ASSERT_EQ(rig.retained_text("cam32100/bridge/availability"), "online");
  EXPECT_EQ(rig.spy->count(rig.topic("event/confirmed")), 0U);
  EXPECT_EQ(rig.spy->count(rig.topic("event/motion")), 0U);
}

TEST_P(LifeCycle, SendsHistoryAgainWhenTheTreeEndedAndOnlyTheSentinelIsMissing) {
  BridgeRig rig{with({.broker = {.persists = false}})};
  rig.add_camera(emulated());
  rig.bring_up();
  rig.broker.options.dropped_topics = {"cam32100/bridge/sync"};
  rig.restart_broker();
  rig.run_for(3s);
  EXPECT_NE(rig.broker.retained(rig.topic("event/confirmed")), nullptr);
}

TEST_P(LifeCycle, PutsTheProcessesLinesOnBridgeLogWithoutIds) {
  BridgeRig rig{with({})};
  rig.bring_online();
  rig.spy->clear();
  rig.bridge->on_log(rig.moment(), bridge::LogLevel::error, "mqtt",
                     "the broker refuses what we publish on " + rig.topic("state"));
  rig.run_for(1s);
  ASSERT_EQ(rig.spy->count("cam32100/bridge/log"), 1U);
  const auto line = rig.spy->live("cam32100/bridge/log")[0].payload;
  EXPECT_NE(line.find("refuses what we publish"), std::string::npos) << line;
  EXPECT_EQ(line.find(kUid), std::string::npos) << line;
}

TEST_P(LifeCycle, IsNotFooledByTheSentinelOfAnother) {
  BridgeRig rig{with({.broker = {.dropped_topics = {"cam32100/bridge/sync"}}})};
  rig.connect();
  rig.run_for(100ms);
  rig.broker.options.dropped_topics.clear();
  rig.publish("cam32100/bridge/sync", "another bridge");
  rig.run_for(100ms);
  EXPECT_EQ(rig.retained_text("cam32100/bridge/availability"), "");
}

TEST_P(LifeCycle, ResendsExactlyTheSetAfterABrokerThatForgotEverything) {
  BridgeRig rig{with({.broker = {.persists = false}})};
  rig.add_camera(emulated());
  rig.bring_up();
  (void)rig.call(kUid, "snapshot");
  (void)rig.call(kUid, "get_status");
  rig.run_for(2s);
  rig.spy->clear();
  rig.restart_broker();
  std::multiset<std::string> sent;
  for (const auto& message : rig.spy->heard) sent.insert(message.topic);
  sent.erase("cam32100/bridge/sync");
  sent.erase("cam32100/bridge/log");
  const std::multiset<std::string> expected{
      "cam32100/bridge/availability", "cam32100/bridge/info", "cam32100/bridge/cameras",
      "cam32100/bridge/health", rig.topic("availability"), rig.topic("state"), rig.topic("info"),
      rig.topic("settings"),
      // lost by the broker, and harmless to those who listen
      rig.topic("event/motion"), rig.topic("event/confirmed"), rig.topic("event/complete"),
      rig.topic("snapshot"), rig.topic("snapshot/meta")};
  EXPECT_EQ(sent, expected);
}

TEST_P(LifeCycle, ResendsNoEventsAndNoPictureWhenTheBrokerKeptThem) {
  BridgeRig rig{with()};
  rig.add_camera(emulated());
  rig.bring_up();
  (void)rig.call(kUid, "snapshot");
  rig.run_for(2s);
  rig.spy->clear();
  rig.restart_broker();
  for (const auto& message : rig.spy->live()) {
    EXPECT_EQ(message.topic.find("/event"), std::string::npos) << message.topic;
    EXPECT_EQ(message.topic.find("/snapshot"), std::string::npos) << message.topic;
    EXPECT_EQ(message.topic.find("/response"), std::string::npos) << message.topic;
  }
  EXPECT_EQ(rig.spy->count(rig.topic("state")), 1U);
}

TEST_P(LifeCycle, NeverRepeatsAnEventToALiveSubscriberThroughTenBrokerRestarts) {
  for (const bool persists : {true, false}) {
    SCOPED_TRACE(persists);
    BridgeRig rig{with({.broker = {.persists = persists}})};
    auto& camera = rig.add_camera(emulated());
    rig.bring_up();
    camera.raise_alarm(rig.net.now(), 1);
    rig.run_for(70s);  // the next poll sees it
    camera.raise_alarm(rig.net.now(), 0);
    rig.run_for(70s);
    ASSERT_EQ(rig.spy->count(rig.topic("event")), 2U) << "the start and the end of the motion";
    rig.spy->clear();
    for (int i = 0; i < 10; ++i) {
      rig.restart_broker();
      rig.run_for(1s);
    }
    EXPECT_EQ(rig.spy->count(rig.topic("event")), 0U);
    for (const auto& message : rig.spy->live(rig.topic("event/motion"))) {
      EXPECT_EQ(json::parse(message.payload)["active"], false);
    }
  }
}

TEST_P(LifeCycle, PublishesMotionInactiveOnceForACameraThatWasNeverSeen) {
  BridgeRig rig{with()};
  rig.bring_online();
  rig.run_for(1s);
  EXPECT_EQ(rig.spy->count(rig.topic("event/motion")), 1U);
  EXPECT_EQ(rig.retained_json(rig.topic("event/motion"))["active"], false);
  EXPECT_EQ(rig.spy->count(rig.topic("event")), 0U);
  rig.kill_bridge();
  rig.spy->clear();
  rig.start_bridge();
  rig.bring_online();
  rig.run_for(1s);
  EXPECT_EQ(rig.spy->count(rig.topic("event/motion")), 0U) << "the broker still holds it";
}

TEST_P(LifeCycle, EndsAnActiveEventOfAnEarlierRun) {
  BridgeRig rig{with()};
  rig.broker.set_retained(
      rig.topic("event/motion"),
      R"({"v":1,"type":"motion","id":"01OLD","active":true,"ts":"2026-11-23T00:56:00.000Z"})");
  rig.bring_online();
  rig.run_for(1s);
  const auto event = rig.retained_json(rig.topic("event/motion"));
  EXPECT_EQ(event["active"], false);
  EXPECT_EQ(event["id"], "01OLD");
  EXPECT_GE(event["duration_s"].get<double>(), 60.0);
  EXPECT_EQ(rig.spy->count(rig.topic("event")), 0U);
}

TEST_P(LifeCycle, LeavesAnEventOfItsOwnThatGoesOn) {
  BridgeRig rig{with()};
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  camera.raise_alarm(rig.net.now(), 1);
  rig.run_for(70s);
  ASSERT_EQ(rig.retained_json(rig.topic("event/motion"))["active"], true);
  rig.spy->clear();
  rig.restart_broker();
  EXPECT_EQ(rig.spy->count(rig.topic("event/motion")), 0U);
  EXPECT_EQ(rig.retained_json(rig.topic("event/motion"))["active"], true);
}

TEST_P(LifeCycle, ToleratesNonsenseInItsRetainedTree) {
  BridgeRig rig{with()};
  rig.broker.set_retained(rig.topic("event/motion"), "\xff not json");
  rig.broker.set_retained(rig.topic("event/x"), "[1,2]");
  rig.broker.set_retained(rig.topic("availability"), "maybe");
  rig.broker.set_retained("cam32100/bridge/sync", "old");
  rig.bring_online();
}

TEST_P(LifeCycle, DoesNotKeepEverythingOthersPutUnderItsEvents) {
  BridgeRig rig{with()};
  for (int i = 0; i < 500; ++i)
    rig.broker.set_retained(rig.topic("event/x" + std::to_string(i)), "{}");
  rig.bring_online();
  rig.broker.options.persists = false;
  rig.spy->clear();
  rig.restart_broker();
  std::size_t back = 0;
  for (const auto& message : rig.spy->live())
    back += message.topic.find("/event/x") != std::string::npos ? 1U : 0U;
  EXPECT_LE(back, 64U);
  EXPECT_EQ(rig.spy->count(rig.topic("event/motion")), 1U) << "ours is among them";
}

TEST_P(LifeCycle, ExecutesNoCommandWhileItReadsTheTree) {
  BridgeRig rig{with({.broker = {.dropped_topics = {"cam32100/bridge/sync"}}})};
  rig.add_camera(emulated());
  rig.run_for(3s);
  rig.connect();
  rig.run_for(500ms);
  const auto before = rig.cameras[0]->snapshot().pan;
  rig.publish(rig.topic("command/ptz"), R"({"move":"left","step":true})");
  rig.run_for(1s);
  EXPECT_EQ(rig.cameras[0]->snapshot().pan, before);
  EXPECT_EQ(rig.broker.retained(rig.topic("response/ptz")), nullptr);
}

TEST_P(LifeCycle, KeepsTheLastAvailabilityOverARestartInsteadOfFlickering) {
  BridgeRig rig{with()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_EQ(rig.retained_text(rig.topic("availability")), "online");
  rig.kill_bridge();
  EXPECT_EQ(rig.retained_text("cam32100/bridge/availability"), "offline");
  rig.spy->clear();
  rig.start_bridge();
  rig.bring_up();
  for (const auto& message : rig.spy->live(rig.topic("availability")))
    EXPECT_EQ(message.payload, "online");
  EXPECT_EQ(rig.spy->count(rig.topic("event/online")), 0U);
}

TEST_P(LifeCycle, SaysOfflineWhenTheCameraWentAwayWhileTheBridgeWasDown) {
  BridgeRig rig{with()};
  rig.add_camera(emulated());
  rig.bring_up();
  rig.kill_bridge();
  rig.cut_camera(0);
  rig.start_bridge();
  rig.bring_online();
  rig.run_for(120s);
  EXPECT_EQ(rig.retained_text(rig.topic("availability")), "offline");
  EXPECT_EQ(rig.spy->count(rig.topic("event/offline")), 1U);
}

TEST_P(LifeCycle, ReportsUidsThatNobodyConfiguredAndEmptiesThemOnRequest) {
  BridgeRig rig{with()};
  rig.broker.set_retained("cam32100/VSTC-999999-ZZZZZ/state", "{}");
  rig.broker.set_retained("cam32100/VSTC-999999-ZZZZZ/event/motion", "{}");
  rig.broker.set_retained("cam32100/somebody/else", "x");
  rig.bring_online();
  EXPECT_EQ(rig.retained_json("cam32100/bridge/info")["stale"], json::array({"VSTC-999999-ZZZZZ"}));
  EXPECT_NE(rig.broker.retained("cam32100/VSTC-999999-ZZZZZ/state"), nullptr);
  const auto answer = rig.call("bridge", "cleanup");
  EXPECT_EQ(answer["data"]["topics"], 2);
  EXPECT_EQ(rig.broker.retained("cam32100/VSTC-999999-ZZZZZ/state"), nullptr);
  EXPECT_EQ(rig.broker.retained("cam32100/VSTC-999999-ZZZZZ/event/motion"), nullptr);
  EXPECT_NE(rig.broker.retained("cam32100/somebody/else"), nullptr) << "not ours";
  EXPECT_EQ(rig.retained_json("cam32100/bridge/info")["stale"], json::array());
}

TEST_P(LifeCycle, CleansUpByItselfOnlyWhenConfigured) {
  auto options = with();
  options.config.mqtt.cleanup = "auto";
  BridgeRig rig{options};
  rig.broker.set_retained("cam32100/VSTC-999999-ZZZZZ/state", "{}");
  rig.bring_online();
  EXPECT_EQ(rig.broker.retained("cam32100/VSTC-999999-ZZZZZ/state"), nullptr);
  EXPECT_EQ(rig.retained_json("cam32100/bridge/info")["stale"], json::array());
}

TEST_P(LifeCycle, RefreshesTheSetSlowly) {
  BridgeRig rig{with()};
  rig.bring_online();
  rig.run_for(30s);
  rig.spy->clear();
  rig.run_for(560s);
  EXPECT_EQ(rig.spy->count("cam32100/bridge/info"), 0U);
  rig.run_for(30s);
  EXPECT_EQ(rig.spy->count("cam32100/bridge/info"), 1U);
  EXPECT_EQ(rig.spy->count(rig.topic("info")), 1U);
  EXPECT_EQ(rig.spy->count(rig.topic("event/motion")), 0U);
}

TEST_P(LifeCycle, PublishesHealthEachMinute) {
  BridgeRig rig{with()};
  rig.bring_online();
  rig.spy->clear();
  rig.run_for(181s);
  EXPECT_EQ(rig.spy->count("cam32100/bridge/health"), 3U);
  const auto health = rig.retained_json("cam32100/bridge/health");
  EXPECT_GE(health["uptime_s"].get<int>(), 179);
  EXPECT_EQ(health["rss_bytes"], 9'000'000);
  EXPECT_TRUE(health["cameras"].contains(kUid));
  const auto& mqtt = health["mqtt"];
  EXPECT_EQ(mqtt["published"], 11);
  EXPECT_EQ(mqtt["dropped"], 12);
  EXPECT_EQ(mqtt["waiting"], 13);
  EXPECT_EQ(mqtt["in_flight"], 14);
  EXPECT_EQ(mqtt["reconnects"], 15);
}

TEST_P(LifeCycle, WorksWithABaseTopicOfSeveralLevels) {
  auto options = with();
  options.config.mqtt.base_topic = "home/cams";
  BridgeRig rig{options};
  rig.add_camera(emulated());
  rig.bring_up();
  EXPECT_EQ(rig.call(kUid, "get_status").value("status", ""), "ok");
  for (const auto& topic : rig.broker.retained_topics())
    EXPECT_EQ(topic.rfind("home/cams/", 0), 0U) << topic;
}

TEST(Cleanup, LeavesTheTopicsOfAnotherBridgeAlone) {
  BridgeRig::Options options;
  options.config.mqtt.cleanup = "auto";
  BridgeRig rig{options};
  rig.broker.set_retained("cam32100/bridge/info", R"({"v":1,"instance":"upstairs"})");
  rig.broker.set_retained("cam32100/VSTC-999999-ZZZZZ/state", "{}");
  rig.bring_online();
  EXPECT_EQ(rig.retained_json("cam32100/bridge/info")["stale"], json::array());
  EXPECT_EQ(rig.call("bridge", "cleanup")["data"]["topics"], 0);
  EXPECT_NE(rig.broker.retained("cam32100/VSTC-999999-ZZZZZ/state"), nullptr);
  const bool told = std::any_of(
      rig.ports->logs.begin(), rig.ports->logs.end(),
      [](const auto& line) { return line.message.find("\"upstairs\"") != std::string::npos; });
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace cam32100::testing
