// No secret leaves the bridge: not on a topic, not in a log line, not in an error.
#include "mappings/base64.hpp"
#include "protocol/wire/bytes.hpp"
#include "tests/integration/support/secret_marker.hpp"
#include "tests/integration/support/shared_stage.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

protocol::Bytes bytes_of(const std::string& text) {
  const auto view = protocol::as_bytes(text);
  return {view.begin(), view.end()};
}

class Secrets : public SharedStage<Secrets> {
 public:
  static StageOptions stage_options() {
    StageOptions options;
    // Every packet is published as far as it may be, and everything may be called.
    options.config = {{"http", {{"allow_write", true}}},
                      {"events", {{"verbose", {"ping", "pong", "ack", "http"}}}}};
    return options;
  }
};

std::string secret() { return std::string{kSecretMarker}; }

}  // namespace

TEST(SecretMarker, IsFoundInEveryFormThatASecretMayTake) {
  EXPECT_TRUE(find_secret("var wifi_wpa_psk=\"" + secret() + "\";"));
  EXPECT_TRUE(find_secret(protocol::to_hex(bytes_of("pwd=" + secret()))));
  for (const char* before : {"", "p", "pw", "pwd"}) {
    for (const char* after : {"", ";", "&x"})
      EXPECT_TRUE(find_secret(mappings::to_base64(bytes_of(before + secret() + after)))) << before;
  }
}

TEST(SecretMarker, IsNotFoundWhereItIsNot) {
  EXPECT_FALSE(find_secret(""));
  EXPECT_FALSE(find_secret("***"));
  EXPECT_FALSE(find_secret(secret().substr(1)));
  EXPECT_FALSE(find_secret(mappings::to_base64(bytes_of("nothing to see here"))));
}

TEST_F(Secrets, AreToldByTheCameraItself) {
  // Without this the tests below would prove nothing. The camera takes one viewer: the bridge lets
  // go for a moment.
  ASSERT_EQ(outcome_of(stage().ask("disconnect")), "ok");
  Process direct{stage().loop,
                 {CAM32100_BINARY, "get", stage().camera.uid(), "--address",
                  stage().camera.address(), "--password", secret() + "-camera", "/get_params.cgi"}};
  EXPECT_EQ(direct.wait_for_exit(), 0) << direct.errors();
  EXPECT_TRUE(find_secret(direct.output())) << direct.output();
  ASSERT_EQ(outcome_of(stage().ask("connect")), "ok");
}

TEST_F(Secrets, AreHiddenInEveryReply) {
  for (const char* command : {"get_params", "get_factory_param", "get_rtsp", "login", "get_status",
                              "get_camera_params", "check_credentials", "get_wifi_scan_result"})
    EXPECT_EQ(outcome_of(stage().ask(command)), "ok") << command;
}

TEST_F(Secrets, AreHiddenInRawTextAndInBatches) {
  for (const char* path :
       {"/get_params.cgi", "/get_factory_param.cgi", "/get_rtsp.cgi", "/login.cgi",
        "/get_apwifi.cgi", "/get_pnp_server.cgi", "/get_sensorlist.cgi"})
    (void)stage().ask("http", {{"path", path}});
  const auto answer = stage().ask("http", {{"path", "/get_params.cgi"}});
  ASSERT_EQ(outcome_of(answer), "ok") << answer.dump();
  EXPECT_NE(answer.dump().find("wifi_ssid"), std::string::npos) << "the raw text is there";
  EXPECT_EQ(outcome_of(stage().ask(
                "http_batch",
                {{"requests", {{{"path", "/get_params.cgi"}}, {{"path", "/get_rtsp.cgi"}}}}})),
            "ok");
}

TEST_F(Secrets, ThatAPublisherSendsAreNotEchoed) {
  const auto forbidden = stage().ask("check_credentials", {{"password", secret()}});
  EXPECT_EQ(outcome_of(forbidden), "forbidden") << forbidden.dump();
  EXPECT_EQ(outcome_of(stage().ask_bridge("camera/update",
                                          {{"uid", stage().camera.uid()}, {"password", secret()}})),
            "forbidden");
  // In a path, as a parameter, as the camera's own credentials, of a CGI that fails.
  (void)stage().ask("http", {{"path", "/get_status.cgi?loginuse=admin&loginpas=" + secret()}});
  (void)stage().ask("http", {{"path", "/get_status.cgi?user=admin&pwd=" + secret()}});
  (void)stage().ask(
      "http", {{"path", "/set_wifi.cgi"}, {"params", {{"wpa_psk", secret()}, {"ssid", "home"}}}});
  (void)stage().ask("http", {{"path", "/no_such.cgi"}, {"params", {{"pwd", secret()}}}});
  (void)stage().ask("http", {{"path", "/get_params.cgi"}, {"auth", false}});
}

TEST_F(Secrets, FilesAreReadByPlainNameOnly) {
  for (const char* name : {"../config.json", "/etc/passwd", "..", ".", "a/b", "../secrets/porch"}) {
    SCOPED_TRACE(name);
    const auto answer = stage().ask("check_credentials", {{"password_file", name}});
    const auto outcome = outcome_of(answer);
    EXPECT_TRUE(outcome == "forbidden" || outcome == "bad_argument") << answer.dump();
  }
  std::filesystem::create_symlink("/etc/hostname", stage().scratch / "secrets/link");
  const auto link = stage().ask("check_credentials", {{"password_file", "link"}});
  EXPECT_EQ(outcome_of(link), "forbidden") << link.dump();
  EXPECT_EQ(outcome_of(stage().ask("check_credentials", {{"password_file", "porch"}})), "ok");
}

TEST_F(Secrets, StayHiddenWhenThePasswordIsWrong) {
  stage().scratch.write("secrets/wrong", secret() + "-wrong");
  const auto wrong = stage().ask("check_credentials", {{"password_file", "wrong"}});
  EXPECT_EQ(outcome_of(wrong), "auth_failed") << wrong.dump();
  EXPECT_EQ(outcome_of(stage().ask("get_status")), "ok") << "the session is not touched";
}

TEST_F(Secrets, StayHiddenInHealthInfoAndLogAtTheMostTalkativeLevel) {
  EXPECT_EQ(outcome_of(stage().ask_bridge("health")), "ok");
  EXPECT_EQ(outcome_of(stage().ask_bridge("camera/list")), "ok");
  EXPECT_EQ(outcome_of(stage().ask_bridge("reload")), "ok");
  EXPECT_TRUE(stage().retained(stage().bridge_topic("info")).is_object());
  EXPECT_NE(stage().bridge.everything_it_wrote(), "");
}

}  // namespace cam32100::integration
