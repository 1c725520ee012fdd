// Every camera command of the contract, against an emulated camera.
#include <gtest/gtest.h>

#include <ostream>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

struct Case {
  std::string command;
  std::string payload;  // as a user types it
  std::string code;     // expected error; empty: ok
  std::string cgi;      // that the camera must have executed; empty: not looked at
};

void PrintTo(const Case& each, std::ostream* out) { *out << each.command << " " << each.payload; }

class CameraCommand : public ::testing::TestWithParam<Case> {};

TEST_P(CameraCommand, IsAnsweredAsTheContractSays) {
  const auto& [command, payload, code, cgi] = GetParam();
  BridgeRig::Options options;
  options.config.servers.push_back({"lab", {"203.0.113.5"}, "", {}, false});
  BridgeRig rig{options};
  rig.add_server();
  auto& camera = rig.add_camera(emulated());
  rig.ports->secrets["garden"] = "888888";
  rig.bring_up();
  const auto answer = rig.call_plain(kUid, command, payload);
  ASSERT_TRUE(answer.is_object());
  if (code.empty()) {
    EXPECT_EQ(answer["status"], "ok") << answer.dump();
    EXPECT_TRUE(answer.contains("data")) << answer.dump();
  } else {
    ASSERT_EQ(answer["status"], "error") << answer.dump();
    EXPECT_EQ(answer["error"]["code"], code) << answer.dump();
    EXPECT_FALSE(answer["error"]["message"].get<std::string>().empty());
  }
  if (!cgi.empty()) {
    std::size_t count = 0;
    for (const auto& request : camera.snapshot().last_requests)
      count += request.find(cgi) != std::string::npos ? 1U : 0U;
    EXPECT_GT(count, 0U) << cgi;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Contract, CameraCommand,
    ::testing::Values(
        Case{"lookup", "", "", ""}, Case{"lookup", R"({"servers":["203.0.113.5"]})", "", ""},
        Case{"lookup", R"({"servers":["lab"]})", "", ""},
        Case{"lookup", R"({"servers":["nowhere.example"]})", "bad_argument", ""},
        Case{"lookup", R"({"servers":["203.0.113.9"],"timeout_ms":8000})", "lookup_failed", ""},
        Case{"connect", "", "", ""}, Case{"connect", R"({"address":"192.168.1.63:26101"})", "", ""},
        Case{"connect", R"({"via":"lan"})", "", ""},
        Case{"connect", R"({"address":"not an address"})", "bad_argument", ""},
        Case{"connect", R"({"via":"smoke"})", "bad_argument", ""}, Case{"disconnect", "", "", ""},
        Case{"disconnect", R"({"force":true})", "bad_argument", ""},
        Case{"check_credentials", "", "", "check_user.cgi"},
        Case{"check_credentials", R"({"user":"admin","password_file":"garden"})", "",
             "check_user.cgi"},
        Case{"check_credentials", R"({"password_file":"../../etc/passwd"})", "forbidden", ""},
        Case{"check_credentials", R"({"password_file":"nobody"})", "bad_argument", ""},
        Case{"check_credentials", R"({"user":"admin","password":"wrong"})", "forbidden", ""}),
    [](const auto& each) { return each.param.command + std::to_string(each.index); });

INSTANTIATE_TEST_SUITE_P(
    Reads, CameraCommand,
    ::testing::Values(
        Case{"get_status", "", "", "get_status.cgi"}, Case{"get_params", "", "", "get_params.cgi"},
        Case{"get_camera_params", "", "", "get_camera_params.cgi"},
        Case{"get_factory_param", "", "", "get_factory_param.cgi"},
        Case{"get_misc", "", "", "get_misc.cgi"}, Case{"get_rtsp", "", "", "get_rtsp.cgi"},
        Case{"get_onvif", "", "", "get_onvif.cgi"}, Case{"get_record", "", "", "get_record.cgi"},
        Case{"wifi_scan", "", "", "wifi_scan.cgi"},
        Case{"get_wifi_scan_result", "", "", "get_wifi_scan_result.cgi"},
        Case{"login", "", "", "login.cgi"}, Case{"get", "", "", "get_camera_params.cgi"},
        Case{"get", R"({"keys":["brightness"]})", "", ""},
        Case{"get", R"({"keys":["nonsense"]})", "bad_argument", ""},
        Case{"snapshot", "", "", "snapshot.cgi"},
        Case{"snapshot", R"({"source":"stream"})", "not_supported", ""},
        Case{"snapshot", R"({"deliver":"url"})", "not_supported", ""},
        Case{"snapshot", R"({"source":"moon"})", "bad_argument", ""},
        Case{"http", R"({"path":"/get_status.cgi"})", "", "get_status.cgi"},
        Case{"http", "", "bad_argument", ""},
        Case{"http", R"({"path":"/reboot.cgi"})", "forbidden", ""},
        Case{"http_batch", R"({"requests":[{"path":"/get_status.cgi"},{"path":"/get_misc.cgi"}]})",
             "", "get_misc.cgi"},
        Case{"http_batch", "{}", "bad_argument", ""}),
    [](const auto& each) { return each.param.command + std::to_string(each.index); });

INSTANTIATE_TEST_SUITE_P(
    Changes, CameraCommand,
    ::testing::Values(
        Case{"ptz", "left", "", "decoder_control.cgi"},
        Case{"ptz", R"({"move":"up_left","ms":100})", "", "decoder_control.cgi"},
        Case{"ptz", "sideways", "bad_argument", ""},
        Case{"ptz", R"({"move":"left","ms":99999})", "bad_argument", ""},
        Case{"preset", "3", "", "decoder_control.cgi"},
        Case{"preset", R"({"store":16})", "", "decoder_control.cgi"},
        Case{"preset", "17", "bad_argument", ""}, Case{"preset", "{}", "bad_argument", ""},
        Case{"image", R"({"orientation":"flip"})", "", "camera_control.cgi"},
        Case{"image", R"({"orientation":"inside_out"})", "bad_argument", ""},
        Case{"ir", "off", "", ""}, Case{"ir", "maybe", "bad_argument", ""},
        Case{"set", R"({"brightness":90})", "", "camera_control.cgi"},
        Case{"set", R"({"brightness":"bright"})", "bad_argument", ""},
        Case{"set", "{}", "bad_argument", ""}, Case{"reboot", "{}", "", "reboot.cgi"},
        Case{"reboot", R"({"hard":true})", "bad_argument", ""},
        Case{"restore_factory", "{}", "bad_argument", ""},
        Case{"restore_factory", R"({"confirm":true})", "", "restore_factory.cgi"},
        Case{"sync_time", "{}", "", "set_datetime.cgi"},
        Case{"camera_control", R"({"param":1,"value":90})", "", "camera_control.cgi"},
        Case{"camera_control", "{}", "bad_argument", ""},
        Case{"video", "start", "not_supported", ""}, Case{"video", "perhaps", "bad_argument", ""},
        Case{"audio", "start", "not_supported", ""},
        Case{"talk", R"({"url":"http://192.0.2.1/a.wav"})", "not_supported", ""},
        Case{"talk", "{}", "bad_argument", ""}, Case{"dance", "{}", "unknown_command", ""}),
    [](const auto& each) { return each.param.command + std::to_string(each.index); });

TEST(SetTopic, IsSugarForTheSetCommand) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  rig.publish(rig.topic("set/brightness"), "90");
  rig.run_for(2s);
  EXPECT_EQ(rig.retained_json(rig.topic("response/set"))["status"], "ok");
  EXPECT_EQ(camera.snapshot().parameters.at("vbright"), "90");
  EXPECT_EQ(rig.retained_json(rig.topic("settings"))["brightness"], 90) << "read back";
  rig.publish(rig.topic("set"), R"({"brightness":70,"id":"x"})");
  rig.run_for(2s);
  EXPECT_EQ(rig.retained_json(rig.topic("response/set"))["id"], "x");
  EXPECT_EQ(camera.snapshot().parameters.at("vbright"), "70");
  rig.publish(rig.topic("set/brightness"), R"({"value":60,"id":"y"})");
  rig.run_for(2s);
  EXPECT_EQ(rig.retained_json(rig.topic("response/set"))["id"], "y");
  EXPECT_EQ(camera.snapshot().parameters.at("vbright"), "60");
}

TEST(SetTopic, RefusesWrongKeysAndValues) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  const auto refused = [&rig](const std::string& topic, const std::string& payload) {
    rig.spy->clear();
    rig.publish(rig.topic(topic), payload);
    rig.run_for(1s);
    const auto answer = rig.spy->last(rig.topic("response/set"));
    return answer ? json::parse(*answer)["error"].value("code", "") : std::string{"no answer"};
  };
  EXPECT_EQ(refused("set/brightness", "very"), "bad_argument");
  EXPECT_EQ(refused("set/brightness", ""), "bad_argument");
  EXPECT_EQ(refused("set/brightness", R"({"id":"1"})"), "bad_argument");
  EXPECT_EQ(refused("set/nonsense", "1"), "bad_argument");
  EXPECT_EQ(refused("set", "90"), "bad_argument");
  EXPECT_EQ(refused("set", "{}"), "bad_argument");
}

TEST(SetTopic, EchoesTheIdOfWhatItRefuses) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  const auto id_of = [&rig](const std::string& topic, const std::string& payload) {
    rig.spy->clear();
    rig.publish(rig.topic(topic), payload);
    rig.run_for(1s);
    return json::parse(rig.spy->last(rig.topic("response/set")).value_or("{}")).value("id", "");
  };
  EXPECT_EQ(id_of("set/brightness", R"({"id":"1"})"), "1") << "the value is missing";
  EXPECT_EQ(id_of("set/bright-ness", R"({"id":"2","value":1})"), "2");
  EXPECT_EQ(id_of("set/brightness", R"({"id":"3","value":1,"timeout_ms":"x"})"), "3");
  EXPECT_EQ(id_of("set", R"({"id":"4"})"), "4");
}

TEST(SyncTime, SendsTheWallTime) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_EQ(rig.call(kUid, "sync_time")["status"], "ok");
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(rig.moment().wall.time_since_epoch())
          .count();
  bool found = false;
  for (const auto& request : camera.snapshot().last_requests) {
    for (int off = 0; off < 3; ++off)
      found = found || request.find("now=" + std::to_string(seconds - off)) != std::string::npos;
    EXPECT_EQ(request.find("{now}"), std::string::npos);
    EXPECT_EQ(request.find("%7Bnow%7D"), std::string::npos);
  }
  EXPECT_TRUE(found);
}

TEST(CheckCredentials, TellsAWrongPasswordFromARightOne) {
  BridgeRig::Options options;
  options.config.mqtt.allow_plain_secrets = true;
  BridgeRig rig{options};
  rig.add_camera(emulated());
  rig.bring_up();
  EXPECT_EQ(
      rig.call(kUid, "check_credentials", {{"user", "admin"}, {"password", "888888"}})["status"],
      "ok");
  const auto wrong =
      rig.call(kUid, "check_credentials", {{"user", "admin"}, {"password", "123456"}});
  EXPECT_EQ(wrong["error"]["code"], "auth_failed") << wrong.dump();
}

TEST(CheckCredentials, TellsThePrivilegeOfWhoWasChecked) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  const auto answer = rig.call(kUid, "check_credentials", json::object());
  EXPECT_EQ(answer["data"]["privilege"], "admin") << answer.dump();
  EXPECT_EQ(answer["data"]["clients"], 1) << answer.dump();
}

TEST(CheckCredentials, DoesWithoutAPrivilegeThatTheCameraKeepsToItself) {
  for (const bool refuses : {false, true}) {
    BridgeRig rig;
    auto config = emulated();
    (refuses ? config.refuses : config.nonsense).insert("login.cgi");
    rig.add_camera(config);
    rig.bring_up();
    const auto answer = rig.call(kUid, "check_credentials", json::object());
    EXPECT_EQ(answer["status"], "ok") << answer.dump();
    EXPECT_EQ(answer["data"]["clients"], 1) << answer.dump();
    EXPECT_FALSE(answer["data"].contains("privilege")) << answer.dump();
  }
}

TEST(CheckCredentials, SaysBusyOfACameraThatIsFull) {
  BridgeRig::Options options;
  options.config.mqtt.allow_plain_secrets = true;
  BridgeRig rig{options};
  auto config = emulated();
  config.max_sessions = 0;
  config.refusal = protocol::RefusalForm::full_users;
  rig.add_camera(config);
  rig.bring_online();
  rig.run_for(5s);
  const auto answer =
      rig.call(kUid, "check_credentials", {{"user", "admin"}, {"password", "888888"}});
  EXPECT_EQ(answer["error"]["code"], "busy") << answer.dump();
}

TEST(CheckCredentials, TakesNoUserOrPasswordThatFirmwareWouldTakeForACall) {
  BridgeRig::Options options;
  options.config.mqtt.allow_plain_secrets = true;
  BridgeRig rig{options};
  auto& camera = rig.add_camera(emulated());
  rig.ports->secrets["evil"] = "x/reboot.cgi";
  rig.bring_up();
  const auto requests = camera.snapshot().requests;
  for (const json& arguments :
       {json{{"user", "reboot.cgi"}}, json{{"password", "/restore_factory.CGI?"}},
        json{{"password_file", "evil"}}}) {
    const auto answer = rig.call(kUid, "check_credentials", arguments);
    EXPECT_EQ(answer["error"]["code"], "bad_argument") << arguments.dump();
    EXPECT_EQ(answer.dump().find("restore_factory"), std::string::npos);
  }
  EXPECT_EQ(camera.snapshot().requests, requests);
}

TEST(Connect, OffersARelayWhichNeedsServersAndNoAddress) {
  BridgeRig rig;
  rig.bring_online();
  const auto via = rig.retained_json(
      "cam32100/bridge/info")["commands"]["camera"]["connect"]["arguments"]["via"];
  EXPECT_EQ(via["enum"], json::array({"any", "lan", "direct", "p2p", "relay"}));
  EXPECT_EQ(rig.call(kUid, "connect", {{"via", "relay"}})["error"]["code"], "lookup_failed");
  EXPECT_EQ(
      rig.call(kUid, "connect", {{"via", "relay"}, {"address", "192.168.1.63"}})["error"]["code"],
      "bad_argument");
}

TEST(Disconnect, ClosesTheSessionUntilAsked) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  EXPECT_EQ(rig.call(kUid, "disconnect")["status"], "ok");
  rig.run_for(60s);
  EXPECT_NE(rig.retained_json(rig.topic("state"))["session"], "connected");
  EXPECT_EQ(rig.call(kUid, "connect")["status"], "ok");
  rig.run_for(1s);
  EXPECT_EQ(rig.retained_json(rig.topic("state"))["session"], "connected");
}

TEST(CameraOffline, IsAnsweredWithinTheTimeAndSaysWhatToExpect) {
  BridgeRig rig;
  rig.bring_online();
  const auto answer = rig.call(kUid, "get_status", {{"timeout_ms", 10000}});
  ASSERT_EQ(answer["status"], "error");
  const std::string code = answer["error"]["code"];
  EXPECT_TRUE(code == "camera_offline" || code == "connect_timeout" || code == "lookup_failed")
      << code;
  EXPECT_EQ(answer["error"]["retryable"], true);
  EXPECT_LE(answer["took_ms"].get<int>(), 10100);
}

}  // namespace
}  // namespace cam32100::testing
