// Retained topics that show how a camera is.
#include <gtest/gtest.h>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

TEST(State, HasTheFieldsOfTheContract) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.run_for(601s);
  const auto state = rig.retained_json(rig.topic("state"));
  for (const char* key :
       {"v", "session", "reason", "since", "transport", "address", "rtt_ms", "retries", "next_try",
        "streaming", "last_seen", "last_error", "counters"}) {
    EXPECT_TRUE(state.contains(key)) << key;
  }
  EXPECT_EQ(state["session"], "connected");
  EXPECT_EQ(state["transport"], "lan");
  EXPECT_EQ(state["address"], "192.168.1.63:26101");
  EXPECT_EQ(state["streaming"], false);
  EXPECT_TRUE(state["reason"].is_null());
  EXPECT_GT(state["counters"]["ping"].get<int>(), 0);
  EXPECT_EQ(state["rtt_ms"], 20);
}

TEST(State, IsSilentWhileNothingChanges) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.run_for(70s);
  rig.spy->clear();
  rig.run_for(400s);
  EXPECT_EQ(rig.spy->count(rig.topic("state")), 0U)
      << rig.spy->last(rig.topic("state")).value_or("");
  EXPECT_EQ(rig.spy->count(rig.topic("info")), 0U);
  EXPECT_EQ(rig.spy->count(rig.topic("settings")), 0U);
  EXPECT_EQ(rig.spy->count("cam32100/bridge/cameras"), 0U);
}

TEST(State, FollowsTheSessionAndSaysWhy) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.cut_camera(0);
  rig.run_for(40s);
  const auto state = rig.retained_json(rig.topic("state"));
  EXPECT_NE(state["session"], "connected");
  EXPECT_TRUE(state["last_error"].is_object() || state["reason"].is_string()) << state.dump();
  EXPECT_EQ(state.dump().find("ABCDE\",\"reason"), std::string::npos);
}

TEST(State, TellsAWrongPassword) {
  BridgeRig::Options options;
  options.config.cameras[0].password = bridge::Secret{"wrong"};
  BridgeRig rig{options};
  rig.add_camera(emulated());
  rig.bring_online();
  rig.run_for(20s);
  EXPECT_EQ(rig.retained_json(rig.topic("state"))["session"], "auth_failed");
  EXPECT_EQ(rig.call(kUid, "get_status")["error"]["code"], "auth_failed");
}

TEST(Info, ShowsWhatTheCameraIsAndCanDo) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  const auto info = rig.retained_json(rig.topic("info"));
  EXPECT_EQ(info["name"], "Garden");
  EXPECT_EQ(info["family"], "vstarcam");
  EXPECT_EQ(info["firmware"], "48.53.75.92");
  EXPECT_TRUE(info["capabilities"].contains("ptz"));
  EXPECT_NE(std::find(info["commands"].begin(), info["commands"].end(), "ptz"),
            info["commands"].end());
  EXPECT_EQ(std::find(info["commands"].begin(), info["commands"].end(), "talk"),
            info["commands"].end());
}

TEST(Settings, AreTypedAndFollowChanges) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  const auto settings = rig.retained_json(rig.topic("settings"));
  EXPECT_TRUE(settings["brightness"].is_number());
  EXPECT_EQ(settings["orientation"], "normal");
  ASSERT_EQ(rig.call(kUid, "image", {{"orientation", "flip"}})["status"], "ok");
  rig.run_for(3s);
  EXPECT_EQ(rig.retained_json(rig.topic("settings"))["orientation"], "flip");
}

TEST(Cameras, AreListedAtMostOnceASecond) {
  BridgeRig::Options options;
  options.config.cameras.clear();
  for (int i = 0; i < 12; ++i)
    options.config.cameras.push_back(
        camera_config("VSTC-1000" + std::to_string(10 + i) + "-ABCDE"));
  BridgeRig rig{options};
  for (int i = 0; i < 12; ++i) {
    rig.add_camera(emulated("VSTC-1000" + std::to_string(10 + i) + "-ABCDE"),
                   static_cast<std::uint8_t>(20 + i));
  }
  rig.bring_up();
  rig.spy->clear();
  for (std::size_t i = 0; i < 12; ++i) rig.cut_camera(i);
  rig.run_for(10s);
  for (std::size_t i = 0; i < 12; ++i) rig.heal_camera(i);
  rig.run_for(90s);
  EXPECT_LE(rig.spy->count("cam32100/bridge/cameras"), 100U);
  EXPECT_GE(rig.spy->count("cam32100/bridge/cameras"), 1U);
  const auto list = rig.retained_json("cam32100/bridge/cameras");
  ASSERT_EQ(list.size(), 12U);
  for (const auto& camera : list) EXPECT_EQ(camera["session"], "connected");
}

TEST(OnDemand, IsAvailableWithoutASessionAndLogsOutWhenIdle) {
  BridgeRig::Options options;
  options.config.cameras[0].session = bridge::SessionMode::on_demand;
  BridgeRig rig{options};
  rig.add_camera(emulated());
  rig.bring_online();
  rig.run_for(90s);
  EXPECT_EQ(rig.retained_json(rig.topic("state"))["session"], "idle");
  EXPECT_EQ(rig.retained_text(rig.topic("availability")), "online");
  EXPECT_EQ(rig.call(kUid, "get_status")["status"], "ok");
  EXPECT_EQ(rig.retained_json(rig.topic("state"))["session"], "connected");
  rig.run_for(120s);
  EXPECT_EQ(rig.retained_json(rig.topic("state"))["session"], "idle")
      << "our own polls do not keep it awake";
}

TEST(Resume, FindsTheCameraAgainAfterTheHostSlept) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  camera.power_cycle(rig.net.now());  // it has forgotten us
  rig.bridge->on_resume(rig.moment());
  rig.run_for(15s);
  EXPECT_EQ(rig.retained_json(rig.topic("state"))["session"], "connected");
  EXPECT_EQ(rig.call(kUid, "get_status")["status"], "ok");
}

TEST(Servers, FindACameraThatIsNotOnTheLan) {
  BridgeRig::Options options;
  options.lan = false;
  options.config.servers.push_back({"lab", {"p2p.example"}, "", {}, false});
  BridgeRig rig{options};
  rig.add_server();
  rig.add_camera(emulated());
  rig.bring_online();
  rig.run_for(20s);
  EXPECT_NE(rig.retained_json(rig.topic("state"))["session"], "connected")
      << "the name is not resolved yet";
  rig.ports->names["p2p.example"] = kServer;
  ASSERT_TRUE(rig.run_until(
      [&] { return rig.retained_json(rig.topic("state"))["session"] == "connected"; }, 120s));
  EXPECT_NE(rig.broker.retained(rig.topic("event/lookup_ack")), nullptr);
}

}  // namespace
}  // namespace cam32100::testing
