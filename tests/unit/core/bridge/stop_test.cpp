#include <gtest/gtest.h>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

TEST(Stop, AnswersWhatWaitsSaysCloseAndGoesOfflineLast) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  rig.publish(rig.topic("command/ptz"), R"({"id":"1","move":"left","ms":9000})");
  rig.publish("cam32100/bridge/command/discover", R"({"id":"2"})");
  rig.publish("cam32100/bridge/command/reload", R"({"id":"3"})");
  rig.run_for(100ms);
  rig.spy->clear();
  const auto start = rig.net.now();
  rig.bridge->stop(rig.moment());
  ASSERT_TRUE(rig.run_until([&] { return rig.bridge->is_stopped(); }, 5s));
  EXPECT_LE(rig.net.now() - start, 1500ms);
  EXPECT_FALSE(rig.bridge->deadline());
  rig.run_for(1s);
  EXPECT_EQ(rig.retained_json(rig.topic("response/ptz"))["error"]["code"], "shutting_down");
  EXPECT_EQ(rig.retained_json("cam32100/bridge/response/discover")["error"]["code"],
            "shutting_down");
  EXPECT_EQ(rig.retained_json("cam32100/bridge/response/reload")["error"]["code"], "shutting_down");
  EXPECT_EQ(rig.mqtt->published.back().topic, "cam32100/bridge/availability");
  EXPECT_EQ(rig.mqtt->published.back().payload, "offline");
  EXPECT_EQ(camera.snapshot().sessions, 0U);
  EXPECT_TRUE(rig.ports->endpoints.empty());
}

TEST(Stop, LosesNothingThatWaitsBehindAnAnswer) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  const auto answer = rig.call(kUid, "get_status");
  ASSERT_NE(rig.retained_json(rig.topic("response")), answer);
  rig.bridge->stop(rig.moment());
  ASSERT_TRUE(rig.run_until([&] { return rig.bridge->is_stopped(); }, 5s));
  EXPECT_EQ(rig.retained_json(rig.topic("response")), answer);
  EXPECT_EQ(rig.mqtt->published.back().payload, "offline");
}

TEST(Stop, KeepsTheCamerasAvailability) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.bridge->stop(rig.moment());
  rig.run_for(5s);
  EXPECT_EQ(rig.retained_text(rig.topic("availability")), "online");
  EXPECT_EQ(rig.broker.retained(rig.topic("event/offline")), nullptr);
}

TEST(Stop, AnswersNewCommandsShuttingDown) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.bridge->stop(rig.moment());
  rig.bridge->on_mqtt_message(
      rig.moment(), {.topic = rig.topic("command/get_status"), .payload = "{}", .qos = 1});
  rig.run_for(2s);
  EXPECT_EQ(rig.retained_json(rig.topic("response/get_status"))["error"]["code"], "shutting_down");
}

TEST(Stop, IsQuickWithoutBrokerAndWithoutCameras) {
  BridgeRig rig;
  rig.bridge->stop(rig.moment());
  EXPECT_TRUE(rig.run_until([&] { return rig.bridge->is_stopped(); }, 1500ms));
}

TEST(Stop, IgnoresEverythingAfterwards) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.bridge->stop(rig.moment());
  rig.run_for(3s);
  ASSERT_TRUE(rig.bridge->is_stopped());
  const auto published = rig.mqtt->published.size();
  rig.bridge->stop(rig.moment());
  rig.bridge->on_time(rig.moment());
  rig.bridge->on_resume(rig.moment());
  rig.bridge->on_progress(rig.moment(), 1);
  rig.bridge->on_mqtt_lost(rig.moment(), "x");
  rig.bridge->on_mqtt_message(rig.moment(),
                              {.topic = rig.topic("command/get_status"), .payload = "{}"});
  EXPECT_EQ(rig.mqtt->published.size(), published);
}

TEST(Stop, WritesTheStateThatWaited) {
  BridgeRig rig;
  rig.bring_online();
  ASSERT_EQ(rig.call("bridge", "camera/add", {{"uid", "VSTC-654321-FGHIJ"}})["status"], "ok");
  rig.bridge->stop(rig.moment());
  rig.run_for(2s);
  ASSERT_FALSE(rig.ports->saved.empty());
  EXPECT_NE(rig.ports->saved.back().find("VSTC-654321-FGHIJ"), std::string::npos);
}

}  // namespace
}  // namespace cam32100::testing
