// What Home Assistant keeps when the bridge starts again and has no state file to know it by.
// away.
#include <gtest/gtest.h>

#include "tests/unit/core/bridge/discovery_support.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

std::set<std::string> only_removed(const json& all) {
  std::set<std::string> ids;
  for (const auto& [id, one] : all.items()) {
    if (one.size() == 1) ids.insert(id);
  }
  return ids;
}

TEST(HomeAssistantWithoutAStateFile, KeepsEveryEntityOverARestart) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  const auto before = ids_of(components(rig));
  restart_without_state(rig);
  const auto seen = watch(rig, 40s);
  ASSERT_FALSE(seen.empty());
  for (const auto& one : seen) {
    const auto all = json::parse(one.text)["components"];
    EXPECT_EQ(ids_of(all), before);
    EXPECT_EQ(only_removed(all), std::set<std::string>{});
  }
}

TEST(HomeAssistantWithoutAStateFile, KeepsTheEntitiesOfACameraThatIsAway) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  const auto before = components(rig);
  rig.cut_camera(0);
  for (int restarts = 0; restarts < 2; ++restarts) {
    restart_without_state(rig);
    rig.run_for(30s);
    EXPECT_TRUE(components(rig) == before);  // too long to print
  }
}

// Nobody but the state file knows it then.
TEST(HomeAssistantWithAStateFile, HasEveryEntityAgainOnABrokerThatLostThem) {
  auto options = with_discovery();
  options.broker.persists = false;
  BridgeRig rig{std::move(options)};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  const auto before = components(rig);
  rig.cut_camera(0);
  rig.broker.restart();
  ASSERT_TRUE(components(rig).is_null());
  restart_with_state(rig);
  rig.run_for(30s);
  EXPECT_TRUE(components(rig) == before);  // too long to print
}

TEST(HomeAssistantWithoutAStateFile, KeepsWhatDependsOnAnAnswerThatIsNonsense) {
  auto camera = emulated();
  BridgeRig rig{with_discovery()};
  rig.add_camera(camera);
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  rig.cut_camera(0);
  camera.nonsense = {"get_camera_params.cgi", "get_params.cgi"};
  rig.add_camera(std::move(camera), 64);
  restart_without_state(rig);
  rig.run_for(40s);
  EXPECT_EQ(rig.retained_json(rig.topic("state"))["session"], "connected");
  EXPECT_TRUE(components(rig).contains("motion_sensitivity"));
  EXPECT_TRUE(components(rig).contains("brightness"));
}

// Knows a value of get_status.cgi that the emulated camera does not tell.
mappings::DeviceMapping with_battery() {
  json file = json::parse(vstarcam_text());
  file["replies"]["get_status.cgi"]["fields"]["batlevel"] = {
      {"key", "battery"}, {"type", "integer"}, {"publish", {"state"}}};
  file["entities"]["battery"] = {{"name", "Battery"}, {"platform", "sensor"}, {"state", "battery"}};
  return mappings::DeviceMapping::load(file.dump(), "test.json").value();
}

TEST(HomeAssistantWithoutAStateFile, LosesWhatTheCameraDoesNotTellInItsAnswer) {
  const auto mapping = with_battery();
  auto options = with_discovery();
  options.mapping = &mapping;
  BridgeRig rig{std::move(options)};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  ASSERT_FALSE(components(rig).contains("battery"));
  auto held = rig.retained_json(kCameraTopic);
  held["components"]["battery"] = {{"platform", "sensor"}, {"unique_id", "x"}};
  rig.publish(kCameraTopic, held.dump(), true);
  rig.run_for(1s);
  rig.cut_camera(0);
  restart_without_state(rig);
  rig.run_for(30s);
  EXPECT_TRUE(components(rig)["battery"].contains("state_topic")) << "nothing was asked yet";
  rig.heal_camera(0);
  ASSERT_TRUE(rig.run_until(
      [&] {
        return components(rig)["battery"] == json({{"platform", "sensor"}});
      },
      120s));
  EXPECT_TRUE(rig.run_until([&] { return !components(rig).contains("battery"); }));
}

TEST(HomeAssistantWithoutAStateFile, LosesWhatTheConfigurationTakesAway) {
  BridgeRig rig{with_discovery()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(is_settled(rig));
  rig.cut_camera(0);
  rig.options.config.cameras.front().without = {"ptz", "ir"};
  restart_without_state(rig);
  rig.run_for(30s);
  const auto all = components(rig);
  for (const char* id : {"ptz_left", "preset_1", "preset", "ptz_speed", "ir"})
    EXPECT_FALSE(all.contains(id)) << id;
  EXPECT_TRUE(all.contains("brightness"));
}

}  // namespace
}  // namespace cam32100::testing
