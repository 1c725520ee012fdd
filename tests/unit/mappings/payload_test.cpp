#include <gtest/gtest.h>

#include "mappings/command.hpp"
#include "mappings/json_text.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::string_literals::operator""s;

CommandError refused(std::string_view payload, std::string_view plain) {
  const auto result = parse_payload(payload, plain);
  if (result) {
    ADD_FAILURE() << payload << " was accepted";
    return CommandError{ErrorCode::internal, "accepted", nullptr};
  }
  return result.error();
}

TEST(Payload, IsJsonWhenItStartsWithABrace) {
  const auto result = parse_payload(R"( {"move":"left","ms":400} )", "move");
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, (json{{"move", "left"}, {"ms", 400}}));
}

TEST(Payload, IsTheOnePlainArgumentOtherwise) {
  const auto result = parse_payload(" left\n", "move");
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, (json{{"move", "left"}}));
}

TEST(Payload, KeepsPlainNumbersAsTextForTheirType) {
  EXPECT_EQ(*parse_payload("3", "goto"), (json{{"goto", "3"}}));
  EXPECT_EQ(*parse_payload("true", "on"), (json{{"on", "true"}}));
  EXPECT_EQ(*parse_payload("\"quoted\"", "name"), (json{{"name", "\"quoted\""}}));
}

TEST(Payload, IsAnEmptyObjectWhenThereIsNothing) {
  EXPECT_EQ(*parse_payload("", ""), json::object());
  EXPECT_EQ(*parse_payload(" \r\n\t", "move"), json::object());
}

TEST(Payload, NamesThePositionOfAFault) {
  const auto error = refused(R"({"move": left})", "move");
  EXPECT_EQ(error.code, ErrorCode::bad_json);
  EXPECT_EQ(error.detail.at("position"), 10);
  EXPECT_NE(error.message.find("line 1, column 10"), std::string::npos) << error.message;
}

TEST(Payload, SaysWhenTheTextEndsTooEarly) {
  const auto error = refused(R"({"move": "left")", "move");
  EXPECT_EQ(error.code, ErrorCode::bad_json);
  EXPECT_NE(error.message.find("ends too early"), std::string::npos) << error.message;
}

TEST(Payload, NeverRepeatsItsOwnTextInAFault) {
  EXPECT_EQ(refused(R"({"password": MARKER})", "").message.find("MARKER"), std::string::npos);
  EXPECT_EQ(refused(R"({"password": "MARKER)", "").message.find("MARKER"), std::string::npos);
}

TEST(Payload, RefusesAnArray) {
  EXPECT_EQ(refused("[1,2]", "move").code, ErrorCode::bad_argument);
  EXPECT_EQ(refused("[1,", "move").code, ErrorCode::bad_json);
}

TEST(Payload, RefusesPlainTextWhereThereIsNoPlainArgument) {
  const auto error = refused("PRESS", "");
  EXPECT_EQ(error.code, ErrorCode::bad_argument);
  EXPECT_NE(error.message.find("JSON object"), std::string::npos);
}

TEST(Payload, RefusesBrokenUtf8InEitherForm) {
  EXPECT_EQ(refused("le\xFF", "move").code, ErrorCode::bad_argument);
  EXPECT_EQ(refused("{\"move\":\"\xC3\"}", "move").code, ErrorCode::bad_argument);
}

TEST(Payload, RefusesAKeyThatStandsTwice) {
  const auto error = refused(R"({"a":{"ms":1},"ms":"MARKER","ms":2})", "move");
  EXPECT_EQ(error.code, ErrorCode::bad_json);
  EXPECT_EQ(error.message, "/ms: stands twice; remove one of the two");
  const std::string noise(1000, 'k');
  EXPECT_EQ(refused("{\"\\u0007" + noise + "\":1,\"\\u0007" + noise + "\":2}", "").message,
            "/?" + noise.substr(0, 39) + "...: stands twice; remove one of the two");
}

TEST(Payload, RefusesNestingThatOnlyHarms) {
  EXPECT_EQ(refused("{\"a\":" + std::string(40'000, '[') + "1", "").code, ErrorCode::bad_json);
  EXPECT_EQ(refused("{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}", "").code,
            ErrorCode::bad_json);
}

TEST(Payload, RefusesTextAfterTheObjectAndNumbersBeyondAllMeasure) {
  EXPECT_EQ(refused("{} {}", "").code, ErrorCode::bad_json);
  EXPECT_EQ(refused(R"({"ms":1e999})", "").code, ErrorCode::bad_json);
}

TEST(JsonText, KeepsEveryKindOfValue) {
  const auto result = parse_json_text(R"({"a":[1,-2,3.5,true,null,"x",{"b":[]}]})");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->dump(), R"({"a":[1,-2,3.5,true,null,"x",{"b":[]}]})");
}

TEST(CommonArguments, AreTakenOutOfTheObject) {
  json arguments{{"id", "42"}, {"timeout_ms", 5000}, {"ack", true}, {"move", "left"}};
  const auto common = take_common(arguments);
  ASSERT_TRUE(common);
  EXPECT_EQ(common->id, "42");
  EXPECT_EQ(common->timeout, milliseconds{5000});
  EXPECT_TRUE(common->ack);
  EXPECT_EQ(arguments, (json{{"move", "left"}}));
}

TEST(CommonArguments, AcceptANumberAndTheWordTransaction) {
  json number{{"id", 42}};
  EXPECT_EQ(take_common(number)->id, 42) << "as it was given";
  json word{{"transaction", "t-1"}};
  EXPECT_EQ(take_common(word)->id, "t-1");
  EXPECT_TRUE(word.empty());
  json both{{"transaction", "t-1"}, {"id", "7"}};
  EXPECT_EQ(take_common(both)->id, "7");
  EXPECT_TRUE(both.empty());
}

TEST(CommonArguments, AreAbsentWhenNotGiven) {
  json arguments{{"id", nullptr}};
  const auto common = take_common(arguments);
  ASSERT_TRUE(common);
  EXPECT_TRUE(common->id.is_null());
  EXPECT_FALSE(common->timeout);
  EXPECT_FALSE(common->ack);
}

TEST(CommonArguments, RefuseWrongTypesAndRanges) {
  for (const json& wrong :
       {json{{"id", true}}, json{{"id", json::array()}}, json{{"id", std::string(129, 'a')}},
        json{{"timeout_ms", 99}}, json{{"timeout_ms", 120'001}}, json{{"timeout_ms", "soon"}},
        json{{"ack", "maybe"}}, json::array()}) {
    json arguments = wrong;
    const auto common = take_common(arguments);
    ASSERT_FALSE(common) << wrong.dump();
    EXPECT_EQ(common.error().code, ErrorCode::bad_argument);
  }
}

}  // namespace
}  // namespace cam32100::mappings
