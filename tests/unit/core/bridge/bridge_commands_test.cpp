// Commands to the bridge itself.
#include <gtest/gtest.h>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

const std::string kOther = "VSTC-654321-FGHIJ";

class BridgeCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    rig.ports->secrets["garden"] = "888888";
    rig.bring_online();
  }
  [[nodiscard]] std::string code(const json& answer) { return answer["error"].value("code", ""); }
  BridgeRig rig;
};

TEST_F(BridgeCommand, AddsACameraThatWorksAtOnceAndIsKept) {
  rig.add_camera(emulated(kOther), 64);
  const auto answer =
      rig.call("bridge", "camera/add",
               {{"uid", "vstc654321fghij"}, {"name", "Gate"}, {"password_file", "garden"}});
  ASSERT_EQ(answer["status"], "ok") << answer.dump();
  EXPECT_EQ(answer["data"]["uid"], kOther);
  EXPECT_TRUE(rig.run_until([&] {
    return rig.retained_json(rig.topic("state", kOther)).value("session", "") == "connected";
  }));
  rig.run_for(2s);
  EXPECT_EQ(rig.call(kOther, "get_status")["status"], "ok");
  EXPECT_EQ(rig.retained_text(rig.topic("availability", kOther)), "online");
  EXPECT_EQ(rig.retained_json(rig.topic("event/motion", kOther))["active"], false);
  EXPECT_EQ(rig.retained_json(rig.topic("info", kOther))["name"], "Gate");
  EXPECT_EQ(rig.retained_json("cam32100/bridge/cameras").size(), 2U);
  const auto event = rig.retained_json("cam32100/bridge/event");
  EXPECT_EQ(event["type"], "camera_added");
  EXPECT_EQ(event["uid"], kOther);
  ASSERT_FALSE(rig.ports->saved.empty());
  const auto saved = bridge::parse_state(rig.ports->saved.back(), "state");
  ASSERT_TRUE(saved);
  ASSERT_EQ(saved->cameras.size(), 1U);
  EXPECT_EQ(saved->cameras[0]["uid"], kOther);
  EXPECT_EQ(saved->cameras[0]["password_file"], "garden");
  EXPECT_EQ(rig.ports->saved.back().find("888888"), std::string::npos);
}

TEST_F(BridgeCommand, RefusesCamerasItCannotAdd) {
  EXPECT_EQ(code(rig.call("bridge", "camera/add", {{"uid", kUid}})), "bad_argument")
      << "there already";
  EXPECT_EQ(code(rig.call("bridge", "camera/add", {{"uid", "nonsense"}})), "bad_argument");
  EXPECT_EQ(code(rig.call("bridge", "camera/add", {{"name", "no uid"}})), "bad_argument");
  EXPECT_EQ(code(rig.call("bridge", "camera/add", {{"uid", kOther}, {"password", "x"}})),
            "forbidden");
  EXPECT_EQ(code(rig.call("bridge", "camera/add", {{"uid", kOther}, {"password_file", "../x"}})),
            "forbidden");
  EXPECT_EQ(code(rig.call("bridge", "camera/add", {{"uid", kOther}, {"password_file", "nobody"}})),
            "bad_argument");
  EXPECT_EQ(code(rig.call("bridge", "camera/add", {{"uid", kOther}, {"password_env", "HOME"}})),
            "bad_argument");
  EXPECT_EQ(code(rig.call("bridge", "camera/add", {{"uid", kOther}, {"alias", "bridge"}})),
            "bad_argument");
  EXPECT_EQ(code(rig.call("bridge", "camera/add", {{"uid", kOther}, {"colour", "red"}})),
            "bad_argument");
  EXPECT_NE(rig.call("bridge", "camera/add", {{"uid", "BD0227833JJIU"}})["error"]["message"]
                .get<std::string>()
                .find("cloud"),
            std::string::npos);
  EXPECT_EQ(rig.retained_json("cam32100/bridge/cameras").size(), 1U);
}

TEST_F(BridgeCommand, RemovesACameraWithAllItsTopics) {
  rig.add_camera(emulated(kOther), 64);
  ASSERT_EQ(
      rig.call("bridge", "camera/add", {{"uid", kOther}, {"password_file", "garden"}})["status"],
      "ok");
  rig.run_for(5s);
  ASSERT_EQ(rig.call(kOther, "snapshot")["status"], "ok");
  ASSERT_NE(rig.broker.retained(rig.topic("snapshot", kOther)), nullptr);
  rig.spy->clear();
  const auto answer = rig.call_plain("bridge", "camera/remove", kOther);
  ASSERT_EQ(answer["status"], "ok") << answer.dump();
  rig.run_for(3s);
  for (const auto& topic : rig.broker.retained_topics())
    EXPECT_EQ(topic.find(kOther), std::string::npos) << topic;
  EXPECT_EQ(rig.retained_json("cam32100/bridge/event")["type"], "camera_removed");
  EXPECT_EQ(rig.retained_json("cam32100/bridge/cameras").size(), 1U);
  EXPECT_EQ(bridge::parse_state(rig.ports->saved.back(), "state")->cameras.size(), 0U);
  EXPECT_EQ(rig.cameras[0]->snapshot().sessions, 0U) << "it was told";
  EXPECT_EQ(code(rig.call_plain("bridge", "camera/remove", kOther)), "unknown_camera");
}

TEST_F(BridgeCommand, RemovesTopicsOfAnEarlierRunToo) {
  ASSERT_EQ(rig.call("bridge", "camera/add", {{"uid", kOther}})["status"], "ok");
  rig.run_for(2s);
  rig.publish(rig.topic("event/of_long_ago", kOther), "{}", true);
  rig.restart_broker();
  ASSERT_EQ(rig.call_plain("bridge", "camera/remove", kOther)["status"], "ok");
  rig.run_for(1s);
  EXPECT_EQ(rig.broker.retained(rig.topic("event/of_long_ago", kOther)), nullptr);
  EXPECT_NE(rig.broker.retained(rig.topic("event/motion")), nullptr) << "the other camera's stay";
}

TEST_F(BridgeCommand, AnswersWhatWaitedWhenACameraIsRemoved) {
  ASSERT_EQ(rig.call("bridge", "camera/add", {{"uid", kOther}})["status"], "ok");
  rig.publish(rig.topic("command/get_status", kOther), R"({"id":"waits"})");
  rig.run_for(100ms);
  rig.spy->clear();
  ASSERT_EQ(rig.call_plain("bridge", "camera/remove", kOther)["status"], "ok");
  ASSERT_GE(rig.spy->count(rig.topic("response/get_status", kOther)), 1U);
  EXPECT_NE(rig.spy->live(rig.topic("response/get_status", kOther))[0].payload.find("waits"),
            std::string::npos);
  rig.run_for(1s);
  EXPECT_EQ(rig.broker.retained(rig.topic("response", kOther)), nullptr)
      << "sent before, not after";
}

TEST_F(BridgeCommand, DoesNotRemoveACameraOfTheConfigFile) {
  const auto answer = rig.call("bridge", "camera/remove", {{"uid", kUid}});
  EXPECT_EQ(code(answer), "forbidden");
  EXPECT_NE(answer["error"]["message"].get<std::string>().find("config file"), std::string::npos);
  EXPECT_EQ(code(rig.call("bridge", "camera/remove", {{"uid", "VSTC-000000-AAAAA"}})),
            "unknown_camera");
}

TEST_F(BridgeCommand, UpdatesNameAndPasswordOfACamera) {
  rig.add_camera(emulated(kOther, "newpass"), 64);
  ASSERT_EQ(
      rig.call("bridge", "camera/add", {{"uid", kOther}, {"password_file", "garden"}})["status"],
      "ok");
  rig.run_for(10s);
  rig.ports->secrets["other"] = "newpass";
  const auto answer = rig.call("bridge", "camera/update",
                               {{"uid", kOther}, {"name", "Door"}, {"password_file", "other"}});
  ASSERT_EQ(answer["status"], "ok") << answer.dump();
  EXPECT_EQ(answer["data"]["kept"], true);
  rig.run_for(120s);
  EXPECT_EQ(rig.retained_json(rig.topic("info", kOther))["name"], "Door");
  EXPECT_EQ(rig.call(kOther, "get_status")["status"], "ok");
  EXPECT_EQ(bridge::parse_state(rig.ports->saved.back(), "state")->cameras[0]["password_file"],
            "other");
  const auto of_file = rig.call("bridge", "camera/update", {{"uid", kUid}, {"name", "Changed"}});
  EXPECT_EQ(of_file["data"]["kept"], true);
  rig.run_for(2s);
  const auto saved = bridge::parse_state(rig.ports->saved.back(), "state");
  ASSERT_EQ(saved->updates.size(), 1U);
  EXPECT_EQ(saved->updates[0], (json{{"uid", kUid}, {"name", "Changed"}}));
  EXPECT_EQ(code(rig.call("bridge", "camera/remove", {{"uid", kUid}})), "forbidden");
  EXPECT_EQ(code(rig.call("bridge", "camera/update", {{"uid", kUid}})), "bad_argument");
  EXPECT_EQ(
      code(rig.call("bridge", "camera/update", {{"uid", "VSTC-000000-AAAAA"}, {"name", "x"}})),
      "unknown_camera");
}

TEST_F(BridgeCommand, RefusesCredentialsThatFirmwareWouldTakeForACall) {
  rig.ports->secrets["evil"] = "a/reboot.cgi";
  EXPECT_EQ(code(rig.call("bridge", "camera/add", {{"uid", kOther}, {"user", "x.cgi"}})),
            "bad_argument");
  EXPECT_EQ(code(rig.call("bridge", "camera/add", {{"uid", kOther}, {"password_file", "evil"}})),
            "bad_argument");
  EXPECT_EQ(code(rig.call("bridge", "camera/update", {{"uid", kUid}, {"user", "reboot.CGI"}})),
            "bad_argument");
  EXPECT_EQ(rig.retained_json("cam32100/bridge/cameras").size(), 1U);
}

TEST(BridgeCommandWithoutStateFile, SaysThatNothingIsKept) {
  BridgeRig::Options options;
  options.config.state_file.clear();
  BridgeRig rig{options};
  rig.bring_online();
  EXPECT_EQ(rig.call("bridge", "camera/add", {{"uid", kOther}})["data"]["kept"], false);
  EXPECT_EQ(rig.call("bridge", "camera/update", {{"uid", kOther}, {"name", "x"}})["data"]["kept"],
            false);
  EXPECT_EQ(rig.call("bridge", "server/add", {{"hosts", {"203.0.113.5"}}})["data"]["kept"], false);
}

TEST_F(BridgeCommand, AddsNoMoreServersThanItsStateFileMayHold) {
  for (int i = 0; i < 64; ++i) {
    ASSERT_EQ(rig.call("bridge", "server/add",
                       {{"name", "s" + std::to_string(i)}, {"hosts", {"203.0.113.5"}}})["status"],
              "ok");
  }
  const auto answer =
      rig.call("bridge", "server/add", {{"name", "one more"}, {"hosts", {"203.0.113.5"}}});
  EXPECT_EQ(code(answer), "bad_argument");
  EXPECT_NE(answer["error"]["message"].get<std::string>().find("64"), std::string::npos);
  rig.run_for(2s);
  EXPECT_TRUE(bridge::parse_state(rig.ports->saved.back(), "state"));
}

TEST_F(BridgeCommand, ListsCamerasWithoutTheirPasswords) {
  const auto answer = rig.call("bridge", "camera/list");
  ASSERT_EQ(answer["data"]["cameras"].size(), 1U);
  EXPECT_EQ(answer["data"]["cameras"][0]["uid"], kUid);
  EXPECT_EQ(answer.dump().find("888888"), std::string::npos);
}

TEST_F(BridgeCommand, AddsListsAndRemovesServers) {
  rig.ports->names["p2p.example"] = kServer;
  ASSERT_EQ(
      rig.call("bridge", "server/add", {{"name", "lab"}, {"hosts", {"p2p.example"}}})["status"],
      "ok");
  const auto list = rig.call("bridge", "server/list")["data"]["servers"];
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["addresses"], json::array({"203.0.113.5:32100"}));
  rig.run_for(2s);
  ASSERT_FALSE(rig.ports->saved.empty());
  EXPECT_EQ(bridge::parse_state(rig.ports->saved.back(), "state")->servers.size(), 1U);
  EXPECT_EQ(code(rig.call("bridge", "server/add", {{"name", "lab"}, {"hosts", {"x.example"}}})),
            "bad_argument");
  EXPECT_EQ(code(rig.call("bridge", "server/add", {{"name", "none"}})), "bad_argument");
  EXPECT_EQ(code(rig.call("bridge", "server/add", {{"hosts", "vendor"}})), "bad_argument");
  EXPECT_EQ(rig.call_plain("bridge", "server/remove", "lab")["status"], "ok");
  EXPECT_EQ(rig.call("bridge", "server/list")["data"]["servers"].size(), 0U);
  EXPECT_EQ(code(rig.call_plain("bridge", "server/remove", "lab")), "bad_argument");
}

TEST_F(BridgeCommand, DiscoversCamerasOnTheLan) {
  rig.add_camera(emulated());
  rig.add_camera(emulated(kOther), 64);
  rig.run_for(5s);
  rig.spy->clear();
  const auto answer = rig.call_plain("bridge", "discover", "");
  ASSERT_EQ(answer["status"], "ok") << answer.dump();
  const auto& found = answer["data"]["cameras"];
  ASSERT_EQ(found.size(), 2U);
  for (const auto& camera : found) {
    EXPECT_EQ(camera["known"], camera["uid"] == kUid);
    EXPECT_EQ(camera["dialect"], "cgi");
    EXPECT_EQ(camera["supported"], true);
    EXPECT_EQ(camera["cipher"], "plain");
  }
  const auto events = rig.spy->live("cam32100/bridge/event");
  ASSERT_EQ(events.size(), 1U) << "only the new one is news";
  EXPECT_EQ(json::parse(events[0].payload)["uid"], kOther);
  EXPECT_TRUE(rig.ports->endpoints.size() == 1U) << "its socket is gone";
}

TEST_F(BridgeCommand, LimitsSearchesAtOnce) {
  rig.spy->clear();
  for (int i = 0; i < 9; ++i)
    rig.publish("cam32100/bridge/command/discover", R"({"id":")" + std::to_string(i) + "\"}");
  rig.run_for(100ms);
  ASSERT_EQ(rig.spy->count("cam32100/bridge/response/discover"), 1U);
  EXPECT_EQ(code(json::parse(rig.spy->live("cam32100/bridge/response/discover")[0].payload)),
            "rate_limited");
  rig.run_for(10s);
  EXPECT_EQ(rig.spy->count("cam32100/bridge/response/discover"), 9U);
}

TEST_F(BridgeCommand, AsksServersForOurAddressAndForACamera) {
  rig.add_server();
  rig.add_camera(emulated());
  rig.run_for(5s);
  EXPECT_EQ(code(rig.call("bridge", "stun")), "lookup_failed") << "no server is configured";
  ASSERT_EQ(
      rig.call("bridge", "server/add", {{"name", "lab"}, {"hosts", {"203.0.113.5"}}})["status"],
      "ok");
  const auto stun = rig.call("bridge", "stun");
  ASSERT_EQ(stun["status"], "ok") << stun.dump();
  EXPECT_EQ(stun["data"]["servers"][0]["server"], "203.0.113.5:32100");
  EXPECT_TRUE(stun["data"]["servers"][0].contains("mapped_address"));
  const auto found = rig.call_plain("bridge", "lookup", "vstc123456abcde");
  ASSERT_EQ(found["status"], "ok") << found.dump();
  EXPECT_EQ(found["data"]["found"], true);
  const auto missing = rig.call("bridge", "lookup", {{"uid", "VSTC-000001-AAAAA"}});
  EXPECT_EQ(missing["data"]["found"], false) << missing.dump();
  EXPECT_EQ(missing["data"]["servers"][0]["result"], "offline");
  EXPECT_EQ(code(rig.call("bridge", "lookup", {{"uid", "what"}})), "bad_argument");
  const auto empty = rig.call_plain("bridge", "lookup", "");
  EXPECT_EQ(empty["error"]["detail"]["argument"], "uid") << empty.dump();
  EXPECT_EQ(code(rig.call("bridge", "lookup", {{"uid", kUid}, {"servers", {"203.0.113.77"}}})),
            "lookup_failed");
}

TEST_F(BridgeCommand, SetsTheLogLevel) {
  EXPECT_EQ(rig.call_plain("bridge", "log_level", "debug")["status"], "ok");
  EXPECT_EQ(rig.ports->levels.back(), bridge::LogLevel::debug);
  rig.run_for(100ms);
  EXPECT_EQ(rig.retained_json("cam32100/bridge/info")["log_level"], "debug");
  EXPECT_EQ(code(rig.call_plain("bridge", "log_level", "loud")), "bad_argument");
}

TEST_F(BridgeCommand, GivesHealthRestartsAndRefusesTheRest) {
  EXPECT_TRUE(rig.call("bridge", "health")["data"].contains("uptime_s"));
  EXPECT_EQ(rig.call("bridge", "restart")["status"], "ok");
  EXPECT_EQ(rig.ports->restarts, 1U);
  EXPECT_EQ(code(rig.call("bridge", "rediscover")), "not_supported");
  EXPECT_EQ(code(rig.call("bridge", "dance")), "unknown_command");
  EXPECT_EQ(rig.broker.retained("cam32100/bridge/response/dance"), nullptr);
  EXPECT_EQ(code(rig.call("bridge", "health", {{"deep", true}})), "bad_argument");
}

TEST_F(BridgeCommand, DescribesItselfInItsInfo) {
  const auto info = rig.retained_json("cam32100/bridge/info");
  for (const char* key : {"v", "version", "build", "started", "mqtt_version", "log_level",
                          "schema_version", "limits", "topics", "commands", "config", "stale"}) {
    EXPECT_TRUE(info.contains(key)) << key;
  }
  EXPECT_TRUE(info["commands"]["bridge"].contains("camera/add"));
  EXPECT_TRUE(info["commands"]["camera"].contains("ptz"));
  EXPECT_FALSE(info["commands"]["camera"].contains("talk"))
      << "what does not exist yet is not offered";
  for (const auto& [command, spec] : info["commands"]["bridge"].items()) {
    for (const auto& [name, hint] : spec["arguments"].items())
      EXPECT_FALSE(hint.value("about", "").empty()) << command << " " << name;
  }
  EXPECT_EQ(info.dump().find("888888"), std::string::npos);
}

}  // namespace
}  // namespace cam32100::testing
