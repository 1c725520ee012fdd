// Payloads that an earlier configuration left under other topics.
#include <gtest/gtest.h>

#include "tests/unit/core/bridge/discovery_support.hpp"

namespace cam32100::testing {
namespace {

TEST(HomeAssistantOfAnotherInstance, ReplacesTheDevicesOfTheOneBefore) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  rig.options.config.mqtt.instance = "second";
  restart_with_state(rig);
  rig.run_for(20s);
  EXPECT_EQ(rig.retained_text(kCameraTopic), "");
  EXPECT_EQ(rig.retained_text(kBridgeTopic), "");
  EXPECT_NE(rig.retained_text("homeassistant/device/second_" + kUid + "/config"), "");
  EXPECT_NE(rig.retained_text("homeassistant/device/second_bridge/config"), "");
  restart_with_state(rig);
  rig.run_for(10s);
  EXPECT_EQ(rig.spy->count(kCameraTopic), 0U) << "emptied once";
}

TEST(HomeAssistantUnderAnotherPrefix, ReplacesTheDevicesUnderTheOneBefore) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  rig.options.config.homeassistant.prefix = "ha";
  restart_with_state(rig);
  rig.run_for(20s);
  EXPECT_EQ(rig.retained_text(kCameraTopic), "");
  EXPECT_EQ(rig.retained_text(kBridgeTopic), "");
  EXPECT_NE(rig.retained_text("ha/device/cam32100_" + kUid + "/config"), "");
  EXPECT_NE(rig.retained_text("ha/device/cam32100_bridge/config"), "");
}

TEST(HomeAssistantUnderAnotherPrefix, IsServedAtOnceAfterAReload) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  auto config = rig.options.config;
  config.homeassistant.prefix = "ha";
  rig.bridge->on_reloaded(rig.moment(), config);
  rig.run_for(10s);
  EXPECT_EQ(rig.retained_text(kCameraTopic), "");
  EXPECT_EQ(rig.retained_text(kBridgeTopic), "");
  EXPECT_NE(rig.retained_text("ha/device/cam32100_" + kUid + "/config"), "");
  EXPECT_NE(rig.retained_text("ha/device/cam32100_bridge/config"), "");
}

TEST(HomeAssistantThatIsNotWanted, LosesTheBridgeThoughItHasNoCamera) {
  auto options = with_discovery();
  options.config.cameras.clear();
  BridgeRig rig{std::move(options)};
  rig.bring_online();
  ASSERT_TRUE(rig.run_until([&] { return !rig.retained_text(kBridgeTopic).empty(); }));
  rig.options.config.homeassistant.discovery = false;
  restart_with_state(rig);
  rig.run_for(5s);
  EXPECT_EQ(rig.retained_text(kBridgeTopic), "");
}

TEST(HomeAssistantThatIsNotWanted, LosesTheDevicesUnderThePrefixTheyWereSentUnder) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  rig.options.config.homeassistant.discovery = false;
  rig.options.config.homeassistant.prefix = "ha";
  rig.options.config.mqtt.instance = "second";
  restart_with_state(rig);
  rig.run_for(5s);
  EXPECT_EQ(rig.retained_text(kCameraTopic), "");
  EXPECT_EQ(rig.retained_text(kBridgeTopic), "");
}

}  // namespace
}  // namespace cam32100::testing
