#include "protocol/wire/cipher.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/support/vectors/vectors.hpp"
#include "tests/unit/wire/hex.hpp"
#include "tests/unit/wire/sha256.hpp"

namespace cam32100::protocol {
namespace {

Bytes encrypted(const Cipher& cipher, Bytes bytes) {
  cipher.encrypt(bytes);
  return bytes;
}

Bytes decrypted(const Cipher& cipher, Bytes bytes) {
  cipher.decrypt(bytes);
  return bytes;
}

TEST(Cipher, TurnsEveryVectorIntoItsCiphertextAndBack) {
  std::size_t rows = 0;
  for (const auto& row : vectors::cipher_pairs()) {
    SCOPED_TRACE(row.psk + " " + to_hex(row.plain));
    const Cipher cipher{std::string_view{row.psk}};
    EXPECT_EQ(to_hex(std::as_bytes(std::span{cipher.key()})), row.key_hex);
    EXPECT_EQ(to_hex(encrypted(cipher, row.plain)), to_hex(row.sealed));
    EXPECT_EQ(to_hex(decrypted(cipher, row.sealed)), to_hex(row.plain));
    EXPECT_EQ(Cipher{cipher.key()}, cipher);
    ++rows;
  }
  EXPECT_EQ(rows, vectors::row_counts().at("cipher.json/vectors"));
}

TEST(Cipher, HasThePublishedTable) {
  Bytes table;
  for (int i = 0; i < 256; ++i) {
    const auto k = static_cast<std::uint8_t>(i);
    table.push_back(encrypted(Cipher{std::array{k, k, k, k}}, Bytes(1))[0]);
  }
  EXPECT_EQ(std::set<std::byte>(table.begin(), table.end()).size(), 256U) << "a permutation";
  EXPECT_EQ(to_hex(sha256(table)),
            "1c62d8d6e42ae0916e2a0fce5410bb5da3270cfd660500da5f53af12a172ff07");
}

TEST(Cipher, CoversServerTrafficThatIsNoPacket) {
  const Cipher cipher{"SSD@cs2-network."};
  EXPECT_EQ(to_hex(encrypted(cipher, hex("666f6f"))), "262976");
  EXPECT_EQ(to_hex(encrypted(cipher, hex("68656c6c6f"))), "28d2aa5b5e");
  EXPECT_EQ(to_hex(encrypted(cipher, hex("000102"))), "4074e6");
  EXPECT_EQ(to_hex(encrypted(cipher, hex("ffffffff"))), "bf6920d1");
}

TEST(Cipher, LeavesBytesAloneWithoutAKey) {
  for (const auto& cipher : {Cipher{}, Cipher{""}}) {
    EXPECT_TRUE(cipher.is_plain());
    EXPECT_EQ(to_hex(encrypted(cipher, hex("f1300000"))), "f1300000");
    EXPECT_EQ(to_hex(decrypted(cipher, hex("f1300000"))), "f1300000");
  }
}

TEST(Cipher, IsNotPlainUnderAnAllZeroKey) {
  const Cipher cipher{std::array<std::uint8_t, 4>{}};
  EXPECT_FALSE(cipher.is_plain());
  EXPECT_NE(cipher, Cipher{});
  EXPECT_NE(to_hex(encrypted(cipher, hex("f1300000"))), "f1300000");
}

TEST(Cipher, CountsTheFirstTwentyCharactersOfThePskOnly) {
  const std::string twenty = "abcdefghijklmnopqrst";
  EXPECT_EQ(Cipher{std::string_view{twenty}}, Cipher{std::string_view{twenty + "uvwxyz"}});
  EXPECT_NE(Cipher{std::string_view{twenty}}, Cipher{"abcdefghijklmnopqrs"});
}

TEST(Cipher, HarmsTheDamagedByteAndItsSuccessorOnly) {
  const Cipher cipher{"vstarcam2018"};
  for (const auto& row : vectors::cipher_pairs()) {
    if (row.psk != "vstarcam2018") continue;
    for (std::size_t i = 0; i < row.sealed.size(); ++i) {
      auto damaged = row.sealed;
      damaged[i] ^= std::byte{0x55};
      const auto read = decrypted(cipher, damaged);
      for (std::size_t k = 0; k < read.size(); ++k) {
        const bool harmed = k == i || k == i + 1;
        if (k == i) {
          EXPECT_NE(read[k], row.plain[k]);
        }
        if (!harmed) {
          EXPECT_EQ(read[k], row.plain[k]) << i << ' ' << k;
        }
      }
    }
  }
}

TEST(Cipher, RefutesTheMistypedKeyThatGives49b573a9) {
  const Cipher mistyped{std::array<std::uint8_t, 4>{0x2C, 0xD4, 0x60, 0x04}};
  EXPECT_EQ(to_hex(encrypted(mistyped, hex("f1300000"))), "49b573a9");
  EXPECT_EQ(to_hex(decrypted(Cipher{"vstarcam2018"}, hex("49b573a9"))), "f130007c");
}

TEST(KnownPsks, StartWithPlainAndHoldEveryKeyOfTheVectors) {
  const auto known = known_psks();
  ASSERT_FALSE(known.empty());
  EXPECT_EQ(known.front().psk, "");
  for (const auto& row : vectors::cipher_pairs()) {
    EXPECT_EQ(std::count_if(known.begin(), known.end(),
                            [&](const KnownPsk& k) { return k.psk == row.psk; }),
              1)
        << row.psk;
  }
}

TEST(KnownPsks, ListEachPrefixOnceAndAsAPrefix) {
  std::set<std::string_view> seen;
  for (const auto& known : known_psks()) {
    for (const auto prefix : known.prefixes) {
      EXPECT_TRUE(seen.insert(prefix).second) << prefix;
      EXPECT_TRUE(Uid::parse(std::string{prefix} + "-1-A")) << prefix;
    }
  }
}

TEST(KnownPsks, AreFoundByPrefixIncludingTheRanges) {
  const std::pair<const char*, const char*> expected[] = {{"VSTB", ""},
                                                          {"BATC", ""},
                                                          {"DGKA", "camera"},
                                                          {"DGKB", "camera"},
                                                          {"DGKC", "camera"},
                                                          {"DGOA", "camera"},
                                                          {"DGOF", "camera"},
                                                          {"DGOK", "camera"},
                                                          {"PIXA", "SHIX"},
                                                          {"PIXD", "SHIX"},
                                                          {"ACCQ", "@@@@...."},
                                                          {"VMV", "VMSV"},
                                                          {"FYIOT", "FERRY@88"},
                                                          {"PPIL", "mycamera"},
                                                          {"TUT", "Deng123abc"},
                                                          {"NANOIOT", "Duncom"},
                                                          {"XYX", "JX20130716"},
                                                          {"THPC", "hyWHzyhtzH"},
                                                          {"XGAK", "SZGMBESTER"},
                                                          {"JYDGZ", "JYDGAOZHANP2P"},
                                                          {"VE", "vstarcam2018"},
                                                          {"VSTG", "vstarcam2018"},
                                                          {"VSTP", "vstarcam2019"},
                                                          {"VC0", "vstarcam2019"},
                                                          {"AQARAKR", "aqarakr19kn"}};
  for (const auto& [prefix, psk] : expected) {
    const auto found = psk_for_prefix(prefix);
    ASSERT_TRUE(found) << prefix;
    EXPECT_EQ(*found, psk) << prefix;
  }
}

TEST(KnownPsks, SayNothingAboutOtherPrefixes) {
  for (const auto* prefix : {"", "V", "VST", "VSTBB", "vstb", "DGKD", "DGOL", "PIXE", "ZZZZ"}) {
    EXPECT_EQ(psk_for_prefix(prefix), std::nullopt) << prefix;
  }
}

}  // namespace
}  // namespace cam32100::protocol
