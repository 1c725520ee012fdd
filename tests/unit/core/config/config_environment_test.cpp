#include "config_test_support.hpp"

namespace cam32100::bridge {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using namespace std::chrono_literals;

ConfigSources environment(std::map<std::string, std::string> variables, std::string text = {}) {
  ConfigSources sources = file(std::move(text));
  sources.environment = std::move(variables);
  return sources;
}

ConfigSources options(std::vector<std::pair<std::string, std::string>> overrides,
                      std::string text = {}) {
  ConfigSources sources = file(std::move(text));
  sources.overrides = std::move(overrides);
  return sources;
}

TEST(ConfigEnvironment, ReadsEachTypeFromText) {
  const Config config = load(environment({{"CAM32100_MQTT__URL", "mqtts://b"},
                                          {"CAM32100_MQTT__KEEP_ALIVE_S", " 45 "},
                                          {"CAM32100_MQTT__TLS__VERIFY", "off"},
                                          {"CAM32100_MQTT__LAST_RESPONSE", "False"},
                                          {"CAM32100_EVENTS__VERBOSE", "ping, http,"},
                                          {"CAM32100_LAN__TARGETS", R"(["10.0.0.1"])"},
                                          {"CAM32100_LOG__LEVEL", "debug"},
                                          {"CAM32100_STATE_FILE", "/s.json"}}));
  EXPECT_EQ(config.mqtt.url, "mqtts://b");
  EXPECT_EQ(config.mqtt.keep_alive_s, 45s);
  EXPECT_FALSE(config.mqtt.tls.verify);
  EXPECT_FALSE(config.mqtt.last_response);
  EXPECT_THAT(config.events.verbose, ElementsAre("ping", "http"));
  EXPECT_THAT(config.lan.targets, ElementsAre("10.0.0.1"));
  EXPECT_EQ(config.log.level, LogLevel::debug);
  EXPECT_EQ(config.state_file, "/s.json");
}

TEST(ConfigEnvironment, RefusesTextThatIsNotOfTheType) {
  EXPECT_THAT(
      faults_of(environment({{"CAM32100_MQTT__KEEP_ALIVE_S", "30s"},
                             {"CAM32100_MQTT__LAST_RESPONSE", "maybe"},
                             {"CAM32100_TIMING__HEALTH_S", ""}})),
      ElementsAre("CAM32100_MQTT__KEEP_ALIVE_S: \"30s\" is not a whole number in 5..65535 (s)",
                  "CAM32100_MQTT__LAST_RESPONSE: \"maybe\" is not true or false",
                  "CAM32100_TIMING__HEALTH_S: \"\" is not a whole number in 5..86400 (s)"));
}

TEST(ConfigEnvironment, RefusesValuesOutOfRangeAsTheFileDoes) {
  EXPECT_THAT(faults_of(environment({{"CAM32100_MQTT__KEEP_ALIVE_S", "1"},
                                     {"CAM32100_LOG__LEVEL", "loud"},
                                     {"CAM32100_LAN__TARGETS", "[1]"}})),
              ElementsAre(HasSubstr("CAM32100_LAN__TARGETS: element 0 is the number 1"),
                          HasSubstr("CAM32100_LOG__LEVEL: \"loud\" is not one of"),
                          HasSubstr("CAM32100_MQTT__KEEP_ALIVE_S: 1 is not in 5..65535")));
}

TEST(ConfigEnvironment, SaysWhereAListIsNotJson) {
  EXPECT_THAT(faults_of(environment({{"CAM32100_LAN__TARGETS", R"(["10.0.0.1")"}})),
              ElementsAre(HasSubstr("CAM32100_LAN__TARGETS: line 1, column 12: syntax error: ")));
}

TEST(ConfigEnvironment, RefusesUnknownVariablesOfOurPrefix) {
  EXPECT_THAT(
      faults_of(environment({{"CAM32100_MQTT__ULR", "secret-text"}})),
      ElementsAre("CAM32100_MQTT__ULR: unknown variable; did you mean \"CAM32100_MQTT__URL\"?"));
  EXPECT_THAT(faults_of(environment({{"CAM32100_MQTT_URL", "x"}})),
              ElementsAre(HasSubstr("did you mean \"CAM32100_MQTT__URL\"?")));
  EXPECT_THAT(faults_of(environment({{"CAM32100_mqtt__url", "x"}})), SizeIs(1));
  EXPECT_THAT(faults_of(environment({{"CAM32100_", "x"}})), SizeIs(1));
  EXPECT_THAT(faults_of(environment({{"CAM32100_CAMERAS__0", "x"}})), SizeIs(1));
  EXPECT_THAT(faults_of(environment({{"CAM32100_CAMERAS__0__HUE", "x"}})), SizeIs(1));
  EXPECT_THAT(faults_of(environment({{"CAM32100_CAMERAS__10000__UID", "VSTC-123456-ABCDE"}})),
              SizeIs(1));
  EXPECT_THAT(faults_of(environment({{"CAM32100_CAMERAS__-1__UID", "VSTC-123456-ABCDE"}})),
              SizeIs(1));
}

TEST(ConfigEnvironment, LeavesOtherVariablesAlone) {
  EXPECT_THAT(faults_of(environment({{"PATH", "/bin"},
                                     {"CAM32100", "x"},
                                     {"CAM32100_CONFIG", "/c.json"},
                                     {"CAM32100_PASSWORD", "for get and snapshot"}})),
              IsEmpty());
}

TEST(ConfigEnvironment, WinsOverTheFile) {
  EXPECT_EQ(load(environment({{"CAM32100_MQTT__USER", "env"}}, R"({"mqtt": {"user": "file"}})"))
                .mqtt.user,
            "env");
}

TEST(ConfigEnvironment, ReportsAFaultInTheFileEvenUnderAGoodVariable) {
  EXPECT_THAT(faults_of(environment({{"CAM32100_MQTT__USER", "env"}}, R"({"mqtt": {"user": 7}})")),
              ElementsAre(HasSubstr("config.json: /mqtt/user: ")));
}

TEST(ConfigEnvironment, FillsCamerasByIndex) {
  const Config config = load(environment(
      {{"CAM32100_CAMERAS__0__NAME", "Door"}, {"CAM32100_CAMERAS__1__UID", "vstc123457abcde"}},
      R"({"cameras": [{"uid": "VSTC-123456-ABCDE", "name": "x"}]})"));
  ASSERT_THAT(config.cameras, SizeIs(2));
  EXPECT_EQ(config.cameras[0].name, "Door");
  EXPECT_EQ(config.cameras[1].uid.text(), "VSTC-123457-ABCDE");
}

TEST(ConfigEnvironment, FillsMoreThanTenCamerasInTheirOrder) {
  std::map<std::string, std::string> variables;
  for (int i = 0; i < 12; ++i) {
    variables["CAM32100_CAMERAS__" + std::to_string(i) + "__UID"] =
        "VSTC-" + std::to_string(100000 + i) + "-ABCDE";
  }
  const Config config = load(environment(variables));
  ASSERT_THAT(config.cameras, SizeIs(12));
  EXPECT_EQ(config.cameras[11].uid.serial(), 100011U);
}

TEST(ConfigEnvironment, RefusesAGapInTheList) {
  EXPECT_THAT(faults_of(environment({{"CAM32100_CAMERAS__1__UID", "VSTC-123456-ABCDE"}})),
              ElementsAre(HasSubstr("/cameras/0/uid: is missing")));
}

TEST(ConfigOptions, WinOverEnvironmentAndFile) {
  ConfigSources sources = options({{"mqtt.user", "option"}}, R"({"mqtt": {"user": "file"}})");
  sources.environment = {{"CAM32100_MQTT__USER", "env"}};
  EXPECT_EQ(load(sources).mqtt.user, "option");
}

TEST(ConfigOptions, TakeTheLastOfTwo) {
  EXPECT_EQ(load(options({{"mqtt.user", "a"}, {"mqtt.user", "b"}})).mqtt.user, "b");
}

TEST(ConfigOptions, ReachIntoLists) {
  const Config config = load(options({{"cameras.0.uid", "VSTC-123456-ABCDE"},
                                      {"cameras.0.session", "on_demand"},
                                      {"servers.0.hosts", "a.example.org,b.example.org:5000"}}));
  ASSERT_THAT(config.cameras, SizeIs(1));
  EXPECT_EQ(config.cameras[0].session, SessionMode::on_demand);
  ASSERT_THAT(config.servers, SizeIs(1));
  EXPECT_THAT(config.servers[0].hosts, ElementsAre("a.example.org", "b.example.org:5000"));
}

TEST(ConfigOptions, TakeListsAsAWhole) {
  const Config config = load(options({{"cameras", R"([{"uid": "VSTC-123456-ABCDE"}])"},
                                      {"servers", "a.example.org"},
                                      {"servers.0.name", "mine"}},
                                     R"({"cameras": [{"uid": "VSTB-654321-EDCBA"}]})"));
  ASSERT_THAT(config.cameras, SizeIs(1));
  EXPECT_EQ(config.cameras[0].uid.text(), "VSTC-123456-ABCDE");
  ASSERT_THAT(config.servers, SizeIs(1));
  EXPECT_EQ(config.servers[0].name, "mine");
  EXPECT_THAT(load(environment({{"CAM32100_SERVERS", "vendor"}})).servers, SizeIs(4));
  EXPECT_THAT(load(options({{"servers", R"(["a", {"hosts": ["b", "c"]}])"}})).servers, SizeIs(2));
}

TEST(ConfigOptions, RefuseListsThatAreNone) {
  EXPECT_THAT(faults_of(options({{"servers", "[\"hunter2"}})),
              ElementsAre("option servers: is no JSON, wanted is a list of objects"));
  EXPECT_THAT(faults_of(options({{"cameras", "VSTC-123456-ABCDE"}})),
              ElementsAre("option cameras: is a text, wanted is a list of objects"));
  EXPECT_THAT(faults_of(options({{"servers", "\xff"}})),
              ElementsAre("option servers: is not valid UTF-8"));
}

TEST(ConfigEnvironment, LeavesTheVariablesOfTheShellCommandsAlone) {
  EXPECT_THAT(load(environment({{"CAM32100_DSK", "x"}, {"CAM32100_PASSWORD", "x"}})).cameras,
              IsEmpty());
}

TEST(ConfigOptions, RefuseUnknownPathsWithoutTheirValue) {
  EXPECT_THAT(faults_of(options({{"mqtt.pasword", "hunter2"}})),
              ElementsAre(AllOf(
                  HasSubstr("option mqtt.pasword: unknown key; did you mean \"mqtt.password\"?"),
                  Not(HasSubstr("hunter2")))));
  for (const char* path :
       {"", "mqtt", "MQTT.URL", "cameras.x.uid", "cameras.0", "cameras..uid", "mqtt..url"}) {
    EXPECT_THAT(faults_of(options({{path, "x"}})), ElementsAre(HasSubstr("unknown key"))) << path;
  }
}

TEST(ConfigOptions, RefuseTextThatIsNotUtf8) {
  EXPECT_THAT(faults_of(options({{"mqtt.user", "\xff"}})),
              ElementsAre("option mqtt.user: is not valid UTF-8"));
  EXPECT_THAT(faults_of(options({{"\xff", "x"}})), ElementsAre(HasSubstr("unknown key")));
}

}  // namespace
}  // namespace cam32100::bridge
