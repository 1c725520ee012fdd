#pragma once

#include <string>

#include "tests/integration/support/shared_stage.hpp"

namespace cam32100::integration {

// A bridge that hears nonsense, over MQTT 5 and over 3.1.1.
class BadInput : public SharedStage<BadInput, ::testing::TestWithParam<std::string>> {
 public:
  static StageOptions stage_options() {
    StageOptions options;
    options.mqtt_version = GetParam();
    return options;
  }

 protected:
  // Nothing that came before may be in the way of this.
  void TearDown() override {
    if (!HasFatalFailure()) {
      EXPECT_EQ(outcome_of(stage().ask("get_misc")), "ok");
    }
    SharedStage::TearDown();
  }

  // Sends a payload to a camera's command and expects one error answer on its response topic.
  static void expect_refusal(const std::string& command, const std::string& payload,
                             const std::string& code);
};

// What 3.1.1 cannot say.
class BadInputOfMqtt5 : public BadInput {};

}  // namespace cam32100::integration
