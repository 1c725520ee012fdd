#include "bridge/core/config_table.hpp"
#include "config_test_support.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// {"mqtt": {"url": value}} for "mqtt.url".
std::string nested(std::string_view path, const json& value) {
  std::string pointer = "/" + std::string(path);
  for (char& c : pointer) c = c == '.' ? '/' : c;
  json root;
  root[json::json_pointer(pointer)] = value;
  return root.dump();
}

TEST(ConfigRanges, TakesBothEndsOfEveryRange) {
  for (const auto& row : root_fields()) {
    const Setting& s = row.setting;
    if (s.kind != Kind::integer) continue;
    for (const auto value : {s.min, s.max}) {
      EXPECT_THAT(faults_of(nested(s.path, value)), IsEmpty()) << s.path << " " << value;
    }
  }
}

TEST(ConfigRanges, RefusesOneBeyondEitherEndOfEveryRange) {
  for (const auto& row : root_fields()) {
    const Setting& s = row.setting;
    if (s.kind != Kind::integer) continue;
    for (const auto value : {s.min - 1, s.max + 1}) {
      EXPECT_THAT(faults_of(nested(s.path, value)),
                  ElementsAre(HasSubstr(": " + std::to_string(value) + " is not in " +
                                        std::to_string(s.min) + ".." + std::to_string(s.max))))
          << s.path;
    }
  }
}

TEST(ConfigRanges, RefusesNumbersThatDoNotFitAnyInteger) {
  EXPECT_THAT(
      faults_of(R"({"mqtt": {"keep_alive_s": 18446744073709551615}})"),
      ElementsAre("config.json: /mqtt/keep_alive_s: 18446744073709551615 is not in 5..65535 (s)"));
  EXPECT_THAT(faults_of(R"({"mqtt": {"keep_alive_s": -9223372036854775808}})"),
              ElementsAre(HasSubstr("-9223372036854775808 is not in 5..65535 (s)")));
  EXPECT_THAT(faults_of(R"({"mqtt": {"keep_alive_s": 1e999}})"),
              ElementsAre(HasSubstr("line 1, ")));
}

TEST(ConfigRanges, TakesEveryChoice) {
  for (const auto& row : root_fields()) {
    for (const auto choice : row.setting.choices) {
      json value = std::string(choice);
      if (row.setting.kind == Kind::list) value = json::array({std::string(choice)});
      const Config config = load(nested(row.setting.path, value));
      EXPECT_EQ(row.show(RootValues{config, {}, {}}, row.setting), value) << row.setting.path;
    }
  }
}

TEST(ConfigRanges, RefusesWhatIsNotAChoice) {
  for (const auto& row : root_fields()) {
    if (row.setting.choices.empty()) continue;
    json value = "Auto ";
    if (row.setting.kind == Kind::list) value = json::array({"Auto "});
    EXPECT_THAT(faults_of(nested(row.setting.path, value)),
                ElementsAre(HasSubstr("\"Auto \" is not one of \"")))
        << row.setting.path;
  }
}

TEST(ConfigRanges, SpellsLogLevelsAsTheLogDoes) {
  for (const auto level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
    EXPECT_EQ(load(nested("log.level", std::string(to_text(level)))).log.level, level);
  }
}

TEST(ConfigRanges, TakesBrokerUrls) {
  for (const char* url :
       {"mqtt://localhost", "tcp://10.0.0.1:1883", "ssl://broker.example.org:8883", "mqtts://[::1]",
        "mqtt://a_b-c.d:65535"}) {
    EXPECT_EQ(load(nested("mqtt.url", url)).mqtt.url, url);
  }
}

TEST(ConfigRanges, RefusesBrokerUrlsThatCannotBeConnectedTo) {
  for (const char* url :
       {"", "localhost", "http://localhost", "mqtt://", "mqtt://:1883", "mqtt://a:0",
        "mqtt://a:65536", "mqtt://a:", "mqtt://a/b", "mqtt://a b", "mqtt://[::1", "mqtt://[]:1",
        "MQTT://a", "mqtt://a:1:2", "mqtt://[::1]x"}) {
    EXPECT_THAT(faults_of(nested("mqtt.url", url)),
                ElementsAre(HasSubstr("config.json: /mqtt/url: ")))
        << url;
  }
}

TEST(ConfigRanges, NamesTheSchemesWhenTheSchemeIsWrong) {
  EXPECT_THAT(
      faults_of(nested("mqtt.url", "ws://localhost")),
      ElementsAre("config.json: /mqtt/url: has the scheme \"ws\"; allowed are \"mqtt\", \"tcp\", "
                  "\"mqtts\" or \"ssl\""));
}

TEST(ConfigRanges, TakesABaseTopicWithSlashes) {
  EXPECT_EQ(load(nested("mqtt.base_topic", "home/cams")).mqtt.base_topic, "home/cams");
}

TEST(ConfigRanges, RefusesABaseTopicThatCannotBePublishedTo) {
  for (const char* topic : {"", "/a", "a/", "a//b", "a/+/b", "#", "$SYS"}) {
    EXPECT_THAT(faults_of(nested("mqtt.base_topic", topic)), ElementsAre(HasSubstr("base topic")))
        << topic;
  }
}

TEST(ConfigRanges, RefusesControlCharactersAndOverlongText) {
  EXPECT_THAT(faults_of(nested("mqtt.user", "a\nb")),
              ElementsAre(HasSubstr("/mqtt/user: holds a control character")));
  EXPECT_THAT(faults_of(nested("mqtt.user", std::string("a\0b", 3))),
              ElementsAre(HasSubstr("/mqtt/user: holds a control character")));
  EXPECT_THAT(faults_of(nested("mqtt.user", std::string(1025, 'a'))),
              ElementsAre(HasSubstr("has 1025 bytes, at most 1024 are allowed")));
  EXPECT_THAT(faults_of(nested("mqtt.user", std::string(1024, 'a'))), IsEmpty());
}

TEST(ConfigRanges, TakesAnInstanceOfIdCharacters) {
  EXPECT_EQ(load(nested("mqtt.instance", "attic_2-b")).mqtt.instance, "attic_2-b");
}

TEST(ConfigRanges, RefusesAnInstanceThatCannotBePartOfAnId) {
  for (const char* name : {"", "a b", "a/b", "ä"}) {
    EXPECT_THAT(faults_of(nested("mqtt.instance", name)),
                ElementsAre(HasSubstr("/mqtt/instance: ")))
        << name;
  }
}

TEST(ConfigRanges, TakesLanTargets) {
  EXPECT_THAT(load(R"({"lan": {"targets": []}})").lan.targets, IsEmpty());
  EXPECT_THAT(
      load(R"({"lan": {"targets": ["broadcast", "10.0.0.255", "10.1.0.7:20000"]}})").lan.targets,
      ElementsAre("broadcast", "10.0.0.255", "10.1.0.7:20000"));
}

TEST(ConfigRanges, RefusesLanTargetsThatAreNotAddresses) {
  EXPECT_THAT(
      faults_of(R"({"lan": {"targets": ["broadcast", "camera.local"]}})"),
      ElementsAre("config.json: /lan/targets: element 1 \"camera.local\" is neither \"broadcast\" "
                  "nor an address a.b.c.d or a.b.c.d:port"));
  EXPECT_THAT(faults_of(R"({"lan": {"targets": [["10.0.0.1"]]}})"),
              ElementsAre("config.json: /lan/targets: element 0 is a list, wanted is a text"));
}

TEST(ConfigRanges, RefusesListsWithoutEnd) {
  EXPECT_THAT(faults_of(nested("lan.targets", json(65, "broadcast"))),
              ElementsAre(HasSubstr("has 65 elements, at most 64 are allowed")));
  EXPECT_THAT(faults_of(nested("cameras", json(10001, json::object()))),
              ElementsAre(HasSubstr("/cameras: has 10001 elements, at most 10000 are allowed")));
}

TEST(ConfigRanges, RefusesATlsKeyWithoutItsCertificate) {
  EXPECT_THAT(faults_of(nested("mqtt.tls.key_file", "/k.pem")),
              ElementsAre(HasSubstr("config.json: /mqtt/tls/key_file: is set without")));
  EXPECT_THAT(faults_of(nested("mqtt.tls.certificate_file", "/both.pem")), IsEmpty());
}

TEST(ConfigRanges, RefusesAlarmCallsThatCouldNotComeOrNotBeTakenBack) {
  const auto faults = [](const std::string& listen, const std::string& url, const char* state) {
    return faults_of(
        json{{"alarm_push", {{"listen", listen}, {"url", url}}}, {"state_file", state}}.dump());
  };
  EXPECT_THAT(faults("192.168.1.2:8322", "", "/s.json"), IsEmpty());
  EXPECT_THAT(
      faults("192.168.1.2:8322", "", ""),
      ElementsAre("config.json: /alarm_push/listen: needs state_file: there the bridge keeps "
                  "what each camera called before"));
  for (const char* listen : {"0.0.0.0:8322", "127.0.0.1:8322", "192.168.1.2:0"}) {
    EXPECT_THAT(faults(listen, "", "/s.json"), ElementsAre(HasSubstr("/alarm_push/listen: ")))
        << listen;
    EXPECT_THAT(faults(listen, "http://192.168.1.2:8322", "/s.json"), IsEmpty()) << listen;
  }
}

}  // namespace
}  // namespace cam32100::bridge
