// The quick path: from a command to its datagram, and from the reply to its answer, without a
// detour.
#include <gtest/gtest.h>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

TEST(CommandPath, SendsTheDatagramWithinTheCallThatBroughtTheCommand) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.run_for(500ms);
  const auto sent = rig.net.counters().sent;
  rig.bridge->on_mqtt_message(
      rig.moment(), {.topic = rig.topic("command/get_status"), .payload = "{}", .qos = 1});
  EXPECT_GT(rig.net.counters().sent, sent);
}

TEST(CommandPath, SendsNoDatagramForACommandItRefuses) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.run_for(500ms);
  const auto sent = rig.net.counters().sent;
  rig.bridge->on_mqtt_message(rig.moment(),
                              {.topic = rig.topic("command/ptz"), .payload = "sideways", .qos = 1});
  EXPECT_EQ(rig.net.counters().sent, sent);
}

TEST(CommandPath, PublishesTheAnswerInTheMomentTheReplyArrives) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.run_for(500ms);
  const auto before = rig.mqtt->published.size();
  rig.bridge->on_mqtt_message(
      rig.moment(), {.topic = rig.topic("command/get_status"), .payload = "{}", .qos = 1});
  const auto asked = rig.net.now();
  ASSERT_TRUE(rig.run_until([&] { return rig.mqtt->published.size() > before; }));
  EXPECT_EQ(rig.net.now() - asked, 20ms) << "there and back on links of 10 ms";
}

TEST(CommandPath, DoesNotPublishAStateForEveryCommand) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.spy->clear();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(rig.call(kUid, "get_misc")["status"], "ok");
  EXPECT_LE(rig.spy->count(rig.topic("state")), 1U);
  EXPECT_EQ(rig.spy->count(rig.topic("info")), 0U);
  EXPECT_EQ(rig.spy->count("cam32100/bridge/cameras"), 0U);
}

}  // namespace
}  // namespace cam32100::testing
