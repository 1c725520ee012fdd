#include "tests/integration/schemas/busy_day.hpp"

#include <gtest/gtest.h>

namespace cam32100::integration {

using nlohmann::json;

namespace {

constexpr const char* kPassword = "888888";

StageOptions options() {
  StageOptions options;
  options.with_server = true;
  options.start_bridge = false;
  options.config = {
      {"events", {{"verbose", {"ping", "pong", "ack", "http"}}}},
      {"http", {{"allow_write", true}, {"public_url", "http://127.0.0.1:8321"}}},
      // A slow program that opens no session in time twice is told "busy", and waits a minute.
      {"timing",
       {{"status_poll_s", 0},
        {"connect_timeout_ms", kPatience > std::chrono::seconds{20} ? 5000 : 1000}}},
  };
  return options;
}

std::uint16_t port_of(const std::string& address) {
  return static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1)));
}

Tap::Wanted with(const char* key, json value) {
  return [key, value = std::move(value)](const Message& message) {
    const auto shown = message.json();
    return shown.is_object() && shown.contains(key) && shown[key] == value;
  };
}

}  // namespace

BusyDay::BusyDay()
    : stage{options()},
      ear{stage.loop, stage.broker, "5", {"cam32100/#"}, {"--retain-as-published"}},
      talkative_{stage.loop, {.uid = "VSTB-654321-EDCBA", .servers = {stage.server->address()}}},
      silent_{stage.loop, {.uid = "VSTD-222222-BBBBB"}},
      stranger_{stage.loop, {.uid = "VSTF-333333-CCCCC"}} {}

void BusyDay::play() {
  start();
  if (::testing::Test::HasFailure()) return;
  send_nonsense();
  silent_.kill();
  ask_the_bridge();
  add_and_remove_a_camera();
  ask_the_camera();
  send_what_is_wrong();
  raise_alarms();
  take_pictures_as_text();
  see_a_camera_go_and_come();
}

// The LAN has the stranger alone, so the others come by the server or by their address.
void BusyDay::start() {
  auto config = stage.bridge.config();
  config["lan"]["targets"] = {stranger_.address()};
  config["servers"] = {{{"name", "home"}, {"hosts", {stage.server->address()}}}};
  config["cameras"].push_back({{"uid", talkative_.uid()}, {"password", kPassword}});
  config["cameras"].push_back(
      {{"uid", silent_.uid()}, {"password", kPassword}, {"address", silent_.address()}});
  stage.bridge.write_config(config);
  ASSERT_TRUE(stage.server->wait_for_login(stage.camera.uid()));
  ASSERT_TRUE(stage.server->wait_for_login(talkative_.uid()));
  stage.bridge.start();
  ASSERT_TRUE(stage.wait_until_ready()) << stage.bridge.everything_it_wrote();
  for (const auto* camera : {&talkative_, &silent_}) {
    const std::string base = "cam32100/" + camera->uid();
    ASSERT_TRUE(hears(base + "/state", with("session", "connected")))
        << stage.bridge.everything_it_wrote();
    ASSERT_TRUE(hears(base + "/availability",
                      [](const Message& message) { return message.payload == "online"; }));
    ASSERT_TRUE(hears_event(*camera, "complete"));
  }
}

// In the name of a camera that is gone: what is no packet, what has no meaning, and farewell.
void BusyDay::send_nonsense() {
  const auto stun = stage.tap.newest("cam32100/" + talkative_.uid() + "/event/stun");
  ASSERT_TRUE(stun);
  const std::string bridge = stun->json().at("mapped_address");
  talkative_.kill();
  send_from(0, bridge, {"f1e00000"});
  EXPECT_TRUE(hears_event(talkative_, "unknown_sender"));
  send_from(port_of(talkative_.address()), bridge, {"68656c6c6f", "f1770000"});
  EXPECT_TRUE(hears_event(talkative_, "unknown_message"));
  send_from(port_of(talkative_.address()), bridge, {"f1f00000"});
  EXPECT_TRUE(hears_event(talkative_, "close"));
}

void BusyDay::ask_the_bridge() {
  for (const char* command : {"server/list", "camera/list", "health", "stun", "cleanup"}) {
    SCOPED_TRACE(command);
    expect(stage.ask_bridge(command), "ok");
  }
  const auto reloaded = stage.ask_bridge("reload");
  expect(reloaded, "ok");
  EXPECT_EQ(reloaded["data"].value("restart_required", json{}), json(false)) << "nothing changed";
  expect(stage.ask_bridge("lookup", {{"uid", stage.camera.uid()}}), "ok");
  expect(stage.ask_bridge("discover", {{"timeout_ms", 300}}), "ok");
  expect(stage.ask_bridge("log_level", {{"level", "debug"}}), "ok");
  expect(stage.ask_bridge("rediscover"), "not_supported");
  expect(stage.ask_bridge("camera/remove", {{"uid", stage.camera.uid()}}), "forbidden");
}

void BusyDay::add_and_remove_a_camera() {
  stage.scratch.write("secrets/stranger", kPassword);
  // Without a name: what is told is its id.
  expect(stage.ask_bridge("camera/add", {{"uid", stranger_.uid()},
                                         {"address", stranger_.address()},
                                         {"password_file", "stranger"}}),
         "ok");
  const std::string base = "cam32100/" + stranger_.uid();
  EXPECT_TRUE(hears(base + "/state", with("session", "connected")));
  expect(stage.ask_bridge("camera/update", {{"uid", stranger_.uid()}, {"name", "Gate"}}), "ok");
  expect(stage.ask_bridge("camera/remove", {{"uid", stranger_.uid()}}), "ok");
  EXPECT_TRUE(hears(base + "/state", [](const Message& one) { return one.payload.empty(); }));
}

void BusyDay::ask_the_camera() {
  for (const char* command : {"get_status", "get_params", "get_camera_params", "get_misc",
                              "check_credentials", "wifi_scan", "lookup"}) {
    SCOPED_TRACE(command);
    expect(stage.ask(command), "ok");
  }
  expect(stage.ask("get", {{"keys", {"brightness"}}}), "ok");
  expect(stage.ask("http", {{"path", "/get_misc.cgi"}}), "ok");
  expect(stage.ask("ptz", {{"move", "left"}, {"step", true}}), "ok");
  expect(stage.ask("preset", {{"goto", 3}}), "ok");
  expect(stage.ask("snapshot"), "ok");
  expect(stage.ask("snapshot", {{"deliver", "url"}}), "ok");
  expect(stage.ask("get_misc", {{"ack", true}}), "accepted");
  expect(stage.ask("video", {{"action", "start"}}), "not_supported");
  const auto camera = [this](const std::string& leaf) { return stage.camera_topic(leaf); };
  expect(stage.send("cam32100/porch/command/ptz", "right", camera("response/ptz")), "ok");
  expect(stage.send(camera("command/get_rtsp"), "", camera("response/get_rtsp")), "ok");
  expect(
      stage.send(camera("command/get_onvif"), R"({"transaction":7})", camera("response/get_onvif")),
      "ok");
  expect(stage.send(camera("set/brightness"), "63", camera("response/set")), "ok");
  expect(stage.send(camera("set"), R"({"contrast":64,"ir":"on"})", camera("response/set")), "ok");
  EXPECT_TRUE(hears(camera("settings"), with("contrast", 64)));
  expect(stage.ask("disconnect"), "ok");
  EXPECT_TRUE(stage.wait_for_session("idle"));
  expect(stage.ask("connect"), "ok");
}

void BusyDay::send_what_is_wrong() {
  const auto camera = [this](const std::string& leaf) { return stage.camera_topic(leaf); };
  send_wrong({.topic = camera("command/ptz"), .payload = "{"}, camera("response/ptz"), "bad_json");
  send_wrong({.topic = camera("command/get_status"), .payload = R"({"ack":"perhaps"})"},
             camera("response/get_status"), "bad_argument");
  send_wrong({.topic = camera("command/get_misc"), .payload = "{}", .retain = true},
             camera("response/get_misc"), "retained_command");
  send_wrong({.topic = camera("command/fly"), .payload = "{}"}, camera("response/fly"),
             "unknown_command");
  send_wrong({.topic = "cam32100/nobody/command/ptz", .payload = "left"},
             stage.bridge_topic("response/error"), "unknown_camera");
  send_wrong({.topic = stage.bridge_topic("command/log_level"), .payload = "loud"},
             stage.bridge_topic("response/log_level"), "bad_argument");
}

void BusyDay::raise_alarms() {
  for (const int alarm : {1, 2, 9, 0}) {
    stage.camera.raise_alarm(alarm);
    expect(stage.ask("get_status"), "ok");
  }
  for (const char* type : {"motion", "alarm_in", "unknown_alarm"})
    EXPECT_TRUE(hears(stage.camera_topic("event/") + type, with("active", false))) << type;
  EXPECT_TRUE(hears(stage.camera_topic("snapshot/event"),
                    [](const Message& message) { return !message.payload.empty(); }));
}

void BusyDay::take_pictures_as_text() {
  auto config = stage.bridge.config();
  config["snapshot"]["encoding"] = "b64";
  stage.bridge.write_config(config);
  expect(stage.ask_bridge("reload"), "ok");
  expect(stage.ask("snapshot"), "ok");
  EXPECT_TRUE(hears(stage.camera_topic("snapshot/meta"), with("encoding", "b64")));
  stage.camera.raise_alarm(1);
  expect(stage.ask("get_status"), "ok");
  EXPECT_TRUE(hears(stage.camera_topic("snapshot/event"),
                    [](const Message& message) { return message.content_type == "text/plain"; }));
}

// Ten seconds of silence tell a dead session; meanwhile the others exchange their signs of life.
void BusyDay::see_a_camera_go_and_come() {
  EXPECT_TRUE(hears_event(silent_, "lost_connection"));
  EXPECT_TRUE(hears_event(silent_, "offline")) << stage.bridge.everything_it_wrote();
  silent_.start();
  EXPECT_TRUE(hears_event(silent_, "online"));
  EXPECT_TRUE(hears_event(stage.camera, "ping"));
  EXPECT_TRUE(hears_event(stage.camera, "pong"));
}

void BusyDay::expect(const json& answer, const std::string& outcome) {
  EXPECT_EQ(outcome_of(answer), outcome) << answer.dump();
}

void BusyDay::send_wrong(const Publication& publication, const std::string& answer_topic,
                         const std::string& outcome) {
  wrong_.insert(publication.topic + " " + publication.payload);
  const auto from = stage.tap.end();
  stage.publish(publication);
  EXPECT_TRUE(stage.tap.wait_for(from, [&](const Message& message) {
    return message.topic == answer_topic && outcome_of(message.json()) == outcome;
  })) << publication.topic;
}

// By the ear that is judged: it has heard by then whatever came before.
bool BusyDay::hears(const std::string& topic, const Tap::Wanted& wanted) {
  return ear
      .wait_for(0,
                [&](const Message& message) { return message.topic == topic && wanted(message); })
      .has_value();
}

bool BusyDay::hears_event(const Emulator& camera, const std::string& type) {
  return hears("cam32100/" + camera.uid() + "/event/" + type, with("type", type));
}

void BusyDay::send_from(std::uint16_t port, const std::string& to,
                        const std::vector<std::string>& hex) {
  const std::string program = R"(
import socket, sys
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
out.bind(("127.0.0.1", int(sys.argv[1])))
host, port = sys.argv[2].split(":")
for digits in sys.argv[3:]:
    out.sendto(bytes.fromhex(digits), (host, int(port)))
)";
  std::vector<std::string> words{"/usr/bin/python3", "-c", program, std::to_string(port), to};
  words.insert(words.end(), hex.begin(), hex.end());
  Process sender{stage.loop, words};
  EXPECT_EQ(sender.wait_for_exit(), 0) << sender.errors();
}

}  // namespace cam32100::integration
