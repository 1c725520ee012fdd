#include <map>

#include "tests/unit/mappings/mapping_fixture.hpp"

namespace cam32100::mappings::testing {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using Strings = std::vector<std::string>;

using Translate = VstarcamTest;

TEST_F(Translate, SuggestsTheNearestCommand) {
  const auto error = refused("snapshoot", json::object());
  EXPECT_EQ(error.code, ErrorCode::unknown_command);
  EXPECT_EQ(error.message, "unknown command \"snapshoot\"; did you mean \"snapshot\"?");
  EXPECT_EQ(error.detail, (json{{"nearest", "snapshot"}}));
}

TEST_F(Translate, SuggestsNothingForACommandLikeNoOther) {
  EXPECT_EQ(refused("make_coffee_please", json::object()).message,
            "unknown command \"make_coffee_please\"");
}

TEST_F(Translate, NamesArgumentAndAllowedValues) {
  EXPECT_EQ(refused("ptz", json{{"move", "left"}, {"ms", 70'000}}).message,
            "argument \"ms\": 70000 is not in 0..10000");
  EXPECT_NE(refused("ptz", json{{"move", "sideways"}})
                .message.find("\"sideways\" is not one of up, down"),
            std::string::npos);
  EXPECT_EQ(refused("get_status", json{{"speed", 1}}).message,
            "argument \"speed\" is not known; \"get_status\" takes no arguments");
  EXPECT_NE(refused("ptz", json{{"mov", "left"}}).message.find("did you mean \"move\"?"),
            std::string::npos);
  EXPECT_EQ(refused("ptz", json{{"move", "left"}, {"ms", 400.5}}).message,
            "argument \"ms\": 400.5 is not a whole number in 0..10000");
  EXPECT_EQ(refused("ptz", json{{"move", "left"}, {"ms", "400.5"}}).message,
            "argument \"ms\": \"400.5\" is not a whole number in 0..10000");
  EXPECT_EQ(refused("ptz", json{{"move", "left"}, {"ms", "99999999999999999999"}}).message,
            "argument \"ms\": \"99999999999999999999\" is not a whole number in 0..10000");
}

TEST_F(Translate, RefusesWrongTypesOfEveryKind) {
  for (const json& wrong :
       {json{{"move", 4}}, json{{"move", nullptr}}, json{{"move", json::array({"left"})}},
        json{{"move", "left"}, {"ms", "soon"}}, json{{"move", "left"}, {"ms", -1}},
        json{{"move", "left"}, {"ms", 1e300}}, json{{"move", "left"}, {"ms", UINT64_MAX}},
        json{{"move", "left"}, {"step", "perhaps"}}, json::array(), json("left"), json(nullptr)}) {
    EXPECT_EQ(refused("ptz", wrong).code, ErrorCode::bad_argument) << wrong.dump();
  }
}

TEST_F(Translate, TakesNumbersAsTextAndWholeFloats) {
  EXPECT_EQ(requests_of(*run("preset", json{{"goto", "3"}})),
            (Strings{"GET /decoder_control.cgi?command=35&onestep=0"}));
  EXPECT_EQ(requests_of(*run("preset", json{{"goto", 3.0}})),
            (Strings{"GET /decoder_control.cgi?command=35&onestep=0"}));
}

TEST_F(Translate, TreatsNullAsNotGiven) {
  EXPECT_EQ(requests_of(*run("snapshot", json{{"resolution", nullptr}})),
            (Strings{"GET /snapshot.cgi"}));
}

// --- PTZ

TEST_F(Translate, MovesForAWhileAndThenStopsThatDirection) {
  const auto plan = run("ptz", json{{"move", "up"}, {"ms", 1500}});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->kind, PlanKind::ptz);
  EXPECT_EQ(requests_of(*plan), (Strings{"GET /decoder_control.cgi?command=0&onestep=0",
                                         "GET /decoder_control.cgi?command=1&onestep=0"}));
  EXPECT_EQ(plan->steps[0].pause_before, milliseconds{0});
  EXPECT_EQ(plan->steps[1].pause_before, milliseconds{1500});
  EXPECT_FALSE(plan->dead_man);
}

TEST_F(Translate, MovesFourHundredMillisecondsByDefault) {
  const auto plan = run("ptz", json{{"move", "down"}});
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->steps.size(), 2U);
  EXPECT_EQ(plan->steps[1].pause_before, milliseconds{400});
  EXPECT_EQ(plan->echo, (json{{"move", "down"}, {"ms", 400}}));
}

TEST_F(Translate, GivesAnEndlessMoveADeadManStop) {
  const auto plan = run("ptz", json{{"move", "right"}, {"ms", 0}});
  ASSERT_TRUE(plan);
  EXPECT_EQ(requests_of(*plan), (Strings{"GET /decoder_control.cgi?command=6&onestep=0"}));
  ASSERT_TRUE(plan->dead_man);
  EXPECT_EQ(plan->dead_man->pause_before, milliseconds{10'000});
  EXPECT_EQ(plan->dead_man->request.parameters.front().second, "7");
}

TEST_F(Translate, MakesOneStepWithoutAStop) {
  const auto plan = run("ptz", json{{"move", "left"}, {"step", true}});
  ASSERT_TRUE(plan);
  EXPECT_EQ(requests_of(*plan), (Strings{"GET /decoder_control.cgi?command=4&onestep=1"}));
  EXPECT_FALSE(plan->dead_man);
}

TEST_F(Translate, StopsAndCentersAtOnce) {
  for (const char* move : {"stop", "center", "patrol_vertical", "patrol_vertical_stop",
                           "patrol_horizontal", "patrol_horizontal_stop"}) {
    const auto plan = run("ptz", json{{"move", move}});
    ASSERT_TRUE(plan) << move;
    EXPECT_EQ(plan->steps.size(), 1U) << move;
    EXPECT_FALSE(plan->dead_man) << move;
  }
}

TEST_F(Translate, RefusesDurationsWhereTheyMeanNothing) {
  EXPECT_EQ(refused("ptz", json{{"move", "stop"}, {"ms", 100}}).code, ErrorCode::bad_argument);
  EXPECT_EQ(refused("ptz", json{{"move", "center"}, {"step", true}}).code, ErrorCode::bad_argument);
  EXPECT_EQ(refused("ptz", json{{"move", "up"}, {"step", true}, {"ms", 100}}).code,
            ErrorCode::bad_argument);
  EXPECT_TRUE(run("ptz", json{{"move", "up"}, {"step", false}, {"ms", 100}}));
}

TEST_F(Translate, LetsANewMoveReplaceGoingToAPresetButNotStoringOne) {
  EXPECT_EQ(run("preset", json{{"goto", 2}})->kind, PlanKind::ptz);
  EXPECT_EQ(run("preset", json{{"store", 2}})->kind, PlanKind::change);
}

// --- settings

TEST_F(Translate, SetsFromTheTextsOfSetTopics) {
  EXPECT_EQ(run("set", json{{"osd", "ON"}})->echo, (json{{"osd", true}}));
  EXPECT_EQ(run("set", json{{"osd", "0"}})->echo, (json{{"osd", false}}));
  EXPECT_EQ(run("set", json{{"brightness", " 90 "}})->echo, (json{{"brightness", 90}}));
  EXPECT_EQ(run("set", json{{"ir", "Auto"}})->echo, (json{{"ir", "auto"}}));
}

TEST_F(Translate, ReadsBackWhatItSetOnceAndForgivesThatRead) {
  const auto plan = translate_set(mapping_, json{{"brightness", 90}, {"contrast", 10}});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->kind, PlanKind::change);
  ASSERT_EQ(plan->steps.size(), 3U);
  EXPECT_FALSE(plan->steps[0].may_fail);
  EXPECT_FALSE(plan->steps[1].may_fail);
  EXPECT_TRUE(plan->steps[2].may_fail);
}

TEST_F(Translate, SaysWhyASettingCannotBeWritten) {
  const auto error = refused("set", json{{"camera_type", "rt5350"}});
  EXPECT_EQ(error.code, ErrorCode::not_supported);
  EXPECT_EQ(error.message, "setting \"camera_type\" is read-only: it is the camera's chip");
}

TEST_F(Translate, ReadsWhatAWriteWouldClearAndSendsItAlong) {
  const auto plan = run("set", json{{"motion_detection", true}});
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->steps.size(), 3U);
  EXPECT_EQ(plan->steps[0].request.cgi, "get_params.cgi");
  EXPECT_FALSE(plan->steps[0].may_fail);
  ASSERT_NE(plan->steps[1].kept, nullptr);
  const auto reply = text_reply(
      "var alarm_motion_armed=0;\r\nvar alarm_motion_sensitivity=7;\r\n"
      "var alarm_http_url=\"http://192.0.2.1/?a=b&c\";\r\nvar alarm_schedule_sun_0=-1;\r\n");
  const auto request = with_kept(plan->steps[1], reply.body);
  ASSERT_TRUE(request);
  const std::map<std::string, std::string> sent{request->parameters.begin(),
                                                request->parameters.end()};
  EXPECT_EQ(sent, (std::map<std::string, std::string>{{"motion_armed", "1"},
                                                      {"motion_sensitivity", "7"},
                                                      {"alarm_http_url", "http://192.0.2.1/?a=b&c"},
                                                      {"schedule_sun_0", "-1"}}));
}

TEST_F(Translate, WritesNothingWhenItIsNotToldWhatItWouldClear) {
  const auto plan = run("set", json{{"motion_sensitivity", 3}});
  ASSERT_TRUE(plan);
  for (const char* nothing : {"", "result=-1;", "var alias=\"x\";\r\n"}) {
    const auto request = with_kept(plan->steps[1], text_reply(nothing).body);
    ASSERT_FALSE(request) << nothing;
    EXPECT_EQ(request.error().code, ErrorCode::cgi_error);
  }
  const auto smuggled =
      with_kept(plan->steps[1], text_reply("var alarm_http_url=\"http://x/reboot.cgi\";").body);
  ASSERT_FALSE(smuggled);
  EXPECT_EQ(smuggled.error().code, ErrorCode::not_supported);
}

TEST_F(Translate, SuggestsTheNearestSetting) {
  EXPECT_EQ(refused("set", json{{"brigthness", 1}}).message,
            "setting \"brigthness\" is not known; did you mean \"brightness\"?");
  EXPECT_EQ(refused("get", json{{"keys", {"contras"}}}).message,
            "setting \"contras\" is not known; did you mean \"contrast\"?");
}

TEST_F(Translate, RefusesSettingValuesOutOfRange) {
  for (const json& wrong : {json{{"brightness", 256}}, json{{"brightness", true}},
                            json{{"bit_rate", 1000}}, json{{"bit_rate", 0}}, json{{"osd", 2}},
                            json{{"orientation", "upside_down"}}, json{{"resolution", "1920x1080"}},
                            json{{"ptz_speed", 11}}, json{{"brightness", nullptr}}}) {
    EXPECT_EQ(refused("set", wrong).code, ErrorCode::bad_argument) << wrong.dump();
  }
}

TEST_F(Translate, WritesNothingWhenOneOfSeveralSettingsIsWrong) {
  EXPECT_EQ(refused("set", json{{"brightness", 1}, {"hue", 999}}).code, ErrorCode::bad_argument);
}

TEST_F(Translate, WritesEverySettingThatIsNotReadOnly) {
  const json settings = mapping_.describe_settings();
  for (const auto& [key, described] : settings.items()) {
    json value = true;
    if (described.contains("enum")) value = described.at("enum").front();
    if (described.at("type") == "integer") value = described.value("max", json(0));
    const auto plan = translate_set(mapping_, json{{key, value}});
    EXPECT_EQ(plan.has_value(), described.at("writable").get<bool>()) << key;
    if (!plan) continue;
    const bool reads_first = plan->steps.size() > 1 && plan->steps[1].kept != nullptr;
    EXPECT_EQ(plan->steps.size(), reads_first ? 3U : 2U) << key;
  }
}

TEST_F(Translate, ReadsOnlyTheCgisThatGiveTheKeys) {
  EXPECT_EQ(requests_of(*translate_get(mapping_, {"brightness", "hue"})),
            (Strings{"GET /get_camera_params.cgi"}));
  EXPECT_EQ(requests_of(*translate_get(mapping_, {})),
            (Strings{"GET /get_camera_params.cgi", "GET /get_params.cgi"}));
}

// --- the rest

TEST_F(Translate, LeavesTheTimeToTheOneWhoHasAClock) {
  const auto plan = run("sync_time", json::object());
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->needs_wall_time);
  EXPECT_EQ(plan->kind, PlanKind::change);
  EXPECT_EQ(plan->steps.front().request.parameters.front(),
            (std::pair<std::string, std::string>{"now", "{now}"}));
  EXPECT_FALSE(run("reboot", json::object())->needs_wall_time);
}

TEST_F(Translate, NeverLetsAnArgumentNameACgi) {
  EXPECT_EQ(refused("sync_time", json{{"ntp_server", "restore_factory.cgi"}}).code,
            ErrorCode::bad_argument);
  EXPECT_EQ(refused("sync_time", json{{"ntp_server", "{now}"}}).code, ErrorCode::bad_argument);
}

TEST_F(Translate, WantsConfirmationForWhatCannotBeUndone) {
  for (const json& unconfirmed : {json::object(), json{{"confirm", false}},
                                  json{{"confirm", "yes"}}, json{{"confirm", nullptr}}}) {
    EXPECT_EQ(refused("restore_factory", unconfirmed).code, ErrorCode::bad_argument)
        << unconfirmed.dump();
  }
  EXPECT_TRUE(run("restore_factory", json{{"confirm", true}}));
  EXPECT_TRUE(run("restore_factory", json{{"confirm", "on"}}));
}

TEST_F(Translate, ChecksButDoesNotSendWhatTheBridgeDoes) {
  const auto plan = run("connect", json{{"address", "10.0.0.7:32108"}, {"via", "LAN"}});
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->steps.empty());
  EXPECT_EQ(plan->echo, (json{{"address", "10.0.0.7:32108"}, {"via", "lan"}}));
  EXPECT_EQ(refused("connect", json{{"address", "http://x/"}}).code, ErrorCode::bad_argument);
  EXPECT_EQ(refused("lookup", json{{"servers", {1, json::object()}}}).code,
            ErrorCode::bad_argument);
}

TEST_F(Translate, ChecksTheArgumentsOfWhatIsNotBuiltBeforeItSaysSo) {
  const auto error = refused("video", json{{"action", "start"}, {"stream", "main"}});
  EXPECT_EQ(error.code, ErrorCode::not_supported);
  EXPECT_EQ(error.message, "\"video\" is not supported yet: live video");
  EXPECT_EQ(refused("video", json{{"action", "start"}, {"stream", "fifth"}}).code,
            ErrorCode::bad_argument);
  EXPECT_EQ(refused("snapshot", json{{"source", "stream"}, {"resolution", "huge"}}).code,
            ErrorCode::bad_argument);
}

TEST_F(Translate, KindsSayHowTheQueueTreatsACommand) {
  EXPECT_EQ(run("get_status", json::object())->kind, PlanKind::read);
  EXPECT_EQ(run("snapshot", json::object())->kind, PlanKind::snapshot);
  EXPECT_EQ(run("reboot", json::object())->kind, PlanKind::change);
  EXPECT_EQ(run("ir", json{{"state", "on"}})->kind, PlanKind::change);
}

}  // namespace
}  // namespace cam32100::mappings::testing
