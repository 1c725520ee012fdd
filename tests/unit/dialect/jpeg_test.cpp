#include "protocol/dialect/jpeg.hpp"

#include <gtest/gtest.h>

#include "jpeg_pictures.hpp"
#include "protocol/dialect/cgi.hpp"

namespace cam32100::protocol {
namespace {

Bytes bytes_of(const char* hex) {
  Bytes bytes;
  EXPECT_TRUE(from_hex(hex, bytes));
  return bytes;
}

JpegWalker::State walk(BytesView body) {
  JpegWalker walker;
  return walker.advance(body);
}

TEST(JpegWalker, FindsTheEndMarkerBehindAThumbnailWithItsOwn) {
  const Bytes picture = picture_of(500);
  JpegWalker walker;
  EXPECT_EQ(walker.advance(picture), JpegWalker::State::ended);
  EXPECT_EQ(walker.end(), picture.size());
}

TEST(JpegWalker, DoesNotTakeZeroPaddingForThePicture) {
  Bytes picture = picture_of(500);
  picture.resize(700);
  JpegWalker walker;
  EXPECT_EQ(walker.advance(picture), JpegWalker::State::ended);
  EXPECT_EQ(walker.end(), 500U);
}

TEST(JpegWalker, FindsTheSameEndHoweverTheBodyGrows) {
  const Bytes picture = picture_of(300);
  for (std::size_t step = 1; step < 40; ++step) {
    JpegWalker walker;
    for (std::size_t size = 0; size < picture.size(); size += step) {
      ASSERT_EQ(walker.advance(BytesView{picture}.first(size)), JpegWalker::State::walking)
          << "step " << step << " size " << size;
    }
    ASSERT_EQ(walker.advance(picture), JpegWalker::State::ended) << "step " << step;
    ASSERT_EQ(walker.end(), picture.size()) << "step " << step;
  }
}

TEST(JpegWalker, GoesOnThroughSeveralScans) {
  // A progressive picture has tables and scans after the first scan.
  const Bytes two_scans = bytes_of("ffd8 ffda0003 00 1122 ffc40003 00 ffda0003 00 3344 ffd9");
  JpegWalker walker;
  EXPECT_EQ(walker.advance(two_scans), JpegWalker::State::ended);
  EXPECT_EQ(walker.end(), two_scans.size());
}

TEST(JpegWalker, AcceptsFillBytesBeforeAMarker) {
  EXPECT_EQ(walk(bytes_of("ffd8 ffffff fe0003 00 ffda0002 11 ffff ffd9")),
            JpegWalker::State::ended);
}

TEST(JpegWalker, WaitsAtEveryTruncation) {
  const Bytes picture = picture_of(200);
  for (std::size_t size = 0; size < picture.size(); ++size) {
    EXPECT_EQ(walk(BytesView{picture}.first(size)), JpegWalker::State::walking) << size;
  }
}

TEST(JpegWalker, RefusesWhatIsNotASegment) {
  EXPECT_EQ(walk(bytes_of("0102")), JpegWalker::State::malformed);           // no marker at all
  EXPECT_EQ(walk(bytes_of("ffe00004")), JpegWalker::State::malformed);       // not begun by SOI
  EXPECT_EQ(walk(bytes_of("ffd8 ffe00001")), JpegWalker::State::malformed);  // length below 2
  EXPECT_EQ(walk(bytes_of("ffd8 ff00")), JpegWalker::State::malformed);  // stuffing outside a scan
  EXPECT_EQ(walk(bytes_of("ffd8 ffd3")), JpegWalker::State::malformed);  // restart outside a scan
  EXPECT_EQ(walk(bytes_of("ffd8 ffe00003 00 41")),
            JpegWalker::State::walking);  // one byte decides nothing
  EXPECT_EQ(walk(bytes_of("ffd8 ffe00003 00 4142")), JpegWalker::State::malformed);
}

TEST(JpegWalker, RefusesASecondPictureInsideAScan) {
  // A cut picture followed by the next reply: its FF D8 cannot be scan data.
  EXPECT_EQ(walk(bytes_of("ffd8 ffda0002 1122 ffd8 ffe0")), JpegWalker::State::malformed);
}

TEST(JpegWalker, StaysWithItsVerdict) {
  JpegWalker walker;
  EXPECT_EQ(walker.advance(bytes_of("ffd8 ff00")), JpegWalker::State::malformed);
  EXPECT_EQ(walker.advance(bytes_of("ffd8 ff00 ffd9")), JpegWalker::State::malformed);
}

TEST(JpegWalker, SurvivesEverySingleByteCorruption) {
  const Bytes picture = picture_of(120);
  for (std::size_t at = 0; at < picture.size(); ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      Bytes damaged = picture;
      damaged[at] = static_cast<std::byte>(value);
      JpegWalker walker;
      if (walker.advance(damaged) == JpegWalker::State::ended) {
        ASSERT_LE(walker.end(), damaged.size());
      }
    }
  }
}

TEST(JpegSize, IsReadFromTheFrameHeaderBehindOtherSegments) {
  const auto size = jpeg_size(picture_of(200));
  ASSERT_TRUE(size.has_value());
  EXPECT_EQ(size->width, 640U);
  EXPECT_EQ(size->height, 360U);
}

TEST(JpegSize, IsReadFromProgressiveFramesToo) {
  const auto size = jpeg_size(bytes_of("ffd8 ffc2 000b 08 02d0 0500 01 01 11 00"));
  ASSERT_TRUE(size.has_value());
  EXPECT_EQ(size->width, 1280U);
  EXPECT_EQ(size->height, 720U);
}

TEST(JpegSize, IsUnknownWithoutAWholeFrameHeader) {
  EXPECT_FALSE(jpeg_size({}).has_value());
  EXPECT_FALSE(jpeg_size(as_bytes("result= 0;")).has_value());
  EXPECT_FALSE(jpeg_size(bytes_of("ffd8")).has_value());
  EXPECT_FALSE(jpeg_size(bytes_of("ffd8 ffc0 000b 08 02d0")).has_value());  // cut
  EXPECT_FALSE(jpeg_size(bytes_of("ffd8 ffc0 0004 08 02")).has_value());    // too short inside
  EXPECT_FALSE(jpeg_size(bytes_of("ffd8 ffc0 0008 08 0000 0500 01")).has_value());  // no lines
  EXPECT_FALSE(jpeg_size(bytes_of("ffd8 ffda 0002 ffc0 0008 08 02d0 0500 01"))
                   .has_value());  // behind the scan
  EXPECT_FALSE(jpeg_size(bytes_of("ffd8 41c0 0008 08 02d0 0500 01")).has_value());
}

TEST(JpegSize, NeverReadsPastATruncation) {
  const Bytes picture = picture_of(100);
  std::size_t known = 0;
  for (std::size_t size = 0; size <= picture.size(); ++size) {
    // An own allocation of exactly this size, so that a sanitizer sees a read past it.
    const Bytes cut(picture.begin(), picture.begin() + static_cast<std::ptrdiff_t>(size));
    known += jpeg_size(cut).has_value() ? 1U : 0U;
  }
  EXPECT_GT(known, 0U);
  EXPECT_LT(known, picture.size());
}

TEST(IsJpeg, LooksAtTwoBytes) {
  EXPECT_TRUE(is_jpeg(bytes_of("ffd8")));
  EXPECT_FALSE(is_jpeg(bytes_of("ff")));
  EXPECT_FALSE(is_jpeg(bytes_of("d8ff")));
  EXPECT_FALSE(is_jpeg({}));
}

}  // namespace
}  // namespace cam32100::protocol
