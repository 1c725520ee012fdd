#include "mappings/redact.hpp"

#include "tests/unit/mappings/mapping_fixture.hpp"

namespace cam32100::mappings::testing {
namespace {

using nlohmann::json;
using std::string_literals::operator""s;

constexpr std::string_view kMarker = "MARKER";

bool leaks(const std::string& text) { return text.find(kMarker) != std::string::npos; }

using Redaction = VstarcamTest;

TEST_F(Redaction, KnowsSecretsByTheirName) {
  for (const char* key :
       {"pwd", "user1_pwd", "wifi_wpa_psk", "PASSWORD", "factory_passwd", "loginpas", "loginpass",
        "wifi_key1", "key4", "wifi_key2[0]", "loginToken", "wpa"}) {
    EXPECT_TRUE(is_secret_key(mapping_, key)) << key;
  }
}

TEST_F(Redaction, KnowsSecretsMarkedInTheMapping) {
  for (const char* key : {"authkey", "alarm_http_url", "apwifi_key", "ALARM_HTTP_URL"}) {
    EXPECT_TRUE(is_secret_key(mapping_, key)) << key;
    EXPECT_FALSE(has_secret_name(key)) << key;
  }
}

TEST_F(Redaction, LeavesOtherNamesAlone) {
  for (const char* key : {"", "alias", "key", "key5", "wifi_key1_bits", "wifi_defkey", "keyframe",
                          "user1_name", "mac", "monkey11"}) {
    EXPECT_FALSE(is_secret_key(mapping_, key)) << key;
  }
}

TEST_F(Redaction, HidesTheValueInEveryFormOfAssignment) {
  for (const std::string& text : {"var wifi_wpa_psk=\"MARKER\";"s,
                                  "wifi_wpa_psk = 'MARKER' ;"s,
                                  "user1_pwd=MARKER"s,
                                  "pwd+=\"MARKER\";"s,
                                  "pwd[0]=\"MARKER\";"s,
                                  "pwd[ 0 ]=\"MARKER\";"s,
                                  "{\"pwd\": \"MARKER\"}"s,
                                  "pwd: MARKER"s,
                                  "GET /x.cgi?loginuse=a&loginpas=MARKER&user=a&pwd=MARKER&"s,
                                  "log_text+=\"login with pwd=MARKER\\n\";"s,
                                  "PWD=MARKER"s,
                                  "pwd\0=\0MARKER"s,
                                  "pwd\r=\r\"MARKER\"\r\n"s,
                                  "var pwd=\"a\";MARKER\";"s,
                                  "var pwd=\"a\"; var b=\"MARKER\";"s,
                                  "var pwd=\"a;b\";c=MARKER"s,
                                  "pwd=\"open\nMARKER\n\";"s,
                                  "pwd=\"open and MARKER"s,
                                  "pwd[\npwd=MARKER"s,
                                  "xpwd=MARKER"s}) {
    EXPECT_FALSE(leaks(redact_cgi_text(mapping_, text))) << text;
  }
}

TEST_F(Redaction, KeepsTheRestOfTheText) {
  EXPECT_EQ(redact_cgi_text(mapping_,
                            "var alias=\"a\";\r\nvar user1_pwd=\"MARKER\";\r\nvar mac=\"m\";\r\n"),
            "var alias=\"a\";\r\nvar user1_pwd=***\r\nvar mac=\"m\";\r\n");
  EXPECT_EQ(redact_cgi_text(mapping_, "the pwd is not here"), "the pwd is not here");
  EXPECT_EQ(redact_cgi_text(mapping_, ""), "");
}

TEST_F(Redaction, TakesLinearTimeOnHostileText) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "pwd[";
  EXPECT_EQ(redact_cgi_text(mapping_, text).size(), text.size());
}

TEST_F(Redaction, CoversParsedDataOfEveryReadCommand) {
  const std::string reply =
      "var alias=\"x\";\r\nvar user3_pwd=\"MARKER\";\r\nvar wifi_key3=\"MARKER\";\r\nvar "
      "factory_passwd=\"MARKER\";\r\n"
      "var rtsppwd=\"MARKER\";\r\nvar loginpass=\"MARKER\";\r\nvar dev4_pwd=\"MARKER\";\r\nvar "
      "alarm_http_url=\"http://MARKER/\";\r\n"
      "var new_token=\"MARKER\";\r\nvar note=\"pwd=MARKER\";\r\nvar authkey=\"MARKER\";\r\n";
  for (const std::string& command : mapping_.command_names()) {
    const auto plan = run(command, json::object());
    if (!plan || plan->kind != PlanKind::read || plan->steps.empty()) continue;
    const auto meaning = answer(command, json::object(), {text_reply(reply)});
    for (const json* part : {&meaning.data, &meaning.info, &meaning.state, &meaning.settings}) {
      EXPECT_FALSE(leaks(part->dump())) << command << ' ' << part->dump();
    }
  }
}

TEST_F(Redaction, CoversValuesRawTextAndBase64OfHttp) {
  const json arguments{{"path", "/get_params.cgi"}};
  const auto text = answer(
      "http", arguments, {text_reply("var user1_pwd=\"MARKER\";\r\nvar x=\"token: MARKER\";\r\n")});
  EXPECT_FALSE(leaks(text.data.dump())) << text.data.dump();
  EXPECT_EQ(text.data.at("values").at("user1_pwd"), "***");

  const auto binary = answer("http", arguments, {text_reply("\x01\x02user1_pwd=MARKER\nabc"s)});
  ASSERT_TRUE(binary.data.contains("base64")) << binary.data.dump();
  EXPECT_EQ(binary.data.at("base64"), "AQJ1c2VyMV9wd2Q9KioqCmFiYw==");  // ...user1_pwd=*** LF abc
}

TEST_F(Redaction, KeepsSecretArgumentsOutOfErrorsAndEchoes) {
  const auto too_long =
      refused("check_credentials", json{{"password", "MARKER" + std::string(80, 'x')}});
  EXPECT_FALSE(leaks(too_long.message + too_long.detail.dump()));
  const auto plan = run("check_credentials", json{{"user", "admin"}, {"password", "MARKER"}});
  ASSERT_TRUE(plan);
  EXPECT_FALSE(leaks(plan->echo.dump()));
  for (const auto& request : requests_of(*plan)) EXPECT_FALSE(leaks(request));
}

}  // namespace
}  // namespace cam32100::mappings::testing
