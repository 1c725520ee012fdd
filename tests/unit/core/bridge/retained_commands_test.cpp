// Retained commands are never executed, and clearing them executes nothing either.
#include <gtest/gtest.h>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

class RetainedCommand : public ::testing::TestWithParam<int> {
 protected:
  [[nodiscard]] BridgeRig::Options options() const {
    BridgeRig::Options out;
    out.version = GetParam();
    return out;
  }
  [[nodiscard]] bool is_v5() const { return GetParam() == 5; }
};

INSTANTIATE_TEST_SUITE_P(Mqtt, RetainedCommand, ::testing::Values(5, 4),
                         [](const auto& each) { return each.param == 5 ? "v5" : "v311"; });

TEST_P(RetainedCommand, IsRefusedAndClearedWhenFoundAtConnect) {
  BridgeRig rig{options()};
  auto& camera = rig.add_camera(emulated());
  rig.broker.set_retained(rig.topic("command/reboot"), "{}");
  rig.broker.set_retained(rig.topic("set/brightness"), "90");
  rig.broker.set_retained("cam32100/bridge/command/restart", "{}");
  rig.bring_up();
  EXPECT_EQ(camera.snapshot().reboots, 0U);
  EXPECT_EQ(rig.ports->restarts, 0U);
  EXPECT_EQ(rig.broker.retained(rig.topic("command/reboot")), nullptr);
  EXPECT_EQ(rig.broker.retained(rig.topic("set/brightness")), nullptr);
  EXPECT_EQ(rig.broker.retained("cam32100/bridge/command/restart"), nullptr);
  EXPECT_EQ(rig.retained_json(rig.topic("response/reboot"))["error"]["code"], "retained_command");
  EXPECT_EQ(rig.retained_json(rig.topic("response/set"))["error"]["code"], "retained_command");
  EXPECT_EQ(rig.retained_json("cam32100/bridge/response/restart")["error"]["code"],
            "retained_command");
}

TEST_P(RetainedCommand, PublishedLiveIsRefusedOn5AndLooksLiveOn311) {
  BridgeRig rig{options()};
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  rig.publish(rig.topic("command/reboot"), "{}", true);
  rig.run_for(2s);
  EXPECT_EQ(camera.snapshot().reboots, is_v5() ? 0U : 1U);
  if (is_v5()) {
    EXPECT_EQ(rig.broker.retained(rig.topic("command/reboot")), nullptr);
  }
  rig.run_for(20s);
  // At the next connect it is found, cleared, and not executed again.
  rig.restart_broker();
  rig.run_for(5s);
  EXPECT_EQ(rig.broker.retained(rig.topic("command/reboot")), nullptr);
  EXPECT_EQ(camera.snapshot().reboots, is_v5() ? 0U : 1U);
}

TEST_P(RetainedCommand, ItsClearingRunsNothing) {
  BridgeRig rig{options()};
  rig.add_camera(emulated());
  rig.broker.set_retained(rig.topic("command/get_status"), "{}");
  rig.bring_up();
  rig.run_for(1s);
  // get_status may run on an empty payload: the echo of our clearing must not count as one.
  std::size_t answers = 0;
  for (const auto& message : rig.spy->live(rig.topic("response/get_status"))) {
    EXPECT_EQ(json::parse(message.payload)["error"]["code"], "retained_command");
    ++answers;
  }
  EXPECT_EQ(answers, 1U);
}

TEST_P(RetainedCommand, AUsersOwnClearingRunsNothingThatChangesTheCamera) {
  BridgeRig rig{options()};
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  for (const char* command :
       {"reboot", "ptz", "set", "restore_factory", "preset", "image", "ir", "sync_time"}) {
    rig.publish(rig.topic(std::string{"command/"} + command), "", true);
  }
  rig.publish(rig.topic("set/brightness"), "", true);
  rig.publish("cam32100/bridge/command/restart", "", true);
  rig.run_for(5s);
  EXPECT_EQ(camera.snapshot().reboots, 0U);
  EXPECT_EQ(camera.snapshot().pan, 0);
  EXPECT_EQ(rig.ports->restarts, 0U);
}

TEST_P(RetainedCommand, AnEmptyCommandAfterAClearingStillWorks) {
  BridgeRig rig{options()};
  rig.add_camera(emulated());
  rig.broker.set_retained(rig.topic("command/get_status"), "{}");
  rig.bring_up();
  const auto answer = rig.call_plain(kUid, "get_status", "");
  EXPECT_EQ(answer["status"], "ok") << answer.dump();
}

TEST_P(RetainedCommand, LiveOnesRunOnce) {
  BridgeRig rig{options()};
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  rig.publish(rig.topic("command/ptz"), R"({"move":"left","step":true})");
  rig.run_for(3s);
  EXPECT_EQ(camera.snapshot().pan, -1);
}

TEST(EmptyPayload, RunsOnlyWhatChangesNothing) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  for (const char* command :
       {"get_status", "get_params", "snapshot", "connect", "check_credentials"}) {
    EXPECT_EQ(rig.call_plain(kUid, command, "").value("status", ""), "ok") << command;
  }
  for (const char* command : {"ptz", "set", "reboot", "restore_factory", "sync_time", "preset"}) {
    const auto answer = rig.call_plain(kUid, command, "");
    EXPECT_EQ(answer["error"]["code"], "bad_argument") << command << answer.dump();
  }
  for (const char* command : {"restart", "cleanup", "reload", "camera/remove"}) {
    const auto answer = rig.call_plain("bridge", command, " \n");
    EXPECT_EQ(answer["error"]["code"], "bad_argument") << command;
  }
  EXPECT_EQ(camera.snapshot().reboots, 0U);
}

}  // namespace
}  // namespace cam32100::testing
