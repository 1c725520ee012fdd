#include "bridge/cli/stream_writer.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

namespace cam32100::bridge {
namespace {

using namespace std::chrono_literals;
using protocol::Bytes;
using protocol::BytesView;
using protocol::TimePoint;

struct StreamWriterTest : ::testing::Test {
  StreamWriterTest() {
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(::pipe(ends.data()), 0);
  }
  ~StreamWriterTest() override { close_both(); }
  void close_both() {
    for (int& end : ends) {
      if (end >= 0) ::close(end);
      end = -1;
    }
  }
  static Bytes frame(std::uint32_t size) {
    protocol::FrameHead head;
    head.length = size;
    Bytes bytes(protocol::kFrameHeadBytes);
    protocol::encode_frame_head(
        head, std::span<std::byte, protocol::kFrameHeadBytes>{bytes.data(), bytes.size()});
    bytes.resize(bytes.size() + size, std::byte{0x5A});
    return bytes;
  }
  Bytes read(std::size_t most) const {
    Bytes bytes(most);
    const auto size = ::read(ends[0], bytes.data(), bytes.size());
    bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return bytes;
  }
  void write(StreamWriter& writer, TimePoint now, BytesView bytes) {
    writer.on_stream(now, protocol::kVideoChannel, bytes);
    writer.flush();
  }

  std::array<int, 2> ends{-1, -1};
  TimePoint start{1h};
};

TEST_F(StreamWriterTest, WritesTheVideoChannelAndCountsIt) {
  StreamWriter writer{ends[1]};
  EXPECT_EQ(writer.figures().dump(), R"({"bytes":0,"frames":0,"seconds":0.0,"mb_per_s":0.0})");
  const Bytes sent = frame(968);
  write(writer, start, BytesView{sent}.first(500));
  write(writer, start + 1ms, BytesView{sent}.subspan(500));
  write(writer, start + 4ms, BytesView{sent}.first(10));
  Bytes expected = sent;
  expected.insert(expected.end(), sent.begin(), sent.begin() + 10);
  EXPECT_EQ(read(4096), expected);
  EXPECT_FALSE(writer.error());
  EXPECT_EQ(writer.length(), 4ms);
  EXPECT_EQ(writer.figures().dump(), R"({"bytes":1010,"frames":1,"seconds":0.004,"mb_per_s":0.3})");
}

TEST_F(StreamWriterTest, GathersSmallPiecesAndWritesThemInTime) {
  StreamWriter writer{ends[1]};
  const Bytes piece(1024, std::byte{0x5A});
  std::thread reader{[&] {
    std::size_t received = 0;
    while (received < 65537) received += std::max<std::size_t>(read(65536).size(), 1);
  }};
  for (int i = 0; i < 64; ++i) writer.on_stream(start, protocol::kVideoChannel, piece);
  EXPECT_EQ(writer.bytes(), 0U);
  writer.on_stream(start, protocol::kVideoChannel, BytesView{piece}.first(1));
  EXPECT_EQ(writer.bytes(), 65536U) << "one more is one too many";
  writer.flush();
  EXPECT_EQ(writer.bytes(), 65537U);
  reader.join();
}

TEST_F(StreamWriterTest, CountsOtherChannelsAndWritesNothingOfThem) {
  StreamWriter writer{ends[1]};
  writer.on_stream(start, 2, frame(10));
  EXPECT_EQ(writer.bytes(), 0U);
  EXPECT_EQ(writer.other_bytes(), protocol::kFrameHeadBytes + 10);
  EXPECT_EQ(::fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
  EXPECT_TRUE(read(10).empty());
}

TEST_F(StreamWriterTest, WritesNothingMoreAfterAnError) {
  StreamWriter writer{ends[1]};
  const Bytes sent = frame(10);
  write(writer, start, sent);
  ::close(ends[0]);
  ends[0] = -1;
  write(writer, start, sent);
  EXPECT_EQ(writer.error(), std::errc::broken_pipe);
  close_both();  // a further write would fail for another reason
  write(writer, start, sent);
  EXPECT_EQ(writer.error(), std::errc::broken_pipe);
  EXPECT_EQ(writer.bytes(), sent.size());
}

TEST_F(StreamWriterTest, WaitsForADescriptorThatDoesNot) {
  ASSERT_EQ(::fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
  const Bytes sent = frame(1'000'000);  // more than a pipe holds
  Bytes received;
  std::thread reader{[&] {
    while (received.size() < sent.size()) {
      const Bytes part = read(65536);
      if (part.empty()) return;
      received.insert(received.end(), part.begin(), part.end());
    }
  }};
  StreamWriter writer{ends[1]};
  write(writer, start, sent);
  ::close(ends[1]);
  ends[1] = -1;
  reader.join();
  EXPECT_TRUE(received == sent);
  EXPECT_EQ(writer.bytes(), sent.size());
}

}  // namespace
}  // namespace cam32100::bridge
