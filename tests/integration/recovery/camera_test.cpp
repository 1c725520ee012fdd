// The camera goes away and comes back, or was never there.
#include <gtest/gtest.h>

#include "tests/integration/support/stage.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

bool wait_for_availability(Stage& stage, const std::string& word) {
  return stage.tap
      .wait_until(stage.camera_topic("availability"),
                  [&word](const Message& message) { return message.payload == word; })
      .has_value();
}

}  // namespace

// Ten seconds of silence tell a dead session, so both cameras fall silent in one test: one is
// killed, the other one forgets its sessions and is there again at once.
TEST(CamerasThatFallSilent, AreNoticedAndConnectedToAgain) {
  StageOptions options;
  options.start_bridge = false;
  Stage stage{options};
  Emulator forgetful{stage.loop, {.uid = "VSTB-654321-EDCBA"}};
  auto config = stage.bridge.config();
  config["cameras"].push_back(
      {{"uid", forgetful.uid()}, {"password", "888888"}, {"address", forgetful.address()}});
  stage.bridge.write_config(config);
  stage.bridge.start();
  ASSERT_TRUE(stage.wait_until_ready());
  ASSERT_TRUE(wait_for_availability(stage, "online"));
  // Until the bridge knows it as well: a bridge that still punches would open it again at once.
  ASSERT_TRUE(stage.tap.wait_until(
      "cam32100/" + forgetful.uid() + "/state",
      [](const Message& message) { return message.json().value("session", "") == "connected"; }));
  ASSERT_TRUE(forgetful.wait_for_state([](const json& s) { return s.at("sessions") == 1; }));
  forgetful.power_cycle();
  ASSERT_TRUE(forgetful.wait_for_state([](const json& s) { return s.at("sessions") == 0; }));
  stage.camera.kill();
  // A command does not wait for the silence to be noticed.
  const auto answer = stage.ask("get_status", {{"timeout_ms", 2000}});
  const auto outcome = outcome_of(answer);
  EXPECT_TRUE(outcome == "timeout" || outcome == "session_lost" || outcome == "camera_offline")
      << answer.dump();
  EXPECT_EQ(outcome_of(stage.ask_bridge("health")), "ok") << "the bridge is well meanwhile";
  EXPECT_TRUE(forgetful.wait_for_state([](const json& s) { return s.at("sessions") == 1; }));
  EXPECT_TRUE(wait_for_availability(stage, "offline")) << stage.bridge.everything_it_wrote();
  stage.camera.start();
  EXPECT_TRUE(wait_for_availability(stage, "online")) << stage.bridge.everything_it_wrote();
  EXPECT_TRUE(stage.wait_for_session("connected"));
  EXPECT_EQ(outcome_of(stage.ask("get_status")), "ok");
  stage.expect_no_secret();
}

TEST(CameraThatIsNowhere, IsAnsweredForWithWhatWasTried) {
  StageOptions options;
  options.config = {{"timing", {{"connect_timeout_ms", 1000}}}};
  options.start_bridge = false;
  Stage stage{options};
  stage.camera.kill();
  stage.bridge.start();
  ASSERT_TRUE(stage.tap.wait_until(stage.bridge_topic("availability"), [](const Message& message) {
    return message.payload == "online";
  }));
  const auto answer = stage.ask("get_status", {{"timeout_ms", 8000}});
  EXPECT_EQ(outcome_of(answer), "camera_offline") << answer.dump();
  EXPECT_EQ(answer.at("error").at("retryable"), true);
  EXPECT_TRUE(wait_for_availability(stage, "offline"));
}

TEST(CameraWithAnotherPassword, IsCalledAuthFailedAndNotHammered) {
  StageOptions options;
  options.start_bridge = false;
  Stage stage{options};
  stage.scratch.write("secrets/porch", "wrong");
  stage.bridge.start();
  EXPECT_TRUE(stage.wait_for_session("auth_failed")) << stage.bridge.everything_it_wrote();
  const auto answer = stage.ask("get_status");
  EXPECT_EQ(outcome_of(answer), "auth_failed") << answer.dump();
  // The password is corrected while the bridge runs.
  stage.scratch.write("secrets/right", "Mk7qZx93wVt5-camera");
  const auto update =
      stage.ask_bridge("camera/update", {{"uid", stage.camera.uid()}, {"password_file", "right"}});
  EXPECT_EQ(outcome_of(update), "ok") << update.dump();
  EXPECT_TRUE(stage.wait_for_session("connected")) << stage.bridge.everything_it_wrote();
  EXPECT_EQ(outcome_of(stage.ask("get_status")), "ok");
  stage.expect_no_secret();
}

struct Family {
  const char* name;
  EmulatorOptions camera;
};

class CamerasOfOtherKinds : public ::testing::TestWithParam<Family> {};

TEST_P(CamerasOfOtherKinds, AreFoundAndServed) {
  StageOptions options;
  options.camera = GetParam().camera;
  Stage stage{options};
  ASSERT_TRUE(stage.wait_until_ready()) << stage.bridge.everything_it_wrote();
  EXPECT_EQ(outcome_of(stage.ask("get_status")), "ok");
  EXPECT_EQ(outcome_of(stage.ask("snapshot")), "ok");
  stage.expect_no_secret();
}

INSTANTIATE_TEST_SUITE_P(All, CamerasOfOtherKinds,
                         ::testing::Values(Family{"EncryptedWithTheKeyOfItsPrefix",
                                                  {.uid = "VSTJ-123456-ABCDE", .psk = "auto"}},
                                           Family{"WaitsForTheClientsReady",
                                                  {.uid = "VSTB-123456-ABCDE",
                                                   .more_words = {"--variant-b"}}}),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace cam32100::integration
