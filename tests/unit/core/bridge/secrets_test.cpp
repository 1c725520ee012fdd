// Every secret carries a marker; the marker may be found nowhere.
#include <gtest/gtest.h>

#include "mappings/base64.hpp"
#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

const std::string kMarker = "SeCrEtMaRkEr";

// The marker itself, percent-encoded forms of it, and base64 at each of the three alignments.
std::vector<std::string> traces() {
  std::vector<std::string> out{kMarker};
  for (std::size_t shift = 0; shift < 3; ++shift) {
    const auto text = mappings::to_base64(protocol::as_bytes(kMarker.substr(shift, 9)));
    out.push_back(text);
  }
  return out;
}

void expect_clean(const BridgeRig& rig) {
  for (const auto& trace : traces()) {
    for (const auto& message : rig.mqtt->published) {
      ASSERT_EQ(message.topic.find(trace), std::string::npos) << message.topic;
      ASSERT_EQ(message.payload.find(trace), std::string::npos)
          << message.topic << " " << message.payload;
    }
    for (const auto& record : rig.ports->logs)
      ASSERT_EQ(record.message.find(trace), std::string::npos) << record.message;
  }
}

TEST(Secrets, OccurInNoTopicNoPayloadAndNoLog) {
  BridgeRig::Options options;
  options.config.mqtt.allow_plain_secrets = true;
  options.config.http.allow_write = true;
  options.config.log.level = bridge::LogLevel::debug;
  options.config.events.verbose = {"ping", "pong", "ack", "http"};
  options.config.mqtt.password = bridge::Secret{kMarker + "mqtt"};
  options.config.cameras[0].password = bridge::Secret{kMarker + "1"};
  BridgeRig rig{options};
  auto config = emulated(kUid, kMarker + "1");
  config.marker = kMarker;
  rig.add_camera(config);
  rig.ports->secrets["garden"] = kMarker + "file";
  rig.bring_up();
  for (const auto& command : vstarcam().command_names())
    (void)rig.call(kUid, command, json::object(), 10s);
  (void)rig.call(kUid, "check_credentials", {{"user", "admin"}, {"password", kMarker + "2"}});
  (void)rig.call(kUid, "check_credentials", {{"password", 5}});
  (void)rig.call(kUid, "check_credentials", {{"password_file", "garden"}});
  for (const char* cgi :
       {"get_params", "get_status", "get_factory_param", "get_rtsp", "get_apwifi", "login"}) {
    (void)rig.call(kUid, "http", {{"path", std::string{"/"} + cgi + ".cgi"}});
    (void)rig.call(kUid, "http", {{"path", std::string{"/"} + cgi + ".cgi?loginpas=" + kMarker}});
  }
  (void)rig.call(kUid, "http_batch",
                 {{"requests", {{{"path", "/get_params.cgi"}}, {{"path", "/get_rtsp.cgi"}}}}});
  (void)rig.call("bridge", "camera/add",
                 {{"uid", "VSTC-654321-FGHIJ"}, {"password", kMarker + "3"}});
  (void)rig.call("bridge", "camera/add", {{"uid", "nonsense"}, {"password", kMarker + "4"}});
  (void)rig.call("bridge", "camera/update", {{"uid", kUid}, {"password_file", "garden"}});
  (void)rig.call("bridge", "camera/list");
  (void)rig.call("bridge", "server/add",
                 {{"name", "lab"}, {"hosts", {"203.0.113.5"}}, {"psk", kMarker}});
  (void)rig.call("bridge", "server/list");
  rig.run_for(120s);
  rig.restart_broker();
  rig.bridge->on_reloaded(rig.moment(), options.config);
  rig.run_for(5s);
  expect_clean(rig);
}

TEST(Secrets, StayOutOfTheStateFileUnlessAllowed) {
  BridgeRig rig;
  rig.ports->secrets["garden"] = kMarker;
  rig.bring_online();
  ASSERT_EQ(rig.call("bridge", "camera/add",
                     {{"uid", "VSTC-654321-FGHIJ"}, {"password_file", "garden"}})["status"],
            "ok");
  ASSERT_EQ(rig.call("bridge", "camera/add",
                     {{"uid", "VSTC-654322-FGHIJ"}, {"password", kMarker}})["status"],
            "error");
  rig.run_for(3s);
  ASSERT_FALSE(rig.ports->saved.empty());
  for (const auto& text : rig.ports->saved) EXPECT_EQ(text.find(kMarker), std::string::npos);
}

TEST(Secrets, TheTestWouldFindOne) {
  BridgeRig rig;
  rig.bring_online();
  // The name of a camera is no secret and is published: the search must see it.
  ASSERT_EQ(rig.call("bridge", "camera/update", {{"uid", kUid}, {"name", kMarker}})["status"],
            "ok");
  rig.run_for(1s);
  bool found = false;
  for (const auto& message : rig.mqtt->published)
    found = found || message.payload.find(kMarker) != std::string::npos;
  EXPECT_TRUE(found);
}

TEST(Secrets, UidsAreShortenedInLogs) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.cut_camera(0);
  rig.run_for(60s);
  ASSERT_FALSE(rig.ports->logs.empty());
  for (const auto& record : rig.ports->logs) {
    EXPECT_EQ(record.message.find("123456-ABCDE"), std::string::npos) << record.message;
    EXPECT_EQ(record.camera.find("ABCDE"), std::string::npos) << record.camera;
  }
}

}  // namespace
}  // namespace cam32100::testing
