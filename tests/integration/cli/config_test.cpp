// check-config, and what a start with a wrong configuration looks like.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/integration/support/run_command.hpp"
#include "tests/integration/support/secret_marker.hpp"
#include "tests/unit/io/scratch_directory.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

class Configuration : public ::testing::Test {
 protected:
  Configuration() {
    config_ = {
        {"mqtt", {{"url", "mqtt://127.0.0.1:1"}, {"user", "me"}, {"password", secret()}}},
        {"cameras", {{{"uid", "VSTC-123456-ABCDE"}, {"password", secret()}, {"psk", secret()}}}}};
  }
  static std::string secret() { return std::string{kSecretMarker}; }
  CommandResult check(const std::vector<std::string>& more = {},
                      std::vector<std::string> environment = {}) {
    scratch_.write("config.json", config_.dump());
    std::vector<std::string> words{"check-config", "-c", scratch_ / "config.json"};
    words.insert(words.end(), more.begin(), more.end());
    auto result = run_command(loop_, words, std::move(environment));
    EXPECT_FALSE(find_secret(result.output + result.errors)) << result.output << result.errors;
    return result;
  }

  Loop loop_;
  testing::ScratchDirectory scratch_;
  json config_;
};

}  // namespace

TEST_F(Configuration, ThatIsGoodIsCalledGoodAndShownWithoutItsSecrets) {
  EXPECT_EQ(check().exit_code, kOk);
  const auto shown = check({"--print"});
  ASSERT_EQ(shown.exit_code, kOk) << shown.errors;
  const auto config = json::parse(shown.output, nullptr, false);
  ASSERT_TRUE(config.is_object()) << shown.output;
  EXPECT_EQ(config.at("mqtt").at("password"), "***");
  EXPECT_EQ(config.at("mqtt").at("keep_alive_s"), 30);
}

TEST_F(Configuration, TakesAPasswordFromASystemdCredential) {
  scratch_.write("garden", secret() + "\n");
  config_["cameras"][0].erase("password");
  config_["cameras"][0]["password_file"] = "garden";
  const auto without = check();
  EXPECT_NE(without.errors.find("garden"), std::string::npos) << without.errors;
  const auto with = check({"--print"}, {"CREDENTIALS_DIRECTORY=" + scratch_.text()});
  EXPECT_EQ(with.exit_code, kOk) << with.errors;
  EXPECT_EQ(with.errors.find("garden"), std::string::npos) << with.errors;
}

TEST_F(Configuration, OfTheExampleFileIsGood) {
  const auto result =
      run_command(loop_, {"check-config", "-c", CAM32100_SOURCE_DIR "/deploy/config.example.json"});
  EXPECT_EQ(result.exit_code, kOk) << result.errors;
}

TEST_F(Configuration, ThatIsWrongIsRefusedWithEveryFaultAndItsPlace) {
  config_["mqtt"]["port"] = 1883;
  config_["mqtt"]["keep_alive_s"] = 1;
  config_["cameras"][0]["uid"] = "nonsense";
  const auto result = check();
  EXPECT_EQ(result.exit_code, kFailed);
  for (const char* place : {"/mqtt/port", "/mqtt/keep_alive_s", "/cameras/0/uid"})
    EXPECT_NE(result.errors.find(place), std::string::npos) << result.errors;
}

TEST_F(Configuration, TakesACamerasKeyForItsPskAndHidesIt) {
  config_["cameras"][0]["psk"] = "key:0123abcd";
  const auto shown = check({"--print"});
  ASSERT_EQ(shown.exit_code, kOk) << shown.errors;
  EXPECT_EQ(json::parse(shown.output).at("cameras")[0].at("psk"), "***");
  config_["cameras"][0]["psk"] = "key:0123abc";
  const auto refused = check();
  EXPECT_EQ(refused.exit_code, kFailed);
  EXPECT_NE(refused.errors.find("/cameras/0/psk: begins with \"key:\""), std::string::npos)
      << refused.errors;
  EXPECT_EQ(refused.errors.find("0123abc;"), std::string::npos) << refused.errors;
}

TEST_F(Configuration, NeverShowsASecretThatStandsInTheWrongPlace) {
  config_["mqtt"]["url"] = "mqtt://me:" + secret() + "@127.0.0.1";
  EXPECT_EQ(check().exit_code, kFailed);
  config_["mqtt"]["url"] = "mqtt://127.0.0.1";
  config_["cameras"][0]["psk"] = secret() + secret();
  EXPECT_EQ(check().exit_code, kFailed);
  config_["cameras"][0]["psk"] = "auto";
  config_["mqtt"]["password"] = json::array({secret()});
  EXPECT_EQ(check().exit_code, kFailed);
}

TEST_F(Configuration, IsOverruledByTheEnvironmentAndThatByTheCommandLine) {
  const auto base_of = [](const CommandResult& result) {
    return json::parse(result.output).at("mqtt").at("base_topic").get<std::string>();
  };
  EXPECT_EQ(base_of(check({"--print"}, {"CAM32100_MQTT__BASE_TOPIC=env"})), "env");
  EXPECT_EQ(base_of(check({"--print", "--set", "mqtt.base_topic=line"},
                          {"CAM32100_MQTT__BASE_TOPIC=env"})),
            "line");
  EXPECT_EQ(check({}, {"CAM32100_MQTT__BASE_TOPPING=x"}).exit_code, kFailed);
  EXPECT_EQ(check({"--set", "mqtt.base_topping=x"}).exit_code, kFailed);
  EXPECT_EQ(check({"--set", "no equals sign"}).exit_code, kUsage);
  EXPECT_EQ(check({}, {"CAM32100_PASSWORD=of get and snapshot"}).exit_code, kOk);
}

TEST_F(Configuration, ThatIsMissingOrNoJsonIsToldByItsName) {
  const auto missing = run_command(loop_, {"check-config", "-c", scratch_ / "none.json"});
  EXPECT_EQ(missing.exit_code, kFailed);
  EXPECT_NE(missing.errors.find("none.json"), std::string::npos);
  scratch_.write("broken.json", "{\"mqtt\": ");
  const auto broken = run_command(loop_, {"check-config", "-c", scratch_ / "broken.json"});
  EXPECT_EQ(broken.exit_code, kFailed);
  EXPECT_NE(broken.errors.find("broken.json"), std::string::npos) << broken.errors;
}

TEST_F(Configuration, ThatIsWrongKeepsTheBridgeFromStarting) {
  scratch_.write("config.json", R"({"mqtt": {"url": "http://127.0.0.1"}})");
  const auto result = run_command(loop_, {"run", "-c", scratch_ / "config.json"});
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_NE(result.errors.find("/mqtt/url"), std::string::npos) << result.errors;
}

TEST_F(Configuration, HasASchema) {
  const auto result = run_command(loop_, {"check-config", "--schema"});
  ASSERT_EQ(result.exit_code, kOk) << result.errors;
  const auto schema = json::parse(result.output, nullptr, false);
  ASSERT_TRUE(schema.is_object());
  EXPECT_TRUE(schema.at("properties").contains("cameras"));
}

}  // namespace cam32100::integration
