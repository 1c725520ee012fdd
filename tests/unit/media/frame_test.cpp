#include "protocol/media/frame.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "protocol/wire/message.hpp"
#include "tests/support/vectors/vectors.hpp"

namespace cam32100::protocol {
namespace {

// A talk head of the okam client, row 60 of the captures: its length stands at 12, not at 16.
constexpr const char* kTalkHead =
    "55aa15a80801000000000000800200000000000007000000"
    "0000000000000000";

Bytes from_hex_text(std::string_view text) {
  Bytes bytes;
  EXPECT_TRUE(from_hex(text, bytes)) << text;
  return bytes;
}

Bytes encoded(const FrameHead& head) {
  std::array<std::byte, kFrameHeadBytes> out{};
  encode_frame_head(head, out);
  return {out.begin(), out.end()};
}

Errc error_of(BytesView bytes) {
  const auto head = decode_frame_head(bytes);
  return head ? Errc{} : static_cast<Errc>(head.error().value());
}

// The data of capture 32, the beginning of a frame of sound: 8 bytes were written down.
Bytes captured_sound() {
  for (const auto& capture : vectors::captures()) {
    if (capture.n != "32") continue;
    return {capture.bytes.begin() + kDrwHeaderBytes, capture.bytes.end()};
  }
  ADD_FAILURE() << "no capture 32";
  return {};
}

// Each field another value, so that none can be taken for its neighbour.
FrameHead all_different() {
  FrameHead head;
  head.type = FrameType::mjpeg;
  head.stream = 0x02;
  head.milliseconds = 0x0304;
  head.seconds = 0x65536FA1;
  head.number = 0x06070809;
  head.length = 0x000A0B0C;
  head.version = 0x0D;
  head.resolution = 0x0E;
  head.session = 0x0F;
  head.preset = 0x10;
  head.end = 0x11;
  head.zone = 0x12;
  head.channel = 0x13;
  head.type1 = 0x14;
  head.sample = -2;
  head.index = 0x1516;
  return head;
}

TEST(FrameHead, BeginsAsTheCapturedSoundDoes) {
  const Bytes captured = captured_sound();
  ASSERT_EQ(captured.size(), 8U);
  FrameHead head;
  head.type = FrameType::audio;
  head.stream = 2;  // A-law
  const Bytes own = encoded(head);
  EXPECT_EQ(to_hex(BytesView{own}.first(8)), to_hex(captured));
}

TEST(FrameHead, ReadsTheTalkHeadOfAClientByteForByte) {
  const Bytes bytes = from_hex_text(kTalkHead);
  const auto head = decode_frame_head(bytes);
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->type, FrameType::talk);
  EXPECT_EQ(head->stream, 1);
  EXPECT_EQ(head->number, 640U) << "where the manual has the number this client has the length";
  EXPECT_EQ(head->length, 0U);
  EXPECT_EQ(head->version, 7);
  EXPECT_FALSE(has_frame(*head));
  EXPECT_EQ(to_hex(encoded(*head)), kTalkHead);
}

TEST(FrameHead, HasEachFieldAtItsPlace) {
  EXPECT_EQ(to_hex(encoded(all_different())),
            "55aa15a8"
            "0302"
            "0403"
            "a16f5365"
            "09080706"
            "0c0b0a00"
            "0d0e0f1011121314"
            "feff"
            "1615");
}

TEST(FrameHead, IsReadBackAsItWasWritten) {
  FrameHead highest;
  highest.type = FrameType{0xFF};
  highest.milliseconds = 0xFFFF;
  highest.seconds = highest.number = highest.length = 0xFFFFFFFFU;
  highest.sample = std::numeric_limits<std::int16_t>::min();
  for (const FrameHead& head : {FrameHead{}, all_different(), highest}) {
    const auto read = decode_frame_head(encoded(head));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(*read, head);
  }
}

TEST(FrameHead, LeavesWhatFollowsItAlone) {
  Bytes bytes = encoded(all_different());
  bytes.resize(1024, std::byte{0x55});
  const auto read = decode_frame_head(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, all_different());
}

TEST(FrameHead, IsTruncatedWhereverItIsCut) {
  const Bytes whole = encoded(all_different());
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(error_of(BytesView{whole}.first(size)), Errc::truncated) << size;
  EXPECT_EQ(error_of(captured_sound()), Errc::truncated);
}

TEST(FrameHead, RefusesADamagedMagicAndNothingElse) {
  for (std::size_t at = 0; at < kFrameHeadBytes; ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes bytes = encoded(all_different());
      bytes[at] ^= static_cast<std::byte>(1U << bit);
      const auto read = decode_frame_head(bytes);
      ASSERT_EQ(read.has_value(), at >= 4) << at;
      if (read) {
        EXPECT_EQ(encoded(*read), bytes) << at;
      }
    }
  }
  EXPECT_EQ(error_of(Bytes(kFrameHeadBytes)), Errc::bad_magic);
}

TEST(FrameHead, HasAFrameOfOneByteToSixteenMebibytes) {
  FrameHead head;
  EXPECT_FALSE(has_frame(head));
  for (const std::uint32_t good : {1U, kMaxFrameBytes}) {
    head.length = good;
    EXPECT_TRUE(has_frame(head)) << good;
  }
  for (const std::uint32_t bad : {kMaxFrameBytes + 1, 0xFFFFFFFFU}) {
    head.length = bad;
    EXPECT_FALSE(has_frame(head)) << bad;
  }
}

}  // namespace
}  // namespace cam32100::protocol
