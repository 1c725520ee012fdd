// Where answers go, what they hold, and that a command is executed once.
#include <gtest/gtest.h>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

class Answers : public ::testing::Test {
 protected:
  void SetUp() override {
    rig.add_camera(emulated());
    rig.bring_up();
    rig.spy->clear();
  }
  BridgeRig rig;
};

TEST_F(Answers, StandOnTheCommandsTopicAndOnTheLast) {
  const auto answer = rig.call(kUid, "get_status");
  EXPECT_EQ(answer["v"], 1);
  EXPECT_EQ(answer["uid"], kUid);
  EXPECT_EQ(answer["command"], "get_status");
  EXPECT_EQ(answer["status"], "ok");
  EXPECT_TRUE(answer.contains("ts"));
  EXPECT_GE(answer["took_ms"].get<int>(), 0);
  EXPECT_EQ(rig.retained_json(rig.topic("response/get_status")), answer);
  rig.run_for(2ms);
  EXPECT_EQ(rig.retained_json(rig.topic("response")), answer);
}

TEST_F(Answers, PrecedeByTwoMillisecondsWhatNobodyWaitsFor) {
  const auto answer = rig.call(kUid, "get_status");
  const auto answered_at = rig.net.now();
  rig.mqtt->published.clear();
  const auto copied = [&] { return rig.retained_json(rig.topic("response")) == answer; };
  ASSERT_TRUE(rig.run_until(copied, 1s));
  EXPECT_LE(rig.net.now() - answered_at, 2ms);
  ASSERT_EQ(rig.mqtt->published.size(), 2U);
  EXPECT_EQ(rig.mqtt->published[0].topic, rig.topic("response"));
  EXPECT_EQ(rig.mqtt->published[1].topic, rig.topic("event/complete"));
}

TEST_F(Answers, GoOutWithQos1AndSayThatTheyAreJson) {
  rig.ask(rig.topic("command/get_status"), "", "tmp/1", "c");
  rig.run_for(1s);
  std::size_t seen = 0;
  for (const auto& each : rig.mqtt->published) {
    const bool ours = each.topic == rig.topic("response/get_status") ||
                      each.topic == rig.topic("response") || each.topic == "tmp/1";
    if (!ours) continue;
    ++seen;
    EXPECT_EQ(each.qos, 1) << each.topic;
    EXPECT_EQ(each.retain, each.topic != "tmp/1") << each.topic;
    EXPECT_EQ(each.keep_while_down, each.topic != "tmp/1") << each.topic;
    EXPECT_EQ(each.content_type, "application/json");
  }
  EXPECT_EQ(seen, 3U);
}

TEST_F(Answers, CountTheirSeqPerCamera) {
  const auto first = rig.call(kUid, "get_status"), second = rig.call(kUid, "get_params");
  EXPECT_GT(second["seq"].get<int>(), first["seq"].get<int>());
}

TEST_F(Answers, EchoTheIdOrTheTransactionAndNothingWhenThereIsNone) {
  rig.publish(rig.topic("command/get_status"), R"({"transaction":"z2m"})");
  rig.run_for(1s);
  EXPECT_EQ(rig.retained_json(rig.topic("response/get_status"))["id"], "z2m");
  rig.publish(rig.topic("command/get_status"), "{}");
  rig.run_for(1s);
  EXPECT_FALSE(rig.retained_json(rig.topic("response/get_status")).contains("id"));
}

TEST_F(Answers, EchoANumberAsANumber) {
  rig.publish(rig.topic("command/get_status"), R"({"id":42})");
  rig.run_for(2s);
  EXPECT_EQ(rig.retained_json(rig.topic("response/get_status"))["id"], 42);
  rig.publish(rig.topic("command/get_status"), R"({"id":"42"})");
  rig.run_for(2s);
  EXPECT_EQ(rig.retained_json(rig.topic("response/get_status"))["id"], "42");
}

TEST_F(Answers, RefuseAnIdThatIsNestedDeeperThanAStack) {
  const std::string id = std::string(20'000, '[') + std::string(20'000, ']');
  rig.publish(rig.topic("command/get_status"), R"({"id":)" + id + "}");
  rig.run_for(1s);
  EXPECT_EQ(rig.retained_json(rig.topic("response/get_status"))["error"]["code"], "bad_json");
}

TEST_F(Answers, GoUnretainedToTheResponseTopicWithItsCorrelationData) {
  rig.ask(rig.topic("command/get_status"), "", "tmp/1", std::string("\0\1x", 3));
  rig.run_for(1s);
  ASSERT_EQ(rig.spy->count("tmp/1"), 1U);
  EXPECT_EQ(rig.spy->live("tmp/1")[0].correlation_data, std::string("\0\1x", 3));
  EXPECT_EQ(rig.broker.retained("tmp/1"), nullptr);
  EXPECT_EQ(rig.spy->count(rig.topic("response/get_status")), 1U) << "on the command's topic too";
}

TEST_F(Answers, RefuseAResponseTopicThatIsNoneAndExecuteNothing) {
  const std::vector<std::string> no_topics{"tmp/#",
                                           "tmp/+",
                                           "$SYS/x",
                                           "$share/g/x",
                                           rig.topic("command/reboot"),
                                           rig.topic("set/brightness")};
  for (const auto& bad : no_topics) {
    rig.spy->clear();
    rig.ask(rig.topic("command/ptz"), R"({"move":"left","step":true})", bad, "c");
    rig.run_for(1s);
    EXPECT_EQ(rig.retained_json(rig.topic("response/ptz"))["error"]["code"], "bad_argument") << bad;
    EXPECT_EQ(rig.spy->count(bad), 0U) << bad;
  }
  EXPECT_EQ(rig.cameras[0]->snapshot().pan, 0);
}

TEST_F(Answers, SayAcceptedFirstOnlyWhenAsked) {
  rig.publish(rig.topic("command/get_status"), R"({"id":"1","ack":true})");
  rig.run_for(1s);
  const auto heard = rig.spy->live(rig.topic("response/get_status"));
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(json::parse(heard[0].payload)["status"], "accepted");
  EXPECT_EQ(json::parse(heard[1].payload)["status"], "ok");
  rig.spy->clear();
  rig.publish(rig.topic("command/get_status"), R"({"id":"2"})");
  rig.run_for(1s);
  EXPECT_EQ(rig.spy->count(rig.topic("response/get_status")), 1U);
}

TEST_F(Answers, ComeFromTheCacheForTheSameIdWithinAMinute) {
  const std::string command = R"({"id":"one","move":"left","step":true})";
  rig.publish(rig.topic("command/ptz"), command);
  rig.run_for(3s);
  rig.publish(rig.topic("command/ptz"), command);
  rig.run_for(3s);
  EXPECT_EQ(rig.cameras[0]->snapshot().pan, -1) << "no second move";
  const auto heard = rig.spy->live(rig.topic("response/ptz"));
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0].payload, heard[1].payload);
  rig.run_for(61s);
  rig.publish(rig.topic("command/ptz"), command);
  rig.run_for(3s);
  EXPECT_EQ(rig.cameras[0]->snapshot().pan, -2) << "a minute later it is a new command";
}

TEST_F(Answers, AreForEachIdItsOwn) {
  rig.publish(rig.topic("command/ptz"), R"({"id":"a","move":"left","step":true})");
  rig.run_for(3s);
  rig.publish(rig.topic("command/ptz"), R"({"id":"b","move":"left","step":true})");
  rig.run_for(3s);
  EXPECT_EQ(rig.cameras[0]->snapshot().pan, -2);
}

TEST_F(Answers, JoinADuplicateOfWhatIsStillRunning) {
  const std::string command = R"({"id":"one","move":"left","ms":1000})";
  rig.ask(rig.topic("command/ptz"), command, "tmp/1", "first");
  rig.run_for(100ms);
  rig.ask(rig.topic("command/ptz"), command, "tmp/2", "second");
  rig.run_for(5s);
  EXPECT_EQ(rig.spy->count(rig.topic("response/ptz")), 1U);
  ASSERT_EQ(rig.spy->count("tmp/1"), 1U);
  ASSERT_EQ(rig.spy->count("tmp/2"), 1U);
  EXPECT_EQ(rig.spy->live("tmp/2")[0].correlation_data, "second");
}

TEST_F(Answers, ToUnknownCamerasStandOnTheErrorTopicAndLeaveNoLitter) {
  rig.publish("cam32100/VSTC-000001-TYPOO/command/ptz", "left");
  rig.run_for(1s);
  const auto answer = rig.retained_json("cam32100/bridge/response/error");
  EXPECT_EQ(answer["error"]["code"], "unknown_camera");
  EXPECT_EQ(answer["error"]["detail"]["camera"], "VSTC-000001-TYPOO");
  for (const auto& topic : rig.broker.retained_topics())
    EXPECT_EQ(topic.find("TYPOO"), std::string::npos) << topic;
}

TEST_F(Answers, CarryTheIdAlsoWhenTheCommandIsRefusedUnread) {
  rig.publish("cam32100/VSTC-000001-TYPOO/command/ptz", R"({"id":"7"})");
  rig.run_for(1s);
  EXPECT_EQ(rig.retained_json("cam32100/bridge/response/error")["id"], "7");
  rig.publish(rig.topic("command/frobnicate"), R"({"transaction":8})");
  rig.publish(rig.topic("command/get_status"), R"({"id":"9","timeout_ms":"soon"})");
  rig.publish("cam32100/bridge/command/frobnicate", R"({"id":"10"})");
  rig.run_for(1s);
  ASSERT_EQ(rig.spy->count(rig.topic("response/frobnicate")), 1U);
  EXPECT_NE(rig.spy->live(rig.topic("response/frobnicate"))[0].payload.find("\"id\":8,"),
            std::string::npos);
  EXPECT_EQ(rig.retained_json(rig.topic("response/get_status"))["id"], "9");
  ASSERT_EQ(rig.spy->count("cam32100/bridge/response/frobnicate"), 1U);
  EXPECT_NE(rig.spy->live("cam32100/bridge/response/frobnicate")[0].payload.find("\"id\":\"10\""),
            std::string::npos);
}

TEST_F(Answers, HoldNoIdWhenThePayloadIsNoObject) {
  rig.publish("cam32100/VSTC-000001-TYPOO/command/ptz", "{\"id\":");
  rig.run_for(1s);
  EXPECT_FALSE(rig.retained_json("cam32100/bridge/response/error").contains("id"));
}

TEST_F(Answers, ExplainACloudAlias) {
  rig.publish("cam32100/BD0227833JJIU/command/ptz", "left");
  rig.run_for(1s);
  const auto answer = rig.retained_json("cam32100/bridge/response/error");
  EXPECT_EQ(answer["error"]["code"], "unknown_camera");
  EXPECT_NE(answer["error"]["message"].get<std::string>().find("cloud"), std::string::npos);
}

TEST_F(Answers, ToUnknownCommandsAreHeardButNotRetained) {
  rig.publish(rig.topic("command/get_statsu"), "");
  rig.run_for(1s);
  ASSERT_EQ(rig.spy->count(rig.topic("response/get_statsu")), 1U);
  const auto answer = json::parse(rig.spy->live(rig.topic("response/get_statsu"))[0].payload);
  EXPECT_EQ(answer["error"]["code"], "unknown_command");
  EXPECT_NE(answer["error"]["message"].get<std::string>().find("get_status"), std::string::npos);
  EXPECT_EQ(rig.broker.retained(rig.topic("response/get_statsu")), nullptr);
}

TEST_F(Answers, NameThePositionOfAFaultInTheJson) {
  const auto answer = rig.call_plain(kUid, "ptz", R"({"move":"left",})");
  EXPECT_EQ(answer["error"]["code"], "bad_json");
  EXPECT_TRUE(answer["error"]["detail"].is_object()) << answer.dump();
  EXPECT_EQ(rig.retained_json(rig.topic("response/ptz"))["error"]["code"], "bad_json");
}

TEST_F(Answers, RefuseWhatIsTooLargeOrNoText) {
  EXPECT_EQ(rig.call_plain(kUid, "ptz", std::string(70000, ' '))["error"]["code"], "too_large");
  EXPECT_EQ(rig.call_plain(kUid, "ptz", "\xff\xfe")["error"]["code"], "bad_argument");
  EXPECT_EQ(rig.call_plain(kUid, "ptz", "[1]")["error"]["code"], "bad_argument");
  EXPECT_EQ(rig.call_plain(kUid, "get_status", "words")["error"]["code"], "bad_argument");
}

TEST_F(Answers, TakeTheUidInAnySpellingAndAnswerOnTheCanonicalOne) {
  for (const std::string typed : {"vstc123456abcde", "VSTC123456ABCDE", "vstc-123456-abcde"}) {
    rig.spy->clear();
    rig.publish("cam32100/" + typed + "/command/get_status", "");
    rig.run_for(1s);
    EXPECT_EQ(rig.spy->count(rig.topic("response/get_status")), 1U) << typed;
  }
  for (const auto& topic : rig.broker.retained_topics())
    EXPECT_EQ(topic.find("vstc"), std::string::npos);
}

TEST(Alias, ReachesTheCameraAndIsAnsweredOnTheUid) {
  BridgeRig::Options options;
  options.config.cameras[0].alias = "garden";
  BridgeRig rig{options};
  rig.add_camera(emulated());
  rig.bring_up();
  rig.publish("cam32100/garden/command/get_status", R"({"id":"1"})");
  rig.run_for(1s);
  EXPECT_EQ(rig.retained_json(rig.topic("response/get_status"))["id"], "1");
  rig.publish("cam32100/Garden/command/get_status", "");
  rig.run_for(1s);
  EXPECT_EQ(rig.retained_json("cam32100/bridge/response/error")["error"]["code"], "unknown_camera")
      << "exactly as configured";
}

TEST(LastResponse, CanBeSwitchedOff) {
  BridgeRig::Options options;
  options.config.mqtt.last_response = false;
  BridgeRig rig{options};
  rig.add_camera(emulated());
  rig.bring_up();
  EXPECT_EQ(rig.call(kUid, "get_status")["status"], "ok");
  EXPECT_EQ(rig.broker.retained(rig.topic("response")), nullptr);
}

TEST(RateLimit, TurnsTheSeventeenthWaitingCommandAway) {
  BridgeRig rig;  // no camera answers: everything waits
  rig.bring_online();
  rig.spy->clear();
  for (int i = 0; i < 17; ++i) {
    rig.publish(rig.topic("command/get_status"),
                R"({"id":")" + std::to_string(i) + R"(","timeout_ms":60000})");
  }
  rig.run_for(100ms);
  const auto heard = rig.spy->live(rig.topic("response/get_status"));
  ASSERT_EQ(heard.size(), 1U);
  const auto answer = json::parse(heard[0].payload);
  EXPECT_EQ(answer["error"]["code"], "rate_limited");
  EXPECT_TRUE(answer["error"]["detail"].contains("retry_after_ms"));
  rig.run_for(120s);
  EXPECT_EQ(rig.spy->count(rig.topic("response/get_status")), 17U) << "each is answered once";
}

}  // namespace
}  // namespace cam32100::testing
