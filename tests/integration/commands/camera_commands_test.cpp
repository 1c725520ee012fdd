// Every camera command of the table, from mosquitto_pub to the retained answer.
#include <fstream>
#include <iterator>
#include <set>

#include "tests/integration/commands/command_suite.hpp"
#include "tests/unit/wire/sha256.hpp"

namespace cam32100::integration {

namespace {

using nlohmann::json;

struct CommandCase {
  std::string command;
  json arguments;
  std::string outcome;  // "ok" or an error code
  json data = nullptr;  // members that the answer's data must have, with these values
};

std::vector<CommandCase> reads() {
  return {
      {"get_status", {}, "ok", {{"alarm", "none"}, {"firmware", "48.53.75.92"}}},
      {"get_params", {}, "ok", {{"wifi_ssid", "home"}, {"wifi_wpa_psk", "***"}}},
      {"get_camera_params", {}, "ok", {{"camera_type", "hi3518e"}}},
      {"get_factory_param", {}, "ok", {{"factory_passwd", "***"}}},
      {"get_misc", {}, "ok", {{"led_mode", 1}}},
      {"get_rtsp", {}, "ok", {{"port", 10554}, {"password", "***"}}},
      {"get_onvif", {}, "ok", {{"enabled", true}}},
      {"get_record", {}, "ok", {{"record_audio", true}}},
      {"wifi_scan", {}, "ok"},
      {"get_wifi_scan_result", {}, "ok"},
      {"login", {}, "ok", {{"user", "admin"}, {"password", "***"}}},
      {"check_credentials", {}, "ok", {{"clients", 1}, {"privilege", "admin"}}},
      {"get", {{"keys", {"brightness"}}}, "ok"},
      {"http", {{"path", "/get_misc.cgi"}}, "ok"},
      {"http_batch",
       {{"requests", {{{"path", "/get_status.cgi"}}, {{"path", "/get_misc.cgi"}}}}},
       "ok"},
      {"lookup", {}, "ok"},
  };
}

std::vector<CommandCase> changes() {
  return {
      {"ptz", {{"move", "left"}, {"step", true}}, "ok", {{"move", "left"}}},
      {"ptz", {{"move", "right"}, {"ms", 10}}, "ok", {{"move", "right"}, {"ms", 10}}},
      {"ptz", {{"move", "center"}}, "ok"},
      {"preset", {{"store", 3}}, "ok"},
      {"preset", {{"goto", 3}}, "ok"},
      {"image", {{"orientation", "mirror"}, {"brightness", 90}}, "ok"},
      {"ir", {{"state", "off"}}, "ok"},
      {"camera_control", {{"param", 1}, {"value", 100}}, "ok"},
      {"set", {{"contrast", 77}}, "ok"},
      {"sync_time", {{"utc_offset_min", 60}}, "ok"},
      {"http", {{"path", "/set_misc.cgi"}, {"params", {{"led_mode", 0}}}}, "ok"},
      {"video", {{"action", "start"}}, "not_supported"},
      {"audio", {{"action", "stop"}}, "not_supported"},
      {"talk", {{"url", "http://192.0.2.1/bell.wav"}}, "not_supported"},
      {"snapshot", {{"source", "stream"}}, "not_supported"},
      {"snapshot", {{"resolution", "320x180"}}, "ok", {{"content_type", "image/jpeg"}}},
      {"restore_factory", json::object(), "bad_argument"},
      {"http", {{"path", "/restore_factory.cgi"}}, "bad_argument"},
  };
}

void expect_members(const json& expected, const json& data) {
  for (const auto& [key, value] : expected.items()) {
    ASSERT_TRUE(data.is_object() && data.contains(key)) << key << " is missing in " << data.dump();
    EXPECT_EQ(data.at(key), value) << key;
  }
}

std::set<std::string> built_in_pictures() {
  std::set<std::string> out;
  for (const char* name : {"gate.jpg", "garden.jpg", "night.jpg"}) {
    std::ifstream file{std::string{CAM32100_SOURCE_DIR "/deploy/emulator-pictures/"} + name,
                       std::ios::binary};
    out.emplace(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
  }
  return out;
}

}  // namespace

// The answer live, then the same envelope kept for those who come later, on both topics.
void expect_answer(Stage& stage, const CommandCase& one) {
  SCOPED_TRACE(one.command + " " + one.arguments.dump());
  const auto answer = stage.ask(one.command, one.arguments);
  ASSERT_EQ(outcome_of(answer), one.outcome) << answer.dump();
  EXPECT_EQ(answer.at("v"), 1);
  EXPECT_EQ(answer.at("uid"), stage.camera.uid());
  EXPECT_EQ(answer.at("command"), one.command);
  EXPECT_TRUE(answer.at("ts").get<std::string>().ends_with("Z"));
  if (!one.data.is_null()) expect_members(one.data, answer.at("data"));
  if (one.outcome != "ok") {
    EXPECT_FALSE(answer.at("error").at("message").get<std::string>().empty());
  }
  EXPECT_EQ(stage.retained(stage.camera_topic("response/" + one.command)), answer);
  EXPECT_TRUE(stage.tap.wait_until(stage.camera_topic("response"),
                                   [&](const auto& m) { return m.json() == answer; }));
  EXPECT_EQ(stage.retained(stage.camera_topic("response")), answer);
}

TEST_P(Commands, ThatReadAnswerWithTypedDataAndStayOnTheBroker) {
  for (const auto& one : reads()) expect_answer(stage(), one);
}

TEST_P(Commands, ThatChangeAnswerOrSayWhatIsMissingAndStayOnTheBroker) {
  for (const auto& one : changes()) expect_answer(stage(), one);
}

TEST_P(Commands, ThatReadRunOnAnEmptyPayload) {
  for (const char* command : {"get_status", "get_misc", "lookup", "check_credentials"}) {
    SCOPED_TRACE(command);
    const auto answer = stage().send(stage().camera_topic(std::string{"command/"} + command), "",
                                     stage().camera_topic(std::string{"response/"} + command));
    EXPECT_EQ(outcome_of(answer), "ok") << answer.dump();
    EXPECT_FALSE(answer.contains("id")) << "nobody gave an id";
  }
}

TEST_P(Commands, LookupTellsWhatEachServerSays) {
  const auto answer = stage().ask("lookup");
  ASSERT_EQ(outcome_of(answer), "ok") << answer.dump();
  const auto text = answer.at("data").dump();
  EXPECT_NE(text.find(stage().server->address()), std::string::npos) << text;
  EXPECT_NE(text.find(stage().camera.address()), std::string::npos) << text;
}

TEST_P(Commands, DisconnectEndsTheSessionUntilConnectOpensItAgain) {
  ASSERT_EQ(outcome_of(stage().ask("disconnect")), "ok");
  EXPECT_TRUE(stage().camera.wait_for_state([](const json& s) { return s.at("sessions") == 0; }));
  EXPECT_TRUE(stage().wait_for_session("idle"));
  const auto answer = stage().ask("connect", {{"address", stage().camera.address()}});
  ASSERT_EQ(outcome_of(answer), "ok") << answer.dump();
  EXPECT_TRUE(stage().camera.wait_for_state([](const json& s) { return s.at("sessions") == 1; }));
  EXPECT_TRUE(stage().wait_for_session("connected"));
}

TEST_P(Commands, SnapshotPublishesTheCamerasVeryBytesBeforeTheirDescription) {
  const auto pictures = built_in_pictures();
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const auto from = stage().tap.end();
    const auto answer = stage().ask("snapshot");
    ASSERT_EQ(outcome_of(answer), "ok") << answer.dump();
    const auto image = stage().tap.wait_for(from, live_on_topic(stage().camera_topic("snapshot")));
    ASSERT_TRUE(image);
    EXPECT_TRUE(pictures.contains(image->payload)) << image->payload.size() << " other bytes";
    const auto digest = protocol::sha256(protocol::as_bytes(image->payload));
    EXPECT_EQ(answer.at("data").at("sha256"), protocol::to_hex(digest));
    const auto meta = stage().tap.wait_until(
        stage().camera_topic("snapshot/meta"),
        [&](const auto& m) { return m.json().value("sha256", "") == protocol::to_hex(digest); });
    ASSERT_TRUE(meta);
    EXPECT_EQ(meta->json().at("bytes"), image->payload.size());
    EXPECT_EQ(meta->json().at("width"), 1280);
    const auto& all = stage().tap.messages();
    const auto first = std::find_if(
        all.begin() + static_cast<std::ptrdiff_t>(from), all.end(),
        [&](const auto& m) { return m.topic.starts_with(stage().camera_topic("snapshot")); });
    EXPECT_EQ(first->topic, stage().camera_topic("snapshot")) << "the picture comes first";
  }
  EXPECT_TRUE(pictures.contains(
      read_retained(stage().loop, stage().broker, stage().version, stage().camera_topic("snapshot"))
          .at(0)
          .payload));
}

TEST_P(Commands, SetTopicsWriteOneSettingAndShowWhatTheCameraMadeOfIt) {
  const auto answer = stage().send(stage().camera_topic("set/brightness"), "63",
                                   stage().camera_topic("response/set"));
  EXPECT_EQ(outcome_of(answer), "ok") << answer.dump();
  EXPECT_TRUE(stage().tap.wait_until(stage().camera_topic("settings"), [](const auto& m) {
    return m.json().value("brightness", 0) == 63;
  }));
  EXPECT_EQ(stage().camera.state().at("parameters").at("vbright"), "63");
  const auto several = stage().send(stage().camera_topic("set"), R"({"brightness":64,"ir":"on"})",
                                    stage().camera_topic("response/set"));
  EXPECT_EQ(outcome_of(several), "ok") << several.dump();
  EXPECT_EQ(stage().camera.state().at("parameters").at("vbright"), "64");
}

TEST_P(Commands, MotionOfTheCameraBecomesAnEventWithABeginningAndAnEnd) {
  const auto from = stage().tap.end();
  stage().camera.raise_alarm(1);
  ASSERT_EQ(outcome_of(stage().ask("get_status")), "ok");
  const auto begin =
      stage().tap.wait_for(from, live_on_topic(stage().camera_topic("event/motion")));
  ASSERT_TRUE(begin);
  EXPECT_EQ(begin->json().at("active"), true);
  stage().camera.raise_alarm(0);
  ASSERT_EQ(outcome_of(stage().ask("get_status")), "ok");
  const auto end = stage().tap.wait_until(stage().camera_topic("event/motion"), [](const auto& m) {
    return m.json().at("active") == json(false);
  });
  ASSERT_TRUE(end);
  EXPECT_EQ(end->json().at("id"), begin->json().at("id"));
  EXPECT_EQ(stage().tap.count(from, live_on_topic(stage().camera_topic("event"))), 2U);
}

TEST_P(Commands, RebootIsCarriedOutOnceAndTheSessionComesBack) {
  const auto before = stage().camera.state().at("reboots").get<int>();
  const auto answer = stage().ask("reboot");
  EXPECT_EQ(outcome_of(answer), "ok") << answer.dump();
  EXPECT_TRUE(stage().camera.wait_for_state(
      [before](const json& s) { return s.at("reboots") == before + 1 && s.at("sessions") == 1; }));
  EXPECT_EQ(outcome_of(stage().ask("get_status")), "ok");
  EXPECT_EQ(stage().camera.state().at("reboots"), before + 1);
}

TEST_P(Commands, RestoreFactoryIsCarriedOutWhenItIsConfirmed) {
  ASSERT_EQ(outcome_of(stage().ask("image", {{"brightness", 33}})), "ok");
  const auto before = stage().camera.state().at("reboots").get<int>();
  const auto answer = stage().ask("restore_factory", {{"confirm", true}});
  EXPECT_EQ(outcome_of(answer), "ok") << answer.dump();
  EXPECT_TRUE(stage().camera.wait_for_state(
      [before](const json& s) { return s.at("reboots") == before + 1 && s.at("sessions") == 1; }));
  const auto params = stage().ask("get_camera_params");
  EXPECT_EQ(outcome_of(params), "ok");
  EXPECT_NE(params.at("data").at("brightness"), 33) << "as it came from the factory";
}

INSTANTIATE_TEST_SUITE_P(Mqtt5, Commands, ::testing::Values("5"));
INSTANTIATE_TEST_SUITE_P(Mqtt311, Commands, ::testing::Values("3.1.1"));

}  // namespace cam32100::integration
