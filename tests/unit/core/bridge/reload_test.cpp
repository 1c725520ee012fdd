// The configuration read again while the bridge works.
#include <gtest/gtest.h>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

const std::string kOtherCamera = "VSTC-654321-FGHIJ";

BridgeRig::Options with_client_id() {
  BridgeRig::Options options;
  options.config.mqtt.client_id = "cam32100-host-12ab";
  return options;
}

class Reload : public ::testing::Test {
 protected:
  void SetUp() override {
    rig.add_camera(emulated());
    rig.bring_up();
  }
  json reload(const bridge::Config& config) {
    rig.publish("cam32100/bridge/command/reload", "{}");
    rig.run_for(100ms);
    rig.bridge->on_reloaded(rig.moment(), config);
    rig.run_for(2s);
    return rig.retained_json("cam32100/bridge/response/reload");
  }
  BridgeRig rig{with_client_id()};
};

TEST_F(Reload, TakesOverAddedChangedAndRemovedCameras) {
  auto config = rig.options.config;
  config.cameras[0].name = "Renamed";
  config.cameras.push_back(camera_config(kOtherCamera));
  auto answer = reload(config);
  EXPECT_EQ(rig.ports->reloads, 1U);
  EXPECT_EQ(answer["status"], "ok") << answer.dump();
  EXPECT_EQ(answer["data"]["added"], json::array({kOtherCamera}));
  EXPECT_EQ(answer["data"]["changed"], json::array({kUid}));
  EXPECT_EQ(answer["data"]["restart_required"], false);
  EXPECT_EQ(rig.retained_json(rig.topic("info"))["name"], "Renamed");
  EXPECT_NE(rig.broker.retained(rig.topic("state", kOtherCamera)), nullptr);
  EXPECT_EQ(rig.retained_json("cam32100/bridge/event")["type"], "config_reloaded");
  config.cameras.pop_back();
  answer = reload(config);
  EXPECT_EQ(answer["data"]["removed"], json::array({kOtherCamera}));
  for (const auto& topic : rig.broker.retained_topics())
    EXPECT_EQ(topic.find(kOtherCamera), std::string::npos) << topic;
}

TEST_F(Reload, LeavesASessionAloneWhenNothingChangedForIt) {
  const auto requests = rig.cameras[0]->snapshot().sessions;
  const auto since = rig.retained_json(rig.topic("state"))["since"];
  (void)reload(rig.options.config);
  EXPECT_EQ(rig.cameras[0]->snapshot().sessions, requests);
  EXPECT_EQ(rig.retained_json(rig.topic("state"))["since"], since);
}

TEST_F(Reload, KeepsEverythingWhenTheConfigurationIsWrong) {
  rig.publish("cam32100/bridge/command/reload", R"({"id":"r"})");
  rig.run_for(100ms);
  rig.bridge->on_reloaded(rig.moment(),
                          bridge::ConfigErrors{{"config.json: /mqtt/url: no such scheme"}});
  rig.run_for(1s);
  const auto answer = rig.retained_json("cam32100/bridge/response/reload");
  EXPECT_EQ(answer["error"]["code"], "bad_argument");
  EXPECT_EQ(answer["error"]["detail"]["faults"].size(), 1U);
  EXPECT_EQ(rig.call(kUid, "get_status")["status"], "ok");
  EXPECT_EQ(rig.broker.retained("cam32100/bridge/event"), nullptr);
}

TEST_F(Reload, SaysWhenARestartIsNeeded) {
  auto config = rig.options.config;
  config.mqtt.base_topic = "elsewhere";
  EXPECT_EQ(reload(config)["data"]["restart_required"], true);
  EXPECT_EQ(rig.call(kUid, "get_status")["status"], "ok") << "still on the old topics";
}

TEST_F(Reload, NeedsARestartForAnotherClientIdButNotForOneThatIsNotGiven) {
  auto config = rig.options.config;
  config.mqtt.client_id = "another";
  EXPECT_EQ(reload(config)["data"]["restart_required"], true);
  config.mqtt.client_id = "";
  EXPECT_EQ(reload(config)["data"]["restart_required"], false);
}

TEST_F(Reload, NeedsARestartForAnotherStateFileToo) {
  auto config = rig.options.config;
  config.state_file = "";
  EXPECT_EQ(reload(config)["data"]["restart_required"], true);
  const auto added = rig.call("bridge", "camera/add", {{"uid", kOtherCamera}});
  EXPECT_EQ(added["data"]["kept"], true) << "this run still has its own: " << added.dump();
}

TEST_F(Reload, TakesPicturesOffTheBrokerThatAreNotToBeRetainedAnyMore) {
  ASSERT_EQ(rig.call(kUid, "snapshot")["status"], "ok");
  ASSERT_NE(rig.broker.retained(rig.topic("snapshot")), nullptr);
  auto config = rig.options.config;
  config.snapshot.retain = false;
  (void)reload(config);
  EXPECT_EQ(rig.broker.retained(rig.topic("snapshot")), nullptr);
  rig.restart_broker();
  rig.run_for(3s);
  EXPECT_EQ(rig.broker.retained(rig.topic("snapshot")), nullptr);
}

TEST_F(Reload, CanSwitchThePollOff) {
  auto config = rig.options.config;
  config.timing.status_poll_s = 0s;
  (void)reload(config);
  rig.run_for(120s);
  const auto requests = rig.cameras[0]->snapshot().requests;
  rig.run_for(300s);
  EXPECT_EQ(rig.cameras[0]->snapshot().requests, requests);
}

TEST_F(Reload, IsAnsweredEvenWhenTheFileIsNeverRead) {
  rig.publish("cam32100/bridge/command/reload", R"({"id":"r"})");
  rig.run_for(11s);
  EXPECT_EQ(rig.retained_json("cam32100/bridge/response/reload")["error"]["code"], "timeout");
}

TEST_F(Reload, DoesNotBringBackWhatWasJustRemovedNorLoseWhatWasJustAdded) {
  ASSERT_EQ(rig.call("bridge", "camera/add", {{"uid", kOtherCamera}})["status"], "ok");
  auto config = rig.options.config;  // the state file was not written yet
  (void)reload(config);
  EXPECT_EQ(rig.retained_json("cam32100/bridge/cameras").size(), 2U);
  ASSERT_EQ(rig.call("bridge", "camera/remove", {{"uid", kOtherCamera}})["status"], "ok");
  config.cameras.push_back(camera_config(kOtherCamera));
  config.cameras.back().from_state_file = true;  // an old state file
  (void)reload(config);
  rig.run_for(2s);
  EXPECT_EQ(rig.retained_json("cam32100/bridge/cameras").size(), 1U);
}

TEST_F(Reload, ReadsThePasswordFilesOfCamerasThatWereChangedOverMqttAgain) {
  rig.ports->secrets["garden"] = "wrong";
  const json update{{"uid", kUid}, {"password_file", "garden"}};
  ASSERT_EQ(rig.call("bridge", "camera/update", update)["status"], "ok");
  ASSERT_TRUE(rig.run_until(
      [&] { return rig.retained_json(rig.topic("state"))["session"] == "auth_failed"; }, 60s));
  rig.ports->secrets["garden"] = "888888";
  const auto answer = reload(rig.options.config);
  EXPECT_EQ(answer["data"]["changed"], json::array({kUid}));
  EXPECT_EQ(rig.call(kUid, "get_status")["status"], "ok");
}

TEST_F(Reload, SaysInTheLogThatARestartIsNeeded) {
  auto config = rig.options.config;
  (void)reload(config);
  EXPECT_FALSE(rig.ports->has_logged("by a restart only"));
  config.mqtt.keep_alive_s = std::chrono::seconds{77};
  (void)reload(config);
  EXPECT_TRUE(rig.ports->has_logged("by a restart only"));
}

TEST(Networks, FindsACameraOnANetworkThatCameUpLater) {
  BridgeRig rig{{.lan = false}};
  rig.add_camera(emulated());
  rig.bring_online();
  rig.run_for(5min);
  ASSERT_NE(rig.retained_json(rig.topic("state")).value("session", ""), "connected");
  rig.bridge->set_lan_targets(rig.moment(), {{{255, 255, 255, 255}, protocol::kLanPort}});
  EXPECT_TRUE(rig.run_until(
      [&] { return rig.retained_json(rig.topic("state")).value("session", "") == "connected"; },
      5s))
      << "it does not wait for the end of a long pause";
}

TEST(Networks, LeavesASessionAloneWhenTheNetworksAreTheSame) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.spy->clear();
  rig.bridge->set_lan_targets(rig.moment(), {{{255, 255, 255, 255}, protocol::kLanPort}});
  rig.run_for(5s);
  EXPECT_EQ(rig.spy->count(rig.topic("state")), 0U);
}

}  // namespace
}  // namespace cam32100::testing
