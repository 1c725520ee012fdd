#include "protocol/wire/key_search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "protocol/wire/describe.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/fit.hpp"
#include "protocol/wire/message.hpp"
#include "tests/support/vectors/vectors.hpp"
#include "tests/unit/wire/hex.hpp"

namespace cam32100::protocol {
namespace {

using Keys = std::vector<CipherKey>;

const char* const kPunchHex = "f14100144241544400000000000262ca574f4e4a4d000000";
constexpr std::size_t kPunchBytes = 24;

Bytes sealed_with(const Cipher& cipher, Bytes bytes) {
  cipher.encrypt(bytes);
  return bytes;
}

Bytes opened_with(const CipherKey& key, Bytes bytes) {
  Cipher{key}.decrypt(bytes);
  return bytes;
}

Keys keys_of(const Bytes& datagram) { return find_keys(std::span{&datagram, 1}); }

bool holds(const Keys& keys, const CipherKey& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// Bytes without a meaning, the same ones each time.
class Noise {
 public:
  explicit Noise(std::uint32_t seed) : state_{seed} {}
  std::uint8_t next() {
    state_ = state_ * 1664525 + 1013904223;
    return static_cast<std::uint8_t>(state_ >> 24);
  }
  Bytes bytes(std::size_t size) {
    Bytes out(size);
    for (auto& b : out) b = std::byte{next()};
    return out;
  }
  std::string text(std::size_t size) {
    std::string out(size, ' ');
    for (auto& c : out) c = static_cast<char>('!' + next() % ('~' - '!' + 1));
    return out;
  }

 private:
  std::uint32_t state_;
};

TEST(KeySearch, GivesBackTheKeyOfEveryVector) {
  for (const auto& row : vectors::cipher_pairs()) {
    SCOPED_TRACE(row.psk + " " + to_hex(row.plain));
    const auto keys = keys_of(row.sealed);
    if (row.plain.size() >= kPunchBytes) {
      EXPECT_EQ(keys, Keys{key_of(row.psk)});
    } else {
      EXPECT_TRUE(holds(keys, key_of(row.psk))) << keys.size() << " others";
    }
  }
}

TEST(KeySearch, GivesBackTheKeyOfEveryEncipheredCaptureAndHeadOfOne) {
  std::size_t heads = 0;
  for (const auto& capture : vectors::captures()) {
    if (!capture.psk) continue;
    const auto keys = keys_of(capture.bytes);
    EXPECT_TRUE(holds(keys, key_of(*capture.psk))) << capture.n << ", " << keys.size() << " others";
    if (!capture.whole) ++heads;
  }
  EXPECT_GE(heads, 3U);
}

TEST(KeySearch, LeavesOneKeyWhereItHasSeveralDatagrams) {
  std::map<std::string, std::vector<Bytes>> by_psk;
  for (auto& row : vectors::cipher_pairs()) by_psk[row.psk].push_back(row.sealed);
  for (const auto& [psk, datagrams] : by_psk) {
    EXPECT_EQ(find_keys(datagrams), Keys{key_of(psk)}) << psk;
  }
}

TEST(KeySearch, FindsKeysOfTextsThatNobodyKnows) {
  Noise noise{1};
  std::size_t single = 0;
  for (std::size_t size = 1; size <= 20; ++size) {
    for (int i = 0; i < 5; ++i) {
      const auto psk = noise.text(size);
      const auto keys = keys_of(sealed_with(Cipher{std::string_view{psk}}, hex(kPunchHex)));
      EXPECT_TRUE(holds(keys, key_of(psk))) << psk << ", " << keys.size() << " others";
      if (keys.size() == 1) ++single;
    }
  }
  EXPECT_GE(single, 90U) << "of 100: one PUNCH_PKT is enough for most";
}

TEST(KeySearch, FindsKeysOfTextsBeyondAsciiToo) {
  for (const char* psk : {"na\xc3\xafve", "\xff", "\x80\x80\x80"}) {
    const auto keys = keys_of(sealed_with(Cipher{std::string_view{psk}}, hex(kPunchHex)));
    EXPECT_TRUE(holds(keys, key_of(psk))) << psk << ", " << keys.size() << " others";
  }
}

TEST(KeySearch, FindsTheKeyOfPaddedAndLongerMessages) {
  const std::vector<std::string> longer{
      std::string{kPunchHex} + "00000000",          // padding, as BATE's P2P_RDY
      std::string{kPunchHex} + "0123456789abcdef",  // what an ALIVE of some has behind it
      "f1410018" + std::string{kPunchHex}.substr(8) + "04010302"  // an EX form
  };
  for (const auto& known : known_psks()) {
    if (known.psk.empty()) continue;
    for (const auto& text : longer) {
      const auto keys = keys_of(sealed_with(Cipher{known.psk}, hex(text)));
      EXPECT_TRUE(holds(keys, key_of(known.psk))) << known.psk << " " << text;
      EXPECT_LT(keys.size(), 10U) << known.psk << " " << text;
    }
  }
}

TEST(KeySearch, FindsTheKeyOfAPictureThatIsNoText) {
  Noise picture{2};
  for (const auto& known : known_psks()) {
    if (known.psk.empty()) continue;
    auto drw = hex("f1d00404d101002a");
    const auto data = picture.bytes(kMaxDrwData);
    drw.insert(drw.end(), data.begin(), data.end());
    const auto keys = keys_of(sealed_with(Cipher{known.psk}, drw));
    EXPECT_TRUE(holds(keys, key_of(known.psk))) << known.psk;
  }
}

TEST(KeySearch, FindsNothingThatTwoCamerasHaveInCommon) {
  const auto one = sealed_with(Cipher{"vstarcam2018"}, hex(kPunchHex));
  const auto other = sealed_with(Cipher{"vstarcam2019"}, hex(kPunchHex));
  EXPECT_EQ(find_keys(std::vector{one, other}), Keys{});
  EXPECT_EQ(find_keys(std::vector{one, one}), Keys{key_of("vstarcam2018")});
  // These two keys differ in their last byte alone.
  const auto last = sealed_with(Cipher{"vstarcam2021"}, hex(kPunchHex));
  const auto alike = sealed_with(Cipher{"aqarakr19kn"}, hex(kPunchHex));
  EXPECT_EQ(find_keys(std::vector{last, alike}), Keys{});
}

TEST(KeySearch, FindsNothingInWhatIsNoDatagram) {
  EXPECT_EQ(find_keys({}), Keys{});
  for (const char* text : {"", "49", "49b5", "49b573"})
    EXPECT_EQ(keys_of(hex(text)), Keys{}) << text;
  const auto punch = sealed_with(Cipher{"camera"}, hex(kPunchHex));
  EXPECT_EQ(find_keys(std::vector{punch, Bytes{}}), Keys{});
  auto long_one = punch;
  long_one.resize(kMaxDatagramBytes + 1);
  EXPECT_EQ(keys_of(long_one), Keys{});
}

TEST(KeySearch, FindsNothingInMostNoise) {
  Noise noise{7};
  std::size_t found = 0;
  for (int i = 0; i < 500; ++i) {
    if (!keys_of(noise.bytes(kHeaderBytes + noise.next())).empty()) ++found;
  }
  EXPECT_LT(found, 10U)
      << "a length of two bytes fits by chance in one of 65536, for each key tried";
}

// A found key is one of a text, and everything fits under it.
void expect_sound(const Keys& keys, const Bytes& datagram) {
  for (const auto& key : keys) {
    ASSERT_EQ(static_cast<std::uint8_t>(key[0] + key[1]), 0) << key_text(key);
    ASSERT_EQ((key[0] ^ key[3]) & 1, 0) << key_text(key);
    ASSERT_LE(static_cast<std::uint8_t>(key[0] - 3 * key[2]), 40) << key_text(key);
    ASSERT_NE(fit_of(opened_with(key, datagram)), Fit::none) << key_text(key);
  }
}

TEST(KeySearch, IsSoundForEveryTruncation) {
  std::size_t first = 0;  // every size, each under another key
  for (const auto& row : vectors::cipher_pairs()) {
    if (row.plain.size() < kPunchBytes) continue;
    for (std::size_t size = first++ % 8; size < row.sealed.size(); size += 8) {
      const Bytes cut(row.sealed.begin(), row.sealed.begin() + static_cast<std::ptrdiff_t>(size));
      expect_sound(keys_of(cut), cut);
    }
  }
}

// There is no checksum: a serial with another digit is as good as the first. But what was damaged
// never passes for what was sent.
TEST(KeySearch, NeverTakesADamagedDatagramForTheOneThatWasSent) {
  std::size_t rows = 0;
  for (const auto& row : vectors::cipher_pairs()) {
    if (row.plain != hex(kPunchHex)) continue;
    ++rows;
    for (std::size_t bit = 0; bit < row.sealed.size() * 8; ++bit) {
      const bool in_header = bit / 8 < kHeaderBytes;
      if (!in_header && (bit + rows) % 16 != 0) continue;  // every bit, each under another key
      auto damaged = row.sealed;
      damaged[bit / 8] ^= std::byte{1} << (bit % 8);
      const auto keys = keys_of(damaged);
      expect_sound(keys, damaged);
      if (in_header) {
        EXPECT_FALSE(holds(keys, key_of(row.psk))) << row.psk << " bit " << bit;
      }
      for (const auto& key : keys) {
        EXPECT_TRUE(key != key_of(row.psk) || opened_with(key, damaged) != row.plain) << bit;
      }
    }
  }
}

TEST(KeySearch, TakesNoMoreThanItsShare) {
  std::vector<Bytes> many(kMostSearched, sealed_with(Cipher{"SHIX"}, hex(kPunchHex)));
  EXPECT_EQ(find_keys(many), Keys{key_of("SHIX")});
  many.push_back(hex("00"));
  EXPECT_EQ(find_keys(many), Keys{key_of("SHIX")}) << "what is beyond is not looked at";
}

TEST(ReadsPlain, TellsWhatNeedsNoKey) {
  for (const auto& capture : vectors::captures()) {
    EXPECT_EQ(reads_plain(capture.bytes), !capture.psk) << capture.n;
  }
  for (const auto& row : vectors::cipher_pairs()) {
    EXPECT_TRUE(reads_plain(row.plain)) << to_hex(row.plain);
    EXPECT_FALSE(reads_plain(row.sealed)) << row.psk << " " << to_hex(row.plain);
  }
  for (const char* text : {"", "f1", "f13000", "f1300001", "f1ee0000"}) {
    EXPECT_FALSE(reads_plain(hex(text))) << text;
  }
}

TEST(KeyBytes, SayWhatTheHeaderAloneLeavesOpen) {
  // LAN_SEARCH of capture 45: no ciphertext byte in front chooses K2.
  const auto bytes = key_bytes(keys_of(hex("49b573d5")));
  EXPECT_EQ(bytes[0].values, std::vector<std::uint8_t>{0x2C});
  EXPECT_EQ(bytes[1].values, std::vector<std::uint8_t>{0xD4});
  EXPECT_TRUE(bytes[2].any);
  EXPECT_EQ(bytes[3].values, std::vector<std::uint8_t>{0x06});
  for (const std::size_t i : {0U, 1U, 3U}) EXPECT_FALSE(bytes[i].any);
}

TEST(KeyBytes, ListWhatSeveralKeysHave) {
  const auto bytes = key_bytes(Keys{{1, 255, 9, 7}, {1, 255, 8, 7}, {1, 255, 8, 3}});
  EXPECT_EQ(bytes[2].values, (std::vector<std::uint8_t>{8, 9}));
  EXPECT_EQ(bytes[3].values, (std::vector<std::uint8_t>{3, 7}));
  EXPECT_FALSE(bytes[2].any || bytes[3].any);
  for (const auto& byte : key_bytes({})) EXPECT_TRUE(byte.values.empty() && !byte.any);
}

}  // namespace
}  // namespace cam32100::protocol
