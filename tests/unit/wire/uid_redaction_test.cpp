#include <gtest/gtest.h>

#include "protocol/wire/uid.hpp"
#include "tests/support/vectors/vectors.hpp"

namespace cam32100::protocol {
namespace {

TEST(Redaction, HidesTheCheckCodeAndTheLastTwoDigits) {
  EXPECT_EQ(Uid::parse("VSTB-668515-UZCPK")->redacted(), "VSTB-6685**-*****");
  EXPECT_EQ(Uid::parse("A-7-B")->redacted(), "A-0000**-*****");
  EXPECT_EQ(Uid::parse("ABCD-1234567-EFGHI")->redacted(), "ABCD-12345**-*****");
}

TEST(Redaction, FindsEverySpellingAndAliasInFreeText) {
  std::vector<std::string> spellings;
  for (const auto& row : vectors::uid_spellings()) spellings.push_back(row.text);
  for (const auto& row : vectors::valid_uids()) spellings.push_back(row.text);
  for (const auto& text : vectors::refused_aliases()) spellings.push_back(text);
  ASSERT_FALSE(spellings.empty());
  for (const auto& spelling : spellings) {
    for (const std::string around : {"", " ", "/", "\"", "_", "&", "\xC3\xA4"}) {
      const auto clean = redact_uids("camera=" + around + spelling + around + ", is gone");
      EXPECT_EQ(clean.find(spelling), std::string::npos) << clean;
      EXPECT_NE(clean.find("**-*****"), std::string::npos) << clean;
      EXPECT_TRUE(clean.starts_with("camera=" + around)) << clean;
      EXPECT_TRUE(clean.ends_with(around + ", is gone")) << clean;
    }
  }
}

TEST(Redaction, FindsIdsBetweenDashesAndMoreThanOne) {
  EXPECT_EQ(redact_uids("cam32100-VSTB-668515-UZCPK-snapshot"),
            "cam32100-VSTB-6685**-*****-snapshot");
  EXPECT_EQ(redact_uids("XHA-000994-KMMEB/vstb668515uzcpk"), "XHA-0009**-*****/VSTB-6685**-*****");
}

TEST(Redaction, FindsAnIdThatSharesAWordWithAnother) {
  EXPECT_EQ(redact_uids("cam-1-VSTB-668515-UZCPK"), "CAM-0000**-VSTB-6685**-*****");
}

TEST(Redaction, FindsAShortUnpaddedSerialInCapitals) {
  EXPECT_EQ(redact_uids("LBCS0CCCJJ"), "LBCS-0000**-*****");
}

TEST(Redaction, LeavesOrdinaryTextAlone) {
  for (const std::string text :
       {"", "no answer in time", "cam1porch", "h264main", "192.168.1.2:32108",
        "2024-01-02 10:00:00", "livestream.cgi?streamid=10&substream=2", "vstarcam2018", "f1300000",
        "a-b-c", "---", "VSTB-668515-", "VSTB-4294967296-UZCPK", "caf\xC3\xA9 \x01\xFF"}) {
    EXPECT_EQ(redact_uids(text), text);
  }
}

TEST(Redaction, DoesNotTouchWhatIsRedactedAlready) {
  const auto once = redact_uids("VSTB-668515-UZCPK and BD0227833JJIU");
  EXPECT_EQ(redact_uids(once), once);
}

}  // namespace
}  // namespace cam32100::protocol
