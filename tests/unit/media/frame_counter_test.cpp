#include "protocol/media/frame_counter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

namespace cam32100::protocol {
namespace {

// Frames that hold what a head begins with: none of it may be taken for one.
Bytes frame_of(std::uint32_t size) {
  FrameHead head;
  head.type = FrameType::mjpeg;
  head.length = size;
  Bytes frame(kFrameHeadBytes);
  encode_frame_head(head, std::span<std::byte, kFrameHeadBytes>{frame});
  const Bytes magic(frame.begin(), frame.begin() + 4);
  while (frame.size() < kFrameHeadBytes + size) frame.push_back(magic[frame.size() % 4]);
  return frame;
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Bytes garbage(std::size_t size, std::byte value = std::byte{0}) {
  Bytes bytes(size, value);
  return bytes;
}

FrameCounter counted(BytesView stream, std::size_t cut_at) {
  FrameCounter counter;
  for (; !stream.empty(); stream = stream.subspan(std::min(cut_at, stream.size())))
    counter.on_bytes(stream.first(std::min(cut_at, stream.size())));
  return counter;
}

TEST(FrameCounter, CountsFramesHoweverTheStreamIsCut) {
  const Bytes stream = joined({frame_of(1), frame_of(2000), frame_of(64), frame_of(1024 - 32)});
  for (std::size_t cut = 1; cut <= stream.size(); cut += cut < 70 ? 1 : 61) {
    const FrameCounter counter = counted(stream, cut);
    EXPECT_EQ(counter.frames(), 4U) << cut;
    EXPECT_EQ(counter.skipped_bytes(), 0U) << cut;
  }
}

TEST(FrameCounter, CountsNoFrameThatIsNotWhole) {
  const Bytes frame = frame_of(100);
  for (std::size_t size = 0; size < frame.size(); ++size) {
    FrameCounter counter;
    counter.on_bytes(BytesView{frame}.first(size));
    EXPECT_EQ(counter.frames(), 0U) << size;
    counter.on_bytes(BytesView{frame}.subspan(size));
    EXPECT_EQ(counter.frames(), 1U) << size;
  }
}

TEST(FrameCounter, FindsTheNextHeadBehindAnythingElse) {
  for (std::size_t size = 1; size < 100; ++size) {
    for (const std::byte value : {std::byte{0}, std::byte{0x55}}) {
      const Bytes stream =
          joined({frame_of(10), garbage(size, value), frame_of(10), frame_of(kFrameHeadBytes)});
      const FrameCounter counter = counted(stream, 7);
      EXPECT_EQ(counter.frames(), 3U) << size;
      EXPECT_EQ(counter.skipped_bytes(), size);
    }
  }
}

TEST(FrameCounter, PassesOverHeadsThatAnnounceNoFrame) {
  FrameHead endless;
  endless.length = kMaxFrameBytes + 1;
  Bytes bad(kFrameHeadBytes);
  encode_frame_head(endless, std::span<std::byte, kFrameHeadBytes>{bad});
  Bytes empty(kFrameHeadBytes);
  encode_frame_head({}, std::span<std::byte, kFrameHeadBytes>{empty});
  const FrameCounter counter = counted(joined({bad, empty, frame_of(10)}), 1024);
  EXPECT_EQ(counter.frames(), 1U);
  EXPECT_EQ(counter.skipped_bytes(), 2 * kFrameHeadBytes);
}

TEST(FrameCounter, TakesAnyBytesAndHoldsOnlyAHead) {
  std::uint32_t state = 1;
  Bytes stream(100'000);
  for (auto& byte : stream) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::byte>(state >> 24U);
  }
  const FrameCounter counter = counted(stream, 1024);
  EXPECT_EQ(counter.frames(), 0U);
  EXPECT_GT(counter.skipped_bytes(), stream.size() - kFrameHeadBytes);
}

}  // namespace
}  // namespace cam32100::protocol
