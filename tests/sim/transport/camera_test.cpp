// Short simulations against the emulated camera.
#include "tests/sim/transport/cgi_client.hpp"

namespace cam32100::sim {
namespace {

using namespace std::chrono_literals;

protocol::CameraConfig camera_with(std::vector<protocol::Bytes> pictures) {
  protocol::CameraConfig config;
  config.uid = protocol::Uid::parse("VSTB-668515-UZCPK").value();
  config.pictures = std::move(pictures);
  return config;
}

TEST(CameraOnABadNetwork, GivesEverySnapshotByteForByte) {
  const protocol::Bytes shown = picture(60'000, 1);
  for (const auto seed : seeds(5)) {
    SCOPED_TRACE(::testing::Message() << "reproduce: CAM32100_SEED=" << seed);
    CgiClient client{seed, {.loss = 0.05, .delay = 5ms, .jitter = 2ms}, camera_with({shown})};
    ASSERT_TRUE(client.open());
    for (int i = 0; i < 4; ++i) {
      const auto body = client.ask("snapshot.cgi", 30s);
      ASSERT_TRUE(body) << "snapshot " << i;
      ASSERT_TRUE(*body == shown) << "snapshot " << i;
    }
    EXPECT_EQ(client.unexpected_replies, 0U);
  }
}

TEST(CameraOnABadNetwork, ExecutesEachRequestOnceThoughPacketsAreRepeated) {
  CgiClient client{
      1, {.loss = 0.2, .duplicate = 0.2, .delay = 5ms, .jitter = 30ms}, camera_with({})};
  ASSERT_TRUE(client.open());
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(client.ask("get_status.cgi", 60s)) << i;
  EXPECT_EQ(client.camera.snapshot().requests, 50U);
  EXPECT_EQ(client.unexpected_replies, 0U);
}

TEST(CameraOnABadNetwork, EndsTheSessionThatAPowerCycleForgot) {
  CgiClient client{1, {.delay = 5ms}, camera_with({})};
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.ask("get_status.cgi", 5s));
  client.camera.power_cycle(client.net.now());
  EXPECT_FALSE(client.ask("get_status.cgi", 5s));
  client.net.run_for(11s);
  ASSERT_TRUE(client.closed);
  EXPECT_EQ(client.closed->code, protocol::Errc::timed_out);
}

TEST(CameraOnABadNetwork, IsRefusedByACameraWhoseOnlyPlaceIsTaken) {
  protocol::CameraConfig config = camera_with({});
  config.max_sessions = 0;
  config.refusal = protocol::RefusalForm::close_after_rdy;
  CgiClient client{1, {.delay = 5ms}, config};
  client.net.run_for(1s);
  ASSERT_TRUE(client.closed);
  EXPECT_EQ(client.closed->code, protocol::Errc::refused);
}

TEST(CameraOnABadNetwork, TakesBothHandshakeVariants) {
  for (const bool ready_variant : {false, true}) {
    protocol::CameraConfig config = camera_with({});
    config.punch_variant_ready = ready_variant;
    CgiClient client{1, {.delay = 5ms}, config};
    EXPECT_TRUE(client.open()) << ready_variant;
    EXPECT_TRUE(client.ask("get_status.cgi", 5s)) << ready_variant;
  }
}

}  // namespace
}  // namespace cam32100::sim
