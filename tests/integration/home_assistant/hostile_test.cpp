// Names and networks that were chosen to break JSON, topics or templates.
#include "tests/integration/home_assistant/discovery_schema.hpp"
#include "tests/integration/home_assistant/discovery_suite.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

const std::vector<std::string> kHostile{"\"}}{{ 7*7 }}{% raw %}'", "\xF0\x9F\x93\xB7 {# #}",
                                        std::string(60, 'x')};

}  // namespace

TEST(HostileNames, BreakNeitherJsonNorTopicNorTemplate) {
  StageOptions options;
  options.config = {{"homeassistant", {{"discovery", true}}}, {"http", {{"allow_write", true}}}};
  Stage stage{std::move(options)};
  ASSERT_TRUE(stage.wait_until_ready());
  TemplateRenderer jinja{stage.loop};
  std::string before;
  for (const auto& hostile : kHostile) {
    ASSERT_EQ(outcome_of(stage.ask_bridge("camera/update", {{"uid", stage.camera.uid()},
                                                            {"name", hostile},
                                                            {"presets", {hostile, hostile}}})),
              "ok");
    const auto message = stage.tap.wait_until(kCameraDiscovery, [&](const Message& one) {
      const auto shown = one.json();
      return one.payload != before && shown.is_object() && shown["components"].contains("preset") &&
             shown["components"]["preset"]["options"].size() == 2 &&
             !shown["components"].contains("preset_3");  // a payload that removes it came before
    });
    ASSERT_TRUE(message) << hostile;
    before = message->payload;
    const auto payload = message->json();
    for (const auto& fault : discovery_faults(payload)) ADD_FAILURE() << hostile << ": " << fault;
    for (const auto& entity : entities_of(payload, "select")) {
      if (entity.id != "preset") continue;
      const auto& options_shown = entity.config.at("options");
      ASSERT_EQ(options_shown.size(), 2U);
      for (std::size_t i = 0; i < 2; ++i) {
        const auto sent = jinja.command(entity.text("command_template"), options_shown[i]);
        EXPECT_EQ(sent, "{\"goto\": " + std::to_string(i + 1) + "}") << hostile;
      }
    }
  }
}

TEST(HostileNames, AreRefusedWhereTheyHoldControlCharacters) {
  Stage stage;
  ASSERT_TRUE(stage.wait_until_ready());
  for (const std::string name : {"a\nb", "a\tb", "a\u0001b"}) {
    EXPECT_EQ(outcome_of(
                  stage.ask_bridge("camera/update", {{"uid", stage.camera.uid()}, {"name", name}})),
              "bad_argument")
        << name;
  }
}

TEST(HostileNetworks, AreShownAsTheyAre) {
  StageOptions options;
  options.config = {{"homeassistant", {{"discovery", true}}},
                    {"http", {{"allow_write", true}}},
                    {"timing", {{"status_poll_s", 1}}}};
  Stage stage{std::move(options)};
  ASSERT_TRUE(stage.wait_until_ready());
  const auto payload = wait_for_discovery(stage);
  ASSERT_TRUE(payload.is_object());
  TemplateRenderer jinja{stage.loop};
  int shown = 0;
  for (const auto& wifi : entities_of(payload)) {
    if (wifi.id != "wifi") continue;
    ++shown;
    for (const std::string ssid :
         {"{{ 7*7 }}", "{% raw %}", "it's \\ \xF0\x9F\x93\xB7", "\"}}{# \" '", "<b>&amp;</b>"}) {
      ASSERT_EQ(
          outcome_of(stage.ask("http", {{"path", "/set_wifi.cgi"}, {"params", {{"ssid", ssid}}}})),
          "ok");
      const auto message = stage.tap.wait_until(wifi.text("state_topic"), [&](const Message& one) {
        return one.json().value("wifi_ssid", "") == ssid;
      });
      ASSERT_TRUE(message) << ssid;
      EXPECT_EQ(jinja.value(wifi.text("value_template"), message->payload), ssid);
    }
  }
  EXPECT_EQ(shown, 1);
}

}  // namespace cam32100::integration
