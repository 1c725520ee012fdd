// Live video of an emulated camera, datagram by datagram.
#include "protocol/peer/camera_stream.hpp"

#include <algorithm>
#include <array>

#include "camera_by_hand.hpp"
#include "conversation.hpp"

namespace cam32100::protocol {
namespace {

struct ReceivedFrame {
  FrameHead head;
  Bytes bytes;
};

// A client of the video channel: joins what comes in order, and acknowledges it if it is told to.
struct CameraStreamTest : CgiByHand {
  Bytes video;
  std::uint16_t next_video = 0;
  bool acknowledges = true;

  CameraStreamTest() {
    config.pictures = {picture_of(5000), picture_of(1500), picture_of(64)};
    config.stream_interval = 100ms;
  }
  void begin() {
    start();
    open();
  }
  // DRW of the video channel among them, resent ones too.
  std::size_t take_video(const std::vector<Sent>& all) {
    std::size_t count = 0;
    for (const Sent& each : all) {
      if (each.to != client || !each.hex.starts_with("f1d0") || each.hex.substr(8, 4) != "d101")
        continue;
      ++count;
      const Bytes datagram = ByHand::from_text(each.hex);
      Reader in{BytesView{datagram}.subspan(6)};
      const std::uint16_t index = in.u16_be();
      if (acknowledges) hand->send(client, ack(1, index));
      if (index != next_video) continue;
      ++next_video;
      const BytesView part = in.rest();
      video.insert(video.end(), part.begin(), part.end());
    }
    return count;
  }
  // A request that leaves what else comes to take_video().
  void say(const std::string& cgi_and_parameters) {
    Bytes block;
    append_request_block(
        "GET /" + cgi_and_parameters + "loginuse=admin&loginpas=888888&user=admin&pwd=888888&",
        block);
    hand->send(client, drw(0, next_index++, block));
  }
  void pass(Duration time) {
    const TimePoint end = hand->now + time;
    while (hand->now < end) {
      take_video(hand->pass(std::min<Duration>(10ms, end - hand->now)));
      while (take_video(hand->take()) > 0) continue;
      hand->send(client, kAliveAck);
    }
  }
  // The frames that came whole; what is left of the stream begins with a head, or is empty.
  std::vector<ReceivedFrame> frames() {
    std::vector<ReceivedFrame> all;
    BytesView rest{video};
    while (!rest.empty()) {
      const auto head = decode_frame_head(rest);
      if (!head) {
        EXPECT_EQ(head.error(), make_error_code(Errc::truncated));
        break;
      }
      if (rest.size() < kFrameHeadBytes + head->length) break;
      const BytesView body = rest.subspan(kFrameHeadBytes, head->length);
      all.push_back({*head, {body.begin(), body.end()}});
      rest = rest.subspan(kFrameHeadBytes + head->length);
    }
    left_over = rest.size();
    return all;
  }
  std::size_t left_over = 0;  // bytes behind the last whole frame, after frames()
};

std::int64_t shown_ms(const FrameHead& head) {
  return std::int64_t{head.seconds} * 1000 + head.milliseconds;
}

TEST_F(CameraStreamTest, BeginsWithTheAnswerAndThenAHead) {
  begin();
  say("livestream.cgi?streamid=10&");
  const auto sent = hand->take_hex();
  ASSERT_GE(sent.size(), 3U);
  EXPECT_EQ(sent[0], "f1d10006d10000010000");
  EXPECT_EQ(sent[1].substr(8, 16), "d1000000010a3760");  // livestream.cgi is 6037
  // 1,700,000,000 s by the camera's clock; number 0; 5000 bytes, of which ffd8 are the first.
  EXPECT_TRUE(
      sent[2].starts_with("f1d00404d101000055aa15a80300000000f1536500000000881300000000"
                          "00000000000000000000ffd8"))
      << sent[2];
}

TEST_F(CameraStreamTest, ShowsItsPicturesInTurnAtItsPace) {
  begin();
  say("livestream.cgi?streamid=10&");
  pass(2s);
  const auto all = frames();
  EXPECT_EQ(all.size(), 21U) << "at 0 s, 0.1 s ... 2 s";
  EXPECT_EQ(left_over, 0U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].head.type, FrameType::mjpeg);
    EXPECT_EQ(all[i].head.stream, 0);
    EXPECT_EQ(all[i].head.number, i);
    EXPECT_EQ(shown_ms(all[i].head), 1'700'000'000'000 + 100 * static_cast<std::int64_t>(i));
    EXPECT_TRUE(all[i].bytes == config.pictures[i % 3]) << i;
  }
  EXPECT_EQ(camera->snapshot().counters.dropped_frames, 0U);
}

TEST_F(CameraStreamTest, EndsWithAWholeFrameWhenItIsStopped) {
  config.channel.window = 2;
  begin();
  acknowledges = false;
  say("livestream.cgi?streamid=3&");
  pass(50ms);
  say("livestream.cgi?streamid=16&");
  acknowledges = true;
  pass(5s);
  EXPECT_EQ(frames().size(), 1U);
  EXPECT_EQ(left_over, 0U);
}

TEST_F(CameraStreamTest, GoesOnAfterAStopAndIsNotDoubledByASecondStart) {
  begin();
  say("livestream.cgi?streamid=10&");
  say("livestream.cgi?streamid=10&");
  pass(950ms);
  EXPECT_EQ(frames().size(), 10U);
  say("livestream.cgi?streamid=16&");
  pass(1s);
  EXPECT_EQ(frames().size(), 10U);
  say("livestream.cgi?streamid=0&");
  pass(50ms);
  const auto all = frames();
  ASSERT_EQ(all.size(), 11U);
  EXPECT_EQ(all.back().head.number, 10U);
}

TEST_F(CameraStreamTest, IsForTheSessionThatAskedAlone) {
  config.max_sessions = 2;
  begin();
  open(kOtherClient);
  say("livestream.cgi?streamid=10&");
  for (const Sent& sent : hand->pass(500ms)) {
    EXPECT_FALSE(sent.to == kOtherClient && sent.hex.starts_with("f1d0")) << sent.hex;
  }
}

TEST_F(CameraStreamTest, EndsWithTheSession) {
  begin();
  say("livestream.cgi?streamid=10&");
  pass(250ms);
  const std::size_t before = frames().size();
  EXPECT_EQ(before, 3U);
  hand->send(client, kClose);
  pass(1s);
  EXPECT_EQ(frames().size(), before);
  EXPECT_FALSE(camera->deadline().has_value()) << "nothing is left to do";
}

TEST_F(CameraStreamTest, IsNotStartedByARecordingAStrangerOrWithoutPictures) {
  begin();
  say("livestream.cgi?streamid=4&");
  say("livestream.cgi?");
  Bytes block;
  append_request_block("GET /livestream.cgi?streamid=10&loginuse=admin&loginpas=wrong&", block);
  hand->send(client, drw(0, next_index++, block));
  pass(1s);
  EXPECT_TRUE(video.empty());
  config.pictures.clear();
  next_index = 0;
  begin();
  say("livestream.cgi?streamid=10&");
  pass(1s);
  EXPECT_TRUE(video.empty());
}

TEST_F(CameraStreamTest, LeavesWholeFramesOutForAClientThatIsTooSlow) {
  config.channel.window = 2;
  begin();
  acknowledges = false;
  say("livestream.cgi?streamid=10&");
  pass(1s);
  const auto dropped = camera->snapshot().counters.dropped_frames;
  EXPECT_GE(dropped, 5U);
  acknowledges = true;
  pass(3s);
  const auto all = frames();
  ASSERT_GE(all.size(), 20U);
  bool has_gap = false;
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(all[i].bytes == config.pictures[all[i].head.number % 3]) << i;
    has_gap = has_gap || (i > 0 && all[i].head.number > all[i - 1].head.number + 1);
  }
  EXPECT_TRUE(has_gap);
  EXPECT_EQ(camera->snapshot().counters.dropped_frames, all.back().head.number + 1 - all.size());
}

TEST_F(CameraStreamTest, FillsTheWindowAndNoMoreWithoutAPace) {
  config.stream_interval = Duration{};
  begin();
  acknowledges = false;
  say("livestream.cgi?streamid=10&");
  EXPECT_EQ(take_video(hand->take()), config.channel.window);
  EXPECT_EQ(take_video(hand->take()), 0U);
  hand->send(client, ack(1, 0));
  EXPECT_EQ(take_video(hand->take()), 1U);
  acknowledges = true;
  for (int i = 0; i < 50; ++i) {
    for (std::uint16_t index = 0; index < next_video; ++index) hand->send(client, ack(1, index));
    take_video(hand->take());
  }
  const auto all = frames();
  EXPECT_GT(all.size(), 100U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].head.number, i);
    EXPECT_TRUE(all[i].bytes == config.pictures[i % 3]) << i;
  }
  EXPECT_EQ(camera->snapshot().counters.dropped_frames, 0U);
}

TEST_F(CameraStreamTest, SendsAPictureLargerThanAnyQueue) {
  config.channel.max_queued_bytes = 4096;
  config.pictures = {picture_of(300'000)};
  for (const Duration interval : {Duration{100ms}, Duration{}}) {
    config.stream_interval = interval;
    next_index = next_video = 0;
    video.clear();
    begin();
    say("livestream.cgi?streamid=10&");
    for (int i = 0; i < 20; ++i) take_video(hand->take());
    const auto all = frames();
    ASSERT_GE(all.size(), 1U);
    EXPECT_TRUE(all[0].bytes == config.pictures[0]);
    hand->send(client, kClose);
  }
}

TEST_F(CameraStreamTest, ShowsWhatIsToBeSeenNowAfterItWasHeldUp) {
  begin();
  say("livestream.cgi?streamid=10&");
  take_video(hand->take());
  hand->now += 1050ms;  // nobody called on_time()
  camera->on_time(hand->now);
  take_video(hand->take());
  EXPECT_EQ(frames().size(), 2U);
  EXPECT_EQ(camera->snapshot().counters.dropped_frames, 0U);
  pass(60ms);
  EXPECT_EQ(frames().size(), 3U) << "and goes on in step";
}

TEST(CameraStream, LetsTwoFramesWaitForTheWindow) {
  CameraStream stream{Pictures{picture_of(3000), picture_of(1000)}, Duration{}};
  ChannelConfig config;
  config.max_queued_bytes = stream.channel_bytes(config.window);
  Channel channel{1, config};
  TimePoint now{1h};
  stream.start(now, {});
  for (int i = 0; i < 5; ++i) {
    stream.feed(now, channel);
    EXPECT_GE(channel.unsent_bytes(), kFrameHeadBytes + 3000);
    EXPECT_LE(channel.unsent_bytes(), 2 * (kFrameHeadBytes + 3000));
  }
  std::array<std::byte, kMaxDatagramBytes> out{};
  std::size_t sent = 0;
  for (; channel.take_drw(now, out); ++sent) stream.feed(now, channel);
  EXPECT_EQ(sent, config.window);
  EXPECT_LE(channel.queued_bytes(), stream.channel_bytes(config.window));
  EXPECT_FALSE(stream.deadline().has_value());
}

TEST(CameraStream, HasADeadlineThatMovesOn) {
  CameraStream stream{Pictures{picture_of(100)}, 40ms};
  Channel channel{1, {}};
  TimePoint now{1h};
  EXPECT_FALSE(stream.deadline().has_value());
  stream.start(now, {});
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(stream.deadline(), now);
    stream.feed(now - 1ms, channel);
    ASSERT_EQ(stream.deadline(), now) << "too early";
    stream.feed(now, channel);
    now += 40ms;
  }
  stream.stop();
  EXPECT_FALSE(stream.deadline().has_value());
}

}  // namespace
}  // namespace cam32100::protocol
