// The camera's own byte handling against captures and computed vectors, typed in by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

#include "tests/support/independent_camera/cgi_device.hpp"
#include "tests/support/independent_camera/chain.hpp"
#include "tests/support/independent_camera/selftest_client.hpp"
#include "tests/support/independent_camera/wire_format.hpp"

namespace cam32100::independent {
namespace {

using testing::hexed;
using testing::unhex;

std::string sealed(std::string_view psk, std::string_view plain) {
  return hexed(Chain{psk}.encrypted(unhex(plain)));
}

std::string opened(std::string_view psk, std::string_view cipher) {
  return hexed(Chain{psk}.decrypted(unhex(cipher)));
}

struct KeyRow {
  std::string_view psk;
  std::string_view key;
  std::array<std::string_view, 6> cipher;
};

constexpr std::array<std::string_view, 6> kPlain{"f1300000", "f1320000", "f1000000",
                                                 "f1e00000", "f1e10000", "f1f00000"};

// clang-format off
constexpr std::array kRows{
    KeyRow{"camera", "6997cc19",
           {"2cba5f5d", "2cb8c415", "2c8ab914", "2c6ada84", "2c6b0ad7", "2c7a4555"}},
    KeyRow{"SHIX", "3cc4680a",
           {"9fa1eeb9", "9fa38f2d", "9f912a19", "9f71d6f0", "9f70fbde", "9f61eb8e"}},
    KeyRow{"SSD@cs2-network.", "9769d65b",
           {"b1a6bb9a", "b1a4cc94", "b196ec02", "b176202e", "b177dfaa", "b1666e0d"}},
    KeyRow{"vstarcam2018", "2cd46006",
           {"49b573d5", "49b7ed6c", "4985f1a0", "4965fe3e", "4964126f", "497550bb"}},
    KeyRow{"vstarcam2019", "2dd36107",
           {"e43b4322", "e4393006", "e40b2787", "e4eb7d14", "e4ea667a", "e4fbe8f7"}},
    KeyRow{"vstarcam2021", "26da5e0c",
           {"2837c099", "28358c3f", "28070cd1", "28e7166b", "28e60df2", "28f74ac6"}},
    KeyRow{"aqarakr19kn", "26da5e76",
           {"28378fde", "28358c3f", "2807260a", "28e7065e", "28e60df2", "28f7c71b"}},
    KeyRow{"@@@@....", "b8489000",
           {"5d782818", "5d7a23a1", "5d487c5a", "5da80ef4", "5da96394", "5db87828"}},
    KeyRow{"VMSV", "4cb46c1e",
           {"d19e23ab", "d19c32f4", "d1ae96e8", "d14e9550", "d14fc7cf", "d15e51de"}},
    KeyRow{"FERRY@88", "38c8ba1a",
           {"a92a6297", "a9280e81", "a91abf57", "a9faf6b0", "a9fbf70b", "a9ea826e"}},
    KeyRow{"mycamera", "4fb1180d",
           {"aa66af5c", "aa64659a", "aa56c9f8", "aab6770a", "aab7b44a", "aaa63967"}},
    KeyRow{"Deng123abc", "3ac60f78",
           {"5bd2e68e", "5bd023a5", "5be263f3", "5b020b02", "5b03e5a2", "5b12c41e"}},
    KeyRow{"Duncom", "669acb3e",
           {"a5938099", "a5910579", "a5a3e69e", "a543d8f0", "a5427b0f", "a553b363"}},
    KeyRow{"JX20130716", "36caba12",
           {"2b2b1b15", "2b29166a", "2b1b15c8", "2bfb7b24", "2bfaf6b0", "2beb44f8"}},
    KeyRow{"hyWHzyhtzH", "11ef5723",
           {"faa80fd1", "faaa9c8f", "fa989137", "fa787329", "fa7934b5", "fa68d5b4"}},
    KeyRow{"JYDGAOZHANP2P", "c13f3a31",
           {"9d65825c", "9d67f55a", "9d5574d6", "9db5b6ea", "9db4a4ee", "9da56259"}},
    KeyRow{"SZGMBESTER", "06faff14",
           {"2d310517", "2d3338f0", "2d019d40", "2de1f3b2", "2de099ad", "2df16054"}},
};
// clang-format on

TEST(IndependentChain, TableHoldsEveryByteOnce) {
  const auto& table = chain_table();
  EXPECT_EQ(std::set<int>(table.begin(), table.end()).size(), 256U);
}

TEST(IndependentChain, EncryptsAndDecryptsEveryComputedVector) {
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.psk);
    const auto key = Chain{row.psk}.key();
    EXPECT_EQ(hexed(std::as_bytes(std::span{key})), row.key);
    for (std::size_t i = 0; i < kPlain.size(); ++i) {
      EXPECT_EQ(sealed(row.psk, kPlain[i]), row.cipher[i]);
      EXPECT_EQ(opened(row.psk, row.cipher[i]), kPlain[i]);
    }
  }
}

TEST(IndependentChain, EncryptsPunchesAcksAndRequests) {
  const auto dgok = "f141001444474f4b000000000001e2404142434445000000";
  const auto batd = "f14100144241544400000000000262ca574f4e4a4d000000";
  const auto ack = "f1d10006d10000010000";
  EXPECT_EQ(sealed("camera", dgok), "2ccb6293bf2321e77ccf321e67360a97f18791be4c0397b0");
  EXPECT_EQ(sealed("SHIX", dgok), "9fd030f81e18e8897f7326908d99e45f9c26d3893aceda43");
  EXPECT_EQ(sealed("camera", batd), "2ccb6293b95535c90e7643470e74af4b099d146c5db6e15d");
  EXPECT_EQ(sealed("SHIX", batd), "9fd030f818e653422bd6f0b8b6edfc92051c851aac32bed9");
  EXPECT_EQ(sealed("vstarcam2018", batd), "49c4ea366b5b50ffdef097e0304513bb3be4f2574b98b418");
  EXPECT_EQ(sealed("vstarcam2019", batd), "e44aa25ef5c0c64508d693bec176172562315d6233aae40b");
  EXPECT_EQ(sealed("camera", ack), "2c5b6b0c75302db52073");
  EXPECT_EQ(sealed("SHIX", ack), "9f40bba6ecfa3acf5704");
  EXPECT_EQ(sealed("vstarcam2018", ack), "4954371db227154dc4ea");
  EXPECT_EQ(sealed("vstarcam2019", ack), "e4daccc52498a09e17ef");
}

TEST(IndependentChain, EncryptsAWholeRequest) {
  const auto plain =
      "f1d00055d1000000010a000049000000474554202f6765745f7374617475732e6367693f6c6f67696e7573653d61"
      "646d696e266c6f67696e7061733d38383838383826757365723d61646d696e267077643d38383838383826";
  EXPECT_EQ(sealed("vstarcam2018", plain),
            "4955bac382362944797550bb25c353f1e7d799e7bdd419e61a8bc7fe4a5e4a05346972e05caa4411a1d13b"
            "cebaf7204dadb6bc5e5656586462376849bd8b8b8b8b8b95a8cc50c9ddffbafbf53d2dec7fca066ccd73ed"
            "540fd1");
}

TEST(IndependentChain, WorksWithTheServersKey) {
  EXPECT_EQ(sealed("SSD@cs2-network.", hexed("foo")), "262976");
  EXPECT_EQ(sealed("SSD@cs2-network.", hexed("hello")), "28d2aa5b5e");
  EXPECT_EQ(sealed("SSD@cs2-network.", "000102"), "4074e6");
  EXPECT_EQ(sealed("SSD@cs2-network.", "ffffffff"), "bf6920d1");
}

TEST(IndependentChain, OpensCapturedDatagrams) {
  EXPECT_EQ(opened("vstarcam2019", "e4db36cd03233b4323311396e95c73f8ac1224b8e01c355b"),
            "f1d0008dd1000000010a000081000000474554202f676574");
  EXPECT_EQ(opened("vstarcam2019", "e4db346cfcba001deb77af31"), "f1d00268d1000008010a0000");
  EXPECT_EQ(opened("SHIX", "9fa1eeb9"), "f1300000");
}

TEST(IndependentChain, WrongKeyDoesNotOpen) {
  EXPECT_NE(opened("vstarcam2019", "49b573d5"), "f1300000");
  EXPECT_EQ(opened("vstarcam2018", "49b573a9"), "f130007c");  // a known misprint of 49b573d5
}

TEST(IndependentChain, OnlyTwentyCharactersOfAKeyCount) {
  EXPECT_EQ(Chain{"aaaaaaaaaaaaaaaaaaaa"}.key(), Chain{"aaaaaaaaaaaaaaaaaaaab"}.key());
  EXPECT_NE(Chain{"aaaaaaaaaaaaaaaaaaa"}.key(), Chain{"aaaaaaaaaaaaaaaaaaab"}.key());
}

TEST(IndependentWire, WritesUidsAsTheirTwentyBytes) {
  const auto uid = [](std::string_view text) { return hexed(uid_bytes(text)); };
  EXPECT_EQ(uid("VSTB-668515-UZCPK"), "5653544200000000000a3363555a43504b000000");
  EXPECT_EQ(uid("XHA-000994-KMMEB"), "5848410000000000000003e24b4d4d4542000000");
  EXPECT_EQ(uid("VSTH-378138-WVLKX"), "56535448000000000005c51a57564c4b58000000");
  EXPECT_EQ(uid("AB-123456-CDEFG"), "41420000000000000001e2404344454647000000");
  EXPECT_EQ(uid("CFEOA-417739-RTFUU"), "4346454f4100000000065fcb5254465555000000");
  EXPECT_EQ(uid("AQARAKR-095933-JENFK"), "41514152414b5200000176bd4a454e464b000000");
  EXPECT_EQ(uid("EUPRAKM-012345-ABCDE"), "45555052414b4d00000030394142434445000000");
}

TEST(IndependentWire, RefusesTextThatIsNoUid) {
  for (const auto* text : {"", "VSTB-668515", "VSTB--UZCPK", "-668515-UZCPK", "VSTB-66A515-UZCPK",
                           "VSTBABCD-1-UZCPK", "VSTB-4294967296-UZCPK", "VSTB-668515-ABCDEFGH",
                           "1STB-668515-UZCPK", "VSTB-668515-UZC-PK"}) {
    EXPECT_TRUE(uid_bytes(text).empty()) << text;
  }
}

TEST(IndependentWire, BuildsTheCapturedAck) {
  const std::array<std::uint16_t, 1> index{0};
  EXPECT_EQ(hexed(drw_ack(0, index)), "f1d10006d10000010000");
}

TEST(IndependentWire, ToleratesBytesBehindAMessage) {
  Message out;
  Complaints complaints;
  const auto ready = unhex("f14200144241544500000000000a8f61495552514d000000 0000000000000000");
  ASSERT_TRUE(open_message(ready, out, complaints));
  EXPECT_EQ(hexed(out.payload), hexed(uid_bytes("BATE-692065-IURQM")));
  const auto alive = unhex("f1e00000 0badcafe");
  ASSERT_TRUE(open_message(alive, out, complaints));
  EXPECT_TRUE(out.payload.empty());
  EXPECT_THAT(complaints, ::testing::IsEmpty());
}

TEST(IndependentWire, RefusesALengthBeyondTheDatagram) {
  Message out;
  Complaints complaints;
  EXPECT_FALSE(open_message(unhex("f1d10006d1000001"), out, complaints));
  EXPECT_THAT(complaints, ::testing::SizeIs(1));
  EXPECT_FALSE(open_message(unhex("f1e000"), out, complaints));
  EXPECT_FALSE(open_message(unhex("49b573d5"), out, complaints));
  EXPECT_THAT(complaints, ::testing::SizeIs(1));  // noise is not a client's fault
}

TEST(IndependentWire, AcceptsCapturedAddressRecords) {
  EXPECT_EQ(
      sockaddr_complaint(unhex("00024ff5a3ea07ab0000000000000000"), {{171, 7, 234, 163}, 62799}),
      "");
  EXPECT_EQ(
      sockaddr_complaint(unhex("000231aef358371b0000000000000000"), {{27, 55, 88, 243}, 44593}),
      "");
  EXPECT_EQ(
      sockaddr_complaint(unhex("0002e40d252533b20000000000000000"), {{178, 51, 37, 37}, 3556}), "");
  EXPECT_EQ(
      sockaddr_complaint(unhex("00006c7d6528a8c00000000000000000"), {{192, 168, 40, 101}, 32108}),
      "");
}

TEST(IndependentWire, ComplainsAboutAddressRecordsInAnotherOrder) {
  const Address source{{171, 7, 234, 163}, 62799};
  const auto complaint = [&](std::string_view record) {
    return sockaddr_complaint(unhex(record), source);
  };
  EXPECT_THAT(complaint("0200f54fab07eaa30000000000000000"), ::testing::HasSubstr("family"));
  EXPECT_THAT(complaint("00024ff5ab07eaa30000000000000000"), ::testing::HasSubstr("natural"));
  EXPECT_THAT(complaint("0002f54fa3ea07ab0000000000000000"), ::testing::HasSubstr("big-endian"));
  EXPECT_THAT(complaint("00024ff5a3ea07ab0000000000000001"), ::testing::HasSubstr("not zero"));
  EXPECT_THAT(complaint("00024ff5a3ea07ab"), ::testing::HasSubstr("cut short"));
}

TEST(IndependentWire, FindsTheNearestIndexAcrossTheWrap) {
  EXPECT_EQ(unwrapped(0x0002, 0xfffe), 0x10002);
  EXPECT_EQ(unwrapped(0xfffe, 0x10002), 0xfffe);
  EXPECT_EQ(unwrapped(0xffff, 0), -1);
}

TEST(IndependentCgi, RepliesBeginLikeTheCapturedOnes) {
  EXPECT_EQ(hexed(reply_block(0x6015, Bytes(21392))).substr(0, 16), "010a156090530001");
  EXPECT_EQ(hexed(reply_block(0x6002, Bytes(3784))).substr(0, 16), "010a0260c80e0001");
  EXPECT_EQ(hexed(reply_block(0x6015, Bytes(7205))).substr(0, 16), "010a1560251c0001");
}

}  // namespace
}  // namespace cam32100::independent
