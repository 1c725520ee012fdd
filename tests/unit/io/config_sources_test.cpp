#include "bridge/io/config_sources.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/unit/io/scratch_directory.hpp"

namespace cam32100::bridge {
namespace {

using testing::ScratchDirectory;

// Sets a variable for one test.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_{std::move(name)} {
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Variable() { ::unsetenv(name_.c_str()); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  std::string name_;
};

TEST(ConfigSources, ReadsAPasswordFromTheVariableACameraNames) {
  const ScratchDirectory scratch;
  scratch.write("config.json",
                R"({"cameras":[{"uid":"VSTC-123456-ABCDE","password_env":"GARDEN_PASSWORD"}]})");
  const Variable password{"GARDEN_PASSWORD", "hunter2"};
  const auto loaded = read_config({scratch / "config.json", {}});
  ASSERT_TRUE(loaded) << loaded.error().sentences.front();
  EXPECT_EQ(loaded->config.cameras.front().password.reveal(), "hunter2");
}

TEST(ConfigSources, LetsTheEnvironmentAndTheCommandLineOverrideTheFile) {
  const ScratchDirectory scratch;
  scratch.write("config.json", R"({"mqtt":{"url":"mqtt://file","base_topic":"file"}})");
  const Variable url{"CAM32100_MQTT__URL", "mqtt://environment"};
  const Variable base{"CAM32100_MQTT__BASE_TOPIC", "environment"};
  const auto loaded = read_config({scratch / "config.json", {{"mqtt.base_topic", "line"}}});
  ASSERT_TRUE(loaded) << loaded.error().sentences.front();
  EXPECT_EQ(loaded->config.mqtt.url, "mqtt://environment");
  EXPECT_EQ(loaded->config.mqtt.base_topic, "line");
}

TEST(ConfigSources, RefusesAVariableThatIsNoKey) {
  const Variable wrong{"CAM32100_MQTT__ULR", "mqtt://x"};
  const auto loaded = read_config({"", {}});
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().sentences.front().find("CAM32100_MQTT__ULR"), std::string::npos);
}

TEST(ConfigSources, ReadsThePasswordFileInTheSecretsDirectory) {
  const ScratchDirectory scratch;
  scratch.write("garden", "hunter2\n");
  scratch.write("config.json",
                R"({"secrets":{"directory":")" + scratch.text() +
                    R"("},"cameras":[{"uid":"VSTC-123456-ABCDE","password_file":"garden"}]})");
  const auto loaded = read_config({scratch / "config.json", {}});
  ASSERT_TRUE(loaded) << loaded.error().sentences.front();
  EXPECT_EQ(loaded->config.cameras.front().password.reveal(), "hunter2");
}

TEST(ConfigSources, AddsTheCamerasOfTheStateFile) {
  const ScratchDirectory scratch;
  SavedState state;
  state.cameras.push_back({{"uid", "VSTB-654321-EDCBA"}});
  state.client_id = "kept";
  scratch.write("state.json", to_text(state));
  scratch.write("config.json", R"({"cameras":[{"uid":"VSTC-123456-ABCDE"}],"state_file":")" +
                                   (scratch / "state.json") + "\"}");
  const auto loaded = read_config({scratch / "config.json", {}});
  ASSERT_TRUE(loaded) << loaded.error().sentences.front();
  EXPECT_EQ(loaded->config.cameras.size(), 2U);
  EXPECT_EQ(loaded->state.client_id, "kept");
}

TEST(ConfigSources, NamesAFileThatIsNotThere) {
  const auto loaded = read_config({"/nonexistent/config.json", {}});
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().sentences.front().find("/nonexistent/config.json"), std::string::npos);
}

TEST(ConfigSources, RefusesAStateFileThatIsGarbage) {
  const ScratchDirectory scratch;
  scratch.write("state.json", "not json");
  scratch.write("config.json", R"({"state_file":")" + (scratch / "state.json") + "\"}");
  EXPECT_FALSE(read_config({scratch / "config.json", {}}));
}

}  // namespace
}  // namespace cam32100::bridge
