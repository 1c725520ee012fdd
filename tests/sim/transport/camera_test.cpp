// Short simulations against the emulated camera.
#include "tests/sim/transport/cgi_client.hpp"

namespace cam32100::sim {
namespace {

using namespace std::chrono_literals;

TEST(CameraOnABadNetwork, GivesEverySnapshotByteForByte) {
  const protocol::Bytes shown = picture(60'000, 1);
  for (const auto seed : seeds(5)) {
    SCOPED_TRACE(::testing::Message() << "reproduce: CAM32100_SEED=" << seed);
    WithEmulated talk{seed, {.loss = 0.05, .delay = 5ms, .jitter = 2ms}, camera_with({shown})};
    ASSERT_TRUE(talk.client.open());
    for (int i = 0; i < 4; ++i) {
      const auto body = talk.client.ask("snapshot.cgi", 30s);
      ASSERT_TRUE(body) << "snapshot " << i;
      ASSERT_TRUE(*body == shown) << "snapshot " << i;
    }
    EXPECT_EQ(talk.client.unexpected_replies, 0U);
  }
}

TEST(CameraOnABadNetwork, ExecutesEachRequestOnceThoughPacketsAreRepeated) {
  WithEmulated talk{
      1, {.loss = 0.2, .duplicate = 0.2, .delay = 5ms, .jitter = 30ms}, camera_with({})};
  ASSERT_TRUE(talk.client.open());
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(talk.client.ask("get_status.cgi", 60s)) << i;
  EXPECT_EQ(talk.camera.snapshot().requests, 50U);
  EXPECT_EQ(talk.client.unexpected_replies, 0U);
}

TEST(CameraOnABadNetwork, EndsTheSessionThatAPowerCycleForgot) {
  WithEmulated talk{1, {.delay = 5ms}, camera_with({})};
  ASSERT_TRUE(talk.client.open());
  ASSERT_TRUE(talk.client.ask("get_status.cgi", 5s));
  talk.camera.power_cycle(talk.net.now());
  EXPECT_FALSE(talk.client.ask("get_status.cgi", 5s));
  talk.net.run_for(11s);
  ASSERT_TRUE(talk.client.closed);
  EXPECT_EQ(talk.client.closed->code, protocol::Errc::timed_out);
}

TEST(CameraOnABadNetwork, IsRefusedByACameraWhoseOnlyPlaceIsTaken) {
  protocol::CameraConfig config = camera_with({});
  config.max_sessions = 0;
  config.refusal = protocol::RefusalForm::close_after_rdy;
  WithEmulated talk{1, {.delay = 5ms}, config};
  talk.net.run_for(1s);
  ASSERT_TRUE(talk.client.closed);
  EXPECT_EQ(talk.client.closed->code, protocol::Errc::refused);
}

TEST(CameraOnABadNetwork, TakesBothHandshakeVariants) {
  for (const bool ready_variant : {false, true}) {
    protocol::CameraConfig config = camera_with({});
    config.punch_variant_ready = ready_variant;
    WithEmulated talk{1, {.delay = 5ms}, config};
    EXPECT_TRUE(talk.client.open()) << ready_variant;
    EXPECT_TRUE(talk.client.ask("get_status.cgi", 5s)) << ready_variant;
  }
}

// --- the same against the camera that was written from the wire format alone

TEST(IndependentCameraOnABadNetwork, GivesEverySnapshotByteForByte) {
  const protocol::Bytes shown = picture(60'000, 1);
  for (const auto seed : seeds(5)) {
    SCOPED_TRACE(::testing::Message() << "reproduce: CAM32100_SEED=" << seed);
    WithIndependent talk{
        seed, {.loss = 0.05, .delay = 5ms, .jitter = 2ms}, independent_camera_with(shown)};
    ASSERT_TRUE(talk.client.open());
    for (int i = 0; i < 4; ++i) {
      const auto body = talk.client.ask("snapshot.cgi", 30s);
      ASSERT_TRUE(body) << "snapshot " << i;
      ASSERT_TRUE(*body == shown) << "snapshot " << i;
    }
    EXPECT_EQ(talk.client.unexpected_replies, 0U);
  }
}

TEST(IndependentCameraOnABadNetwork, ExecutesEachRequestOnceAcrossTheWrap) {
  const protocol::Bytes shown = picture(20'000, 2);
  testing::IndependentCameraConfig config = independent_camera_with(shown);
  config.first_index = 0xFF00;
  config.flags_repeated_requests = true;
  protocol::ChannelConfig channel;
  channel.first_index = config.first_index;
  for (const auto seed : seeds(3)) {
    SCOPED_TRACE(::testing::Message() << "reproduce: CAM32100_SEED=" << seed);
    WithIndependent talk{
        seed, {.loss = 0.2, .duplicate = 0.05, .delay = 20ms, .jitter = 80ms}, config, channel};
    ASSERT_TRUE(talk.client.open());
    for (int i = 0; i < 300; ++i) {  // a request each, and more than 256 packets of replies
      const bool picture_now = i % 20 == 0;
      const auto body = talk.client.ask(picture_now ? "snapshot.cgi" : "get_status.cgi", 60s,
                                        {{"number", std::to_string(i)}});
      ASSERT_TRUE(body) << i;
      if (picture_now) {
        ASSERT_TRUE(*body == shown) << i;
      }
    }
    EXPECT_EQ(talk.camera.requests().size(), 300U);
    EXPECT_EQ(talk.client.unexpected_replies, 0U);
    EXPECT_EQ(talk.camera.sessions_opened(), 1U);
  }
}

TEST(IndependentCameraOnABadNetwork, AnswersARequestAMinuteForAnHour) {
  for (const auto seed : seeds(5)) {
    SCOPED_TRACE(::testing::Message() << "reproduce: CAM32100_SEED=" << seed);
    WithIndependent talk{seed,
                         {.loss = 0.2, .duplicate = 0.05, .delay = 20ms, .jitter = 80ms},
                         independent_camera_with({})};
    ASSERT_TRUE(talk.client.open());
    const TimePoint start = talk.net.now();
    for (int minute = 1; minute <= 60; ++minute) {
      ASSERT_TRUE(talk.client.ask("get_status.cgi", 60s)) << "minute " << minute;
      talk.net.run_until(start + minute * 1min);
    }
    EXPECT_EQ(talk.camera.requests().size(), 60U);
    EXPECT_EQ(talk.camera.sessions_opened(), 1U);
    EXPECT_EQ(talk.client.unexpected_replies, 0U);
  }
}

}  // namespace
}  // namespace cam32100::sim
