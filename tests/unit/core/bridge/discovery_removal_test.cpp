// Entities that are no more, or are another platform's, and what may be lost on the way.
#include <gtest/gtest.h>

#include "tests/unit/core/bridge/discovery_support.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

TEST(HomeAssistantAfterAnUpgrade, LosesAnEntityOfAnotherPlatformBeforeItIsSent) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  auto held = rig.retained_json(kCameraTopic);
  held["components"]["brightness"]["platform"] = "sensor";
  rig.publish(kCameraTopic, held.dump(), true);
  restart_with_state(rig);
  const auto seen = watch(rig, 20s);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(json::parse(seen[0].text)["components"]["brightness"], json({{"platform", "sensor"}}));
  EXPECT_EQ(json::parse(seen[1].text)["components"]["brightness"]["platform"], "number");
  EXPECT_GE(shortest_gap(seen), 4900ms);
}

TEST(HomeAssistantAfterABrokerRestart, LosesAnEntityWhoseRemovalWasLostOnItsWay) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  const auto before = rig.retained_text(kCameraTopic);
  ASSERT_EQ(rig.call("bridge", "camera/update", {{"uid", kUid}, {"without", {"ptz"}}})["status"],
            "ok");
  ASSERT_TRUE(rig.run_until([&] { return !components(rig).contains("ptz_left"); }));
  // As if neither payload had arrived.
  rig.broker.set_retained(kCameraTopic, before);
  rig.spy->clear();
  rig.broker.restart();
  rig.run_for(10ms);
  rig.connect();
  const auto seen = watch(rig, 30s);
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(json::parse(seen.front().text)["components"]["ptz_left"],
            json({{"platform", "button"}}));
  EXPECT_FALSE(components(rig).contains("ptz_left"));
  EXPECT_GE(shortest_gap(seen), 4900ms);
}

TEST(HomeAssistantAfterABrokerRestart, LosesAnEntityAlsoWhereTheBrokerDoesNotTellWhatItHolds) {
  auto options = with_discovery();
  options.broker.refused_filters = {"homeassistant/device/+/config"};
  options.broker.persists = false;
  BridgeRig rig{std::move(options)};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  ASSERT_EQ(rig.call("bridge", "camera/update", {{"uid", kUid}, {"without", {"ptz"}}})["status"],
            "ok");
  ASSERT_TRUE(rig.run_until([&] { return rig.spy->count(kCameraTopic) == 1; }));
  rig.spy->clear();
  rig.broker.restart();
  rig.run_for(10ms);
  rig.connect();
  const auto seen = watch(rig, 30s);
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(json::parse(seen.front().text)["components"]["ptz_left"],
            json({{"platform", "button"}}));
  EXPECT_FALSE(components(rig).contains("ptz_left"));
}

}  // namespace
}  // namespace cam32100::testing
