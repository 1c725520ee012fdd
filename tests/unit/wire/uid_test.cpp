#include "protocol/wire/uid.hpp"

#include <gtest/gtest.h>

#include "tests/support/vectors/vectors.hpp"
#include "tests/unit/wire/hex.hpp"

namespace cam32100::protocol {
namespace {

Errc error_of(std::string_view text) {
  const auto uid = Uid::parse(text);
  return uid ? Errc{} : static_cast<Errc>(uid.error().value());
}

TEST(Uid, ParsesEveryVectorToItsBytesAndBack) {
  std::size_t rows = 0;
  for (const auto& row : vectors::valid_uids()) {
    SCOPED_TRACE(row.text);
    const auto parsed = Uid::parse(row.text);
    ASSERT_TRUE(parsed) << parsed.error().message();
    EXPECT_EQ(to_hex(parsed->bytes()), to_hex(row.bytes));
    EXPECT_EQ(parsed->text(), row.text);
    const auto read = Uid::from_bytes(row.bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, *parsed);
    ++rows;
  }
  EXPECT_EQ(rows, vectors::row_counts().at("uid.json/valid"));
}

TEST(Uid, RefusesEveryInvalidVector) {
  std::size_t rows = 0;
  for (const auto& text : vectors::invalid_uids()) {
    EXPECT_EQ(error_of(text), Errc::bad_uid) << '"' << text << '"';
    ++rows;
  }
  EXPECT_EQ(rows, vectors::row_counts().at("uid.json/invalid"));
}

TEST(Uid, ReadsEverySpellingAsTheSameCamera) {
  std::size_t rows = 0;
  for (const auto& row : vectors::uid_spellings()) {
    SCOPED_TRACE(row.text);
    const auto uid = Uid::parse(row.text);
    ASSERT_TRUE(uid) << uid.error().message();
    EXPECT_EQ(uid->text(), row.canonical);
    EXPECT_EQ(*uid, *Uid::parse(row.canonical));
    ++rows;
  }
  EXPECT_EQ(rows, vectors::row_counts().at("uid.json/spellings"));
}

TEST(Uid, RefusesEveryCloudAliasByName) {
  std::size_t rows = 0;
  for (const auto& text : vectors::refused_aliases()) {
    EXPECT_EQ(error_of(text), Errc::cloud_alias) << text;
    ++rows;
  }
  EXPECT_EQ(rows, vectors::row_counts().at("uid.json/aliases_refused"));
}

TEST(Uid, TellsAliasesFromIdsByPrefixAndByLongSerialsWithALeadingZero) {
  EXPECT_EQ(error_of("VC0123456ABCD"), Errc::cloud_alias);
  EXPECT_EQ(error_of("ve5237123rxrd"), Errc::cloud_alias);
  EXPECT_EQ(error_of("VSTB0668515UZCPK"), Errc::cloud_alias);
  EXPECT_EQ(error_of("VSTB668515UZCPK"), Errc{});
  EXPECT_EQ(error_of("VSTB1668515UZCPK"), Errc{}) << "seven digits without a leading zero";
}

TEST(Uid, AcceptsWithDashesWhatLooksLikeAnAliasWithoutThem) {
  EXPECT_EQ(error_of("BD-227833-JJIU"), Errc{});
  EXPECT_EQ(error_of("VC0-123456-ABCD"), Errc{}) << "a digit in the prefix needs the dashes";
  EXPECT_EQ(error_of("VSTB-0668515-UZCPK"), Errc{});
}

TEST(Uid, AcceptsTheLimitsOfEachPart) {
  EXPECT_EQ(error_of("A-0-A"), Errc{});
  EXPECT_EQ(error_of("ABCDEFG-4294967295-ABCDEFG"), Errc{});
  const auto uid = Uid::parse("A123456-4294967295-Z");
  ASSERT_TRUE(uid);
  EXPECT_EQ(uid->prefix(), "A123456");
  EXPECT_EQ(uid->serial(), 4294967295U);
  EXPECT_EQ(uid->text(), "A123456-4294967295-Z");
}

TEST(Uid, RefusesWhatIsJustPastTheLimits) {
  EXPECT_EQ(error_of("ABCDEFGH-1-A"), Errc::bad_uid);
  EXPECT_EQ(error_of("A-00000000001-A"), Errc::bad_uid) << "eleven digits";
  EXPECT_EQ(error_of("A--A"), Errc::bad_uid);
  EXPECT_EQ(error_of("A-1-"), Errc::bad_uid);
  EXPECT_EQ(error_of("A-1-AB1"), Errc::bad_uid) << "digit in the check code";
  EXPECT_EQ(error_of("A1-1A"), Errc::bad_uid);
  EXPECT_EQ(error_of("A_1_A"), Errc::bad_uid);
  EXPECT_EQ(error_of("ABC 123456 DEFGH"), Errc::bad_uid);
  EXPECT_EQ(error_of("123456"), Errc::bad_uid);
  EXPECT_EQ(error_of("ABCDEF"), Errc::bad_uid);
  EXPECT_EQ(error_of("ÄBC-1-DEF"), Errc::bad_uid);
  EXPECT_EQ(error_of(std::string_view{"AB\0-1-DEF", 9}), Errc::bad_uid);
  EXPECT_EQ(error_of(std::string(64, 'A')), Errc::bad_uid);
  EXPECT_EQ(error_of(std::string(100000, 'A')), Errc::bad_uid);
}

TEST(Uid, ReadsTheFirstTwentyBytesOnly) {
  const auto bytes = hex("5653544200000000000a3363555a43504b000000deadbeef");
  const auto uid = Uid::from_bytes(bytes);
  ASSERT_TRUE(uid);
  EXPECT_EQ(uid->text(), "VSTB-668515-UZCPK");
}

TEST(Uid, RefusesBytesThatNoTextStandsFor) {
  const auto error = [](std::string_view text) {
    const auto uid = Uid::from_bytes(hex(text));
    return uid ? Errc{} : static_cast<Errc>(uid.error().value());
  };
  EXPECT_EQ(error("5653544200000000000a3363555a43504b0000"), Errc::truncated);
  EXPECT_EQ(error("0000000000000000000a3363555a43504b000000"), Errc::bad_uid) << "no prefix";
  EXPECT_EQ(error("5653544200000000000a33630000000000000000"), Errc::bad_uid) << "no check code";
  EXPECT_EQ(error("7673544200000000000a3363555a43504b000000"), Errc::bad_uid) << "lower case";
  EXPECT_EQ(error("3153544200000000000a3363555a43504b000000"), Errc::bad_uid) << "digit first";
  EXPECT_EQ(error("5653544200004100000a3363555a43504b000000"), Errc::bad_uid) << "after the NUL";
  EXPECT_EQ(error("4142434445464748000a3363555a43504b000000"), Errc::bad_uid) << "eight letters";
  EXPECT_EQ(error("5653544200000000000a3363555a43504b000041"), Errc::bad_uid);
  EXPECT_EQ(error("5653544200000000000a33634142434445464748"), Errc::bad_uid);
}

TEST(Uid, ComparesOnBytesNotOnText) {
  EXPECT_EQ(*Uid::parse("XHA-000994-KMMEB"), *Uid::parse("xha994kmmeb"));
  EXPECT_NE(*Uid::parse("XHA-000994-KMMEB"), *Uid::parse("XHA-000995-KMMEB"));
  EXPECT_LT(*Uid::parse("XHA-000994-KMMEB"), *Uid::parse("XHA-000995-KMMEB"));
}

TEST(Uid, IsZeroAndWithoutTextWhenDefault) {
  const Uid none;
  EXPECT_TRUE(none.is_zero());
  EXPECT_EQ(none.text(), "");
  EXPECT_EQ(none.redacted(), "");
  EXPECT_FALSE(Uid::parse("A-0-A")->is_zero()) << "a zero serial is not a zero id";
}

}  // namespace
}  // namespace cam32100::protocol
