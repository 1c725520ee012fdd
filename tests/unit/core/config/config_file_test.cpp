#include "config_test_support.hpp"

namespace cam32100::bridge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using namespace std::chrono_literals;

TEST(ConfigFile, GivesTheDefaultsWhenThereIsNoFile) {
  const Config config = load(ConfigSources{});
  EXPECT_EQ(config.mqtt.url, "mqtt://localhost:1883");
  EXPECT_EQ(config.mqtt.keep_alive_s, 30s);
  EXPECT_THAT(config.lan.targets, ElementsAre("broadcast"));
  EXPECT_THAT(config.cameras, IsEmpty());
}

TEST(ConfigFile, ReadsEveryKindOfValue) {
  const Config config = load(R"({
    "mqtt": {"url": "mqtts://[fd00::1]:8883", "keep_alive_s": 10, "tls": {"verify": false}},
    "timing": {"connect_timeout_ms": 1500},
    "snapshot": {"max_bytes": 2048, "encoding": "b64"},
    "events": {"verbose": ["ping", "http"]},
    "log": {"level": "warning"}})");
  EXPECT_EQ(config.mqtt.url, "mqtts://[fd00::1]:8883");
  EXPECT_EQ(config.mqtt.keep_alive_s, 10s);
  EXPECT_FALSE(config.mqtt.tls.verify);
  EXPECT_EQ(config.timing.connect_timeout_ms, 1500ms);
  EXPECT_EQ(config.snapshot.max_bytes, 2048U);
  EXPECT_EQ(config.snapshot.encoding, "b64");
  EXPECT_THAT(config.events.verbose, ElementsAre("ping", "http"));
  EXPECT_EQ(config.log.level, LogLevel::warning);
}

TEST(ConfigFile, SkipsBothFormsOfComments) {
  const Config config = load("// head\n{\"mqtt\": /* here */ {\"user\": \"// not one\"}} // tail");
  EXPECT_EQ(config.mqtt.user, "// not one");
}

TEST(ConfigFile, SaysLineAndColumnOfASyntaxError) {
  EXPECT_THAT(faults_of("{\n  \"mqtt\": {\n    \"user\": \"ä\" }}}"),
              ElementsAre(HasSubstr("config.json: line 3, column 19: syntax error: ")));
  EXPECT_THAT(faults_of("x"), ElementsAre(HasSubstr("config.json: line 1, column 1: ")));
  EXPECT_THAT(faults_of("{\"mqtt\":"), ElementsAre(HasSubstr("unexpected end of input")));
}

TEST(ConfigFile, DoesNotRepeatWhatItCouldNotRead) {
  EXPECT_THAT(faults_of("{\"mqtt\": {\"password\": \"hunter2\n\"}}"),
              ElementsAre(Not(HasSubstr("hunter2"))));
  EXPECT_THAT(faults_of("{\"mqtt\": {\"password\": hunter2}}"),
              ElementsAre(AllOf(HasSubstr("invalid literal"), Not(HasSubstr("hun")))));
}

TEST(ConfigFile, RefusesAKeyThatStandsTwice) {
  EXPECT_THAT(faults_of(R"({"mqtt": {"user": "a", "user": "b"}})"),
              ElementsAre("config.json: /mqtt/user: stands twice; remove one of the two"));
  EXPECT_THAT(faults_of(R"({"cameras": [{}, {"name": "a", "name": "b"}]})"),
              ElementsAre("config.json: /cameras/1/name: stands twice; remove one of the two"));
}

TEST(ConfigFile, TakesTheSameKeyInTwoObjects) {
  EXPECT_THAT(faults_of(R"({"cameras": [{"uid": "VSTC-123456-ABCDE", "name": "a"},
                                        {"uid": "VSTC-123457-ABCDE", "name": "a"}]})"),
              IsEmpty());
}

TEST(ConfigFile, RefusesAnUnknownKeyWithTheNearestKnownOne) {
  EXPECT_THAT(faults_of(R"({"mqtt": {"ulr": "mqtt://x"}})"),
              ElementsAre("config.json: /mqtt/ulr: unknown key; did you mean \"url\"?"));
  EXPECT_THAT(faults_of(R"({"camera": []})"),
              ElementsAre("config.json: /camera: unknown key; did you mean \"cameras\"?"));
  EXPECT_THAT(faults_of(R"({"mqtt": {"tls": {"verfy": true}}})"),
              ElementsAre("config.json: /mqtt/tls/verfy: unknown key; did you mean \"verify\"?"));
}

TEST(ConfigFile, NamesWhatIsKnownWhenNothingIsNear) {
  EXPECT_THAT(faults_of(R"({"foo": 1})"),
              ElementsAre(AllOf(HasSubstr("known here: "), Not(HasSubstr("did you mean")))))
      << "two of three letters are another word";
  EXPECT_THAT(
      faults_of(R"({"log": {"colours_of_the_rainbow": true}})"),
      ElementsAre("config.json: /log/colours_of_the_rainbow: unknown key; known here: \"level\""));
}

TEST(ConfigFile, DoesNotReadADottedKeyAsAPath) {
  EXPECT_THAT(faults_of(R"({"mqtt.url": "mqtt://x"})"),
              ElementsAre(HasSubstr("config.json: /mqtt.url: unknown key")));
  EXPECT_THAT(faults_of(R"({"": 1})"), ElementsAre(HasSubstr("config.json: /: unknown key")));
}

TEST(ConfigFile, EscapesAndShortensKeysInPointers) {
  EXPECT_THAT(faults_of(R"({"a/b~c\nd": 1})"), ElementsAre(HasSubstr("config.json: /a~1b~0c?d: ")));
  EXPECT_THAT(faults_of("{\"" + std::string(5000, 'k') + "\": 1}"),
              ElementsAre(Not(HasSubstr(std::string(100, 'k')))));
}

TEST(ConfigFile, ShortensCameraIdsInMessages) {
  EXPECT_THAT(faults_of(R"({"VSTC-123456-ABCDE": 1})"),
              ElementsAre(Not(HasSubstr("123456-ABCDE"))));
}

TEST(ConfigFile, RefusesWrongTypesNamingBoth) {
  EXPECT_THAT(
      faults_of(R"({"mqtt": {"url": 5, "last_response": "yes", "keep_alive_s": "30", "tls": []},
                    "lan": {"targets": "broadcast"}, "timing": {"health_s": 1.5}})"),
      UnorderedElementsAre(
          "config.json: /lan/targets: is the text \"broadcast\", wanted is a list of texts",
          "config.json: /mqtt/keep_alive_s: is the text \"30\", wanted is a whole number in "
          "5..65535 (s)",
          "config.json: /mqtt/last_response: is the text \"yes\", wanted is true or false",
          "config.json: /mqtt/tls: is a list, wanted is an object",
          "config.json: /mqtt/url: is the number 5, wanted is a text",
          "config.json: /timing/health_s: is the number 1.5, wanted is a whole number in 5..86400 "
          "(s)"));
}

TEST(ConfigFile, RefusesAFileThatIsNotAnObject) {
  EXPECT_THAT(faults_of("[]"), ElementsAre("config.json: is a list, wanted is an object"));
  EXPECT_THAT(faults_of("null"), ElementsAre("config.json: is null, wanted is an object"));
  EXPECT_THAT(faults_of(R"({"cameras": {}, "servers": [7]})"),
              ElementsAre("config.json: /cameras: is an object, wanted is a list of objects",
                          "config.json: /servers/0: is a number, wanted is an object"));
}

TEST(ConfigFile, ReportsEveryFaultNotOnlyTheFirst) {
  EXPECT_THAT(
      faults_of(R"({"mqtt": {"version": "4", "cleanup": "no"}, "log": {"level": "loud"}})"),
      ElementsAre(HasSubstr("/log/level"), HasSubstr("/mqtt/cleanup"), HasSubstr("/mqtt/version")));
}

TEST(ConfigFile, RefusesAnAddressForOthersOfAnHttpServerThatThereIsNot) {
  EXPECT_THAT(
      faults_of(R"({"http": {"listen": "", "public_url": "http://192.0.2.1:8321"}})"),
      ElementsAre("config.json: /http/public_url: is set, but http.listen is empty and "
                  "there is no HTTP server; set http.listen, or leave http.public_url out"));
  ConfigSources from_environment;
  from_environment.environment = {{"CAM32100_HTTP__LISTEN", ""},
                                  {"CAM32100_HTTP__PUBLIC_URL", "https://cams.example.org"}};
  EXPECT_THAT(
      faults_of(from_environment),
      ElementsAre(HasSubstr("CAM32100_HTTP__PUBLIC_URL: is set, but http.listen is empty")));
}

TEST(ConfigFile, TakesAnAddressForOthersThatAProxyHas) {
  EXPECT_EQ(load(R"({"http": {"public_url": "https://cams.example.org"}})").http.public_url,
            "https://cams.example.org");
  EXPECT_EQ(load(R"({"http": {"listen": "", "public_url": ""}})").http.listen, "");
}

TEST(ConfigFile, CountsFaultsBeyondAHundred) {
  std::string text = "{\"x0\": 0";
  for (int i = 1; i < 130; ++i) text += ", \"x" + std::to_string(i) + "\": 0";
  const auto faults = faults_of(text + "}");
  EXPECT_THAT(faults, SizeIs(101));
  EXPECT_EQ(faults.back(), "and 30 more faults");
}

TEST(ConfigFile, StopsAtDeepNesting) {
  EXPECT_THAT(faults_of(std::string(200000, '[')),
              ElementsAre(HasSubstr("is nested deeper than 16 levels")));
}

TEST(ConfigFile, RefusesTextThatIsTooLargeToBeAConfiguration) {
  EXPECT_THAT(faults_of(std::string((4U << 20U) + 1, ' ')),
              ElementsAre("config.json: has 4194305 bytes, at most 4194304 are read"));
}

TEST(ConfigFile, RefusesBytesThatAreNotUtf8) {
  EXPECT_THAT(faults_of("{\"mqtt\": {\"user\": \"\xff\"}}"),
              ElementsAre(HasSubstr("syntax error: ")));
}

TEST(ConfigFile, ThrowsAllSentencesWhenItsErrorIsNotAskedFor) {
  EXPECT_THROW(static_cast<void>(load_config(file("[]")).value()), std::runtime_error);
}

}  // namespace
}  // namespace cam32100::bridge
