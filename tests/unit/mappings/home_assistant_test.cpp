#include "mappings/home_assistant.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "mappings/home_assistant_parts.hpp"
#include "tests/unit/mappings/mapping_fixture.hpp"

namespace cam32100::mappings::testing {
namespace {

using nlohmann::json;

const std::string kUid = "VSTC-123456-ABCDE";

struct Known {
  std::string name = "Garden";
  json info = {{"firmware", "48.53"}, {"mac", "00:11:22:33:44:55"}, {"device_type", "5"}};
  json settings = {{"brightness", 1}, {"ir", "on"}, {"motion_detection", true}};
  std::vector<std::string> state_keys{"sd_free_mb", "sd_status", "sd_total_mb"};
  json capabilities = vstarcam().capabilities();
  std::vector<std::string> presets{"Door", ""};
  std::vector<std::string> shown_before{}, answered{};
  bool shares_mac = false;
};

json discovery_of(const Known& known, const std::string& instance = "cam32100") {
  const Topics topics{"home/cams"};
  return camera_discovery(
      vstarcam(), {topics, "homeassistant", instance, "1.2.3", {}, false},
      {kUid, known.name, known.info, known.settings, known.state_keys, known.capabilities,
       known.presets, known.shown_before, known.answered, true, known.shares_mac});
}

const json& component(const json& payload, const std::string& id) {
  static const json kNone;
  const auto& components = payload.at("components");
  const auto found = components.find(id);
  return found == components.end() ? kNone : *found;
}

TEST(Discovery, NamesTheDeviceByItsIdAndNotByItsName) {
  const Topics topics{"cam32100"};
  EXPECT_EQ(discovery_topic({topics, "ha", "two", "1", {}, false}, kUid),
            "ha/device/two_" + kUid + "/config");
  Known renamed;
  renamed.name = "Backyard";
  const auto before = discovery_of({});
  const auto after = discovery_of(renamed);
  EXPECT_EQ(before["device"]["identifiers"], after["device"]["identifiers"]);
  for (const auto& [id, one] : before["components"].items())
    EXPECT_EQ(one["unique_id"], after["components"][id]["unique_id"]) << id;
}

TEST(Discovery, KnowsTheTopicsOfACameraByItsId) {
  for (const std::string before : {"homeassistant/device/cam32100_", "a/b/device/x_y_"})
    EXPECT_TRUE(is_discovery_topic_of(kUid, before + kUid + "/config")) << before;
  const std::vector<std::string> others{"homeassistant/device/cam32100_VSTC-654321-ABCDE/config",
                                        "homeassistant/device/" + kUid,
                                        "homeassistant/sensor/cam32100_" + kUid + "/config",
                                        "homeassistant/device/cam32100_" + kUid + "/state",
                                        "homeassistant/device/x/y_" + kUid + "/config",
                                        "cam32100/" + kUid + "/info",
                                        ""};
  for (const auto& other : others) EXPECT_FALSE(is_discovery_topic_of(kUid, other)) << other;
}

TEST(Discovery, OffersOnlyWhatWasSeenOrIsListed) {
  const auto payload = discovery_of({});
  for (const char* id : {"brightness", "ir", "motion_detection", "sd_free", "sd_used", "sd_problem",
                         "ptz_left", "preset", "preset_1", "snapshot", "motion", "event"})
    EXPECT_FALSE(component(payload, id).is_null()) << id;
  for (const char* id : {"contrast", "clients", "wifi", "motion_sensitivity"})
    EXPECT_TRUE(component(payload, id).is_null()) << id;
  Known fixed;
  for (const char* lacking : {"ptz", "presets", "ir"}) fixed.capabilities.erase(lacking);
  for (const auto& [id, one] : discovery_of(fixed)["components"].items()) {
    EXPECT_EQ(id.find("ptz"), std::string::npos) << id;
    EXPECT_EQ(id.find("preset"), std::string::npos) << id;
    EXPECT_NE(id, "ir");
  }
}

TEST(Discovery, OffersNoMotionWhereNobodyLooksForIt) {
  Known on_demand;
  on_demand.capabilities["events"] = json::array();
  const auto payload = discovery_of(on_demand);
  EXPECT_TRUE(component(payload, "motion").is_null());
  EXPECT_EQ(component(payload, "event")["event_types"], json({"offline", "online"}));
}

TEST(Discovery, HangsWhatShowsTheLossOnTheBridgeAlone) {
  const auto payload = discovery_of({});
  EXPECT_EQ(payload["availability"].size(), 2U);
  EXPECT_EQ(payload["availability_mode"], "all");
  for (const char* id : {"session", "connectivity", "last_error"}) {
    ASSERT_EQ(component(payload, id)["availability"].size(), 1U) << id;
    EXPECT_EQ(component(payload, id)["availability"][0]["topic"], "home/cams/bridge/availability");
  }
}

TEST(Discovery, TellsNoAddressUntilThereIsAServer) {
  EXPECT_EQ(discovery_of({}).dump().find("configuration_url"), std::string::npos);
  const Topics topics{"cam32100"};
  const Known known;
  const auto payload = camera_discovery(
      vstarcam(), {topics, "homeassistant", "cam32100", "1", "http://192.0.2.1:8321", true},
      {kUid, known.name, known.info, known.settings, known.state_keys, known.capabilities, {}});
  EXPECT_EQ(payload["device"]["configuration_url"], "http://192.0.2.1:8321/cameras/" + kUid);
  EXPECT_EQ(component(payload, "snapshot")["image_encoding"], "b64");
}

TEST(Discovery, TellsNoMacThatAnotherCameraHas) {
  Known known;
  const auto own = json::array({json::array({"mac", "00:11:22:33:44:55"})});
  EXPECT_EQ(discovery_of(known)["device"]["connections"], own);
  known.shares_mac = true;
  EXPECT_FALSE(discovery_of(known)["device"].contains("connections"));
}

TEST(Discovery, KeepsWhatTellsOfALossWhenTheCameraIsLost) {
  const auto payload = discovery_of({});
  for (const char* id : {"event", "last_event_time", "connectivity", "session", "last_error"})
    EXPECT_EQ(component(payload, id)["availability"].size(), 1U) << id;
  EXPECT_FALSE(component(payload, "motion").contains("availability")) << "the device's own";
}

TEST(Discovery, ShowsNoStateThatIsNotAmongTheOptions) {
  Known known;
  known.settings["resolution"] = "1920x1080";
  const auto payload = discovery_of(known);
  EXPECT_FALSE(component(payload, "resolution").contains("state_topic"));
  EXPECT_TRUE(component(payload, "ir").contains("state_topic"));
}

TEST(Discovery, KeepsNumbersWithinTheSettingsRange) {
  const auto payload = discovery_of({});
  const auto& brightness = component(payload, "brightness");
  EXPECT_EQ(brightness["min"], 0);
  EXPECT_EQ(brightness["max"], 255);
}

// Names come from people, firmware and neighbours' access points.
TEST(Discovery, SurvivesHostileNames) {
  const std::vector<std::string> names{"\"; DROP",
                                       "a\nb\tc",
                                       "{{ 7 * 7 }}",
                                       "{% raw %}",
                                       "\xF0\x9F\x93\xB7 \xF0\x9F\x90\x95",
                                       std::string(4096, 'x'),
                                       std::string(4096, '\xC3'),
                                       "\xFF\xFE",
                                       std::string("a\0b", 3),
                                       "   ",
                                       ""};
  for (const auto& name : names) {
    Known known;
    known.name = name;
    known.info["firmware"] = name;
    known.info["mac"] = name;
    known.presets = {name, name + " (3)", name};
    const auto payload = discovery_of(known);
    const std::string text = payload.dump();  // throws on what is not UTF-8
    const auto& shown = payload["device"]["name"].get_ref<const std::string&>();
    EXPECT_FALSE(shown.empty());
    EXPECT_LE(shown.size(), 100U);
    EXPECT_EQ(shown.find('\n'), std::string::npos);
    EXPECT_FALSE(payload["device"].contains("connections"));
    const auto& options = component(payload, "preset")["options"];
    EXPECT_EQ(std::set<json>(options.begin(), options.end()).size(), 3U) << text;
    const auto& source =
        component(payload, "preset")["command_template"].get_ref<const std::string&>();
    EXPECT_EQ(source.find("7 * 7 }}"), std::string::npos) << source;
    EXPECT_EQ(source.find("{%"), std::string::npos) << source;
    for (const auto& [id, one] : payload["components"].items()) {
      const auto& entity = one["default_entity_id"].get_ref<const std::string&>();
      EXPECT_EQ(entity.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_."),
                std::string::npos)
          << entity;
    }
  }
}

TEST(Discovery, MakesIdsAsHomeAssistantWould) {
  EXPECT_EQ(discovery::slug("Front Door (2)", "x"), "front_door_2");
  EXPECT_EQ(discovery::slug("\xF0\x9F\x93\xB7", kUid), "vstc_123456_abcde");
  EXPECT_EQ(discovery::slug("__", "__"), "");
}

TEST(Discovery, KeepsWhatWasShownUntilTheCameraHasAnswered) {
  Known silent;
  silent.settings = json::object();
  silent.state_keys.clear();
  silent.shown_before = {"clients", "contrast", "motion_sensitivity", "sd_used", "unheard_of"};
  const auto has = [&](const char* id) { return !component(discovery_of(silent), id).is_null(); };
  for (const char* id : {"clients", "contrast", "motion_sensitivity", "sd_used"})
    EXPECT_TRUE(has(id)) << id;
  EXPECT_FALSE(has("brightness")) << "it was not shown";
  EXPECT_FALSE(has("unheard_of"));
  silent.answered = {"check_user.cgi", "get_camera_params.cgi"};
  EXPECT_FALSE(has("clients"));
  EXPECT_FALSE(has("contrast"));
  EXPECT_TRUE(has("motion_sensitivity"));
  silent.state_keys = {"sd_total_mb"};
  EXPECT_TRUE(has("sd_used"));
  silent.answered.emplace_back("get_record.cgi");
  EXPECT_TRUE(has("sd_used")) << "either of two CGIs may tell it";
  silent.answered.emplace_back("get_status.cgi");
  EXPECT_FALSE(has("sd_used")) << "one of its two values";
}

TEST(Discovery, KeepsNothingThatTheConfigurationTakesAway) {
  Known silent;
  silent.settings = json::object();
  silent.shown_before = {"ir", "ptz_speed"};
  silent.capabilities.erase("ptz");
  EXPECT_TRUE(component(discovery_of(silent), "ptz_speed").is_null());
  EXPECT_FALSE(component(discovery_of(silent), "ir").is_null());
}

TEST(Discovery, TakesOnlyRealHardwareAddresses) {
  const auto mac = [](const char* text) { return discovery::mac_address({{"mac", text}}, "mac"); };
  EXPECT_EQ(mac("00-11-22-AA-BB-CC"), "00:11:22:aa:bb:cc");
  for (const char* bad :
       {"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "001122334455", "", "zz:11:22:33:44:55"})
    EXPECT_FALSE(mac(bad)) << bad;
}

TEST(DiscoveryRemoval, SendsThePlatformAloneOfWhatIsNoMore) {
  const auto before = discovery_of({});
  Known fixed;
  fixed.capabilities.erase("ptz");
  const auto now = discovery_of(fixed);
  const auto removal = removal_of_missing(before, now);
  ASSERT_TRUE(removal.is_object());
  EXPECT_EQ(component(removal, "ptz_left"), json({{"platform", "button"}}));
  EXPECT_EQ(component(removal, "brightness"), component(now, "brightness"));
  EXPECT_TRUE(removal_of_missing(now, now).is_null());
}

TEST(DiscoveryRemoval, SendsTheOldPlatformAloneOfWhatIsOfAnotherNow) {
  const auto now = discovery_of({});
  auto before = now;
  before["components"]["ir"]["platform"] = "switch";
  const auto removal = removal_of_missing(before, now);
  ASSERT_TRUE(removal.is_object());
  EXPECT_EQ(component(removal, "ir"), json({{"platform", "switch"}}));
  EXPECT_EQ(component(removal, "brightness"), component(now, "brightness"));
}

TEST(DiscoveryRemoval, IgnoresNonsenseOnTheBroker) {
  const auto now = discovery_of({});
  for (const char* text : {"null", "[]", "7", "{}", R"({"components":7})",
                           R"({"components":{"x":7}})", R"({"components":{"ir":null}})"})
    EXPECT_TRUE(removal_of_missing(json::parse(text), now).is_null()) << text;
  const auto removal =
      removal_of_missing(json::parse(R"({"components":{"x":{"platform":7}}})"), now);
  EXPECT_TRUE(removal.is_null() || removal["components"]["x"]["platform"].is_string());
}

TEST(OwnDiscovery, IsKnownByItsOriginAndItsBaseTopic) {
  const Topics topics{"home/cams"};
  const Topics other{"cam32100"};
  const auto payload = discovery_of({});
  EXPECT_TRUE(is_own_discovery({topics, "homeassistant", "cam32100", "1", {}, false}, payload));
  EXPECT_FALSE(is_own_discovery({other, "homeassistant", "cam32100", "1", {}, false}, payload));
  auto foreign = payload;
  foreign["origin"]["name"] = "zigbee2mqtt";
  EXPECT_FALSE(is_own_discovery({topics, "homeassistant", "cam32100", "1", {}, false}, foreign));
  EXPECT_FALSE(is_own_discovery({topics, "homeassistant", "cam32100", "1", {}, false}, json("x")));
}

TEST(BridgeDiscovery, ShowsTheBridgeAsADevice) {
  const Topics topics{"cam32100"};
  const auto payload = bridge_discovery({topics, "homeassistant", "two", "1.2.3", {}, false});
  EXPECT_EQ(payload["device"]["identifiers"], json({"two_bridge"}));
  for (const char* id :
       {"connectivity", "version", "log_level", "restart", "cameras", "last_error"})
    EXPECT_FALSE(component(payload, id).is_null()) << id;
}

}  // namespace
}  // namespace cam32100::mappings::testing
