#include <gtest/gtest.h>

#include "protocol/wire/cipher.hpp"
#include "protocol/wire/message.hpp"
#include "tests/support/vectors/vectors.hpp"
#include "tests/unit/wire/hex.hpp"

namespace cam32100::protocol {
namespace {

std::vector<Cipher> known_ciphers() {
  std::vector<Cipher> ciphers;
  for (const auto& known : known_psks()) {
    if (!known.psk.empty()) ciphers.emplace_back(known.psk);
  }
  return ciphers;
}

TEST(Recognise, FindsAKeyThatReadsEveryVector) {
  const auto candidates = known_ciphers();
  for (const auto& row : vectors::cipher_pairs()) {
    SCOPED_TRACE(row.psk + " " + to_hex(row.plain));
    const auto found = recognise(row.sealed, candidates);
    ASSERT_TRUE(found);
    ASSERT_LT(*found, candidates.size());
    auto read = row.sealed;
    candidates[*found].decrypt(read);
    // The keys of vstarcam2021 and aqarakr19kn differ in one byte of four; a few ciphertexts are
    // the same.
    EXPECT_EQ(to_hex(read), to_hex(row.plain));
  }
}

TEST(Recognise, TriesPlainFirst) {
  const auto candidates = known_ciphers();
  std::size_t rows = 0;
  for (const auto& capture : vectors::captures()) {
    if (capture.psk || !capture.whole) continue;
    EXPECT_EQ(recognise(capture.bytes, candidates), kPlainRecognised) << capture.n;
    ++rows;
  }
  EXPECT_GT(rows, 10U);
}

TEST(Recognise, FindsTheKeyOfEveryEncipheredCapture) {
  for (const auto& capture : vectors::captures()) {
    if (!capture.psk || !capture.whole) continue;
    const std::vector<Cipher> candidates{Cipher{"mycamera"},
                                         Cipher{std::string_view{*capture.psk}}};
    EXPECT_EQ(recognise(capture.bytes, candidates), 1U) << capture.n;
  }
}

TEST(Recognise, PrefersTheKeyUnderWhichTheWholePacketDecodes) {
  auto packet = hex("f141001444474f4b000000000001e2404142434445000000");
  const Cipher aqara{"aqarakr19kn"};
  aqara.encrypt(packet);
  const std::vector<Cipher> candidates{Cipher{"vstarcam2021"}, aqara};
  EXPECT_EQ(recognise(packet, candidates), 1U);
}

TEST(Recognise, StillNamesTheKeyOfAPacketWithASaneHeaderAlone) {
  auto packet = hex("f14100140000000000000000000000000000000000000000");  // an id of zeros
  EXPECT_EQ(recognise(packet, {}), kPlainRecognised);
  const std::vector<Cipher> candidates{Cipher{"camera"}};
  candidates[0].encrypt(packet);
  EXPECT_EQ(recognise(packet, candidates), 0U);
}

TEST(Recognise, RefusesHeadsBecauseTheirLengthDoesNotFit) {
  const auto candidates = known_ciphers();
  std::size_t rows = 0;
  for (const auto& capture : vectors::captures()) {
    if (capture.whole) continue;
    EXPECT_EQ(recognise(capture.bytes, candidates), std::nullopt) << capture.n;
    ++rows;
  }
  EXPECT_GT(rows, 10U);
}

TEST(Recognise, RefusesCodesNobodyKnowsAndShortBytes) {
  const auto candidates = known_ciphers();
  for (const auto* text : {"", "f1", "f13000", "f1ee0000", "f1300001", "00000000", "ffffffff"}) {
    EXPECT_EQ(recognise(hex(text), candidates), std::nullopt) << text;
  }
}

TEST(Recognise, RefusesAKeyThatIsNotAmongTheCandidates) {
  const std::vector<Cipher> candidates{Cipher{"camera"}, Cipher{"SHIX"}};
  EXPECT_EQ(recognise(hex("49b573d5"), candidates), std::nullopt);
  EXPECT_EQ(recognise(hex("49b573d5"), {}), std::nullopt);
}

TEST(Recognise, CopesWithAPacketLongerThanAnyOnTheWire) {
  Bytes packet(4 + 2000);
  Writer out{packet};
  out.u32_be(0xF1D807D0);  // PSR, 2000 bytes
  EXPECT_EQ(recognise(packet, {}), kPlainRecognised);
  const std::vector<Cipher> candidates{Cipher{"camera"}};
  candidates[0].encrypt(packet);
  EXPECT_EQ(recognise(packet, candidates), 0U);
}

}  // namespace
}  // namespace cam32100::protocol
