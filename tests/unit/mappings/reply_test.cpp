#include "mappings/http_reply.hpp"
#include "mappings/topics.hpp"
#include "mappings/typed_values.hpp"
#include "tests/unit/mappings/mapping_fixture.hpp"

namespace cam32100::mappings::testing {
namespace {

using nlohmann::json;
using std::string_literals::operator""s;

using Replies = VstarcamTest;

protocol::CgiReply bytes_reply(protocol::Bytes body) {
  return protocol::CgiReply{0, std::move(body)};
}

TEST_F(Replies, MeanNothingForTopicsTheyDoNotFeed) {
  const auto meaning = answer("get_onvif", json::object(), {text_reply("var onvifenable=1;\r\n")});
  EXPECT_EQ(meaning.data, (json{{"enabled", true}}));
  EXPECT_TRUE(meaning.info.is_null());
  EXPECT_TRUE(meaning.state.is_null());
  EXPECT_TRUE(meaning.settings.is_null());
  EXPECT_FALSE(meaning.alarm_status);
  EXPECT_FALSE(meaning.picture);
  EXPECT_FALSE(meaning.error);
}

TEST_F(Replies, GiveTheAlarmAsNumberAndAsWord) {
  for (const auto& [code, word] : std::vector<std::pair<int, json>>{
           {0, "none"}, {1, "motion"}, {2, "input"}, {3, "sensor"}, {7, nullptr}}) {
    const auto meaning = answer("get_status", json::object(),
                                {text_reply("var alarm_status=" + std::to_string(code) + ";")});
    EXPECT_EQ(meaning.alarm_status, code);
    EXPECT_EQ(meaning.state.at("alarm"), word);
  }
  EXPECT_FALSE(
      answer("get_status", json::object(), {text_reply("var alarm_status=loud;")}).alarm_status);
}

TEST_F(Replies, AreAnswersWhenTheyHoldWhatTheCgiGives) {
  EXPECT_TRUE(is_answer(vstarcam(), "get_status.cgi", text_reply("var sdstatus=1;")));
  EXPECT_TRUE(
      is_answer(vstarcam(), "check_user.cgi", text_reply("result=0;\r\nvar current_users=1;\r\n")));
  EXPECT_FALSE(is_answer(vstarcam(), "check_user.cgi",
                         text_reply("result=-1;\r\nvar current_users=1;\r\n")));
  for (const char* text :
       {"", "result=0;", "result=-1;", "var weather=1;", "\xFF\x01", "var sdfree=x;"})
    EXPECT_FALSE(is_answer(vstarcam(), "get_status.cgi", text_reply(text))) << text;
  EXPECT_FALSE(is_answer(vstarcam(), "unknown.cgi", text_reply("var sdstatus=1;")));
}

TEST_F(Replies, TurnARefusalIntoAnErrorWithItsResult) {
  const auto meaning = answer("reboot", json::object(), {text_reply("result=-1;\r\n")});
  EXPECT_TRUE(meaning.result_failed);
  EXPECT_EQ(meaning.result, -1);
  ASSERT_TRUE(meaning.error);
  EXPECT_EQ(meaning.error->code, ErrorCode::cgi_error);
  EXPECT_EQ(meaning.error->detail, (json{{"cgi", "reboot.cgi"}, {"index", 0}, {"result", -1}}));
}

TEST_F(Replies, ForgiveAStrayResultBesideRealValues) {
  const auto meaning =
      answer("get_status", json::object(), {text_reply("result=-1\r\nvar alias=\"x\";\r\n")});
  EXPECT_FALSE(meaning.result_failed);
  EXPECT_EQ(meaning.data.at("alias"), "x");
}

TEST_F(Replies, BelieveAResultThatStandsAlone) {
  EXPECT_TRUE(answer("get_status", json::object(), {text_reply("result=-1;\r\n")}).result_failed);
  EXPECT_TRUE(answer("get_status", json::object(), {text_reply("result=-1;\r\nvar foreign=1;\r\n")})
                  .result_failed);
}

TEST_F(Replies, NeverForgiveTheResultOfCheckUser) {
  const auto meaning = answer(
      "check_credentials", json::object(),
      {text_reply("var result=-1;\r\nvar current_users=4;\r\nvar max_support_users=4;\r\n")});
  EXPECT_TRUE(meaning.result_failed);
  EXPECT_EQ(meaning.result, -1);
}

TEST_F(Replies, RefuseAReadThatHoldsNothing) {
  for (const std::string& body : {""s, "garbage"s, "\xFF\xFE\x00"s}) {
    const auto meaning = answer("get_status", json::object(), {text_reply(body)});
    ASSERT_TRUE(meaning.error) << body;
    EXPECT_EQ(meaning.error->code, ErrorCode::cgi_error);
    EXPECT_FALSE(meaning.result_failed);
  }
}

TEST_F(Replies, AcceptAnAnswerWithoutAResultFromACommandThatActs) {
  const auto meaning = answer("reboot", json::object(), {text_reply("")});
  EXPECT_FALSE(meaning.error);
  EXPECT_EQ(meaning.data, json::object());
}

TEST_F(Replies, EchoWhatWasAskedOfACommandThatActs) {
  const auto meaning = answer("ptz", json{{"move", "left"}, {"ms", 100}},
                              {text_reply("result= 0;"), text_reply("result= 0;")});
  EXPECT_EQ(meaning.data, (json{{"move", "left"}, {"ms", 100}}));
  EXPECT_EQ(meaning.result, 0);
}

TEST_F(Replies, FailTheWholeCommandWhenOneOfItsWritesFails) {
  const auto meaning =
      answer("set", json{{"brightness", 1}, {"hue", 2}},
             {text_reply("result= 0;"), text_reply("result=-1;"), text_reply("var vbright=1;")});
  EXPECT_TRUE(meaning.result_failed);
  EXPECT_EQ(meaning.error->detail.at("index"), 1);
  EXPECT_EQ(meaning.settings, (json{{"brightness", 1}}));
}

TEST_F(Replies, DoNotFailACommandWhenOnlyTheReadBackFails) {
  for (const char* read_back : {"result=-1;", "", "nonsense"}) {
    const auto meaning =
        answer("set", json{{"brightness", 1}}, {text_reply("result= 0;"), text_reply(read_back)});
    EXPECT_FALSE(meaning.error) << read_back;
    EXPECT_TRUE(meaning.settings.is_null()) << read_back;
  }
}

TEST_F(Replies, AreCleanUtf8WhateverTheCameraSends) {
  const auto meaning =
      answer("get_status", json::object(),
             {text_reply("var alias=\"\xC9\xE3\xCF\xF1\";\r\nvar x\xFF=\"1\";\r\n")});
  ASSERT_TRUE(meaning.data.at("alias").is_string());
  EXPECT_TRUE(is_valid_utf8(meaning.data.at("alias").get<std::string>()));
  EXPECT_NO_THROW(static_cast<void>(meaning.data.dump()));
}

TEST_F(Replies, GiveNumbersTheyCannotReadAsNull) {
  const auto meaning = answer("get_camera_params", json::object(),
                              {text_reply("var vbright=99999999999999999999;\r\nvar "
                                          "vhue=1.5;\r\nvar OSDEnable=2;\r\nvar speed= 4 ;\r\n")});
  EXPECT_EQ(meaning.settings,
            (json{{"brightness", nullptr}, {"hue", nullptr}, {"osd", nullptr}, {"ptz_speed", 4}}));
  EXPECT_EQ(meaning.data.at("other").at("vhue"), "1.5");
}

TEST_F(Replies, KeepThePlacesOfAListsValues) {
  const auto meaning = answer("get_params", json::object(),
                              {text_reply("var alarm_schedule_sun_0=-1;\r\n"
                                          "var alarm_schedule_sun_2=5;\r\n"
                                          "var alarm_schedule_mon_0=loud;\r\n"
                                          "var alarm_schedule_mon_1=7;\r\n"
                                          "var alarm_schedule_mon_2=loud;\r\n"
                                          "var alarm_schedule_tue_1=loud;\r\n")});
  EXPECT_EQ(meaning.data.at("alarm_schedule_sun"), (json{-1, nullptr, 5}));
  EXPECT_EQ(meaning.data.at("alarm_schedule_mon"), (json{nullptr, 7})) << "none at the end";
  EXPECT_FALSE(meaning.data.contains("alarm_schedule_tue"));
  EXPECT_EQ(meaning.data.at("other").at("alarm_schedule_mon_2"), "loud");
}

TEST_F(Replies, MeanNothingWhenThereAreFewerOrMoreThanSteps) {
  EXPECT_NO_THROW(static_cast<void>(answer("set", json{{"brightness", 1}}, {})));
  const auto more = answer("get_onvif", json::object(),
                           {text_reply("var onvifenable=1;"), text_reply("result=-1;")});
  EXPECT_FALSE(more.result_failed);
}

TEST_F(Replies, OfAnUnknownCommandAreOnlyTheirResults) {
  CommandPlan plan;
  plan.steps.emplace_back();
  plan.steps.front().request.cgi = "unheard_of.cgi";
  const auto meaning = interpret(mapping_, "unheard_of", plan, {text_reply("result=-3;")});
  EXPECT_EQ(meaning.result, -3);
}

// --- pictures

TEST_F(Replies, MoveAPictureOutWithItsSize) {
  const auto picture = small_jpeg(1280, 720);
  const auto meaning = answer("snapshot", json::object(), {bytes_reply(picture)});
  ASSERT_TRUE(meaning.picture);
  EXPECT_EQ(*meaning.picture, picture);
  EXPECT_EQ(meaning.data, (json{{"bytes", picture.size()},
                                {"width", 1280},
                                {"height", 720},
                                {"content_type", "image/jpeg"}}));
}

TEST_F(Replies, GiveAPictureOfUnknownSizeWithoutOne) {
  const auto meaning =
      answer("snapshot", json::object(), {bytes_reply({std::byte{0xFF}, std::byte{0xD8}})});
  EXPECT_TRUE(meaning.picture);
  EXPECT_TRUE(meaning.data.at("width").is_null());
}

TEST_F(Replies, RefuseASnapshotThatIsNoPicture) {
  const auto unauthorised = answer("snapshot", json::object(), {text_reply("result=-1;\r\n")});
  EXPECT_TRUE(unauthorised.result_failed);
  EXPECT_FALSE(unauthorised.picture);
  const auto garbage = answer("snapshot", json::object(), {text_reply("hello")});
  ASSERT_TRUE(garbage.error);
  EXPECT_EQ(garbage.error->code, ErrorCode::cgi_error);
  EXPECT_FALSE(garbage.result_failed);
}

// --- http

TEST_F(Replies, OfHttpKeepEveryValueAsText) {
  const auto meaning = answer("http", json{{"path", "/get_misc.cgi"}},
                              {text_reply("result= 0;\r\nvar led_mode=1;\r\n")});
  EXPECT_EQ(meaning.data, (json{{"cgi", "get_misc.cgi"},
                                {"result", 0},
                                {"values", {{"result", "0"}, {"led_mode", "1"}}},
                                {"raw", "result= 0;\r\nvar led_mode=1;\r\n"}}));
}

TEST_F(Replies, OfHttpCarryPicturesAsBase64) {
  const auto meaning =
      answer("http", json{{"path", "/snapshot.cgi"}}, {bytes_reply(small_jpeg(4, 4))});
  EXPECT_EQ(meaning.data.at("content_type"), "image/jpeg");
  EXPECT_EQ(meaning.data.at("base64").get<std::string>().substr(0, 5), "/9j/w");
  EXPECT_FALSE(meaning.data.contains("raw"));
}

TEST_F(Replies, OfHttpAreTooLargeFromTheLimitOn) {
  const protocol::Bytes below(kMaxBase64Body - 1, std::byte{0});
  EXPECT_FALSE(answer("http", json{{"path", "/get_x.cgi"}}, {bytes_reply(below)}).error);
  const protocol::Bytes at(kMaxBase64Body, std::byte{0});
  const auto meaning = answer("http", json{{"path", "/get_x.cgi"}}, {bytes_reply(at)});
  ASSERT_TRUE(meaning.error);
  EXPECT_EQ(meaning.error->code, ErrorCode::too_large);
  EXPECT_FALSE(meaning.data.contains("base64"));
}

TEST_F(Replies, OfHttpFailWithTheResultAndStillShowTheText) {
  const auto meaning = answer("http", json{{"path", "/get_misc.cgi"}}, {text_reply("result=-1;")});
  EXPECT_TRUE(meaning.result_failed);
  EXPECT_EQ(meaning.data.at("raw"), "result=-1;");
}

TEST_F(Replies, OfABatchFailOnlyWhenEveryCallFails) {
  const json batch{{"requests", {{{"path", "/get_misc.cgi"}}, {{"path", "/get_status.cgi"}}}}};
  const auto half = answer("http_batch", batch, {text_reply("result=-1;"), text_reply("var a=1;")});
  EXPECT_FALSE(half.result_failed);
  EXPECT_EQ(half.data.at(0).at("result"), -1);
  EXPECT_EQ(half.data.at(1).at("cgi"), "get_status.cgi");
  EXPECT_TRUE(answer("http_batch", batch, {text_reply("result=-1;"), text_reply("result=-1;")})
                  .result_failed);
}

TEST_F(Replies, OfABatchSayWhichCallGotNone) {
  const json batch{{"requests", {{{"path", "/get_misc.cgi"}}, {{"path", "/get_status.cgi"}}}}};
  const auto meaning = answer("http_batch", batch, {text_reply("var a=1;"), {}});
  EXPECT_FALSE(meaning.error);
  EXPECT_EQ(meaning.data.at(0).at("values").at("a"), "1");
  EXPECT_EQ(meaning.data.at(1), (json{{"cgi", "get_status.cgi"}, {"error", "timeout"}}));
}

// --- times

TEST(IsoTime, IsUtcToTheSecond) {
  EXPECT_EQ(iso_time(1), "1970-01-01T00:00:01Z");
  EXPECT_EQ(iso_time(951'782'400), "2000-02-29T00:00:00Z");
  EXPECT_EQ(iso_time(1'795'395'420), "2026-11-23T00:57:00Z");
  EXPECT_EQ(iso_time(253'402'300'799), "9999-12-31T23:59:59Z");
}

TEST(IsoTime, IsAbsentForNoTimeAtAll) {
  EXPECT_FALSE(iso_time(0));
  EXPECT_FALSE(iso_time(-1));
  EXPECT_FALSE(iso_time(253'402'300'800));
  EXPECT_FALSE(iso_time(INT64_MAX));
}

}  // namespace
}  // namespace cam32100::mappings::testing
