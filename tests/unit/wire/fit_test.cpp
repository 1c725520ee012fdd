#include "protocol/wire/fit.hpp"

#include <gtest/gtest.h>

#include "protocol/wire/endpoint.hpp"
#include "tests/support/vectors/vectors.hpp"
#include "tests/unit/wire/hex.hpp"
#include "tests/unit/wire/message_samples.hpp"

namespace cam32100::protocol {
namespace {

const std::string kId = "4241544400000000000262ca574f4e4a4d000000";
const std::string kAddress = "00026c7d6528a8c00000000000000000";

Fit fit(const std::string& text) { return fit_of(hex(text)); }

TEST(Fit, OfWholeCapturesIsGoodAndOfHeadsThatTheyAreCut) {
  for (auto& capture : vectors::captures()) {
    if (capture.psk) continue;
    const auto found = fit_of(capture.bytes);
    if (capture.whole) {
      EXPECT_NE(found, Fit::none) << capture.n;
    } else {
      EXPECT_TRUE(found == Fit::cut || found == Fit::cut_text) << capture.n;
    }
  }
}

TEST(Fit, IsExactWhereEveryFieldIsAsItMustBe) {
  EXPECT_EQ(fit("f1300000"), Fit::exact);
  EXPECT_EQ(fit("f1410014" + kId), Fit::exact);
  EXPECT_EQ(fit("f1200024" + kId + kAddress), Fit::exact);
  EXPECT_EQ(fit("f1210004ff000000"), Fit::exact);
  EXPECT_EQ(fit("f1d10006d10000010000"), Fit::exact);
  EXPECT_EQ(fit("f1d00010d1000000"
                "010a000004000000"
                "47455420"),
            Fit::exact)
      << "a CGI request";
}

TEST(Fit, IsPlausibleWithBytesThatNoLayoutExplains) {
  EXPECT_EQ(fit("f1410018" + kId + "04010302"), Fit::plausible) << "an EX form";
  EXPECT_EQ(fit("f13000020000"), Fit::plausible) << "LAN_SEARCH of eufy";
  EXPECT_EQ(fit("f1d00008d1000000ffd8ffe0"), Fit::plausible) << "a picture";
  EXPECT_EQ(fit("f14100144241544400000000ff0262ca574f4e4a4d000000"), Fit::plausible)
      << "no serial was seen that long";
  EXPECT_EQ(fit("f1d10008d100000100000000"), Fit::plausible) << "padding inside";
}

TEST(Fit, IsPaddedWithBytesBehindTheLength) {
  EXPECT_EQ(fit("f1e00000cafe"), Fit::padded);
  EXPECT_EQ(fit("f1410014" + kId + "00"), Fit::padded);
  EXPECT_EQ(fit("f1410018" + kId + "0401030200"), Fit::vague) << "odd twice";
  EXPECT_EQ(fit("f1300002ffff00"), Fit::none) << "and more is too much";
}

TEST(Fit, IsVagueWhereNothingSpeaksForIt) {
  EXPECT_EQ(fit("f1000004deadbeef"), Fit::vague) << "HELLO carries nothing";
  EXPECT_EQ(fit("f1a20004deadbeef"), Fit::vague) << "a code without a layout";
  EXPECT_EQ(fit("f112002c" + std::string(88, '7')), Fit::vague) << "sealed";
  EXPECT_EQ(fit("f1160000"), Fit::vague) << "sealed, and nothing in it";
  EXPECT_EQ(fit("f1780004deadbeef"), Fit::vague) << "any number";
  EXPECT_EQ(fit("f121000477000000"), Fit::vague) << "no such result";
  EXPECT_EQ(fit("f1010010"
                "0007" +
                kAddress.substr(4)),
            Fit::vague)
      << "no such family";
  EXPECT_EQ(fit("f1010010" + kAddress.substr(0, 30) + "01"), Fit::vague) << "zeros that are none";
  EXPECT_EQ(fit("f1d10004d1000000"), Fit::vague) << "acknowledges nothing";
}

TEST(Fit, IsNoneForWhatIsNoMessage) {
  for (const char* text :
       {"", "f1", "f13000", "e1300000", "f1ee0000", "f1300001", "f14100140000", "f1d00004d1000000",
        "f1d00405d1000000aa", "f1d00404d2000000aa", "f1d00404d1080000aa", "f1d00404d1"}) {
    EXPECT_EQ(fit(text), Fit::none) << text;
  }
  Bytes long_one(kMaxDatagramBytes + 1);
  Writer out{long_one};
  out.u32_be(0xF1E00000);
  EXPECT_EQ(fit_of(long_one), Fit::none);
}

TEST(Fit, HasAWordForEach) {
  EXPECT_STREQ(to_text(fit("f1300000")), "exact");
  EXPECT_STREQ(to_text(fit("f1d00404d1000000ffd8")), "cut");
  EXPECT_STREQ(to_text(fit("f1d00404d100000176617220")), "cut");
  EXPECT_STREQ(to_text(fit("")), "none");
}

TEST(Fit, KnowsTheBeginningOfADrwAndItsText) {
  EXPECT_EQ(fit("f1d00404d1000000ffd8"), Fit::cut);
  EXPECT_EQ(fit("f1d00404d1000000"
                "010a0000f0030000"
                "76617220"),
            Fit::cut_text);
  EXPECT_EQ(fit("f1d00404d1000001"
                "76617220"),
            Fit::cut_text)
      << "goes on in the next packet";
}

TEST(Fit, IsGoodForEverySampleThatIsNotSealed) {
  for (const auto& sample : samples()) {
    const auto found = fit_of(sample.datagram);
    EXPECT_NE(found, Fit::none) << to_hex(sample.datagram);
  }
}

}  // namespace
}  // namespace cam32100::protocol
