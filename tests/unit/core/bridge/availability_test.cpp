// `online` and `offline` are said when they are known, not before.
#include <gtest/gtest.h>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

const std::string kNewcomer = "VSTC-777777-GHIJK";

json listed(const BridgeRig& rig, const std::string& uid) {
  for (const auto& camera : rig.retained_json("cam32100/bridge/cameras")) {
    if (camera["uid"] == uid) return camera;
  }
  return nullptr;
}

TEST(FirstAvailability, IsNotSaidBeforeTheCameraWasSoughtForTheGraceTime) {
  BridgeRig rig;
  rig.bring_online();
  rig.run_for(29s);
  EXPECT_EQ(rig.broker.retained(rig.topic("availability")), nullptr);
  EXPECT_TRUE(listed(rig, kUid)["availability"].is_null());
  EXPECT_TRUE(rig.call("bridge", "camera/list")["data"]["cameras"][0]["availability"].is_null());
  rig.run_for(15s);
  EXPECT_EQ(rig.retained_text(rig.topic("availability")), "offline");
  EXPECT_EQ(listed(rig, kUid)["availability"], "offline");
  EXPECT_EQ(rig.spy->count(rig.topic("event/offline")), 0U) << "it was never anything else";
}

TEST(FirstAvailability, OfACameraJustAddedIsOnlineOrNothing) {
  BridgeRig rig;
  rig.bring_online();
  rig.add_camera(emulated(kNewcomer), 64);
  rig.ports->secrets["garden"] = "888888";
  ASSERT_EQ(
      rig.call("bridge", "camera/add", {{"uid", kNewcomer}, {"password_file", "garden"}})["status"],
      "ok");
  rig.run_for(10s);
  for (const auto& message : rig.spy->live(rig.topic("availability", kNewcomer)))
    EXPECT_EQ(message.payload, "online");
  EXPECT_EQ(rig.retained_text(rig.topic("availability", kNewcomer)), "online");
}

TEST(FirstAvailability, IsTheHeldWordOfAnEarlierRunUntilThen) {
  BridgeRig rig;
  rig.broker.set_retained(rig.topic("availability"), "online");
  rig.bring_online();
  rig.run_for(5s);
  EXPECT_EQ(rig.retained_text(rig.topic("availability")), "online");
  EXPECT_EQ(listed(rig, kUid)["availability"], "online");
  rig.run_for(60s);
  EXPECT_EQ(rig.retained_text(rig.topic("availability")), "offline");
  EXPECT_EQ(rig.spy->count(rig.topic("event/offline")), 1U);
}

TEST(Stop, SaysOfflineAlsoBeforeTheBridgeWorks) {
  BridgeRig rig;
  rig.broker.set_retained("cam32100/bridge/availability", "online");  // of a broker that crashed
  rig.broker.options.dropped_topics.insert("cam32100/bridge/sync");
  rig.connect();
  rig.run_for(500ms);
  rig.bridge->stop(rig.moment());
  rig.run_for(2s);
  EXPECT_EQ(rig.retained_text("cam32100/bridge/availability"), "offline");
}

TEST(RemovedCamera, IsWhatItsWaitingCommandsAreTold) {
  BridgeRig rig;
  rig.bring_online();
  ASSERT_EQ(rig.call("bridge", "camera/add", {{"uid", kNewcomer}})["status"], "ok");
  rig.publish(rig.topic("command/get_status", kNewcomer), R"({"id":"waits"})");
  rig.run_for(100ms);
  rig.spy->clear();
  ASSERT_EQ(rig.call_plain("bridge", "camera/remove", kNewcomer)["status"], "ok");
  const auto answers = rig.spy->live(rig.topic("response/get_status", kNewcomer));
  ASSERT_GE(answers.size(), 1U);
  const auto error = json::parse(answers[0].payload)["error"];
  EXPECT_EQ(error["code"], "unknown_camera");
  EXPECT_NE(error["message"].get<std::string>().find("removed"), std::string::npos);
}

}  // namespace
}  // namespace cam32100::testing
