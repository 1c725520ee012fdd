#include "bridge/core/config_table.hpp"
#include "config_test_support.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;

TEST(ConfigPublic, ShowsEveryKeyButThoseThatPointAtSecrets) {
  const Config config =
      load(R"({"cameras": [{"uid": "VSTC-123456-ABCDE"}], "servers": [{"hosts": ["a"]}]})");
  const json shown = to_public_json(config);
  for (const Setting& setting : all_settings()) {
    std::string pointer = "/" + std::string(setting.path);
    if (const auto list = pointer.find("[]"); list != std::string::npos)
      pointer.replace(list, 2, "/0");
    for (char& c : pointer) c = c == '.' ? '/' : c;
    if (const auto twice = pointer.find("//"); twice != std::string::npos) pointer.erase(twice, 1);
    EXPECT_EQ(shown.contains(json::json_pointer(pointer)), !setting.input_only) << pointer;
  }
}

TEST(ConfigPublic, ShowsNullForSecretsThatAreNotSetAndStarsForThoseThatAre) {
  const Config config = load(R"({"mqtt": {"password": "pw"},
    "cameras": [{"uid": "VSTC-123456-ABCDE", "psk": "plain"}, {"uid": "VSTC-123457-ABCDE", "psk": "k3y"}]})");
  const json shown = to_public_json(config);
  EXPECT_EQ(shown["mqtt"]["password"], "***");
  EXPECT_EQ(shown["cameras"][0]["password"], nullptr);
  EXPECT_EQ(shown["cameras"][0]["psk"], "plain");
  EXPECT_EQ(shown["cameras"][1]["psk"], "***");
}

TEST(ConfigPublic, ShowsValuesInTheFilesForm) {
  const Config config = load(R"({"cameras": [{"uid": "vstc123456abcde", "address": "10.0.0.1",
    "session": "on_demand"}], "log": {"level": "error"}, "timing": {"health_s": 5}})");
  const json shown = to_public_json(config);
  EXPECT_EQ(shown["cameras"][0]["uid"], "VSTC-123456-ABCDE");
  EXPECT_EQ(shown["cameras"][0]["address"], "10.0.0.1:32108");
  EXPECT_EQ(shown["cameras"][0]["session"], "on_demand");
  EXPECT_EQ(shown["log"]["level"], "error");
  EXPECT_EQ(shown["timing"]["health_s"], 5);
}

TEST(ConfigPublic, LoadsAgainToTheSameWhenNothingIsSecret) {
  const Config config =
      load(R"({"mqtt": {"user": "u", "version": "5"}, "motion": {"off_delay_s": 7}})");
  json shown = to_public_json(config);
  shown["mqtt"].erase("password");
  shown["http"].erase("token");
  EXPECT_EQ(to_public_json(load(shown.dump())), to_public_json(config));
}

}  // namespace
}  // namespace cam32100::bridge
