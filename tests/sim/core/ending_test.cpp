// Leaving a camera: by a command, or because the bridge stops.
#include <gtest/gtest.h>

#include "tests/sim/core/camera_world.hpp"

namespace cam32100::bridge::test {
namespace {

using mappings::ErrorCode;

class Ending : public ::testing::TestWithParam<CameraKind> {
 protected:
  [[nodiscard]] static WorldOptions options() {
    WorldOptions made;
    made.kind = GetParam();
    return made;
  }
};
INSTANTIATE_TEST_SUITE_P(BothCameras, Ending,
                         ::testing::Values(CameraKind::emulated, CameraKind::independent),
                         [](const auto& param) { return to_text(param.param); });

TEST_P(Ending, DisconnectSaysCloseAndStaysClosed) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.submit({1, std::nullopt, DisconnectJob{}});
  EXPECT_EQ(world.heard.done, std::vector<JobId>{1});
  world.net.run_for(1s);
  EXPECT_EQ(world.camera->sessions(), 0U);
  world.net.run_for(1h);
  EXPECT_EQ(world.session(), CameraSession::idle);
  EXPECT_TRUE(world.status().asked_to_stay_closed);
  EXPECT_TRUE(world.status().available) << "presence is still checked";
  EXPECT_EQ(world.camera->sessions(), 0U);
}

TEST_P(Ending, DisconnectLetsEarlierJobsFinish) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  const JobId before = world.submit(status_plan());
  world.submit({900, std::nullopt, DisconnectJob{}});
  ASSERT_TRUE(world.run_until_answered(900));
  EXPECT_TRUE(world.heard.replies.contains(before));
}

TEST_P(Ending, AConnectOrACommandReopensWhatWasDisconnected) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.submit({900, std::nullopt, DisconnectJob{}});
  world.net.run_for(5s);
  world.submit({901, std::nullopt, ConnectJob{}});
  ASSERT_TRUE(world.run_until_answered(901));
  EXPECT_TRUE(world.heard.connects.contains(901));
  world.submit({902, std::nullopt, DisconnectJob{}});
  world.net.run_for(5s);
  const JobId job = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(job));
  EXPECT_TRUE(world.heard.replies.contains(job));
  world.net.run_for(10min);
  EXPECT_EQ(world.session(), CameraSession::connected);
}

TEST_P(Ending, ACommandRightBehindADisconnectIsServedOnANewSession) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.submit({900, std::nullopt, DisconnectJob{}});
  const JobId job = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(job));
  EXPECT_TRUE(world.heard.replies.contains(job));
  EXPECT_FALSE(world.status().asked_to_stay_closed);
}

TEST_P(Ending, ALookUpDoesNotReopen) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.submit({900, std::nullopt, DisconnectJob{}});
  world.submit({901, std::nullopt, LookupJob{{{kServerAddress, {}}}}});
  world.net.run_for(1min);
  EXPECT_EQ(world.session(), CameraSession::idle);
  EXPECT_TRUE(world.status().asked_to_stay_closed);
}

TEST_P(Ending, ShutDownAnswersEverythingAndSaysClose) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  const JobId running = world.submit(status_plan());
  const JobId waiting = world.submit(brightness_plan(3));
  world.supervisor->shut_down(world.net.now(world.us));
  world.drain();
  EXPECT_TRUE(world.heard.failed_with(running, ErrorCode::shutting_down));
  EXPECT_TRUE(world.heard.failed_with(waiting, ErrorCode::shutting_down));
  EXPECT_FALSE(world.supervisor->is_shut_down()) << "CLOSE has not left yet";
  world.net.pump(world.us);
  ASSERT_TRUE(world.net.run_until([&] { return world.supervisor->is_shut_down(); }, 1500ms));
  world.net.run_for(1s);
  EXPECT_EQ(world.camera->sessions(), 0U);
  EXPECT_FALSE(world.supervisor->deadline());
}

TEST_P(Ending, ShutDownTwiceIsOnce) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  const JobId job = world.submit(status_plan());
  world.supervisor->shut_down(world.net.now(world.us));
  world.supervisor->shut_down(world.net.now(world.us));
  world.drain();
  world.net.run_for(5s);
  EXPECT_EQ(world.heard.answers.at(job), 1);
}

TEST_P(Ending, ShutDownDoesNotWaitForACameraThatIsGone) {
  World world{disturbed(options())};
  ASSERT_TRUE(world.run_until_connected());
  (void)world.submit(move_plan(4, 8s));
  world.net.cut_off(world.them);
  world.net.run_for(1s);
  world.supervisor->shut_down(world.net.now(world.us));
  world.net.pump(world.us);
  EXPECT_TRUE(world.net.run_until([&] { return world.supervisor->is_shut_down(); }, 1500ms));
}

}  // namespace
}  // namespace cam32100::bridge::test
