// Battery cameras: a session only when somebody needs it.
#include <gtest/gtest.h>

#include "tests/sim/core/camera_world.hpp"

namespace cam32100::bridge::test {
namespace {

class OnDemand : public ::testing::TestWithParam<CameraKind> {
 protected:
  [[nodiscard]] static WorldOptions options() {
    WorldOptions made;
    made.kind = GetParam();
    made.adjust = [](SupervisorConfig& config) { config.on_demand = true; };
    return made;
  }
};
INSTANTIATE_TEST_SUITE_P(BothCameras, OnDemand,
                         ::testing::Values(CameraKind::emulated, CameraKind::independent),
                         [](const auto& param) { return to_text(param.param); });

TEST_P(OnDemand, IsIdleAndAvailableWithoutASession) {
  World world{options()};
  world.net.run_for(10min);
  EXPECT_EQ(world.session(), CameraSession::idle);
  EXPECT_TRUE(world.status().available);
  EXPECT_EQ(world.camera->sessions(), 0U);
  EXPECT_EQ(world.executed(""), 0U) << "not even a login";
  EXPECT_FALSE(world.was(CameraSession::connecting));
}

TEST_P(OnDemand, ConnectsForAJobAndLogsOutAMinuteLater) {
  World world{options()};
  world.net.run_for(5s);
  const JobId job = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(job));
  EXPECT_TRUE(world.heard.replies.contains(job));
  world.net.run_for(58s);
  EXPECT_EQ(world.session(), CameraSession::connected);
  world.net.run_for(4s);
  EXPECT_EQ(world.session(), CameraSession::idle);
  EXPECT_EQ(world.camera->sessions(), 0U) << "logged out, not just forgotten";
  EXPECT_EQ(world.heard.availability, std::vector<bool>{true});
}

TEST_P(OnDemand, DoesNotLogOutUnderAJob) {
  auto made = options();
  made.adjust = [](SupervisorConfig& config) {
    config.on_demand = true;
    config.idle_logout = 1s;
  };
  World world{made};
  const JobId job = world.submit(move_plan(4, 5s));
  ASSERT_TRUE(world.run_until_answered(job));
  EXPECT_TRUE(world.heard.replies.contains(job)) << "the pause is longer than the idle time";
  EXPECT_EQ(world.executed("decoder_control.cgi"), 2U);
}

TEST_P(OnDemand, StaysWithTheCameraWhileJobsKeepComing) {
  World world{options()};
  for (int i = 0; i < 10; ++i) {
    const JobId job = world.submit(status_plan());
    ASSERT_TRUE(world.run_until_answered(job));
    world.net.run_for(30s);
  }
  EXPECT_EQ(world.executed("check_user.cgi"), 1U) << "one session for all";
}

TEST_P(OnDemand, NoticesWithoutASessionThatTheCameraWentAwayAndCameBack) {
  World world{disturbed(options())};
  world.net.run_for(10s);
  world.net.cut_off(world.them);
  world.net.run_for(3min);
  EXPECT_EQ(world.session(), CameraSession::offline);
  EXPECT_EQ(world.heard.availability, (std::vector<bool>{true, false}));
  world.net.reconnect(world.them);
  world.net.run_for(70s);
  EXPECT_EQ(world.session(), CameraSession::idle);
  EXPECT_EQ(world.heard.availability, (std::vector<bool>{true, false, true}));
  EXPECT_EQ(world.status().reason, "");
}

TEST_P(OnDemand, ConnectsAtOnceWhenSwitchedToAlways) {
  World world{options()};
  world.net.run_for(10s);
  auto config = world.config;
  config.on_demand = false;
  world.supervisor->reconfigure(world.net.now(world.us), config);
  world.net.pump(world.us);
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(10min);
  EXPECT_EQ(world.session(), CameraSession::connected);
}

TEST_P(OnDemand, LetsAnExplicitConnectStayForTheIdleTime) {
  World world{options()};
  world.net.run_for(5s);
  world.submit({1, std::nullopt, ConnectJob{}});
  ASSERT_TRUE(world.run_until_answered(1));
  world.net.run_for(50s);
  EXPECT_EQ(world.session(), CameraSession::connected);
  world.net.run_for(15s);
  EXPECT_EQ(world.session(), CameraSession::idle);
}

TEST(OnDemandByServer, IsAvailableByALookUpAlone) {
  WorldOptions made;
  made.lan = false;
  made.server = true;
  made.adjust = [](SupervisorConfig& config) { config.on_demand = true; };
  World world{made};
  world.net.run_for(5min);
  EXPECT_EQ(world.session(), CameraSession::idle);
  EXPECT_TRUE(world.status().available);
  EXPECT_EQ(world.camera->sessions(), 0U);
}

}  // namespace
}  // namespace cam32100::bridge::test
