// What comes on the other channels than that of commands.
#include <gtest/gtest.h>

#include "protocol/media/frame_counter.hpp"
#include "tests/sim/core/camera_world.hpp"
#include "tests/sim/core/nat_world.hpp"

namespace cam32100::bridge::test {
namespace {

class Viewer final : public protocol::StreamReceiver {
 public:
  void on_stream(TimePoint, std::uint8_t channel, protocol::BytesView bytes) override {
    EXPECT_EQ(channel, protocol::kVideoChannel);
    frames.on_bytes(bytes);
  }
  protocol::FrameCounter frames;
};

mappings::CommandPlan livestream_plan() {
  mappings::CommandPlan plan;
  plan.steps.push_back(step_of("livestream.cgi", {{"streamid", "10"}}));
  return plan;
}

WorldOptions options(Viewer* viewer, const sim::LinkConfig& links = {}) {
  WorldOptions made;
  made.links = links;
  made.camera.picture = make_picture(20'000);
  made.adjust = [viewer](SupervisorConfig& config) { config.media = viewer; };
  return made;
}

TEST(Media, ReachesWhoeverReadsItWhole) {
  for (const double loss : {0.0, 0.1}) {
    Viewer viewer;
    World world{options(&viewer, {.loss = loss, .delay = 5ms, .jitter = 5ms})};
    ASSERT_TRUE(world.run_until_answered(world.submit(livestream_plan())));
    EXPECT_TRUE(world.net.run_until([&] { return viewer.frames.frames() >= 30; }, 20s)) << loss;
    EXPECT_EQ(viewer.frames.skipped_bytes(), 0U);
  }
}

TEST(Media, IsAcknowledgedWithoutAReader) {
  World world{options(nullptr)};
  ASSERT_TRUE(world.run_until_answered(world.submit(livestream_plan())));
  world.net.run_for(60s);
  EXPECT_EQ(world.session(), CameraSession::connected);
  EXPECT_EQ(world.camera->sessions(), 1U) << "a packet never acknowledged would have ended it";
  EXPECT_EQ(world.status().retries, 0U);
}

// A direct session would be another one, which the camera was not asked for a stream on.
TEST(Media, KeepsARelayedSessionWhereItIs) {
  Viewer viewer;
  NatWorld world{
      {.camera = [](protocol::CameraConfig& camera) { camera.pictures = {make_picture(5'000)}; },
       .adjust = [&viewer](SupervisorConfig& config) { config.media = &viewer; }}};
  world.net.cut(world.us, world.them);
  ASSERT_TRUE(world.run_until_connected());
  world.net.heal(world.us, world.them);
  ASSERT_TRUE(world.run_until_answered(world.submit(livestream_plan())));
  world.net.run_for(60s);
  EXPECT_EQ(world.status().path, protocol::Path::relay);
  EXPECT_GE(viewer.frames.frames(), 800U) << "15 a second";
}

}  // namespace
}  // namespace cam32100::bridge::test
