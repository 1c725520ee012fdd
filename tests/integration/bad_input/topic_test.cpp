// Topics, names and answer addresses that cannot be meant.
#include "tests/integration/bad_input/bad_input_suite.hpp"

namespace cam32100::integration {

using nlohmann::json;

TEST_P(BadInput, UnknownCamerasAreAnsweredUnderTheBridgeAndLeaveNoTopic) {
  for (const char* typed : {"VSTC-999999-ZZZZZ", "nobody", "BD0227833JJIU"}) {
    SCOPED_TRACE(typed);
    const auto answer = stage().send("cam32100/" + std::string{typed} + "/command/get_status", "{}",
                                     stage().bridge_topic("response/error"));
    EXPECT_EQ(outcome_of(answer), "unknown_camera") << answer.dump();
    EXPECT_EQ(stage().retained(stage().bridge_topic("response/error")), answer);
    EXPECT_TRUE(stage().retained("cam32100/" + std::string{typed} + "/#").is_null());
  }
}

TEST_P(BadInput, ACloudAliasIsToldApartFromATypingError) {
  const auto alias = stage().send("cam32100/BD0227833JJIU/command/get_status", "{}",
                                  stage().bridge_topic("response/error"));
  EXPECT_NE(alias.dump().find("discover"), std::string::npos) << alias.dump();
}

TEST_P(BadInput, UnknownCommandsAreAnsweredAndLeaveNoTopicOfTheirOwn) {
  expect_refusal("dance", "{}", "unknown_command");
  expect_refusal("get_statuss", "", "unknown_command");
  EXPECT_TRUE(stage().retained(stage().camera_topic("response/dance")).is_null());
  const auto answer = stage().send(stage().bridge_topic("command/dance"), "{}",
                                   stage().bridge_topic("response/dance"));
  EXPECT_EQ(outcome_of(answer), "unknown_command") << answer.dump();
  EXPECT_TRUE(stage().retained(stage().bridge_topic("response/dance")).is_null());
}

TEST_P(BadInput, TopicsThatNameNothingAreIgnored) {
  for (const char* tail :
       {"command", "command/", "command//", "command/ptz/left/now", "set//", "set/a/b/c"})
    stage().publish(stage().camera_topic(tail), "left");
  stage().publish("cam32100//command/ptz", "left");
  stage().publish("cam32100/bridge/set/level", "debug");
  stage().publish("cam32100/bridge/set", "{}");
  EXPECT_EQ(outcome_of(stage().ask_bridge("health")), "ok");
  EXPECT_EQ(stage().camera.count_requests("decoder_control.cgi"), 0U);
}

TEST_P(BadInput, SettingsThatDoNotExistAreRefused) {
  for (const char* key : {"volume", "a b", "..", "$SYS", "brightness;", "\xc3\xa4"}) {
    SCOPED_TRACE(key);
    const auto answer = stage().send(stage().camera_topic(std::string{"set/"} + key), "1",
                                     stage().camera_topic("response/set"));
    EXPECT_EQ(outcome_of(answer), "bad_argument") << answer.dump();
  }
  expect_refusal("set", R"({"a/#":1})", "bad_argument");
  expect_refusal("set", R"({"+":1})", "bad_argument");
  expect_refusal("set", R"({"brightness":"bright"})", "bad_argument");
  expect_refusal("set", R"({"brightness":999})", "bad_argument");
}

TEST_P(BadInput, WildcardsInNamesAreRefused) {
  for (const char* alias : {"a/b", "a+", "#", "bridge", "$x", "VSTC-123456-ABCDE"}) {
    SCOPED_TRACE(alias);
    const auto answer =
        stage().ask_bridge("camera/update", {{"uid", stage().camera.uid()}, {"alias", alias}});
    EXPECT_EQ(outcome_of(answer), "bad_argument") << answer.dump();
  }
  for (const char* base : {"a/#", "+/cameras", "#", "/a", "a//b", "$SYS"}) {
    SCOPED_TRACE(base);
    Process check{stage().loop,
                  {CAM32100_BINARY, "check-config", "-c", stage().bridge.config_file(), "--set",
                   std::string{"mqtt.base_topic="} + base}};
    EXPECT_EQ(check.wait_for_exit(), 1);
    EXPECT_NE(check.errors().find("base_topic"), std::string::npos) << check.errors();
  }
}

TEST_P(BadInputOfMqtt5, ResponseTopicsThatWeMustNotWriteToAreRefusedAndNothingIsExecuted) {
  const auto before = stage().camera.count_requests("decoder_control.cgi");
  for (const std::string& topic :
       {std::string{"a/#"}, std::string{"+/b"}, std::string{"#"}, std::string{"$SYS/broker"},
        std::string{"$share/a/b"}, stage().camera_topic("command/reboot"),
        stage().camera_topic("set/brightness"), stage().bridge_topic("command/restart")}) {
    SCOPED_TRACE(topic);
    const auto from = stage().tap.end();
    stage().publish(
        {.topic = stage().camera_topic("command/ptz"), .payload = "left", .response_topic = topic});
    const auto answer =
        stage().tap.wait_for(from, live_on_topic(stage().camera_topic("response/ptz")));
    ASSERT_TRUE(answer);
    EXPECT_EQ(outcome_of(answer->json()), "bad_argument") << answer->payload;
    EXPECT_EQ(stage().tap.count(from, on_topic(topic)), 0U);
  }
  EXPECT_EQ(stage().camera.count_requests("decoder_control.cgi"), before);
  EXPECT_EQ(stage().camera.count_requests("reboot.cgi"), 0U);
}

INSTANTIATE_TEST_SUITE_P(Mqtt5, BadInputOfMqtt5, ::testing::Values("5"));

}  // namespace cam32100::integration
