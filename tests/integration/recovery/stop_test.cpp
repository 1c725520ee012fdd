// How the process ends: in time whatever hangs, and in the way that was asked for.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "tests/integration/support/run_command.hpp"
#include "tests/integration/support/stage.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

constexpr std::chrono::milliseconds kStopsWithin{2000};

// The exit code, if it came within what SIGTERM promises.
void expect_stop_in_time(Stage& stage) {
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(stage.bridge.stop(), 0) << stage.bridge.everything_it_wrote();
  const auto took = std::chrono::steady_clock::now() - began;
  // A program under a sanitizer promises nothing.
  const bool is_slow = std::getenv("PROGRAM_UNDER_TEST") != nullptr;
  EXPECT_LT(took, is_slow ? 3 * kStopsWithin : kStopsWithin);
}

// A name service that never answers for names that end in ".hangs".
std::vector<std::string> hanging_names() {
  const char* sanitizer = std::getenv("ASAN_OPTIONS");
  return {"LD_PRELOAD=" CAM32100_HANGING_NAMES,
          "ASAN_OPTIONS=" + std::string{sanitizer != nullptr ? sanitizer : ""} +
              ":verify_asan_link_order=0"};
}

}  // namespace

TEST(BridgeThatIsTerminated, StopsInTimeWhenTheBrokerIsGone) {
  Stage stage;
  ASSERT_TRUE(stage.wait_until_ready());
  stage.broker.kill();
  expect_stop_in_time(stage);
}

TEST(BridgeThatIsTerminated, StopsInTimeWhenNeitherBrokerNorCameraAnswers) {
  Stage stage;
  ASSERT_TRUE(stage.wait_until_ready());
  stage.camera.kill();
  stage.broker.freeze();
  expect_stop_in_time(stage);
}

TEST(BridgeThatIsTerminated, StopsInTimeWhileANameServiceHangs) {
  Stage stage{without_bridge()};
  auto config = stage.bridge.config();
  config["servers"] = {{{"name", "away"}, {"hosts", {"server.hangs"}}}};
  stage.bridge.write_config(config);
  stage.bridge.start(hanging_names());
  ASSERT_TRUE(stage.wait_until_ready()) << stage.bridge.everything_it_wrote();
  expect_stop_in_time(stage);
}

TEST(BridgeThatIsTerminated, StopsInTimeWhileTheBrokersNameIsAskedFor) {
  Stage stage{without_bridge()};
  auto config = stage.bridge.config();
  config["mqtt"]["url"] = "mqtt://broker.hangs";
  stage.bridge.write_config(config);
  stage.bridge.start(hanging_names());
  ASSERT_TRUE(stage.bridge.process().wait_for_error_text("cannot be reached"));
  expect_stop_in_time(stage);
}

TEST(CallToABrokerWhoseNameServiceHangs, EndsInItsTime) {
  Loop loop;
  const auto began = std::chrono::steady_clock::now();
  const auto result = run_command(loop,
                                  {"call", "VSTC-123456-ABCDE", "get_status", "--set",
                                   "mqtt.url=mqtt://broker.hangs", "--timeout", "0.5"},
                                  hanging_names());
  EXPECT_EQ(result.exit_code, kTimedOut) << result.errors;
  EXPECT_LT(std::chrono::steady_clock::now() - began, kPatience / 2);
}

TEST(LookupAtAServerWhoseNameServiceHangs, EndsInItsTime) {
  Loop loop;
  const auto result = run_command(
      loop, {"lookup", "VSTC-123456-ABCDE", "--server", "server.hangs", "--timeout", "0.5"},
      hanging_names());
  EXPECT_EQ(result.exit_code, kFailed) << result.errors;
  EXPECT_NE(result.errors.find("server.hangs"), std::string::npos) << result.errors;
}

TEST(BridgeThatIsToldToRestart, EndsForGoodWhenItIsTerminatedMeanwhile) {
  Stage stage;
  ASSERT_TRUE(stage.wait_until_ready());
  stage.camera.kill();  // nobody answers the goodbye, so the stop takes its time
  ASSERT_EQ(outcome_of(stage.ask_bridge("restart")), "ok");
  EXPECT_EQ(stage.bridge.stop(), 0);
  EXPECT_FALSE(stage.bridge.is_running());
}

TEST(BridgeThatIsToldToRestart, DoesSoAlsoWhileANameServiceHangs) {
  Stage stage{without_bridge()};
  auto config = stage.bridge.config();
  config["servers"] = {{{"name", "away"}, {"hosts", {"server.hangs"}}}};
  stage.bridge.write_config(config);
  stage.bridge.start(hanging_names());
  ASSERT_TRUE(stage.wait_until_ready());
  const auto from = stage.tap.end();
  ASSERT_EQ(outcome_of(stage.ask_bridge("restart")), "ok");
  EXPECT_TRUE(stage.tap.wait_for(from, [&](const Message& message) {
    return message.topic == stage.bridge_topic("availability") && message.payload == "online";
  })) << stage.bridge.everything_it_wrote();
}

// As a package upgrade does it: the file is another one, and the old one is deleted.
TEST(BridgeThatIsToldToRestart, StartsTheProgramThatIsInItsPlaceNow) {
  Stage stage{without_bridge()};
  const auto program = stage.scratch / "cam32100";
  std::filesystem::copy_file(CAM32100_BINARY, program);
  Process bridge{stage.loop, {program, "run", "--config", stage.bridge.config_file()}};
  ASSERT_TRUE(stage.wait_until_ready()) << bridge.errors();
  stage.scratch.write("new", "#!/bin/sh\necho upgraded\nexit 7\n");
  ::chmod((stage.scratch / "new").c_str(), 0755);
  std::filesystem::rename(stage.scratch / "new", program);
  ASSERT_EQ(outcome_of(stage.ask_bridge("restart")), "ok");
  EXPECT_EQ(bridge.wait_for_exit(), 7) << bridge.errors();
  EXPECT_EQ(bridge.output(), "upgraded\n");
}

TEST(BridgeThatIsToldToRestart, StartsItselfWhenNothingIsInItsPlace) {
  Stage stage{without_bridge()};
  const auto program = stage.scratch / "cam32100";
  std::filesystem::copy_file(CAM32100_BINARY, program);
  Process bridge{stage.loop, {program, "run", "--config", stage.bridge.config_file()}};
  ASSERT_TRUE(stage.wait_until_ready()) << bridge.errors();
  std::filesystem::remove(program);
  const auto from = stage.tap.end();
  ASSERT_EQ(outcome_of(stage.ask_bridge("restart")), "ok");
  EXPECT_TRUE(stage.tap.wait_for(from, [&](const Message& message) {
    return message.topic == stage.bridge_topic("availability") && message.payload == "online";
  })) << bridge.errors();
}

}  // namespace cam32100::integration
