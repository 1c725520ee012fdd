#include "tests/unit/mappings/mapping_fixture.hpp"

namespace cam32100::mappings::testing {
namespace {

using nlohmann::json;
using Strings = std::vector<std::string>;
using std::string_literals::operator""s;

using HttpGuard = VstarcamTest;

json path(const std::string& text) { return json{{"path", text}}; }

TEST_F(HttpGuard, AlwaysAllowsReadsAndSnapshot) {
  for (const char* text :
       {"/get_status.cgi", "/get_params.cgi", "/get_wifi_scan_result.cgi", "/get_factory_param.cgi",
        "/get_online_log.cgi", "/get_preset.cgi", "/snapshot.cgi?res=1"}) {
    const auto plan = run("http", path(text));
    ASSERT_TRUE(plan) << text << ": " << plan.error().message;
    EXPECT_EQ(plan->kind, PlanKind::read) << text;
  }
}

TEST_F(HttpGuard, NamesTheConfigurationKeyWhenItForbids) {
  const auto error = refused("http", path("/set_alias.cgi?alias=x"));
  EXPECT_EQ(error.code, ErrorCode::forbidden);
  EXPECT_NE(error.message.find("http.allow_write"), std::string::npos);
}

TEST_F(HttpGuard, ForbidsEveryCallThatIsNotARead) {
  for (const char* text : {"/reboot.cgi", "/decoder_control.cgi?command=0", "/camera_control.cgi",
                           "/livestream.cgi", "/login.cgi", "/wifi_scan.cgi",
                           "/trans_cmd_string.cgi", "/set_users.cgi", "/GET_STATUS.cgi"}) {
    EXPECT_EQ(refused("http", path(text)).code, ErrorCode::forbidden) << text;
  }
}

// Firmware searches the known names anywhere in the request line, and the first of its list wins.
TEST_F(HttpGuard, ForbidsReadsThatFirmwareWouldTakeForSomethingElse) {
  for (const char* text :
       {"/get_reboot.cgi", "/get_set_users.cgi", "/get_restore_factory.cgi", "/get_openlock.cgi",
        "/get_setuuid.cgi", "/get_camera_control.cgi", "/get_status.cgi?x=openlock.cgi",
        "/get_status.cgi?x=%72eboot%2Ecgi", "/snapshot.cgi?res=reboot.CGI"}) {
    EXPECT_EQ(refused("http", path(text)).code, ErrorCode::forbidden) << text;
  }
  EXPECT_EQ(refused("http",
                    json{{"path", "/get_status.cgi"}, {"params", {{"x", "/restore_factory.cgi"}}}})
                .code,
            ErrorCode::forbidden);
}

TEST_F(HttpGuard, AllowsWritesWhenConfiguredAndMarksThemAsChanges) {
  const auto plan =
      run("http", json{{"path", "/set_alias.cgi"}, {"params", {{"alias", "Garden"}}}}, true);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->kind, PlanKind::change);
  EXPECT_EQ(requests_of(*plan), (Strings{"GET /set_alias.cgi?alias=Garden"}));
}

TEST_F(HttpGuard, WantsConfirmationForWhatDestroysEvenWhenWritesAreAllowed) {
  for (const char* name : {"restore_factory", "set_users", "upgrade_firmware", "upgrade_htmls",
                           "set_formatsd", "formatsd", "set_default", "set_factory_param",
                           "auto_download_file", "xset_users", "get_set_users"}) {
    const std::string text = "/"s + name + ".cgi";
    EXPECT_EQ(refused("http", path(text), true).code, ErrorCode::bad_argument) << text;
    EXPECT_TRUE(run("http", json{{"path", text}, {"confirm", true}}, true)) << text;
    EXPECT_EQ(refused("http", json{{"path", text}, {"confirm", true}}).code, ErrorCode::forbidden)
        << text;
  }
}

TEST_F(HttpGuard, DropsCredentialsFromPathAndParameters) {
  const auto plan =
      run("http", json{{"path", "/get_status.cgi?loginuse=a&loginpas=b&user=c&pwd=d&x=1"},
                       {"params", {{"user", "e"}, {"PWD", "f"}, {"y", true}, {"z", 7}}}});
  ASSERT_TRUE(plan);
  EXPECT_EQ(requests_of(*plan), (Strings{"GET /get_status.cgi?x=1&y=1&z=7"}));
}

TEST_F(HttpGuard, LeavesAuthenticationOutOnlyWhenAsked) {
  EXPECT_TRUE(run("http", path("/get_status.cgi"))->steps.front().request.authenticate);
  EXPECT_FALSE(run("http", json{{"path", "/get_status.cgi"}, {"auth", false}})
                   ->steps.front()
                   .request.authenticate);
}

TEST_F(HttpGuard, RefusesWhatIsNotThePathOfACgi) {
  for (const std::string& text :
       {""s, "get_status.cgi"s, "/"s, "/get_status"s, "//get_status.cgi"s, "/../get_status.cgi"s,
        "/get_status.cgi/reboot.cgi"s, "/get_status.cgi?/reboot.cgi?x=1"s, "/get status.cgi"s,
        "http://x/get_status.cgi"s, "/get_status.cgi HTTP/1.1"s, "/get_status.html"s,
        "/get_" + std::string(3000, 'a') + ".cgi"}) {
    EXPECT_EQ(refused("http", path(text), true).code, ErrorCode::bad_argument) << text;
  }
}

TEST_F(HttpGuard, RefusesParametersThatCouldSmuggle) {
  for (const json& params :
       {json{{"a&b", "1"}}, json{{"", "1"}}, json{{"a", "x\r\ny"}}, json{{"a", json::object()}},
        json{{"a", std::string(2000, 'x')}}, json{{"a=b", "1"}}}) {
    EXPECT_EQ(refused("http", json{{"path", "/get_status.cgi"}, {"params", params}}).code,
              ErrorCode::bad_argument)
        << params.dump();
  }
  EXPECT_EQ(refused("http", path("/get_status.cgi?a=%0d%0a")).code, ErrorCode::bad_argument);
  EXPECT_EQ(refused("http", path("/get_status.cgi?a=%ff")).code, ErrorCode::bad_argument);
}

TEST_F(HttpGuard, BatchesAdjacentCallsInOrder) {
  const auto plan =
      run("http_batch", json{{"requests", {path("/get_misc.cgi"), path("/get_status.cgi")}}});
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->batch);
  EXPECT_EQ(plan->kind, PlanKind::read);
  EXPECT_EQ(requests_of(*plan), (Strings{"GET /get_misc.cgi", "GET /get_status.cgi"}));
}

TEST_F(HttpGuard, GuardsEveryCallOfABatchAndNamesTheOneItRefuses) {
  const auto error =
      refused("http_batch", json{{"requests", {path("/get_misc.cgi"), path("/reboot.cgi")}}});
  EXPECT_EQ(error.code, ErrorCode::forbidden);
  EXPECT_EQ(error.message.substr(0, 13), "requests[1]: ");
  EXPECT_EQ(
      run("http_batch", json{{"requests", {path("/get_misc.cgi"), path("/reboot.cgi")}}}, true)
          ->kind,
      PlanKind::change);
}

TEST_F(HttpGuard, RefusesBatchesThatAreEmptyTooLongOrMisshapen) {
  json many = json::array();
  for (int i = 0; i < 17; ++i) many.push_back(path("/get_misc.cgi"));
  for (const json& requests :
       {json::array(), many, json("x"), json{path("/get_misc.cgi"), 7},
        json{{{"paht", "/get_misc.cgi"}}, json::object()},
        json::array({json{{"path", "/get_misc.cgi"}, {"auth", "perhaps"}}})}) {
    EXPECT_EQ(refused("http_batch", json{{"requests", requests}}).code, ErrorCode::bad_argument)
        << requests.dump();
  }
}

}  // namespace
}  // namespace cam32100::mappings::testing
