// Every setting that can be written, written: the camera has it, and every other is as it was.
#include <gtest/gtest.h>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

// A value that is not `now`.
json other_value(const json& setting, const json& now) {
  const auto type = setting.at("type").get<std::string>();
  if (type == "boolean") return !now.get<bool>();
  if (type == "enum") {
    for (const auto& choice : setting.at("enum"))
      if (choice != now) return choice;
  }
  const int lowest = setting.at("min");
  return now == lowest ? lowest + setting.value("step", 1) : lowest;
}

// Written as a choice of streams, read as a size: see mappings/README.md.
bool reads_back(const std::string& key) { return key != "resolution"; }
// The camera knows off and on alone.
json expected(const std::string& key, const json& value) {
  return key == "ir" && value == "auto" ? json("on") : value;
}

class EverySetting : public ::testing::Test {
 protected:
  void SetUp() override {
    rig.add_camera(emulated());
    rig.bring_up();
    rig.run_for(5s);
  }
  json settings() { return rig.retained_json(rig.topic("settings")); }

  BridgeRig rig;
  const json described = vstarcam().describe_settings();
};

TEST_F(EverySetting, IsGiven) {
  for (const auto& [key, setting] : described.items()) EXPECT_TRUE(settings().contains(key)) << key;
  const auto answer = rig.call(kUid, "get", json::object());
  EXPECT_EQ(answer["data"].size(), described.size());
}

TEST_F(EverySetting, ThatCanBeWrittenIsWrittenAlone) {
  int written = 0;
  for (const auto& [key, setting] : described.items()) {
    if (!setting.at("writable")) continue;
    auto wanted = settings();
    const auto value = other_value(setting, wanted.at(key));
    const auto answer = rig.call(kUid, "set", {{key, value}});
    ASSERT_EQ(answer["status"], "ok") << key << ' ' << answer.dump();
    if (reads_back(key)) wanted[key] = expected(key, value);
    rig.run_for(2s);
    EXPECT_EQ(settings(), wanted) << key;
    ++written;
  }
  EXPECT_GE(written, 25);
}

// Each of the two reads what its write would clear: the second must see what the first wrote.
TEST_F(EverySetting, GoesTogetherWithAnotherOfItsGroup) {
  auto wanted = settings();
  const json change{{"key_frame_interval", 77}, {"quantizer", 7}};
  ASSERT_EQ(rig.call(kUid, "set", change)["status"], "ok");
  wanted.update(change);
  rig.run_for(2s);
  EXPECT_EQ(settings(), wanted);
}

TEST_F(EverySetting, ThatCannotBeWrittenSaysWhy) {
  for (const auto& [key, setting] : described.items()) {
    if (setting.at("writable")) continue;
    const auto before = settings();
    const auto answer = rig.call(kUid, "set", {{key, before.at(key)}});
    EXPECT_EQ(answer["error"]["code"], "not_supported") << key;
    EXPECT_NE(answer["error"]["message"].get<std::string>().find(
                  setting.at("read_only").get<std::string>()),
              std::string::npos)
        << answer.dump();
    EXPECT_EQ(settings(), before);
  }
}

}  // namespace
}  // namespace cam32100::testing
