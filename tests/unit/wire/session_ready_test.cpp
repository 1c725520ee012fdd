#include "protocol/wire/session_ready.hpp"

#include <gtest/gtest.h>

#include "protocol/wire/cipher.hpp"
#include "tests/unit/wire/hex.hpp"

namespace cam32100::protocol {
namespace {

// No capture of it is among the vectors: laid out by hand from the places that the decrypted one
// has.
const std::string kPlain =
    "4346454f4100000000065fcb5254465555000000"  // CFEOA-417739-RTFUU, as in the capture
    "00000102"                                  // handle
    "0080"
    "0003"
    "01f4"  // of 128 handles 3 in use, 500 ms
    "01020304"
    "0000"
    "00026c7d6528a8c00000000000000000"   // 192.168.40.101:32108, reversed as everywhere else
    "02007d6cc0a828650000000000000000"   // the same in the big-endian form
    "0002e40d252533b20000000000000000";  // 178.51.37.37:3556

Bytes sealed() {
  auto bytes = hex(kPlain);
  Cipher{"SSD@cs2-network."}.encrypt(bytes);
  return bytes;
}

TEST(SessionReady, IsReadFromUnderItsSeal) {
  const auto report = decode_session_ready(sealed());
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->uid.text(), "CFEOA-417739-RTFUU");
  EXPECT_EQ(report->handle, 258);
  EXPECT_EQ(report->max_handles, 128);
  EXPECT_EQ(report->active_handles, 3);
  EXPECT_EQ(report->connect_ms, 500);
  EXPECT_EQ(report->flags, (std::array<std::uint8_t, 4>{1, 2, 3, 4}));
  EXPECT_EQ(report->local.address.text(), "192.168.40.101:32108");
  EXPECT_EQ(report->second.address.text(), "192.168.40.101:32108");
  EXPECT_EQ(report->third.address.text(), "178.51.37.37:3556");
}

TEST(SessionReady, IsWrittenToTheSameBytes) {
  const auto report = decode_session_ready(sealed()).value();
  EXPECT_EQ(to_hex(encode_session_ready(report)), to_hex(sealed()));
}

TEST(SessionReady, IsRefusedWhenCutAndReadWhenPadded) {
  auto bytes = sealed();
  ASSERT_EQ(bytes.size(), SessionReady::kBytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(decode_session_ready(BytesView{bytes}.first(size)).error(), Errc::truncated);
  }
  bytes.push_back(std::byte{7});
  EXPECT_TRUE(decode_session_ready(bytes));
}

TEST(SessionReady, IsTotalForEveryDamagedByte) {
  const auto good = sealed();
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (unsigned change = 1; change < 256; ++change) {
      auto damaged = good;
      damaged[at] ^= static_cast<std::byte>(change);
      const auto report = decode_session_ready(damaged);
      if (!report) {
        ASSERT_EQ(report.error(), Errc::bad_uid);
      } else {
        ASSERT_EQ(decode_session_ready(encode_session_ready(*report)).value(), *report);
      }
    }
  }
}

}  // namespace
}  // namespace cam32100::protocol
