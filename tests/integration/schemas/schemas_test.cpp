// Everything that a bridge publishes, held to deploy/asyncapi.yaml and the schemas beside it.
#include <algorithm>
#include <memory>
#include <utility>

#include "mappings/error.hpp"
#include "tests/integration/schemas/busy_day.hpp"
#include "tests/integration/schemas/schema_check.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

using Faults = SchemaCheck::Faults;

class Schemas : public ::testing::Test {
 public:
  static void TearDownTestSuite() {
    check_.reset();
    day_.reset();
  }

 protected:
  // All tests judge what one bridge said.
  void SetUp() override {
    if (day_) return;
    day_ = std::make_unique<BusyDay>();
    check_ = std::make_unique<SchemaCheck>(day_->stage.loop);
    day_->play();
  }
  static BusyDay& day() { return *day_; }
  static SchemaCheck& check() { return *check_; }

  // The last message with a payload on a topic.
  static Message last_on(const std::string& topic) {
    const auto& all = day().messages();
    const auto found = std::find_if(all.rbegin(), all.rend(), [&](const Message& message) {
      return message.topic == topic && !message.payload.empty();
    });
    if (found != all.rend()) return *found;
    ADD_FAILURE() << "nothing on " << topic;
    return {};
  }
  static std::string camera(const std::string& leaf) { return day().stage.camera_topic(leaf); }
  static std::string bridge(const std::string& leaf) { return day().stage.bridge_topic(leaf); }

 private:
  inline static std::unique_ptr<BusyDay> day_;
  inline static std::unique_ptr<SchemaCheck> check_;
};

Message with_payload(Message message, const json& payload) {
  message.payload = payload.dump();
  return message;
}

}  // namespace

TEST_F(Schemas, FitEachOtherAndTheirExamples) {
  EXPECT_EQ(check().faults({{"ask", "file"}}), Faults{});
}

TEST_F(Schemas, AcceptEveryMessageThatWasPublished) {
  std::size_t judged = 0;
  for (const auto& message : day().messages()) {
    const auto faults = check().message(message);
    if (day().was_wrong_on_purpose(message)) continue;
    ++judged;
    for (const auto& fault : faults)
      ADD_FAILURE() << message.topic << ": " << fault << "\n" << message.payload.substr(0, 1000);
  }
  EXPECT_GT(judged, 200U);
}

TEST_F(Schemas, AreAllUsedByARealMessage) {
  for (const auto& message : day().messages()) (void)check().message(message);
  const Faults expected{
      // No camera family tells these apart from the alarms that were raised.
      "cameraEvent doorbell", "cameraEvent sd_card", "cameraEvent sound", "cameraEvent tamper",
      // Live media is not built yet.
      "protocolEvent audio", "protocolEvent video"};
  EXPECT_EQ(check().faults({{"ask", "unused"}}), expected);
}

TEST_F(Schemas, HaveTheTopicsThatTheBridgeLists) {
  const auto info = last_on(bridge("info")).json();
  const json question{{"ask", "topics"}, {"base", info.at("base_topic")}};
  auto all = question;
  all["topics"] = info.at("topics");
  EXPECT_EQ(check().faults(all), Faults{});
  auto other = all;
  other["topics"][0]["qos"] = 0;
  EXPECT_EQ(check().faults(other).size(), 2U) << "one of each side";
}

TEST_F(Schemas, HaveTheSettingsOfTheCameraFamilyAndTheErrorCodesOfTheProgram) {
  auto settings = last_on(bridge("info")).json().at("settings");
  EXPECT_GT(settings.size(), 10U);
  EXPECT_EQ(check().faults({{"ask", "settings"}, {"settings", settings}}), Faults{});
  settings["loudness"] = {{"type", "integer"}};
  EXPECT_EQ(check().faults({{"ask", "settings"}, {"settings", settings}}).size(), 1U);
  json codes = json::array();
  for (int code = 0; code <= static_cast<int>(mappings::ErrorCode::internal); ++code)
    codes.push_back(mappings::to_text(static_cast<mappings::ErrorCode>(code)));
  EXPECT_EQ(check().faults({{"ask", "codes"}, {"codes", codes}}), Faults{});
  codes.erase(3);
  EXPECT_EQ(check().faults({{"ask", "codes"}, {"codes", codes}}).size(), 1U);
}

TEST_F(Schemas, RefuseAMessageWithoutWhatTheContractPromises) {
  const std::vector<std::pair<std::string, std::vector<const char*>>> promised{
      {bridge("info"), {"v", "version", "started", "topics", "commands", "stale", "config"}},
      {bridge("health"), {"v", "ts", "uptime_s", "mqtt", "cameras"}},
      {bridge("event"), {"v", "type", "ts", "seq"}},
      {bridge("log"), {"ts", "level", "logger", "message"}},
      {bridge("response/health"), {"v", "command", "status", "ts", "took_ms", "seq"}},
      {bridge("response/error"), {"v", "command", "status", "ts", "took_ms", "seq", "error"}},
      {camera("response/snapshot"), {"v", "uid", "command", "status", "ts", "took_ms", "seq"}},
      {camera("response"), {"v", "uid", "command", "status", "ts", "took_ms", "seq"}},
      {camera("state"), {"v", "uid", "session", "reason", "since", "last_error", "rtt_ms"}},
      {camera("info"), {"v", "uid", "name", "capabilities", "commands"}},
      {camera("settings"), {"v", "uid"}},
      {camera("snapshot/meta"), {"v", "uid", "ts", "bytes", "width", "sha256", "content_type"}},
      {camera("event"), {"v", "uid", "type", "id", "seq", "active", "ts", "source", "raw"}},
      {camera("event/motion"), {"v", "uid", "type", "id", "seq", "active", "ts", "source", "raw"}},
      {camera("event/stun"), {"v", "uid", "type", "ts", "server", "mapped_address", "nat_type"}},
      {camera("event/lookup_ack"), {"server", "result", "result_code", "api_version"}},
      {camera("event/confirmed"), {"address", "uid_on_wire", "variant", "psk", "took_ms"}},
      {camera("event/ack"), {"count", "channel", "indices"}},
      {camera("event/complete"), {"cgi", "bytes", "took_ms", "result"}},
  };
  for (const auto& [topic, keys] : promised) {
    const auto whole = last_on(topic);
    ASSERT_EQ(check().message(whole), Faults{}) << topic;
    for (const char* key : keys) {
      auto without = whole.json();
      ASSERT_EQ(without.erase(key), 1U) << topic << " " << key;
      EXPECT_NE(check().message(with_payload(whole, without)), Faults{}) << topic << " " << key;
    }
  }
}

TEST_F(Schemas, RefuseAValueThatIsNotWhatTheContractSays) {
  const std::vector<std::pair<std::string, json>> wrong{
      {"state", {{"v", 2}}},
      {"state", {{"v", "1"}}},
      {"state", {{"session", "sleeping"}}},
      {"state", {{"since", "2026-11-23 00:40:12"}}},
      {"state", {{"since", "2026-11-23T00:40:12+01:00"}}},
      {"state", {{"streaming", "false"}}},
      {"state", {{"retries", -1}}},
      {"state", {{"retries", "0"}}},
      {"state", {{"address", "unknown"}}},
      {"state", {{"wifi_ssid", "unknown"}}},
      {"state", {{"new_field", "unknown"}}},
      {"state", {{"newField", 1}}},
      {"state", {{"last_error", {{"code", "broken"}, {"message", "m"}, {"retryable", true}}}}},
      {"state", {{"uid", "vstc123456abcde"}}},
      {"state", {{"uid", "VSTC-123456-ABCDF"}}},
      {"info", {{"supported", 1}}},
      {"info", {{"commands", "ptz"}}},
      {"settings", {{"brightness", "63"}}},
      {"settings", {{"osd", 1}}},
      {"settings", {{"another", "1"}}},
      {"event/motion", {{"active", "on"}}},
      {"event/motion", {{"active", 1}}},
      {"event/motion", {{"type", "sound"}}},
      {"event/motion", {{"type", "stun"}}},
      {"event/motion", {{"duration_s", 3}}},
      {"event", {{"type", "complete"}}},
      {"event/stun", {{"mapped_address", "here"}}},
      {"event/lookup_ack", {{"result", "perhaps"}}},
      {"event/ack", {{"count", 0}}},
      {"event/ack", {{"indices", {65536}}}},
      {"snapshot/meta", {{"sha256", "9F1C"}}},
      {"snapshot/meta", {{"content_type", "image/png"}}},
      {"response/snapshot", {{"status", "fine"}}},
      {"response/snapshot", {{"status", "error"}}},
      {"response/snapshot", {{"took_ms", "86"}}},
      {"response/snapshot", {{"id", {1}}}},
      {"response/snapshot", {{"command", "ptz"}}},
      {"response/fly", {{"error", {{"code", "no_such_code"}}}}},
      {"response/fly", {{"status", "ok"}}},
  };
  for (const auto& [leaf, change] : wrong) {
    const auto whole = last_on(camera(leaf));
    ASSERT_EQ(check().message(whole), Faults{}) << leaf;
    auto changed = whole.json();
    changed.merge_patch(change);
    EXPECT_NE(check().message(with_payload(whole, changed)), Faults{}) << leaf << change.dump();
  }
}

TEST_F(Schemas, AcceptAFieldThatIsNew) {
  for (const char* leaf : {"state", "info", "settings", "event", "event/motion", "event/stun",
                           "snapshot/meta", "response", "response/ptz"}) {
    const auto whole = last_on(camera(leaf));
    auto more = whole.json();
    more["new_field"] = {{"a", {1, 2}}};
    EXPECT_EQ(check().message(with_payload(whole, more)), Faults{}) << leaf;
  }
}

TEST_F(Schemas, RefuseAMessageThatCameAnotherWay) {
  const auto state = last_on(camera("state"));
  const auto refuses = [](const Message& message) { return !check().message(message).empty(); };
  auto other = state;
  other.retained = false;
  EXPECT_TRUE(refuses(other)) << "a state is retained";
  other = state;
  other.qos = 0;
  EXPECT_TRUE(refuses(other));
  other = state;
  other.content_type = "text/plain";
  EXPECT_TRUE(refuses(other));
  other = last_on(bridge("log"));
  other.retained = true;
  EXPECT_TRUE(refuses(other)) << "a log line is not";
  other = last_on(camera("response/snapshot"));
  other.retained = false;
  EXPECT_TRUE(refuses(other)) << "an answer is";
  for (const std::string topic :
       {"cam32100/bridge/news", "cam32100/vstc123456abcde/state", "cam32100", "state",
        "cam32100/VSTC-123456-ABCDE/event/rain", "cam32100/VSTC-123456-ABCDE/state/more"}) {
    other = state;
    other.topic = topic;
    EXPECT_TRUE(refuses(other)) << topic;
  }
}

TEST_F(Schemas, RefuseWhatIsNoJsonNoPictureAndNoWord) {
  for (const char* payload : {"", "online", "{", "[]", "null", R"({"v":1,"v":1})", "\xff{}"}) {
    auto message = last_on(camera("state"));
    if (*payload == '\0') message.retained = false;
    message.payload = payload;
    EXPECT_NE(check().message(message), Faults{}) << payload;
  }
  auto twice = last_on(camera("state"));
  twice.payload.insert(1, R"("v":1,)");
  EXPECT_NE(check().message(twice), Faults{}) << "a key that stands there twice";
  auto word = last_on(camera("availability"));
  word.payload = "unknown";
  EXPECT_NE(check().message(word), Faults{});
  auto picture = last_on(camera("snapshot"));
  picture.content_type = "image/jpeg";
  EXPECT_NE(check().message(picture), Faults{}) << "it is base64 by now";
  auto command = last_on(camera("command/ptz"));
  command.payload = R"({"timeout_ms":"long"})";
  EXPECT_NE(check().message(command), Faults{});
}

}  // namespace cam32100::integration
