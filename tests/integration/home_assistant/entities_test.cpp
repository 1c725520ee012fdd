// What Home Assistant makes of the discovery payloads, entity by entity, on a real broker.
#include <algorithm>
#include <cstdlib>
#include <regex>
#include <set>

#include "tests/integration/home_assistant/discovery_schema.hpp"
#include "tests/integration/home_assistant/discovery_suite.hpp"
#include "tests/integration/support/shared_stage.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

class HomeAssistant : public SharedStage<HomeAssistant> {
 public:
  static StageOptions stage_options() {
    StageOptions options;
    options.config = {{"homeassistant", {{"discovery", true}}}};
    return options;
  }

 protected:
  void SetUp() override {
    SharedStage::SetUp();
    camera = wait_for_discovery(stage());
    ASSERT_TRUE(camera.is_object()) << stage().bridge.everything_it_wrote();
    const auto message = stage().tap.newest(kBridgeDiscovery);
    ASSERT_TRUE(message);
    bridge = message->json();
  }
  json camera, bridge;
};

bool is_time(const std::string& text) {
  return std::regex_match(text, std::regex{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.]\d+)?Z)"});
}

bool is_number(const std::string& text) {
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0';
}

// "" when Home Assistant takes this state.
std::string fault_of(const Entity& entity, const std::string& state) {
  constexpr std::size_t kLongest = 255;
  if (state.size() > kLongest) return "longer than 255 characters";
  const auto platform = entity.platform();
  if (state == "None") return platform == "switch" || platform == "binary_sensor" ? "unknown" : "";
  if (platform == "switch" ||
      (platform == "binary_sensor" && !entity.config.contains("payload_on")))
    return state == "ON" || state == "OFF" ? "" : "neither ON nor OFF";
  if (entity.config.contains("options")) {
    const auto& options = entity.config["options"];
    return std::find(options.begin(), options.end(), json(state)) == options.end() ? "no option"
                                                                                   : "";
  }
  if (entity.text("device_class") == "timestamp") return is_time(state) ? "" : "no time";
  if (platform == "number" || entity.config.contains("unit_of_measurement") ||
      entity.config.contains("state_class"))
    return is_number(state) ? "" : "no number";
  return state.empty() ? "empty" : "";
}

}  // namespace

TEST_F(HomeAssistant, IsGivenPayloadsThatItsSchemasAccept) {
  for (const auto& payload : {camera, bridge}) {
    for (const auto& fault : discovery_faults(payload)) ADD_FAILURE() << fault;
  }
}

TEST_F(HomeAssistant, KeepsTheIdsOfTheEntitiesApart) {
  std::set<std::string> ids;
  for (const auto& payload : {camera, bridge}) {
    for (const auto& entity : entities_of(payload)) {
      EXPECT_TRUE(ids.insert(entity.text("unique_id")).second) << entity.id;
      EXPECT_EQ(entity.text("default_entity_id").find(entity.platform() + "."), 0U) << entity.id;
    }
  }
  EXPECT_GT(ids.size(), 50U);
}

TEST_F(HomeAssistant, ReadsAStateItKnowsFromEveryEntity) {
  stage().camera.raise_alarm(1);
  ASSERT_EQ(outcome_of(stage().ask("get_status")), "ok");
  stage().camera.raise_alarm(0);
  ASSERT_EQ(outcome_of(stage().ask("get_status")), "ok");
  TemplateRenderer jinja{stage().loop};
  for (const auto& payload : {camera, bridge}) {
    for (const auto& entity : entities_of(payload)) {
      if (entity.text("state_topic").empty() || entity.platform() == "event" ||
          entity.platform() == "update")
        continue;
      const auto state = state_of(stage(), jinja, entity);
      EXPECT_EQ(fault_of(entity, state), "") << entity.id << ": " << state;
      if (const auto source = entity.text("json_attributes_template"); !source.empty()) {
        const auto message = stage().tap.newest(entity.text("json_attributes_topic"));
        ASSERT_TRUE(message) << entity.id;
        EXPECT_TRUE(json::parse(jinja.value(source, message->payload), nullptr, false).is_object())
            << entity.id;
      }
    }
  }
}

// After a start of the bridge the first messages hold little: OFF would be an edge for automations.
TEST_F(HomeAssistant, CallsUnknownWhatAMessageDoesNotTell) {
  TemplateRenderer jinja{stage().loop};
  std::size_t seen = 0;
  for (const auto& entity : entities_of(camera)) {
    const auto topic = entity.text("state_topic");
    const auto source = entity.text("value_template");
    if (source.empty() || (!topic.ends_with("/state") && !topic.ends_with("/settings"))) continue;
    if (entity.id == "session") continue;  // every message tells it
    ++seen;
    // What the bridge always says, and nothing of the camera's.
    json message{{"v", 1},
                 {"session", "searching"},
                 {"since", nullptr},
                 {"address", nullptr},
                 {"last_error", nullptr}};
    EXPECT_EQ(jinja.value(source, message.dump()), "None") << entity.id;
    for (const char* key : {"motion_detection", "osd", "sd_status"}) message[key] = nullptr;
    EXPECT_EQ(jinja.value(source, message.dump()), "None") << entity.id;
  }
  EXPECT_GT(seen, 10U);
}

TEST_F(HomeAssistant, TellsFirmwareAndAddressOnlyWhereTheyAreTheCameras) {
  TemplateRenderer jinja{stage().loop};
  const auto firmware = entities_of(camera, "update").at(0).text("value_template");
  EXPECT_EQ(jinja.value(firmware, "{}"), "");
  EXPECT_EQ(jinja.value(firmware, R"({"firmware": null})"), "");
  const auto known = json::parse(jinja.value(firmware, R"({"firmware": "48.53"})"));
  EXPECT_EQ(known, (json{{"installed_version", "48.53"}, {"latest_version", "48.53"}}));
  for (const auto& sensor : entities_of(camera, "sensor")) {
    if (sensor.id != "ip") continue;
    const auto source = sensor.text("value_template");
    EXPECT_EQ(jinja.value(source, R"({"address": "192.0.2.7:9", "transport": "lan"})"),
              "192.0.2.7");
    EXPECT_EQ(jinja.value(source, R"({"address": "192.0.2.8:9", "transport": "relay"})"), "None");
  }
}

TEST_F(HomeAssistant, HearsTheStartOfAnAlarmAsAnEventAndItsEndAsNone) {
  TemplateRenderer jinja{stage().loop};
  const auto event = entities_of(camera, "event").at(0);
  const auto from = stage().tap.end();
  stage().camera.raise_alarm(1);
  ASSERT_EQ(outcome_of(stage().ask("get_status")), "ok");
  stage().camera.raise_alarm(0);
  ASSERT_EQ(outcome_of(stage().ask("get_status")), "ok");
  std::vector<std::string> heard;
  for (std::size_t i = from; i < stage().tap.messages().size(); ++i) {
    const auto& message = stage().tap.messages()[i];
    if (message.topic == event.text("state_topic"))
      heard.push_back(jinja.value(event.text("value_template"), message.payload));
  }
  ASSERT_EQ(heard.size(), 2U);
  const auto start = json::parse(heard[0]);
  EXPECT_EQ(start.at("event_type"), "motion");
  EXPECT_TRUE(start.contains("event_id"));
  EXPECT_EQ(heard[1], "");
  const auto& types = event.config.at("event_types");
  EXPECT_NE(std::find(types.begin(), types.end(), json("motion")), types.end());
}

TEST_F(HomeAssistant, ShowsTheFirmwareAndOffersNoInstallation) {
  TemplateRenderer jinja{stage().loop};
  const auto update = entities_of(camera, "update").at(0);
  const auto shown = json::parse(state_of(stage(), jinja, update));
  EXPECT_EQ(shown.at("installed_version"), shown.at("latest_version"));
  EXPECT_FALSE(shown.at("installed_version").is_null());
  EXPECT_FALSE(update.config.contains("command_topic"));
}

// What each button has the camera do, by the manual's numbers of decoder_control (and not by ours).
std::string wanted_of(const std::string& button) {
  static const std::map<std::string, int> kCommands{
      {"ptz_up", 0},        {"ptz_stop", 1},       {"ptz_down", 2},       {"ptz_left", 4},
      {"ptz_right", 6},     {"ptz_center", 25},    {"preset_1", 31},      {"preset_2", 33},
      {"preset_3", 35},     {"preset_4", 37},      {"preset_5", 39},      {"ptz_up_left", 90},
      {"ptz_up_right", 91}, {"ptz_down_left", 92}, {"ptz_down_right", 93}};
  if (button == "sync_time") return "set_datetime.cgi?";
  const auto command = kCommands.find(button);
  if (command == kCommands.end()) return "a button that this test does not know";
  return "decoder_control.cgi?command=" + std::to_string(command->second) + "&";
}

TEST_F(HomeAssistant, PressesEveryButtonOfTheCamera) {
  for (const auto& button : entities_of(camera, "button")) {
    if (button.id == "reboot") continue;  // the last of all tests here
    const auto from = stage().tap.end();
    const auto before = stage().camera.requests();
    const auto answer = use(stage(), button, button.text("payload_press"));
    EXPECT_EQ(outcome_of(answer), "ok") << button.id << ": " << answer.dump();
    if (button.id == "take_snapshot") {
      EXPECT_TRUE(stage().tap.wait_for(from, [](const Message& message) {
        return message.topic == "cam32100/VSTC-123456-ABCDE/snapshot" &&
               message.payload.starts_with("\xFF\xD8");
      }));
    } else {
      const auto asked = stage().camera.requests_since(before);
      ASSERT_FALSE(asked.empty()) << button.id;
      EXPECT_NE(asked.front().find(wanted_of(button.id)), std::string::npos)
          << button.id << ": " << asked.front();
    }
  }
}

TEST_F(HomeAssistant, MovesTheCameraTheWayTheButtonsSay) {
  const auto press = [&](const std::string& id) {
    for (const auto& button : entities_of(camera, "button")) {
      if (button.id == id) return outcome_of(use(stage(), button, button.text("payload_press")));
    }
    return std::string{"no such button"};
  };
  ASSERT_EQ(press("ptz_center"), "ok");
  ASSERT_TRUE(stage().camera.wait_for_state(
      [](const json& s) { return s.at("pan") == 0 && s.at("tilt") == 0; }));
  ASSERT_EQ(press("ptz_left"), "ok");
  EXPECT_TRUE(stage().camera.wait_for_state([](const json& s) { return s.at("pan") < 0; }));
  ASSERT_EQ(press("ptz_center"), "ok");
  ASSERT_EQ(press("ptz_up_right"), "ok");
  EXPECT_TRUE(stage().camera.wait_for_state(
      [](const json& s) { return s.at("pan") > 0 && s.at("tilt") > 0; }));
}

TEST_F(HomeAssistant, FlipsEverySwitch) {
  TemplateRenderer jinja{stage().loop};
  const auto switches = entities_of(camera, "switch");
  EXPECT_GE(switches.size(), 2U);
  for (const auto& entity : switches) {
    for (int i = 0; i < 2; ++i) {
      const bool on = state_of(stage(), jinja, entity) == "ON";
      const auto payload = entity.text(on ? "payload_off" : "payload_on");
      EXPECT_EQ(outcome_of(use(stage(), entity, payload)), "ok") << entity.id;
      EXPECT_TRUE(wait_for_entity(stage(), jinja, entity, on ? "OFF" : "ON")) << entity.id;
    }
  }
}

TEST_F(HomeAssistant, MovesEveryNumberFromEndToEnd) {
  TemplateRenderer jinja{stage().loop};
  const auto numbers = entities_of(camera, "number");
  EXPECT_GE(numbers.size(), 8U);
  for (const auto& entity : numbers) {
    for (const char* end : {"max", "min"}) {
      const auto value = std::to_string(entity.config.at(end).get<int>());
      EXPECT_EQ(outcome_of(use(stage(), entity, value)), "ok") << entity.id << " " << value;
      EXPECT_TRUE(wait_for_entity(stage(), jinja, entity, value)) << entity.id << " " << value;
    }
    const auto beyond = std::to_string(entity.config.at("max").get<int>() + 1);
    const auto refused = use(stage(), entity, beyond);
    EXPECT_EQ(outcome_of(refused), "bad_argument") << entity.id;
    EXPECT_NE(refused.dump().find(std::to_string(entity.config.at("max").get<int>())),
              std::string::npos)
        << refused.dump();
    EXPECT_EQ(state_of(stage(), jinja, entity), std::to_string(entity.config.at("min").get<int>()));
  }
}

TEST_F(HomeAssistant, ChoosesEveryOption) {
  TemplateRenderer jinja{stage().loop};
  const auto selects = entities_of(camera, "select");
  EXPECT_GE(selects.size(), 4U);
  for (const auto& entity : selects) {
    for (const auto& option : entity.config.at("options")) {
      const auto chosen = option.get<std::string>();
      const auto source = entity.text("command_template");
      const auto payload = source.empty() ? chosen : jinja.command(source, chosen);
      const auto before = stage().camera.requests();
      EXPECT_EQ(outcome_of(use(stage(), entity, payload)), "ok") << entity.id << " " << chosen;
      if (entity.text("state_topic").empty()) {
        // What the camera does not tell back: that it was asked, among what the bridge asks itself.
        const auto asked = stage().camera.requests_since(before);
        const std::string wanted =
            entity.id == "preset" ? "decoder_control.cgi" : "camera_control.cgi";
        EXPECT_TRUE(std::any_of(
            asked.begin(), asked.end(),
            [&](const std::string& one) { return one.find(wanted) != std::string::npos; }))
            << entity.id << " " << chosen;
        continue;
      }
      // A camera that knows only on and off shows "on" after "auto" (mappings/README.md).
      const auto shown = entity.id == "ir" && chosen == "auto" ? "on" : chosen;
      EXPECT_TRUE(wait_for_entity(stage(), jinja, entity, shown)) << entity.id << " " << chosen;
    }
  }
}

TEST_F(HomeAssistant, KeepsTheAlarmSettingsThatAChangeDoesNotName) {
  const auto params = [&] { return stage().ask("get_params").at("data"); };
  const auto before = params();
  ASSERT_EQ(outcome_of(stage().ask("set", {{"motion_detection", true}})), "ok");
  ASSERT_EQ(outcome_of(stage().ask("set", {{"motion_sensitivity", 3}})), "ok");
  auto after = params();
  EXPECT_EQ(after.at("motion_detection"), true);
  EXPECT_EQ(after.at("motion_sensitivity"), 3);
  for (const char* key : {"alarm_mail", "alarm_record", "alarm_snapshot", "alarm_http",
                          "alarm_schedule_enable", "alarm_preset"})
    EXPECT_EQ(after.at(key), before.at(key)) << key;
}

TEST_F(HomeAssistant, ControlsTheBridge) {
  TemplateRenderer jinja{stage().loop};
  for (const auto& entity : entities_of(bridge, "select")) {
    for (const auto& option : entity.config.at("options")) {
      EXPECT_EQ(outcome_of(use(stage(), entity, option.get<std::string>())), "ok");
      EXPECT_TRUE(wait_for_entity(stage(), jinja, entity, option.get<std::string>()));
    }
    EXPECT_EQ(outcome_of(use(stage(), entity, "debug")), "ok");
  }
  for (const auto& button : entities_of(bridge, "button")) {
    if (button.id == "restart") continue;  // recovery_test restarts everything
    EXPECT_EQ(outcome_of(use(stage(), button, button.text("payload_press"))), "ok") << button.id;
  }
}

TEST_F(HomeAssistant, RebootsTheCameraAndHasItBack) {
  for (const auto& button : entities_of(camera, "button")) {
    if (button.id != "reboot") continue;
    const auto from = stage().tap.end();
    EXPECT_EQ(outcome_of(use(stage(), button, button.text("payload_press"))), "ok");
    EXPECT_TRUE(stage().camera.wait_for_state([](const json& s) { return s.at("reboots") == 1; }));
    EXPECT_TRUE(stage().tap.wait_for(from, [&](const Message& message) {
      return message.topic == stage().camera_topic("state") &&
             message.json().value("session", "") != "connected";
    }));
    EXPECT_TRUE(stage().wait_for_session("connected"));
  }
}

}  // namespace cam32100::integration
