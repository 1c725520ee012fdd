#include "mappings/abilities.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mappings/printable.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

TEST(Abilities, AreNotToldWhereNothingSpeaksOfThem) {
  const json told = abilities_told(json::object());
  EXPECT_GE(told.size(), 9U);
  for (const auto& [name, ability] : told.items()) EXPECT_EQ(ability, "not told") << name;
}

TEST(Abilities, AreShownByTheValuesThatSpeakOfThem) {
  const json told = abilities_told({{"ptz_speed", 10}, {"ir", "auto"}, {"sd_status", "none"}});
  EXPECT_EQ(told["ptz"], (json{{"ptz_speed", 10}}));
  EXPECT_EQ(told["ir"], (json{{"ir", "auto"}}));
  EXPECT_EQ(told["sd"], (json{{"sd_status", "none"}})) << "no card was told";
  EXPECT_EQ(told["presets"], "not told") << "a motor is no proof of presets";
}

TEST(Abilities, AreNotToldByValuesThatCouldNotBeRead) {
  const json told = abilities_told(
      {{"ptz_speed", nullptr}, {"ir", json::array({1})}, {"sd_status", json::object()}});
  for (const char* name : {"ptz", "ir", "sd"}) EXPECT_EQ(told[name], "not told") << name;
  EXPECT_EQ(abilities_told(json::array())["ptz"], "not told");
  EXPECT_EQ(abilities_told(nullptr)["ptz"], "not told");
}

TEST(Abilities, ShowNothingElseOfWhatACameraTold) {
  const json told = abilities_told({{"wifi_enable", true},
                                    {"wifi_ssid", "MARKER"},
                                    {"alarm_http", true},
                                    {"alarm_http_url", "MARKER"},
                                    {"device_id", "MARKER"}});
  EXPECT_EQ(told.dump().find("MARKER"), std::string::npos) << told.dump();
}

TEST(Printable, LeavesPlainValuesAsTheyAre) {
  EXPECT_EQ(printable("48.53.75.92"), "48.53.75.92");
  EXPECT_EQ(printable(""), "");
  EXPECT_EQ(printable(12), "12");
  EXPECT_EQ(printable({{"a", "b"}}), R"({"a":"b"})");
}

TEST(Printable, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(printable("\x1b[31m"), R"(\u001b[31m)");
  EXPECT_EQ(printable("a\r\nb\x7f"), R"(a\r\nb\u007f)");
  EXPECT_EQ(printable("\xc2\x9b"), R"(\u009b)") << "CSI as one character";
  EXPECT_EQ(printable("\xff\x9b"), R"(\ufffd\ufffd)") << "no UTF-8";
  for (int byte = 0; byte < 256; ++byte) {
    for (const char c : printable(std::string(1, static_cast<char>(byte))))
      EXPECT_TRUE(c >= ' ' && c < '\x7f') << byte;
  }
}

}  // namespace
}  // namespace cam32100::mappings
