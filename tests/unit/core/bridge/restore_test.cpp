// Events while the broker was away, and what an earlier run left there.
#include <gtest/gtest.h>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

class Restore : public ::testing::TestWithParam<int> {
 protected:
  static BridgeRig::Options options() {
    BridgeRig::Options made;
    made.version = GetParam();
    return made;
  }
  [[nodiscard]] std::vector<json> motions() const {
    std::vector<json> out;
    for (const auto& message : rig.spy->live(rig.topic("event/motion")))
      out.push_back(json::parse(message.payload));
    return out;
  }
  BridgeRig rig{options()};
};
INSTANTIATE_TEST_SUITE_P(Mqtt, Restore, ::testing::Values(5, 4),
                         [](const auto& param) { return "V" + std::to_string(param.param); });

TEST_P(Restore, TellsTheEndOfAMotionOnceWhenItEndedWhileTheBrokerWasAway) {
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  camera.raise_alarm(rig.net.now(), 1);
  ASSERT_TRUE(rig.run_until(
      [&] { return rig.retained_json(rig.topic("event/motion"))["active"] == true; }, 70s));
  rig.mqtt->lose();
  camera.raise_alarm(rig.net.now(), 0);
  rig.run_for(60s);
  rig.spy->clear();
  rig.connect();
  rig.run_for(3s);
  ASSERT_EQ(motions().size(), 1U);
  EXPECT_EQ(motions()[0]["active"], false);
  EXPECT_EQ(motions()[0]["source"], "status_poll");
  EXPECT_EQ(rig.retained_json(rig.topic("event/motion"))["source"], "status_poll");
}

TEST_P(Restore, LeavesAMotionThatGoesOnWhenTheBridgeStartsAgain) {
  rig.broker.set_retained(
      rig.topic("event/motion"),
      R"({"v":1,"type":"motion","id":"01OLD","active":true,"ts":"2026-11-23T00:56:00.000Z"})");
  auto& camera = rig.add_camera(emulated());
  camera.raise_alarm(rig.net.now(), 1);
  rig.run_for(5s);  // it is polled before the broker is there
  rig.connect();
  rig.run_for(3s);
  const auto event = rig.retained_json(rig.topic("event/motion"));
  EXPECT_EQ(event["active"], true) << event.dump();
  EXPECT_NE(event["id"], "01OLD");
  for (const auto& motion : motions()) EXPECT_EQ(motion["active"], true) << motion.dump();
}

TEST_P(Restore, ForgetsATopicThatWasEmptiedWhileTheTreeWasRead) {
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_NE(rig.broker.retained(rig.topic("event/motion")), nullptr);
  rig.broker.options.dropped_topics.insert("cam32100/bridge/sync");
  rig.mqtt->lose();
  rig.connect();
  rig.run_for(500ms);
  rig.publish(rig.topic("event/motion"), "", true);
  rig.run_for(3s);
  EXPECT_EQ(rig.retained_json(rig.topic("event/motion"))["active"], false) << "it is back";
}

TEST_P(Restore, KeepsOnlyItsOwnKindsOfEvents) {
  for (int i = 0; i < 100; ++i)
    rig.broker.set_retained(rig.topic("event/x" + std::to_string(i)), R"({"active":true})");
  rig.bring_online();
  rig.run_for(3s);
  EXPECT_EQ(rig.spy->count(rig.topic("event/x1")), 0U) << "not ours to end";
  const auto saved = bridge::parse_state(rig.ports->saved.back(), "state");
  ASSERT_TRUE(saved);
  for (const auto& topic : saved->retained_topics.at(kUid))
    EXPECT_EQ(topic.find("/event/x"), std::string::npos) << topic;
}

TEST_P(Restore, KeepsWhereACameraWasAndUnderWhichKeyForTheNextStart) {
  rig.add_camera(emulated());
  rig.bring_up();
  rig.run_for(3s);
  const auto saved = bridge::parse_state(rig.ports->saved.back(), "state");
  ASSERT_TRUE(saved);
  const auto state = rig.retained_json(rig.topic("state"));
  EXPECT_EQ(saved->ways.at(kUid), (json{{"address", state["address"]},
                                        {"transport", state["transport"]},
                                        {"cipher", state["cipher"]}}));
}

}  // namespace
}  // namespace cam32100::testing
