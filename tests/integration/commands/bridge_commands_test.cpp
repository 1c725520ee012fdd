// Every command of the bridge itself.
#include <algorithm>

#include "tests/integration/commands/command_suite.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

void expect_answer(Stage& stage, const std::string& command, const json& arguments,
                   const std::string& outcome) {
  SCOPED_TRACE(command + " " + arguments.dump());
  const auto answer = stage.ask_bridge(command, arguments);
  ASSERT_EQ(outcome_of(answer), outcome) << answer.dump();
  EXPECT_EQ(stage.retained(stage.bridge_topic("response/" + command)), answer);
}

}  // namespace

TEST_P(Commands, OfTheBridgeAnswerAndStayOnTheBroker) {
  expect_answer(stage(), "server/list", {}, "ok");
  expect_answer(stage(), "camera/list", {}, "ok");
  expect_answer(stage(), "health", {}, "ok");
  expect_answer(stage(), "stun", {}, "ok");
  expect_answer(stage(), "lookup", {{"uid", stage().camera.uid()}}, "ok");
  expect_answer(stage(), "discover", {{"timeout_ms", 500}}, "ok");
  expect_answer(stage(), "cleanup", {}, "ok");
  expect_answer(stage(), "reload", {}, "ok");
  expect_answer(stage(), "log_level", {{"level", "info"}}, "ok");
  expect_answer(stage(), "log_level", {{"level", "debug"}}, "ok");
}

TEST_P(Commands, OfTheBridgeSayWhatIsWrongWithThem) {
  expect_answer(stage(), "rediscover", {}, "not_supported");
  expect_answer(stage(), "log_level", {{"level", "loud"}}, "bad_argument");
  expect_answer(stage(), "server/add", {{"hosts", {"not a host"}}}, "bad_argument");
  expect_answer(stage(), "server/remove", {{"name", "nobody"}}, "bad_argument");
  expect_answer(stage(), "camera/add", {{"uid", "BD0227833JJIU"}}, "bad_argument");
  expect_answer(stage(), "camera/add", {{"uid", stage().camera.uid()}}, "bad_argument");
  expect_answer(stage(), "camera/remove", {{"uid", stage().camera.uid()}}, "forbidden");
  expect_answer(stage(), "health", {{"loud", true}}, "bad_argument");
}

TEST_P(Commands, DiscoverFindsTheCameraAndKnowsItAlready) {
  const auto answer = stage().ask_bridge("discover", {{"timeout_ms", 500}});
  ASSERT_EQ(outcome_of(answer), "ok") << answer.dump();
  const auto text = answer.at("data").dump();
  EXPECT_NE(text.find(stage().camera.uid()), std::string::npos) << text;
  EXPECT_NE(text.find(stage().camera.address()), std::string::npos) << text;
}

TEST_P(Commands, StunTellsTheAddressThatAServerSees) {
  const auto answer = stage().ask_bridge("stun");
  ASSERT_EQ(outcome_of(answer), "ok") << answer.dump();
  EXPECT_NE(answer.at("data").dump().find("127.0.0.1:"), std::string::npos) << answer.dump();
}

TEST_P(Commands, ServersComeAndGo) {
  ASSERT_EQ(
      outcome_of(stage().ask_bridge("server/add", {{"name", "other"}, {"hosts", {"127.0.0.1:9"}}})),
      "ok");
  const auto list = stage().ask_bridge("server/list").at("data").at("servers");
  EXPECT_TRUE(std::any_of(list.begin(), list.end(),
                          [](const json& set) { return set.at("name") == "other"; }));
  EXPECT_EQ(outcome_of(stage().ask_bridge("server/remove", {{"name", "other"}})), "ok");
  const auto left = stage().ask_bridge("server/list").at("data").at("servers");
  EXPECT_FALSE(std::any_of(left.begin(), left.end(),
                           [](const json& set) { return set.at("name") == "other"; }));
}

TEST_P(Commands, CamerasComeAndGoAndLeaveNothingBehind) {
  Emulator second{stage().loop, {.uid = "VSTB-654321-EDCBA"}};
  const std::string base = "cam32100/" + second.uid() + "/";
  stage().scratch.write("secrets/second", "888888");
  const auto from = stage().tap.end();
  ASSERT_EQ(outcome_of(stage().ask_bridge("camera/add", {{"uid", second.uid()},
                                                         {"name", "Second"},
                                                         {"address", second.address()},
                                                         {"password_file", "second"}})),
            "ok");
  EXPECT_TRUE(stage().tap.wait_until(
      base + "state", [](const auto& m) { return m.json().value("session", "") == "connected"; }));
  EXPECT_TRUE(stage().tap.wait_for(from, [&](const Message& message) {
    return message.topic == stage().bridge_topic("event") &&
           message.json().value("type", "") == "camera_added";
  }));
  const auto renamed =
      stage().ask_bridge("camera/update", {{"uid", second.uid()}, {"name", "Renamed"}});
  EXPECT_EQ(outcome_of(renamed), "ok") << renamed.dump();
  EXPECT_TRUE(stage().tap.wait_until(stage().bridge_topic("cameras"), [](const auto& m) {
    return m.payload.find("Renamed") != std::string::npos;
  }));
  ASSERT_EQ(outcome_of(stage().ask_bridge("camera/remove", {{"uid", second.uid()}})), "ok");
  EXPECT_TRUE(second.wait_for_state([](const json& state) { return state.at("sessions") == 0; }));
  EXPECT_TRUE(stage().tap.wait_for(from, [&](const Message& message) {
    return message.topic == stage().bridge_topic("event") &&
           message.json().value("type", "") == "camera_removed";
  }));
  EXPECT_TRUE(read_retained(stage().loop, stage().broker, stage().version, base + "#").empty());
}

TEST_P(Commands, BridgeInfoSaysWhatThereIsAndNoSecret) {
  const auto info = stage().retained(stage().bridge_topic("info"));
  ASSERT_TRUE(info.is_object());
  EXPECT_EQ(info.at("mqtt_version"), stage().version);
  EXPECT_EQ(info.at("base_topic"), "cam32100");
  EXPECT_TRUE(info.at("commands").at("bridge").contains("camera/add"));
  EXPECT_TRUE(info.at("commands").at("camera").contains("ptz"));
  EXPECT_FALSE(info.at("commands").at("camera").contains("video")) << "not built yet";
  EXPECT_EQ(info.at("config").at("cameras").at(0).at("password"), "***");
}

}  // namespace cam32100::integration
