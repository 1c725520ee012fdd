#include <gtest/gtest.h>

#include "protocol/wire/cipher.hpp"
#include "tests/support/vectors/vectors.hpp"
#include "tests/unit/wire/hex.hpp"

namespace cam32100::protocol {
namespace {

Errc error_of(std::string_view key, BytesView sealed) {
  const auto plain = crc_decrypt(key, sealed);
  return plain ? Errc{} : static_cast<Errc>(plain.error().value());
}

TEST(CrcCipher, TurnsEveryVectorIntoItsCiphertextAndBack) {
  std::size_t rows = 0;
  for (const auto& row : vectors::crc_rows()) {
    SCOPED_TRACE(row.key + " " + to_hex(row.plain));
    EXPECT_EQ(to_hex(crc_encrypt(row.key, row.plain)), to_hex(row.sealed));
    const auto plain = crc_decrypt(row.key, row.sealed);
    ASSERT_TRUE(plain);
    EXPECT_EQ(to_hex(*plain), to_hex(row.plain));
    ++rows;
  }
  EXPECT_EQ(rows, vectors::row_counts().at("crc.json/vectors"));
}

TEST(CrcCipher, RefusesEveryBadVector) {
  std::size_t rows = 0;
  for (const auto& row : vectors::bad_crc_rows()) {
    EXPECT_EQ(error_of(row.key, row.sealed), Errc::bad_checksum);
    ++rows;
  }
  EXPECT_EQ(rows, vectors::row_counts().at("crc.json/bad"));
}

TEST(CrcCipher, RefusesAnotherKey) {
  for (const auto& row : vectors::crc_rows()) {
    EXPECT_EQ(error_of(row.key + "x", row.sealed), Errc::bad_checksum) << row.key;
  }
}

TEST(CrcCipher, RefusesEveryTruncation) {
  for (const auto& row : vectors::crc_rows()) {
    for (std::size_t size = 0; size < row.sealed.size(); ++size) {
      const auto cut = BytesView{row.sealed}.first(size);
      EXPECT_EQ(error_of(row.key, cut), size < 4 ? Errc::truncated : Errc::bad_checksum) << size;
    }
  }
}

TEST(CrcCipher, RefusesADamagedLastByteWhateverItsValue) {
  for (const auto& row : vectors::crc_rows()) {
    for (int value = 1; value < 256; ++value) {
      auto damaged = row.sealed;
      damaged.back() ^= static_cast<std::byte>(value);
      EXPECT_EQ(error_of(row.key, damaged), Errc::bad_checksum);
    }
  }
}

TEST(CrcCipher, CarriesEveryByteValueAndALogin) {
  Bytes all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
  const auto sealed = crc_encrypt("EUPRAKM", all);
  EXPECT_EQ(sealed.size(), all.size() + 4);
  EXPECT_EQ(crc_decrypt("EUPRAKM", sealed).value(), all);
  EXPECT_EQ(crc_decrypt("", crc_encrypt("", all)).value(), all) << "no key is a key too";
}

TEST(CrcCipher, DoesNotOpenTheCaptureWhoseKeyNobodyKnows) {
  for (const auto* key : {"EUPRAKM", "SSD@cs2-network.", "aqarakr19kn"}) {
    EXPECT_EQ(error_of(key, hex("a02aaac73b7755c9")), Errc::bad_checksum) << key;
  }
}

// Worked out by hand from the formula, the only source: no capture has a TCP frame. For 01 02 03:
//   i=0  a = 53^01^43 = 11   b = 01^43^03 = 41
//   i=1  a = 41^02^11 = 52   b stays
//   i=2  a = 41^03^52 = 10   b = 03^52^01 = 50
TEST(TcpFrameCrc, FollowsItsFormula) {
  EXPECT_EQ(tcp_frame_crc({}), 0x4353);
  EXPECT_EQ(tcp_frame_crc(hex("01")), 0x1143);
  EXPECT_EQ(tcp_frame_crc(hex("0102")), 0x5340);
  EXPECT_EQ(tcp_frame_crc(hex("010203")), 0x1050);
}

}  // namespace
}  // namespace cam32100::protocol
