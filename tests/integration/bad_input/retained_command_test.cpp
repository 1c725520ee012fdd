// Commands that were published with the retain flag.
#include <gtest/gtest.h>

#include "tests/integration/support/stage.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

class RetainedCommands : public ::testing::TestWithParam<std::string> {
 protected:
  static StageOptions options() {
    StageOptions out;
    out.mqtt_version = GetParam();
    return out;
  }
  static bool is_cleared(Stage& stage, const std::string& topic) {
    return read_retained(stage.loop, stage.broker, stage.version, topic).empty();
  }
};

// On 3.1.1 a live retained publish looks like any other.
class RetainedCommandsOfMqtt5 : public RetainedCommands {};

}  // namespace

TEST_P(RetainedCommands, ThatWaitForTheBridgeAreRefusedAndClearedWithoutRunning) {
  auto waiting = options();
  waiting.start_bridge = false;
  Stage stage{waiting};
  const std::vector<std::string> commands{"reboot", "ptz", "restore_factory"};
  for (const auto& command : commands)
    stage.publish({.topic = stage.camera_topic("command/" + command),
                   .payload = command == "ptz" ? "left" : R"({"confirm":true})",
                   .retain = true});
  stage.publish({.topic = stage.bridge_topic("command/restart"), .payload = "{}", .retain = true});
  stage.publish({.topic = stage.camera_topic("set/brightness"), .payload = "1", .retain = true});
  const auto from = stage.tap.end();
  stage.bridge.start();
  ASSERT_TRUE(stage.wait_until_ready()) << stage.bridge.everything_it_wrote();
  for (const auto& command : commands) {
    SCOPED_TRACE(command);
    const auto answer =
        stage.tap.wait_for(from, live_on_topic(stage.camera_topic("response/" + command)));
    ASSERT_TRUE(answer);
    EXPECT_EQ(outcome_of(answer->json()), "retained_command") << answer->payload;
    EXPECT_TRUE(is_cleared(stage, stage.camera_topic("command/" + command)));
  }
  const auto restart =
      stage.tap.wait_for(from, live_on_topic(stage.bridge_topic("response/restart")));
  ASSERT_TRUE(restart);
  EXPECT_EQ(outcome_of(restart->json()), "retained_command") << restart->payload;
  const auto set = stage.tap.wait_for(from, live_on_topic(stage.camera_topic("response/set")));
  ASSERT_TRUE(set);
  EXPECT_EQ(outcome_of(set->json()), "retained_command") << set->payload;
  EXPECT_TRUE(is_cleared(stage, stage.camera_topic("set/brightness")));
  // The empty messages that cleared the topics ran nothing either.
  ASSERT_EQ(outcome_of(stage.ask("get_status")), "ok");
  EXPECT_EQ(stage.camera.state().at("reboots"), 0);
  EXPECT_EQ(stage.camera.count_requests("reboot.cgi"), 0U);
  EXPECT_EQ(stage.camera.count_requests("decoder_control.cgi"), 0U);
  EXPECT_EQ(stage.camera.count_requests("vbright"), 0U);
}

TEST_P(RetainedCommandsOfMqtt5, ThatComeWhileTheBridgeRunsAreRefused) {
  Stage stage{options()};
  ASSERT_TRUE(stage.wait_until_ready());
  const auto topic = stage.camera_topic("command/reboot");
  const auto from = stage.tap.end();
  stage.publish({.topic = topic, .payload = "{}", .retain = true});
  const auto answer =
      stage.tap.wait_for(from, live_on_topic(stage.camera_topic("response/reboot")));
  ASSERT_TRUE(answer);
  EXPECT_EQ(outcome_of(answer->json()), "retained_command") << answer->payload;
  ASSERT_EQ(outcome_of(stage.ask("get_status")), "ok");
  EXPECT_EQ(stage.camera.state().at("reboots"), 0);
  EXPECT_TRUE(is_cleared(stage, topic));
  EXPECT_EQ(stage.tap.count(from, live_on_topic(stage.camera_topic("response/reboot"))), 1U)
      << "the clearing has no answer of its own";
}

TEST_P(RetainedCommands, ThatAreClearedBySomebodyElseRunNothing) {
  Stage stage{options()};
  ASSERT_TRUE(stage.wait_until_ready());
  // What mosquitto_sub --remove-retained does: an empty retained message.
  for (const char* command : {"reboot", "snapshot", "get_status"})
    stage.publish({.topic = stage.camera_topic(std::string{"command/"} + command),
                   .payload = "",
                   .retain = true});
  ASSERT_EQ(outcome_of(stage.ask("get_misc")), "ok");
  EXPECT_EQ(stage.camera.count_requests("reboot.cgi"), 0U);
  EXPECT_EQ(stage.camera.state().at("reboots"), 0);
}

INSTANTIATE_TEST_SUITE_P(Mqtt5, RetainedCommands, ::testing::Values("5"));
INSTANTIATE_TEST_SUITE_P(Mqtt5, RetainedCommandsOfMqtt5, ::testing::Values("5"));
INSTANTIATE_TEST_SUITE_P(Mqtt311, RetainedCommands, ::testing::Values("3.1.1"));

}  // namespace cam32100::integration
