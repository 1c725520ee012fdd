// When Home Assistant's payloads go out: in virtual time, on the fake broker.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/core/bridge/discovery_support.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

TEST(HomeAssistantDiscovery, KeepsTheRestWhenACameraTalksNonsense) {
  for (const std::string cgi : {"get_params.cgi", "get_camera_params.cgi", "get_status.cgi"}) {
    auto camera = emulated();
    camera.nonsense = {cgi};
    BridgeRig rig{with_discovery()};
    rig.add_camera(std::move(camera));
    rig.bring_up();
    rig.run_for(10s);
    const auto all = components(rig);
    EXPECT_TRUE(all.contains("session")) << cgi;
    EXPECT_EQ(all.contains("motion_sensitivity"), cgi != "get_params.cgi") << cgi;
    EXPECT_EQ(all.contains("brightness"), cgi != "get_camera_params.cgi") << cgi;
    EXPECT_EQ(all.contains("sd_free"), cgi != "get_status.cgi") << cgi;
  }
}

TEST(HomeAssistantDiscovery, IsRetainedForTheBridgeAndEachCamera) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  EXPECT_TRUE(knows_all(rig));
  EXPECT_TRUE(components(rig, kBridgeTopic).contains("restart"));
}

TEST(HomeAssistantDiscovery, ComesBeforeTheCameraHasEverBeenReached) {
  BridgeRig rig{with_discovery()};
  rig.bring_online();
  rig.run_for(1s);
  const auto all = components(rig);
  EXPECT_TRUE(all.contains("session"));
  EXPECT_TRUE(all.contains("ptz_left"));
  EXPECT_FALSE(all.contains("brightness"));
}

TEST(HomeAssistantDiscovery, LeavesFiveSecondsBetweenTwoPayloadsOfOneDevice) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(knows_all(rig));
  rig.run_for(10s);
  rig.spy->clear();
  EXPECT_EQ(rig.call("bridge", "camera/update", {{"uid", kUid}, {"name", "One"}})["status"], "ok");
  ASSERT_TRUE(rig.run_until([&] { return rig.spy->count(kCameraTopic) == 1; }));
  const auto first = rig.net.now();
  EXPECT_EQ(rig.call("bridge", "camera/update", {{"uid", kUid}, {"name", "Two"}})["status"], "ok");
  EXPECT_EQ(rig.call("bridge", "camera/update", {{"uid", kUid}, {"name", "Three"}})["status"],
            "ok");
  ASSERT_TRUE(rig.run_until([&] { return rig.spy->count(kCameraTopic) == 2; }));
  EXPECT_GE(rig.net.now() - first, 4900ms);
  EXPECT_EQ(rig.retained_json(kCameraTopic)["device"]["name"], "Three");
  rig.run_for(30s);
  EXPECT_EQ(rig.spy->count(kCameraTopic), 2U) << "nothing new, nothing sent";
}

TEST(HomeAssistantDiscovery, KeepsTheGapWhateverAsksForAPayload) {
  for (const std::string how : {"rediscover", "birth", "refresh"}) {
    auto options = with_discovery();
    options.config.timing.refresh_s = how == "refresh" ? 1s : 600s;
    BridgeRig rig{std::move(options)};
    rig.add_camera(emulated());
    rig.bring_up();
    ASSERT_TRUE(is_settled(rig));
    rig.publish("cam32100/bridge/command/camera/update",
                json{{"uid", kUid}, {"without", {"ptz"}}}.dump());
    std::vector<SentPayload> seen;
    for (int i = 0; i < 70 && components(rig)["ptz_left"].size() != 1; ++i)
      seen = watch(rig, 100ms, kCameraTopic, std::move(seen));
    ASSERT_EQ(components(rig)["ptz_left"].size(), 1U) << how;
    if (how == "rediscover") rig.publish("cam32100/bridge/command/rediscover", "{}");
    if (how == "birth") rig.publish("homeassistant/status", "online");
    seen = watch(rig, 20s, kCameraTopic, std::move(seen));
    EXPECT_GE(seen.size(), 2U) << how;
    EXPECT_GE(shortest_gap(seen), 4900ms) << how;
    EXPECT_FALSE(components(rig).contains("ptz_left")) << how;
  }
}

TEST(HomeAssistantDiscovery, KeepsTheGapBetweenTheFirstPayloadAndWhatTheCameraTells) {
  for (const auto when : {100ms, 1500ms, 2500ms, 4000ms}) {
    BridgeRig rig{with_discovery()};
    rig.add_camera(emulated());
    rig.connect();
    auto seen = watch(rig, when);
    rig.publish("cam32100/bridge/command/rediscover", "{}");
    seen = watch(rig, 20s, kCameraTopic, std::move(seen));
    EXPECT_GE(seen.size(), 2U) << when.count();
    EXPECT_GE(shortest_gap(seen), 4900ms) << when.count();
    EXPECT_TRUE(knows_all(rig));
  }
}

TEST(HomeAssistantDiscovery, SendsTheSamePayloadAgainAtOnce) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  for (int i = 0; i < 3; ++i) {
    rig.publish("cam32100/bridge/command/rediscover", "{}");
    rig.run_for(500ms);
  }
  EXPECT_EQ(rig.spy->count(kCameraTopic), 3U);
  EXPECT_EQ(rig.spy->count(kBridgeTopic), 3U);
}

TEST(HomeAssistantDiscovery, KeepsTheGapBetweenTwoPayloadsOfTheBridge) {
  BridgeRig rig{with_discovery()};
  rig.bring_online();
  rig.run_for(10s);
  rig.spy->clear();
  auto config = rig.options.config;
  for (const char* url : {"http://192.0.2.1:1", "http://192.0.2.1:2", "http://192.0.2.1:3"}) {
    config.http.public_url = url;
    rig.bridge->on_reloaded(rig.moment(), config);
    rig.run_for(500ms);
  }
  rig.run_for(20s);
  EXPECT_EQ(rig.spy->count(kBridgeTopic), 2U);
  EXPECT_EQ(rig.retained_json(kBridgeTopic)["device"]["configuration_url"], "http://192.0.2.1:3");
}

TEST(HomeAssistantDiscovery, SendsTheStatesBehindAPayloadThatHadToWait) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  EXPECT_EQ(rig.call("bridge", "camera/update", {{"uid", kUid}, {"without", {"ptz"}}})["status"],
            "ok");
  ASSERT_TRUE(rig.run_until([&] { return rig.spy->count(kCameraTopic) == 1; }));
  rig.publish("homeassistant/status", "online");
  ASSERT_TRUE(rig.run_until([&] { return rig.spy->count(kCameraTopic) == 2; }));
  ASSERT_FALSE(components(rig).contains("ptz_left"));
  const auto states = rig.spy->count(rig.topic("availability"));
  rig.run_for(900ms);
  EXPECT_EQ(rig.spy->count(rig.topic("availability")), states);
  rig.run_for(200ms);
  EXPECT_EQ(rig.spy->count(rig.topic("availability")), states + 1);
}

TEST(HomeAssistantDiscovery, RemovesAnEntityByItsPlatformAloneAndThenLeavesItOut) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(knows_all(rig));
  rig.run_for(10s);
  rig.spy->clear();
  EXPECT_EQ(rig.call("bridge", "camera/update", {{"uid", kUid}, {"without", {"ptz"}}})["status"],
            "ok");
  ASSERT_TRUE(rig.run_until([&] { return rig.spy->count(kCameraTopic) == 1; }));
  EXPECT_EQ(components(rig)["ptz_left"], json({{"platform", "button"}}));
  EXPECT_TRUE(components(rig)["brightness"].contains("state_topic"));
  ASSERT_TRUE(rig.run_until([&] { return rig.spy->count(kCameraTopic) == 2; }));
  EXPECT_FALSE(components(rig).contains("ptz_left"));
  EXPECT_FALSE(rig.retained_json(rig.topic("info"))["capabilities"].contains("ptz"));
}

TEST(HomeAssistantDiscovery, RemovesWhatAnEarlierVersionLeftOnTheBroker) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(knows_all(rig));
  auto old = rig.retained_json(kCameraTopic);
  old["components"]["long_gone"] = {{"platform", "switch"}, {"unique_id", "x"}};
  rig.kill_bridge();
  rig.publish(kCameraTopic, old.dump(), true);
  rig.start_bridge();
  rig.connect();
  ASSERT_TRUE(rig.run_until([&] {
    return components(rig)["long_gone"] == json({{"platform", "switch"}});
  }));
  EXPECT_TRUE(rig.run_until([&] { return !components(rig).contains("long_gone"); }));
}

TEST(HomeAssistantDiscovery, IsSentAgainAfterABirthMessageThenTheStates) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    auto options = with_discovery();
    options.seed = seed;
    BridgeRig rig{std::move(options)};
    rig.add_camera(emulated());
    rig.bring_up();
    ASSERT_TRUE(knows_all(rig));
    rig.run_for(10s);
    rig.spy->clear();
    const auto born = rig.net.now();
    rig.publish("homeassistant/status", "online");
    ASSERT_TRUE(rig.run_until([&] { return rig.spy->count(kCameraTopic) == 1; }));
    const auto sent = rig.net.now();
    EXPECT_GE(sent - born, 1s);
    EXPECT_LE(sent - born, 5s + 100ms);
    EXPECT_EQ(rig.spy->count(rig.topic("availability")), 0U);
    ASSERT_TRUE(rig.run_until([&] { return rig.spy->count(rig.topic("availability")) == 1; }));
    EXPECT_GE(rig.net.now() - sent, 990ms);
    EXPECT_EQ(rig.spy->count(rig.topic("state")), 1U);
    EXPECT_EQ(rig.spy->count(rig.topic("event")), 0U);
  }
}

TEST(HomeAssistantDiscovery, TakesNoOldOrOtherWordForABirth) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(knows_all(rig));
  rig.run_for(10s);
  rig.spy->clear();
  rig.publish("homeassistant/status", "offline");
  rig.publish("homeassistant/status", "");
  rig.run_for(10s);
  EXPECT_EQ(rig.spy->count(kCameraTopic), 0U);
}

TEST(HomeAssistantDiscovery, ShowsTheSameEntitiesAfterARestartWhileTheCameraIsAway) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(knows_all(rig));
  rig.run_for(10s);
  const auto before = rig.retained_text(kCameraTopic);
  const auto settings = rig.retained_text(rig.topic("settings"));
  const auto state = bridge::parse_state(rig.ports->saved.back(), "state.json");
  ASSERT_TRUE(state);
  rig.kill_bridge();
  rig.cut_camera(0);
  rig.options.saved = *state;
  rig.broker.restart();
  rig.start_bridge();
  rig.connect();
  ASSERT_TRUE(rig.run_until([&] { return !rig.retained_text(kCameraTopic).empty(); }));
  rig.run_for(1s);
  EXPECT_EQ(rig.retained_text(kCameraTopic), before);
  EXPECT_EQ(rig.retained_text(rig.topic("settings")), settings);
}

TEST(HomeAssistantDiscovery, GoesWithTheCamera) {
  BridgeRig rig{with_discovery()};
  rig.bring_online();
  ASSERT_EQ(rig.call("bridge", "camera/add", {{"uid", "VSTB-654321-EDCBA"}})["status"], "ok");
  const std::string topic = "homeassistant/device/cam32100_VSTB-654321-EDCBA/config";
  ASSERT_TRUE(rig.run_until([&] { return !rig.retained_text(topic).empty(); }));
  ASSERT_EQ(rig.call("bridge", "camera/remove", {{"uid", "VSTB-654321-EDCBA"}})["status"], "ok");
  rig.run_for(10s);
  EXPECT_EQ(rig.retained_text(topic), "");
}

TEST(HomeAssistantDiscovery, OfACameraThatIsNoMoreIsStaleAndGoesWithTheCleanup) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(knows_all(rig));
  rig.kill_bridge();
  rig.options.config.cameras.clear();
  rig.start_bridge();
  rig.connect();
  rig.run_for(3s);
  EXPECT_NE(rig.retained_text(kCameraTopic), "");
  EXPECT_EQ(rig.retained_json("cam32100/bridge/info")["stale"], json({kUid}));
  EXPECT_EQ(rig.call("bridge", "cleanup")["status"], "ok");
  EXPECT_EQ(rig.retained_text(kCameraTopic), "");
}

TEST(HomeAssistantDiscovery, OfAnotherBridgeIsLeftAlone) {
  BridgeRig rig{with_discovery()};
  const std::string foreign = "homeassistant/device/cam32100_VSTB-654321-EDCBA/config";
  rig.publish(foreign, R"({"origin":{"name":"somebody"},"components":{}})", true);
  rig.bring_online();
  EXPECT_EQ(rig.call("bridge", "cleanup")["status"], "ok");
  EXPECT_NE(rig.retained_text(foreign), "");
}

TEST(HomeAssistantDiscovery, IsSentAgainOnRequestAndRefusedWhenItIsOff) {
  BridgeRig rig{with_discovery()};
  rig.bring_online();
  rig.run_for(10s);
  rig.spy->clear();
  EXPECT_EQ(rig.call("bridge", "rediscover")["status"], "ok");
  EXPECT_TRUE(rig.run_until([&] { return rig.spy->count(kCameraTopic) == 1; }));
  BridgeRig off;
  off.bring_online();
  EXPECT_EQ(off.call("bridge", "rediscover")["error"]["code"], "not_supported");
}

TEST(HomeAssistantDiscovery, WorksWhereTheBrokerRefusesTheTopicsOfOthers) {
  auto options = with_discovery();
  options.broker.refused_filters = {"homeassistant/device/+/config", "homeassistant/status"};
  BridgeRig rig{std::move(options)};
  rig.bring_online();
  rig.run_for(1s);
  EXPECT_TRUE(components(rig).contains("session"));
}

TEST(HomeAssistantDiscovery, SwapsWhatHangsUpsideDown) {
  BridgeRig rig{with_discovery()};
  rig.options.config.cameras.front().ptz_invert = "both";
  rig.kill_bridge();
  rig.start_bridge();
  rig.add_camera(emulated());
  rig.bring_up();
  const auto answer = rig.call(kUid, "ptz", {{"move", "UP_left"}, {"ms", 100}});
  ASSERT_EQ(answer["status"], "ok") << answer.dump();
  EXPECT_EQ(answer["data"]["move"], "up_left");
  const auto seen = rig.cameras.front()->snapshot();
  EXPECT_GT(seen.pan, 0);
  EXPECT_LT(seen.tilt, 0);
}

}  // namespace
}  // namespace cam32100::testing
