#include <gtest/gtest.h>

#include "protocol/wire/cipher.hpp"
#include "tests/support/vectors/vectors.hpp"
#include "tests/unit/wire/hex.hpp"

namespace cam32100::protocol {
namespace {

TEST(PskText, IsPlainATextOrTheKeyItself) {
  EXPECT_TRUE(cipher_of("").is_plain());
  EXPECT_EQ(cipher_of("vstarcam2018"), Cipher{"vstarcam2018"});
  EXPECT_EQ(cipher_of("key:2cd46006"), (Cipher{CipherKey{0x2C, 0xD4, 0x60, 0x06}}));
  EXPECT_EQ(cipher_of("KEY:2CD46006"), cipher_of("key:2cd46006"));
  EXPECT_FALSE(cipher_of("key:00000000").is_plain());
}

TEST(PskText, OfAKeyDoesWhatThePskItselfDoes) {
  for (const auto& row : vectors::cipher_pairs()) {
    const auto cipher = cipher_of("key:" + row.key_hex);
    EXPECT_EQ(cipher, cipher_of(row.psk)) << row.psk;
    auto bytes = row.sealed;
    cipher.decrypt(bytes);
    EXPECT_EQ(to_hex(bytes), to_hex(row.plain)) << row.psk;
  }
}

TEST(PskText, IsWrittenAsItIsRead) {
  const CipherKey key{0x00, 0xFF, 0x0A, 0xB0};
  EXPECT_EQ(key_text(key), "key:00ff0ab0");
  EXPECT_EQ(cipher_of(key_text(key)).key(), key);
}

TEST(PskText, WithTheMarkOfAKeyAndNoKeyIsRefused) {
  for (const char* text : {"key:", "key:2cd4600", "key:2cd460066", "key:2cd4600g", "key:2cd4 006",
                           "key: 2cd46006", "key:0x2cd460", "Key:vstarcam", "key:2cd46006\n"}) {
    EXPECT_FALSE(is_psk_text(text)) << text;
    EXPECT_EQ(cipher_of(text), Cipher{std::string_view{text}}) << "read as a text: " << text;
  }
}

TEST(PskText, WithoutThatMarkIsAnything) {
  for (const char* text : {"", "k", "key", "keys:1", "a key:2cd46006", " key:", "2cd46006"}) {
    EXPECT_TRUE(is_psk_text(text)) << text;
    EXPECT_EQ(cipher_of(text), Cipher{std::string_view{text}}) << text;
  }
}

TEST(KnownPsks, AreFoundByTheirKey) {
  for (const auto& known : known_psks()) EXPECT_EQ(known_psk_of(Cipher{known.psk}), known.psk);
  EXPECT_EQ(known_psk_of(cipher_of("key:2cd46006")), "vstarcam2018");
}

TEST(KnownPsks, SayNothingAboutOtherKeys) {
  EXPECT_EQ(known_psk_of(Cipher{"a key of its own"}), std::nullopt);
  EXPECT_EQ(known_psk_of(Cipher{CipherKey{}}), std::nullopt) << "no text has the key of zeros";
}

TEST(KeyByte, IsWhatMadeThePlainByteASealedOne) {
  for (const auto& row : vectors::cipher_pairs()) {
    const auto key = key_of(row.psk);
    std::uint8_t previous = 0;
    for (std::size_t i = 0; i < row.plain.size(); ++i) {
      const auto plain = std::to_integer<std::uint8_t>(row.plain[i]);
      const auto sealed = std::to_integer<std::uint8_t>(row.sealed[i]);
      EXPECT_EQ(key_byte_of(plain, sealed, previous), key[previous & 3]) << row.psk << i;
      EXPECT_EQ(sealed ^ stream_byte(key[previous & 3], previous), plain) << row.psk << i;
      previous = sealed;
    }
  }
}

}  // namespace
}  // namespace cam32100::protocol
