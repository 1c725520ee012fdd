#include <gtest/gtest.h>

#include <string>

#include "protocol/dialect/cgi.hpp"

namespace cam32100::protocol {
namespace {

CgiValues parse(std::string_view text) { return parse_cgi_text(as_bytes(text)); }

std::string value(const CgiValues& values, std::string_view name) {
  const std::string* found = values.find(name);
  return found == nullptr ? "(absent)" : *found;
}

constexpr std::string_view kStatus =
    "var alias=\"IPCAM\";\r\nvar sys_ver=\"48.53.75.92\";\r\nvar now=1700000000;\r\n"
    "var alarm_status=0;\r\nvar mac=\"00:11:22:33:44:55\";\r\n";

TEST(CgiText, ReadsAssignmentsInOrder) {
  const auto values = parse(kStatus);
  ASSERT_EQ(values.values.size(), 5U);
  EXPECT_EQ(values.values[0].first, "alias");
  EXPECT_EQ(values.values[0].second, "IPCAM");
  EXPECT_EQ(values.values[2].second, "1700000000");
  EXPECT_EQ(values.values[4].first, "mac");
  EXPECT_EQ(values.skipped_lines, 0U);
}

TEST(CgiText, ReadsResultsInEverySpelling) {
  EXPECT_EQ(parse("result= 0;\r\n").result(), 0);
  EXPECT_EQ(parse("result=-1").result(), -1);
  EXPECT_EQ(parse("var result=\"-1\";").result(), -1);
  EXPECT_EQ(parse("  result  =  0  ;").result(), 0);
  EXPECT_EQ(parse("var current_users=1;\nresult=0\nvar max_support_users=4;").result(), 0);
}

TEST(CgiText, HasNoResultWhereNoneIsOrItIsNoNumber) {
  EXPECT_FALSE(parse("").result().has_value());
  EXPECT_FALSE(parse(kStatus).result().has_value());
  EXPECT_FALSE(parse("result=ok;").result().has_value());
  EXPECT_FALSE(parse("result=0x;").result().has_value());
  EXPECT_FALSE(parse("result=;").result().has_value());
  EXPECT_FALSE(parse("result=99999999999999999999;").result().has_value());
}

TEST(CgiText, ToleratesMissingVarQuotesAndSemicolons) {
  const auto values = parse("a=b\nvar c = \"d\"\n\te= f g ;\nvar\tg='h';");
  EXPECT_EQ(value(values, "a"), "b");
  EXPECT_EQ(value(values, "c"), "d");
  EXPECT_EQ(value(values, "e"), "f g");
  EXPECT_EQ(value(values, "g"), "h");
}

TEST(CgiText, ReadsArraysAndSkipsTheirDeclarations) {
  const auto values = parse(
      "var ap_number=2;\r\nvar ap_ssid=new Array();\r\nap_ssid[0]=\"one\";\r\nap_ssid[ 1 "
      "]=\"two\";\r\n");
  EXPECT_EQ(value(values, "ap_ssid[0]"), "one");
  EXPECT_EQ(value(values, "ap_ssid[1]"), "two");
  EXPECT_EQ(value(values, "ap_ssid"), "(absent)");
  EXPECT_EQ(values.skipped_lines, 0U);
}

TEST(CgiText, ConcatenatesLogText) {
  const auto values =
      parse("var log_text=\"\";\r\nlog_text+=\"first\\n\";\r\nlog_text+=\"second\\n\";\r\n");
  EXPECT_EQ(value(values, "log_text"), "first\nsecond\n");
  EXPECT_EQ(values.values.size(), 1U);
}

TEST(CgiText, StartsAConcatenationThatWasNeverDeclared) {
  EXPECT_EQ(value(parse("log_text+=\"only\";"), "log_text"), "only");
}

TEST(CgiText, LetsTheLaterOfTwoAssignmentsCount) {
  const auto values = parse("a=1;\nb=2;\na=3;");
  EXPECT_EQ(value(values, "a"), "3");
  EXPECT_EQ(values.values.size(), 2U);
  EXPECT_EQ(values.values[0].first, "a");
}

TEST(CgiText, ReadsSeveralStatementsOnOneLine) {
  const auto values = parse("var a=\"1\";var b=2; c=3");
  EXPECT_EQ(value(values, "a"), "1");
  EXPECT_EQ(value(values, "b"), "2");
  EXPECT_EQ(value(values, "c"), "3");
}

TEST(CgiText, KeepsSemicolonsEqualsAndQuotesInsideQuotes) {
  const auto values = parse("a=\"x;y=z\";\nssid=\"say \"hi\" all\";\nb=\"q\\\"uote\";");
  EXPECT_EQ(value(values, "a"), "x;y=z");
  EXPECT_EQ(value(values, "ssid"), "say \"hi\" all");
  EXPECT_EQ(value(values, "b"), "q\"uote");
  EXPECT_EQ(values.values.size(), 3U);
}

TEST(CgiText, EndsAnUnclosedQuoteWithItsLine) {
  const auto values = parse("a=\"open;\r\nb=2;\r\n");
  EXPECT_EQ(value(values, "a"), "open");
  EXPECT_EQ(value(values, "b"), "2");
}

TEST(CgiText, KeepsNonAsciiBytesAndUnknownEscapes) {
  EXPECT_EQ(value(parse("alias=\"T\xC3\xBCr\\d\";"), "alias"), "T\xC3\xBCr\\d");
}

TEST(CgiText, SkipsAndCountsWhatIsNoAssignment) {
  const auto values =
      parse("<html>\r\nvar a=1;\r\n404 not found\r\n=5;\r\nb[=2;\r\nc[]=3;\r\n\r\nvar \r\n");
  EXPECT_EQ(value(values, "a"), "1");
  EXPECT_EQ(values.values.size(), 1U);
  EXPECT_EQ(values.skipped_lines, 6U);
}

TEST(CgiText, TreatsPaddingZerosAsBlanks) {
  const auto values = parse(std::string_view{"result= 0;\0\0\0\0", 14});
  EXPECT_EQ(values.result(), 0);
  EXPECT_EQ(values.skipped_lines, 0U);
}

TEST(CgiText, FindsNothingInAPicture) {
  Bytes picture;
  ASSERT_TRUE(from_hex("ffd8ffe000104a46494600010100ffd9", picture));
  EXPECT_TRUE(parse_cgi_text(picture).values.empty());
}

TEST(CgiText, SurvivesEveryTruncationAndEveryCorruption) {
  const std::string whole =
      "var a=\"b\\\"c\";\r\nresult= 0;\r\nap_ssid[0]=\"x\";\r\nlog_text+=\"l\\n\";\r\nc=d";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto values = parse(std::string(whole, 0, size));
    EXPECT_LE(values.values.size(), 5U);
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int c = 0; c < 256; ++c) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(c);
      const auto values = parse(damaged);
      // One byte can at most split a statement in two or spoil one line.
      ASSERT_LE(values.values.size(), 6U) << damaged;
      ASSERT_LE(values.skipped_lines, 2U) << damaged;
    }
  }
}

TEST(CgiText, ReadsManyNamesWithoutSlowingDown) {
  // 16 thousand distinct names in one body: a list searched for each would take minutes under
  // sanitizers.
  std::string text;
  for (int i = 0; i < 16'000; ++i) text += "n" + std::to_string(i) + "=1\n";
  EXPECT_EQ(parse(text).values.size(), 16'000U);
}

}  // namespace
}  // namespace cam32100::protocol
