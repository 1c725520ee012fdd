#include "protocol/dialect/cgi_reply_stream.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "jpeg_pictures.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::size_t kLimit = 4 * 1024 * 1024;

struct Outcome {
  std::vector<CgiReply> replies;
  bool broken = false;
  Errc error{};
  std::string what;
  bool in_reply = false;
};

// Feeds `bytes` in pieces of `chunk`.
Outcome feed(BytesView bytes, std::size_t chunk, std::size_t limit = kLimit) {
  Outcome outcome;
  CgiReplyStream stream{limit};
  while (!bytes.empty() && !outcome.broken) {
    BytesView piece = bytes.first(std::min(chunk, bytes.size()));
    bytes = bytes.subspan(piece.size());
    bool hungry = false;
    while (!hungry && !outcome.broken) {
      switch (stream.advance(piece)) {
        case CgiReplyStream::Progress::needs_more:
          hungry = piece.empty();
          break;
        case CgiReplyStream::Progress::header:
          break;
        case CgiReplyStream::Progress::reply:
          outcome.replies.push_back(stream.take());
          break;
        case CgiReplyStream::Progress::broken:
          outcome.broken = true;
          outcome.error = stream.error();
          outcome.what = stream.what();
          break;
      }
    }
  }
  outcome.in_reply = stream.in_reply();
  return outcome;
}

Bytes all_of(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const auto& part : parts) append(all, part);
  return all;
}

TEST(CgiReplyStream, ReadsTheHeadsOfCapturedReplies) {
  // Captures 38 (get_params, 3784 bytes), 9 and 54 (snapshots of 21392 and 7205 bytes).
  const struct {
    const char* hex;
    std::uint16_t id;
    std::size_t length;
  } heads[] = {{"010a0260c80e0001", 0x6002, 3784},
               {"010a156090530001", 0x6015, 21392},
               {"010a1560251c0001", 0x6015, 7205}};
  for (const auto& head : heads) {
    Bytes bytes;
    ASSERT_TRUE(from_hex(head.hex, bytes));
    bytes.resize(bytes.size() + head.length, std::byte{' '});
    const auto outcome = feed(bytes, 1024);
    ASSERT_EQ(outcome.replies.size(), 1U) << head.hex;
    EXPECT_EQ(outcome.replies[0].command_id, head.id);
    EXPECT_EQ(outcome.replies[0].body.size(), head.length);
  }
}

TEST(CgiReplyStream, CutsRepliesApartHoweverTheStreamIsCut) {
  const Bytes picture = picture_of(90);
  const Bytes stream = all_of({reply_block(0x6001, "result= 0;\r\n"), reply_block(0x6012, ""),
                               reply_block(0x6015, picture), reply_block(0x60A0, "x=1;")});
  for (std::size_t chunk = 1; chunk <= stream.size(); ++chunk) {
    const auto outcome = feed(stream, chunk);
    ASSERT_FALSE(outcome.broken) << chunk;
    ASSERT_EQ(outcome.replies.size(), 4U) << chunk;
    EXPECT_EQ(to_string(outcome.replies[0].body), "result= 0;\r\n");
    EXPECT_TRUE(outcome.replies[1].body.empty());
    EXPECT_EQ(outcome.replies[2].body, picture);
    EXPECT_EQ(to_string(outcome.replies[3].body), "x=1;");
    EXPECT_FALSE(outcome.in_reply);
  }
}

TEST(CgiReplyStream, CutsRepliesApartAtEverySingleSplit) {
  const Bytes stream = all_of({reply_block(0x6015, picture_of(80)), reply_block(0x6001, "a=1;")});
  for (std::size_t split = 0; split <= stream.size(); ++split) {
    CgiReplyStream replies{kLimit};
    std::size_t count = 0;
    for (BytesView piece : {BytesView{stream}.first(split), BytesView{stream}.subspan(split)}) {
      while (true) {
        const auto progress = replies.advance(piece);
        if (progress == CgiReplyStream::Progress::reply) {
          static_cast<void>(replies.take());
          ++count;
        }
        ASSERT_NE(progress, CgiReplyStream::Progress::broken) << split;
        if (progress == CgiReplyStream::Progress::needs_more && piece.empty()) break;
      }
    }
    EXPECT_EQ(count, 2U) << split;
  }
}

// A picture's length field wraps at 64 KiB; the next reply must still be found.
class LongPicture : public ::testing::TestWithParam<std::size_t> {};

TEST_P(LongPicture, EndsWhereItsSegmentsEnd) {
  const Bytes picture = picture_of(GetParam());
  const Bytes stream = all_of({reply_block(0x6015, picture), reply_block(0x6001, "a=1;")});
  for (const std::size_t chunk :
       {std::size_t{1}, std::size_t{1024}, std::size_t{60'000}, stream.size()}) {
    const auto outcome = feed(stream, chunk);
    ASSERT_EQ(outcome.replies.size(), 2U) << "chunk " << chunk << ": " << outcome.what;
    EXPECT_EQ(outcome.replies[0].body, picture);
    EXPECT_EQ(to_string(outcome.replies[1].body), "a=1;");
  }
}

INSTANTIATE_TEST_SUITE_P(AroundTheWrap, LongPicture,
                         ::testing::Values(65535, 65536, 65537, 65538, 70'000, 131'071, 131'072,
                                           131'073, 200'000));

TEST(CgiReplyStream, AcceptsZeroPaddingUpToTheAnnouncedLength) {
  for (const std::size_t size : {std::size_t{900}, std::size_t{70'000}}) {
    Bytes padded = picture_of(size);
    padded.resize(size + 300);
    const auto outcome =
        feed(all_of({reply_block(0x6015, padded), reply_block(0x6001, "a=1;")}), 1024);
    ASSERT_EQ(outcome.replies.size(), 2U) << outcome.what;
    EXPECT_EQ(outcome.replies[0].body.size(), size + 300);
  }
}

TEST(CgiReplyStream, TrustsTheAnnouncedLengthOfAPictureThatEndsBeforeIt) {
  Bytes trailed = picture_of(900);
  append(trailed, as_bytes("vendor data"));
  const auto outcome =
      feed(all_of({reply_block(0x6015, trailed), reply_block(0x6001, "a=1;")}), 100);
  ASSERT_EQ(outcome.replies.size(), 2U) << outcome.what;
  EXPECT_EQ(outcome.replies[0].body, trailed);
}

TEST(CgiReplyStream, TreatsAMalformedPictureAsPlainBytesOfTheAnnouncedLength) {
  Bytes odd;
  ASSERT_TRUE(from_hex("ffd8 41424344", odd));
  const auto outcome = feed(all_of({reply_block(0x6015, odd), reply_block(0x6001, "a=1;")}), 3);
  ASSERT_EQ(outcome.replies.size(), 2U) << outcome.what;
  EXPECT_EQ(outcome.replies[0].body, odd);
}

TEST(CgiReplyStream, EndsATextAtItsLengthWhateverItsBytes) {
  const Bytes text(65535, std::byte{'x'});
  const auto outcome = feed(all_of({reply_block(0x6002, text), reply_block(0x6001, "a=1;")}), 1024);
  ASSERT_EQ(outcome.replies.size(), 2U);
  EXPECT_EQ(outcome.replies[0].body.size(), 65535U);
}

TEST(CgiReplyStream, AnswersASnapshotThatWasRefusedByText) {
  const auto outcome = feed(reply_block(0x6015, "result=-1;"), 5);
  ASSERT_EQ(outcome.replies.size(), 1U);
  EXPECT_EQ(to_string(outcome.replies[0].body), "result=-1;");
}

TEST(CgiReplyStream, TellsAnEmptySnapshotByTheBlockThatFollows) {
  const auto outcome = feed(all_of({reply_block(0x6015, ""), reply_block(0x6001, "a=1;")}), 1);
  ASSERT_EQ(outcome.replies.size(), 2U);
  EXPECT_TRUE(outcome.replies[0].body.empty());
}

TEST(CgiReplyStream, BreaksAtAWrongMagic) {
  Bytes junk;
  ASSERT_TRUE(from_hex("ffd8ffe0", junk));
  const auto outcome = feed(all_of({reply_block(0x6001, "a=1;"), junk}), 1);
  EXPECT_EQ(outcome.replies.size(), 1U);
  ASSERT_TRUE(outcome.broken);
  EXPECT_EQ(outcome.error, Errc::bad_reply);
  EXPECT_EQ(outcome.what, "block magic 0xffd8 at a block boundary");
}

TEST(CgiReplyStream, BreaksAtAnotherDialectsBlock) {
  Bytes json;
  ASSERT_TRUE(from_hex("060aa08004000000", json));
  EXPECT_TRUE(feed(json, 8).broken);
}

TEST(CgiReplyStream, BreaksWhenAPictureRunsIntoTheNextOne) {
  // The first was cut by the camera: its announced length holds no end, so the walk goes on into
  // the next.
  Bytes cut = picture_of(500);
  cut.resize(400);
  const auto outcome =
      feed(all_of({reply_block(0x6015, cut), reply_block(0x6015, picture_of(70'000))}), 1024);
  ASSERT_TRUE(outcome.broken);
  EXPECT_TRUE(outcome.replies.empty());
  EXPECT_EQ(outcome.error, Errc::bad_reply);
}

TEST(CgiReplyStream, BreaksWhenALongPicturesEndMissesItsLength) {
  Bytes long_one = picture_of(70'000);
  Bytes block = reply_block(0x6015, long_one);
  block[4] = std::byte{0x00};  // announces 65536 + 0x1100 or more: not where the end stands
  append(block, Bytes(80'000, std::byte{'x'}));
  const auto outcome = feed(block, 1024);
  ASSERT_TRUE(outcome.broken);
  EXPECT_EQ(outcome.what, "a picture's end does not fit its length");
}

TEST(CgiReplyStream, BreaksAtTheBodyLimit) {
  const auto by_field = feed(reply_block(0x6001, Bytes(2000, std::byte{'x'})), 100, 1999);
  ASSERT_TRUE(by_field.broken);
  EXPECT_EQ(by_field.error, Errc::bad_length);
  const auto by_wrap = feed(reply_block(0x6015, picture_of(200'000)), 1024, 150'000);
  ASSERT_TRUE(by_wrap.broken);
  EXPECT_EQ(by_wrap.error, Errc::bad_length);
}

TEST(CgiReplyStream, GivesNothingForAnyTruncation) {
  const Bytes block = reply_block(0x6015, picture_of(120));
  for (std::size_t size = 1; size < block.size(); ++size) {
    const auto outcome = feed(BytesView{block}.first(size), 7);
    EXPECT_TRUE(outcome.replies.empty()) << size;
    EXPECT_FALSE(outcome.broken) << size;
    EXPECT_TRUE(outcome.in_reply) << size;
  }
}

TEST(CgiReplyStream, SurvivesEverySingleByteCorruption) {
  const Bytes block = all_of({reply_block(0x6015, picture_of(80)), reply_block(0x6001, "a=1;")});
  for (std::size_t at = 0; at < block.size(); ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      Bytes damaged = block;
      damaged[at] = static_cast<std::byte>(value);
      const auto outcome = feed(damaged, 33);
      ASSERT_LE(outcome.replies.size(), 5U);
      std::size_t bytes = 0;
      for (const auto& reply : outcome.replies) bytes += reply.body.size();
      ASSERT_LE(bytes, damaged.size());
    }
  }
}

}  // namespace
}  // namespace cam32100::protocol
