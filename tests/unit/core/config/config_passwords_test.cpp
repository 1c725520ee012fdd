#include "config_test_support.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

ConfigSources with_camera(json keys) {
  keys["uid"] = "VSTC-123456-ABCDE";
  return file(json{{"cameras", json::array({std::move(keys)})}}.dump());
}

TEST(ConfigPasswords, StandInTheFile) {
  const Config config = load(with_camera({{"password", "pw"}}));
  EXPECT_EQ(config.cameras.at(0).password.reveal(), "pw");
  EXPECT_EQ(config.cameras.at(0).password_source, "config");
}

TEST(ConfigPasswords, ComeFromAFileWithoutItsLineBreak) {
  for (const char* content : {"pw", "pw\n", "pw\r\n"}) {
    ConfigSources sources = with_camera({{"password_file", "garden"}});
    give_secrets(sources, {{"garden", content}});
    const Config config = load(sources);
    EXPECT_EQ(config.cameras.at(0).password.reveal(), "pw");
    EXPECT_EQ(config.cameras.at(0).password_source, "file garden");
  }
}

TEST(ConfigPasswords, ComeFromAVariable) {
  ConfigSources sources = with_camera({{"password_env", "GARDEN"}});
  sources.environment = {{"GARDEN", "pw"}};
  const Config config = load(sources);
  EXPECT_EQ(config.cameras.at(0).password.reveal(), "pw");
  EXPECT_EQ(config.cameras.at(0).password_source, "environment GARDEN");
}

TEST(ConfigPasswords, OfTheBrokerComeFromAFileToo) {
  ConfigSources sources =
      file(R"({"mqtt": {"password_file": "broker"}, "secrets": {"directory": "/s"}})");
  give_secrets(sources, {{"broker", "pw\n"}});
  EXPECT_EQ(load(sources).mqtt.password.reveal(), "pw");
}

TEST(ConfigPasswords, AreRefusedWhenTheyAreGivenInTwoWays) {
  EXPECT_THAT(
      faults_of(with_camera({{"password", "hunter2"}, {"password_file", "garden"}})),
      ElementsAre(AllOf(HasSubstr("config.json: /cameras/0/password_file: stands beside password"),
                        Not(HasSubstr("hunter2")))));
  EXPECT_THAT(faults_of(with_camera({{"password_env", "X"}, {"password_file", "garden"}})),
              ElementsAre(HasSubstr("/cameras/0/password_env: stands beside password_file")));
  EXPECT_THAT(faults_of(R"({"mqtt": {"password": "hunter2", "password_file": "b"}})"),
              ElementsAre(HasSubstr("/mqtt/password_file: stands beside mqtt.password")));
}

TEST(ConfigPasswords, TakeEmptyForNotGiven) {
  const Config config =
      load(with_camera({{"password", "pw"}, {"password_file", ""}, {"password_env", ""}}));
  EXPECT_EQ(config.cameras.at(0).password.reveal(), "pw");
}

TEST(ConfigPasswords, OfAHigherLayerReplaceThoseBelowInAnyForm) {
  ConfigSources sources = with_camera({{"password_file", "not-there"}});
  sources.environment = {{"CAM32100_CAMERAS__0__PASSWORD", "pw"}};
  Config config = load(sources);
  EXPECT_EQ(config.cameras.at(0).password.reveal(), "pw");
  EXPECT_EQ(config.cameras.at(0).password_source, "environment CAM32100_CAMERAS__0__PASSWORD");
  sources.overrides = {{"cameras.0.password", "pw2"}};
  config = load(sources);
  EXPECT_EQ(config.cameras.at(0).password.reveal(), "pw2");
  EXPECT_EQ(config.cameras.at(0).password_source, "command line");
}

TEST(ConfigPasswords, AreRefusedFromAFileThatIsAPath) {
  for (const char* name : {"../shadow", "/etc/shadow", "a/b", "..", "."}) {
    ConfigSources sources = with_camera({{"password_file", name}});
    sources.read_secret = [](const std::string&, const std::string&) {
      ADD_FAILURE() << "a path must not be read";
      return mappings::CommandResult<std::string>{"pw"};
    };
    EXPECT_THAT(faults_of(sources), ElementsAre(HasSubstr("/cameras/0/password_file: "))) << name;
  }
}

TEST(ConfigPasswords, SayWhyAFileCannotBeRead) {
  ConfigSources sources = with_camera({{"password_file", "garden"}});
  give_secrets(sources, {});
  EXPECT_THAT(
      faults_of(sources),
      ElementsAre(
          "config.json: /cameras/0/password_file: file \"garden\" cannot be read: no such file"));
  sources.read_secret = nullptr;
  EXPECT_THAT(faults_of(sources), ElementsAre(HasSubstr("no secrets are available here")));
}

TEST(ConfigPasswords, SayWhichVariableIsNotSet) {
  EXPECT_THAT(faults_of(with_camera({{"password_env", "GARDEN"}})),
              ElementsAre(HasSubstr(
                  "/cameras/0/password_env: the environment variable \"GARDEN\" is not set")));
}

TEST(ConfigPasswords, AreNotTakenFromTheBridgesOwnVariables) {
  ConfigSources sources = with_camera({{"password_env", "CAM32100_MQTT__PASSWORD"}});
  sources.environment = {{"CAM32100_MQTT__PASSWORD", "pw"}};
  EXPECT_THAT(faults_of(sources), ElementsAre(HasSubstr("choose another name")));
}

TEST(ConfigPasswords, AreRefusedFromVariableNamesThatAreNone) {
  for (const char* name : {"1A", "A B", "A=B", "A-B"}) {
    EXPECT_THAT(faults_of(with_camera({{"password_env", name}})),
                ElementsAre(HasSubstr("is not the name of an environment variable")))
        << name;
  }
}

TEST(ConfigPasswords, AreRefusedWhenTheFileIsEmptyOrHoldsMore) {
  ConfigSources sources = with_camera({{"password_file", "garden"}});
  for (const char* content : {"", "\n", "hunter2\nhunter3\n", "hunter2\t"}) {
    give_secrets(sources, {{"garden", content}});
    EXPECT_THAT(faults_of(sources), ElementsAre(AllOf(HasSubstr("the password in file \"garden\" "),
                                                      Not(HasSubstr("hunter")))));
  }
  give_secrets(sources, {{"garden", std::string(2000, 'x')}});
  EXPECT_THAT(faults_of(sources), ElementsAre(HasSubstr("has 2000 bytes, at most 1024")));
}

TEST(ConfigPasswords, ShowOnlyTheTypeOfASecretThatIsNotAText) {
  EXPECT_THAT(faults_of(with_camera({{"password", 4711}})),
              ElementsAre("config.json: /cameras/0/password: is a number, wanted is a text"));
  EXPECT_THAT(faults_of(with_camera({{"psk", json::array({"hunter2"})}})),
              ElementsAre("config.json: /cameras/0/psk: is a list, wanted is a text"));
  EXPECT_THAT(faults_of(with_camera({{"password", true}})),
              ElementsAre("config.json: /cameras/0/password: is a boolean, wanted is a text"));
}

TEST(ConfigPasswords, InTheBrokersUrlAreRefusedAndNotShown) {
  for (const char* url : {"mqtt://me:hunter2@host", "me:hunter2@host", "ws://me:hunter2@host:x"}) {
    EXPECT_THAT(faults_of(json{{"mqtt", {{"url", url}}}}.dump()),
                ElementsAre(AllOf(HasSubstr("set mqtt.user and mqtt.password instead"),
                                  Not(HasSubstr("hunter2")))));
  }
}

// A marker stands wherever a secret may stand; it must come back nowhere.
class Marker : public ::testing::Test {
 protected:
  static constexpr const char* kMarker = "MaRk3r";

  static void expect_unmarked(const std::vector<std::string>& sentences) {
    EXPECT_FALSE(sentences.empty());
    for (const auto& sentence : sentences) EXPECT_THAT(sentence, Not(HasSubstr(kMarker)));
  }
};

TEST_F(Marker, IsNotInThePublicForm) {
  ConfigSources sources = file(R"({
    "mqtt": {"password": "MaRk3r"},
    "cameras": [{"uid": "VSTC-123456-ABCDE", "password": "MaRk3r", "psk": "MaRk3r"},
                {"uid": "VSTC-123457-ABCDE", "password_file": "garden"},
                {"uid": "VSTC-123458-ABCDE", "password_env": "GARDEN"}],
    "servers": [{"hosts": ["a"], "psk": "MaRk3r"}]})");
  give_secrets(sources, {{"garden", kMarker}});
  sources.environment = {{"GARDEN", kMarker}};
  const Config config = load(sources);
  ASSERT_EQ(config.cameras.at(2).password.reveal(), kMarker);
  EXPECT_THAT(to_public_json(config).dump(), Not(HasSubstr(kMarker)));
}

TEST_F(Marker, IsInNoErrorWhateverElseIsWrong) {
  const std::vector<json> secrets{kMarker, json::array({kMarker}), json{{"x", kMarker}},
                                  std::string("a\n") + kMarker, std::string(2000, 'x') + kMarker};
  for (const json& secret : secrets) {
    const json root = {{"mqtt", {{"password", secret}, {"url", "http://me:MaRk3r@x"}}},
                       {"cameras", {{{"uid", "x"}, {"password", secret}, {"psk", secret}}}},
                       {"servers", {{{"hosts", {"a:MaRk3r"}}, {"psk", secret}}}},
                       {"log", {{"level", 7}}}};
    expect_unmarked(faults_of(root.dump()));
  }
}

TEST_F(Marker, IsInNoErrorOfAnyTruncationOrDamage) {
  const std::string whole =
      R"({"mqtt": {"password": "MaRk3r"}, "cameras": [{"uid": "VSTC-123456-ABCDE", "password": "MaRk3r"}]})";
  for (std::size_t size = 1; size < whole.size(); ++size)
    expect_unmarked(faults_of(whole.substr(0, size)));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = '\n';
    const auto faults = faults_of(damaged);
    for (const auto& sentence : faults) EXPECT_THAT(sentence, Not(HasSubstr(kMarker)));
  }
}

TEST_F(Marker, IsInNoErrorAboutEnvironmentOrCommandLine) {
  ConfigSources sources = file("{}");
  sources.environment = {{"CAM32100_MQTT__PASWORD", kMarker},
                         {"CAM32100_MQTT__PASSWORD", std::string(kMarker) + "\n"},
                         {"CAM32100_CAMERAS__0__PSK", std::string(kMarker) + std::string(20, 'x')}};
  sources.overrides = {{"cameras.0.pasword", kMarker},
                       {"mqtt.password", std::string(2000, 'x') + kMarker}};
  expect_unmarked(faults_of(sources));
}

}  // namespace
}  // namespace cam32100::bridge
