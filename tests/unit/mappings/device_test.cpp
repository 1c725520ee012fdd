#include "tests/unit/mappings/mapping_fixture.hpp"

namespace cam32100::mappings::testing {
namespace {

using nlohmann::json;

using Vstarcam = VstarcamTest;

TEST_F(Vstarcam, PassesItsOwnExamples) {
  for (const auto& failure : mapping_.failing_examples()) ADD_FAILURE() << failure;
}

TEST_F(Vstarcam, HasEveryCameraCommand) {
  for (const char* command : {"lookup",
                              "connect",
                              "disconnect",
                              "check_credentials",
                              "snapshot",
                              "http",
                              "http_batch",
                              "get_status",
                              "get_params",
                              "get_camera_params",
                              "get_factory_param",
                              "get_misc",
                              "get_rtsp",
                              "get_onvif",
                              "get_record",
                              "wifi_scan",
                              "get_wifi_scan_result",
                              "login",
                              "camera_control",
                              "ptz",
                              "preset",
                              "image",
                              "ir",
                              "video",
                              "audio",
                              "talk",
                              "set",
                              "get",
                              "reboot",
                              "restore_factory",
                              "sync_time"}) {
    EXPECT_TRUE(is_command(mapping_, command)) << command;
  }
}

TEST_F(Vstarcam, HasAnExampleOfEveryCommand) {
  const json file = json::parse(read_text("mappings/devices/vstarcam.json"));
  for (const auto& command : mapping_.command_names()) {
    const auto& examples = file.at("examples");
    EXPECT_TRUE(std::any_of(examples.begin(), examples.end(), [&](const json& example) {
      return example.at("command") == command;
    })) << command;
  }
}

TEST_F(Vstarcam, ServesItsPrefixesOnly) {
  EXPECT_TRUE(mapping_.serves("VSTC"));
  EXPECT_TRUE(mapping_.serves("VSTB"));
  EXPECT_TRUE(mapping_.serves("VE"));
  EXPECT_TRUE(mapping_.serves("ELSC"));
  EXPECT_FALSE(mapping_.serves("BATC"));
  EXPECT_FALSE(mapping_.serves("vstc"));
  EXPECT_FALSE(mapping_.serves(""));
}

TEST_F(Vstarcam, RunsOnAnEmptyPayloadOnlyWhatChangesNothing) {
  for (const char* command : {"get_status", "snapshot", "wifi_scan", "check_credentials", "get",
                              "lookup", "connect", "disconnect"}) {
    EXPECT_TRUE(runs_on_empty_payload(mapping_, command)) << command;
  }
  for (const char* command :
       {"ptz", "preset", "set", "image", "ir", "reboot", "restore_factory", "sync_time",
        "camera_control", "video", "audio", "talk", "no_such_command"}) {
    EXPECT_FALSE(runs_on_empty_payload(mapping_, command)) << command;
  }
}

TEST_F(Vstarcam, NamesThePlainArgumentOfEachCommand) {
  EXPECT_EQ(plain_argument(mapping_, "ptz"), "move");
  EXPECT_EQ(plain_argument(mapping_, "preset"), "goto");
  EXPECT_EQ(plain_argument(mapping_, "ir"), "state");
  EXPECT_EQ(plain_argument(mapping_, "http"), "path");
  EXPECT_EQ(plain_argument(mapping_, "reboot"), "");
  EXPECT_EQ(plain_argument(mapping_, "no_such_command"), "");
}

TEST_F(Vstarcam, DescribesItsCommandsForPeopleAndFlows) {
  const json commands = mapping_.describe_commands(false);
  EXPECT_EQ(commands.at("ptz").at("plain"), "move");
  EXPECT_EQ(commands.at("ptz").at("arguments").at("ms").at("max"), 10'000);
  EXPECT_EQ(commands.at("ptz").at("arguments").at("move").at("enum").size(), 14U);
  EXPECT_EQ(commands.at("connect").at("handled_by"), "bridge");
  EXPECT_EQ(commands.at("restore_factory").at("arguments").at("confirm").at("required"), true);
}

TEST_F(Vstarcam, DoesNotDescribeWhatDoesNotExistYet) {
  const json commands = mapping_.describe_commands(false);
  for (const char* command : {"video", "audio", "talk"}) {
    EXPECT_TRUE(is_command(mapping_, command));
    EXPECT_FALSE(commands.contains(command)) << command;
    EXPECT_FALSE(mapping_.capabilities().contains(command)) << command;
  }
  EXPECT_EQ(commands.at("snapshot").at("arguments").at("source").at("enum"), json::array({"cgi"}));
  const auto deliver = [this](bool has_url) {
    return mapping_.describe_commands(has_url)["snapshot"]["arguments"]["deliver"]["enum"];
  };
  EXPECT_EQ(deliver(false), json::array({"mqtt"}));
  EXPECT_EQ(deliver(true), json::array({"mqtt", "url", "both"}));
}

TEST_F(Vstarcam, DescribesItsSettings) {
  const json settings = mapping_.describe_settings();
  EXPECT_EQ(settings.at("brightness"),
            (json{{"type", "integer"}, {"min", 0}, {"max", 255}, {"writable", true}}));
  EXPECT_EQ(settings.at("orientation").at("enum"),
            json::array({"normal", "mirror", "flip", "mirror_flip"}));
  EXPECT_EQ(settings.at("osd").at("type"), "boolean");
  EXPECT_FALSE(settings.at("main_stream_width").at("writable").get<bool>());
  EXPECT_TRUE(settings.at("main_stream_width").contains("read_only"));
}

// Whatever get_camera_params gives is a setting: writable, or read-only with a reason.
TEST_F(Vstarcam, HasASettingForEveryCameraParameter) {
  const json file = json::parse(read_text("mappings/devices/vstarcam.json"));
  const json settings = mapping_.describe_settings();
  for (const auto& [name, field] :
       file.at("replies").at("get_camera_params.cgi").at("fields").items()) {
    const std::string key = field.value("key", name);
    EXPECT_TRUE(settings.contains(key)) << name;
  }
}

}  // namespace
}  // namespace cam32100::mappings::testing
