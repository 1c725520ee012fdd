// The bridge itself stops, restarts, and remembers.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/integration/support/secret_marker.hpp"
#include "tests/integration/support/stage.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

constexpr std::chrono::milliseconds kStopPromise{2000};

bool wait_for_bridge(Stage& stage, std::size_t from, const std::string& word) {
  return stage.tap
      .wait_for(from,
                [&](const Message& message) {
                  return message.topic == stage.bridge_topic("availability") &&
                         message.payload == word;
                })
      .has_value();
}

json add_second(Stage& stage, const Emulator& second) {
  stage.scratch.write("secrets/second", "888888");
  return stage.ask_bridge("camera/add", {{"uid", second.uid()},
                                         {"name", "Second"},
                                         {"address", second.address()},
                                         {"password_file", "second"}});
}

bool wait_for_session_of(Stage& stage, std::size_t from, const Emulator& camera) {
  return stage.tap
      .wait_for(from,
                [&](const Message& message) {
                  return message.topic == "cam32100/" + camera.uid() + "/state" &&
                         message.json().value("session", "") == "connected";
                })
      .has_value();
}

}  // namespace

TEST(BridgeThatIsTerminated, SaysGoodbyeToBrokerAndCameraWithinTwoSeconds) {
  Stage stage;
  ASSERT_TRUE(stage.wait_until_ready());
  ASSERT_TRUE(stage.camera.wait_for_state([](const json& s) { return s.at("sessions") == 1; }));
  const auto from = stage.tap.end();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(stage.bridge.stop(), 0);
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_LT(took, kPatience > std::chrono::seconds{20} ? 3 * kStopPromise : kStopPromise);
  EXPECT_TRUE(wait_for_bridge(stage, from, "offline"));
  // CLOSE reached the camera: its own silence timer takes ten seconds.
  EXPECT_TRUE(stage.camera.wait_for_state([](const json& s) { return s.at("sessions") == 0; },
                                          std::chrono::seconds{5}));
  EXPECT_EQ(stage.tap.newest(stage.camera_topic("availability"))->payload, "online")
      << "a camera keeps its last word";
  stage.expect_no_secret();
}

TEST(BridgeThatRuns, PutsTheLinesOfItsProcessOnItsLogTopicToo) {
  Stage stage;
  ASSERT_TRUE(stage.wait_until_ready());
  EXPECT_TRUE(stage.tap.wait_for(0, [&](const Message& message) {
    return message.topic == stage.bridge_topic("log") &&
           message.payload.find("connected to ") != std::string::npos && !message.retained;
  })) << stage.bridge.everything_it_wrote();
}

TEST(BridgeThatIsKilled, IsCalledOfflineByItsWill) {
  Stage stage;
  ASSERT_TRUE(stage.wait_until_ready());
  const auto from = stage.tap.end();
  stage.bridge.kill();
  EXPECT_TRUE(wait_for_bridge(stage, from, "offline"));
}

TEST(BridgeThatIsStartedAgain, KnowsTheCamerasThatWereAddedOverMqtt) {
  Stage stage;
  ASSERT_TRUE(stage.wait_until_ready());
  Emulator second{stage.loop, {.uid = "VSTB-654321-EDCBA"}};
  ASSERT_EQ(outcome_of(add_second(stage, second)), "ok");
  ASSERT_TRUE(wait_for_session_of(stage, 0, second));
  EXPECT_EQ(stage.bridge.stop(), 0);
  const auto from = stage.tap.end();
  stage.bridge.start();
  EXPECT_TRUE(wait_for_session_of(stage, from, second)) << stage.bridge.everything_it_wrote();
  std::ifstream file{stage.scratch / "state.json"};
  const std::string state{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_NE(state.find(second.uid()), std::string::npos);
  EXPECT_FALSE(find_secret(state));
}

TEST(BridgeThatIsStartedAgain, HasForgottenTheCamerasThatWereRemovedOverMqtt) {
  Stage stage;
  ASSERT_TRUE(stage.wait_until_ready());
  Emulator second{stage.loop, {.uid = "VSTB-654321-EDCBA"}};
  ASSERT_EQ(outcome_of(add_second(stage, second)), "ok");
  ASSERT_EQ(outcome_of(stage.ask_bridge("camera/remove", {{"uid", second.uid()}})), "ok");
  EXPECT_EQ(stage.bridge.stop(), 0);
  const auto from = stage.tap.end();
  stage.bridge.start();
  ASSERT_TRUE(wait_for_bridge(stage, from, "online"));
  const auto list = stage.ask_bridge("camera/list").at("data").at("cameras");
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list.at(0).at("uid"), stage.camera.uid());
}

TEST(BridgeThatIsToldToRestart, ComesBackAsTheSameProcessWithAllItsCameras) {
  Stage stage;
  ASSERT_TRUE(stage.wait_until_ready());
  Emulator second{stage.loop, {.uid = "VSTB-654321-EDCBA"}};
  ASSERT_EQ(outcome_of(add_second(stage, second)), "ok");
  ASSERT_TRUE(wait_for_session_of(stage, 0, second));
  const auto started = stage.retained(stage.bridge_topic("info")).at("started");
  const auto from = stage.tap.end();
  ASSERT_EQ(outcome_of(stage.ask_bridge("restart")), "ok");
  EXPECT_TRUE(wait_for_bridge(stage, from, "offline"));
  EXPECT_TRUE(wait_for_bridge(stage, from, "online")) << stage.bridge.everything_it_wrote();
  EXPECT_TRUE(wait_for_session_of(stage, from, second));
  EXPECT_TRUE(stage.wait_for_session("connected"));
  EXPECT_TRUE(stage.bridge.is_running());
  EXPECT_EQ(outcome_of(stage.ask("get_status")), "ok");
  EXPECT_NE(stage.retained(stage.bridge_topic("info")).at("started"), started);
  stage.expect_no_secret();
}

TEST(BridgeThatIsToldToReload, TakesOverWhatTheFileSaysNow) {
  Stage stage;
  ASSERT_TRUE(stage.wait_until_ready());
  auto config = stage.bridge.config();
  config["cameras"][0]["name"] = "Backyard";
  stage.bridge.write_config(config);
  const auto answer = stage.ask_bridge("reload");
  ASSERT_EQ(outcome_of(answer), "ok") << answer.dump();
  EXPECT_EQ(answer.at("data").at("changed").at(0), stage.camera.uid());
  EXPECT_TRUE(stage.tap.wait_until(stage.bridge_topic("cameras"), [](const Message& message) {
    return message.payload.find("Backyard") != std::string::npos;
  }));
}

TEST(BridgeThatIsToldToReload, KeepsWhatItHasWhenTheFileIsWrong) {
  Stage stage;
  ASSERT_TRUE(stage.wait_until_ready());
  auto config = stage.bridge.config();
  config["mqtt"]["keep_alive_s"] = 1;
  stage.bridge.write_config(config);
  const auto answer = stage.ask_bridge("reload");
  EXPECT_EQ(outcome_of(answer), "bad_argument") << answer.dump();
  EXPECT_NE(answer.dump().find("keep_alive_s"), std::string::npos) << answer.dump();
  EXPECT_EQ(outcome_of(stage.ask("get_status")), "ok");
}

}  // namespace cam32100::integration
