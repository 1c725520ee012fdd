#pragma once

#include <string>

#include "tests/integration/support/shared_stage.hpp"

namespace cam32100::integration {

// Every test of this suite runs over MQTT 5 and over 3.1.1, each with a stage of its own.
class Commands : public SharedStage<Commands, ::testing::TestWithParam<std::string>> {
 public:
  static StageOptions stage_options() {
    StageOptions options;
    options.mqtt_version = GetParam();
    options.with_server = true;
    options.config = {{"http", {{"allow_write", true}}}};
    return options;
  }

 protected:
  void SetUp() override {
    SharedStage::SetUp();
    if (HasFatalFailure() || has_server_) return;
    // The stage's server is told to the bridge over MQTT: its address is known only now.
    ASSERT_TRUE(stage().server->wait_for_login(stage().camera.uid()));
    ASSERT_EQ(outcome_of(stage().ask_bridge(
                  "server/add", {{"name", "home"}, {"hosts", {stage().server->address()}}})),
              "ok");
    has_server_ = true;
  }
  static void TearDownTestSuite() {
    has_server_ = false;
    SharedStage::TearDownTestSuite();
  }

 private:
  inline static bool has_server_ = false;
};

// What 3.1.1 cannot say.
class CommandsOfMqtt5 : public Commands {};

}  // namespace cam32100::integration
