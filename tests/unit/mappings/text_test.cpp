#include "mappings/text.hpp"

#include <gtest/gtest.h>

#include "mappings/base64.hpp"
#include "mappings/error.hpp"
#include "mappings/topics.hpp"

namespace cam32100::mappings {
namespace {

using std::string_literals::operator""s;

TEST(Utf8, IsValidForEveryLengthOfCharacter) {
  for (const std::string& text : {""s, "plain"s, "\xC3\xA4"s, "\xE2\x82\xAC"s, "\xF0\x9F\x98\x80"s,
                                  "\xF4\x8F\xBF\xBF"s, "\xED\x9F\xBF"s}) {
    EXPECT_TRUE(is_valid_utf8(text));
  }
}

TEST(Utf8, IsInvalidWhenCutOverlongSurrogateOrTooLarge) {
  for (const std::string& text :
       {"\xC3"s, "\x80"s, "\xC0\xAF"s, "\xE0\x80\x80"s, "\xED\xA0\x80"s, "\xF0\x80\x80\x80"s,
        "\xF4\x90\x80\x80"s, "\xF5\x80\x80\x80"s, "\xE2\x82"s, "\xF0\x9F\x98"s, "\xFF"s}) {
    EXPECT_FALSE(is_valid_utf8(text));
    EXPECT_TRUE(is_valid_utf8(to_valid_utf8(text)));
  }
}

TEST(Utf8, ReplacesOnlyTheBrokenBytes) {
  EXPECT_EQ(to_valid_utf8("a\xFF"s + "b\xC3\xA4"), "a\xEF\xBF\xBD"s + "b\xC3\xA4");
  EXPECT_EQ(to_valid_utf8("ok"), "ok");
}

TEST(Base64, GivesTheVectorsOfRfc4648) {
  const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg=="},
                                                                 {"fooba", "Zm9vYmE="},
                                                                 {"foobar", "Zm9vYmFy"}};
  for (const auto& [text, encoded] : vectors) {
    EXPECT_EQ(to_base64(protocol::as_bytes(text)), encoded);
  }
}

TEST(Base64, UsesTheLastTwoLettersOfTheAlphabet) {
  EXPECT_EQ(to_base64(protocol::as_bytes("\xFB\xEF\xBE\xFF\xFF\xFF")), "++++////");
}

TEST(Base64, IsReadBackForEveryLength) {
  std::string text;
  for (int next = 0; next < 600; next += 7) {
    EXPECT_EQ(from_base64(to_base64(protocol::as_bytes(text))), text);
    text += static_cast<char>(next & 0xFF);
  }
}

TEST(Base64, RefusesWhatNobodyEncodes) {
  for (const char* bad : {"=",    "==",   "===",   "====", "========", "A",     "AA",
                          "AAA",  "A===", "AA=A",  "=AAA", "AA==AAAA", "AAAA=", "AAAA====",
                          "AA-_", "AA A", "AAA\n", "Zh==", "Zm9=",     "AA==\n"})
    EXPECT_FALSE(from_base64(bad)) << bad;
  EXPECT_FALSE(from_base64(std::string_view{"AA\0A", 4}));
}

TEST(Integers, AreWholeDecimalNumbers) {
  EXPECT_EQ(to_integer("0"), 0);
  EXPECT_EQ(to_integer("-12"), -12);
  EXPECT_EQ(to_integer("+12"), 12);
  EXPECT_EQ(to_integer("9223372036854775807"), INT64_MAX);
}

TEST(Integers, AreNothingElse) {
  for (const char* text : {"", "+", "-", "+-1", "++1", "1.0", "1e3", "0x10", " 1", "1 ",
                           "9223372036854775808", "one"}) {
    EXPECT_FALSE(to_integer(text)) << text;
  }
}

TEST(NearestName, FindsATypingMistake) {
  const std::vector<std::string> names{"ptz", "preset", "snapshot"};
  EXPECT_EQ(nearest_name("pzt", names), "ptz");
  EXPECT_EQ(nearest_name("snapshoot", names), "snapshot");
}

TEST(NearestName, FindsNothingForSomethingElse) {
  const std::vector<std::string> names{"ptz", "preset", "snapshot"};
  EXPECT_EQ(nearest_name("xy", names), "");
  EXPECT_EQ(nearest_name("", names), "");
  EXPECT_EQ(nearest_name("completely_different", names), "");
  EXPECT_EQ(nearest_name(std::string(10'000, 'p'), names), "");
}

TEST(Quoting, CutsAndCleansWhatUsersSent) {
  EXPECT_EQ(in_quotes("left"), "\"left\"");
  EXPECT_EQ(in_quotes("a\nb"), "\"a?b\"");
  EXPECT_EQ(in_quotes(std::string(50, 'a')), '"' + std::string(40, 'a') + "...\"");
  EXPECT_TRUE(is_valid_utf8(in_quotes(std::string(39, 'a') + "\xC3\xA4")));
}

TEST(ErrorCodes, HaveTheirPublishedSpelling) {
  EXPECT_EQ(to_text(ErrorCode::bad_json), "bad_json");
  EXPECT_EQ(to_text(ErrorCode::session_lost), "session_lost");
  EXPECT_EQ(to_text(ErrorCode::internal), "internal");
}

TEST(ErrorCodes, SayWhetherAskingAgainCanHelp) {
  for (const auto code :
       {ErrorCode::camera_offline, ErrorCode::timeout, ErrorCode::busy, ErrorCode::rate_limited}) {
    EXPECT_TRUE(is_retryable(code)) << to_text(code);
  }
  for (const auto code : {ErrorCode::bad_argument, ErrorCode::auth_failed, ErrorCode::not_supported,
                          ErrorCode::cgi_error}) {
    EXPECT_FALSE(is_retryable(code)) << to_text(code);
  }
}

}  // namespace
}  // namespace cam32100::mappings
