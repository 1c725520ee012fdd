// Cameras that do not want us: wrong password, or another viewer has the place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/core/camera_world.hpp"

namespace cam32100::bridge::test {
namespace {

using mappings::ErrorCode;
using protocol::RefusalForm;
using ::testing::HasSubstr;
using ::testing::Not;

class WrongPassword : public ::testing::TestWithParam<CameraKind> {
 protected:
  [[nodiscard]] static WorldOptions options() {
    WorldOptions made;
    made.kind = GetParam();
    made.adjust = [](SupervisorConfig& config) { config.credentials.password = "mistyped-secret"; };
    return made;
  }
};
INSTANTIATE_TEST_SUITE_P(BothCameras, WrongPassword,
                         ::testing::Values(CameraKind::emulated, CameraKind::independent),
                         [](const auto& param) { return to_text(param.param); });

TEST_P(WrongPassword, IsSaidWithoutSayingIt) {
  World world{options()};
  const JobId job = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(job));
  ASSERT_TRUE(world.heard.failed_with(job, ErrorCode::auth_failed));
  EXPECT_THAT(world.heard.failures.at(job).message, HasSubstr("admin"));
  EXPECT_THAT(world.heard.failures.at(job).message, Not(HasSubstr("mistyped")));
  EXPECT_TRUE(world.run_until(CameraSession::auth_failed, 2s));
  EXPECT_TRUE(world.status().available) << "the camera is there";
}

TEST_P(WrongPassword, IsTriedRarely) {
  World world{options()};
  ASSERT_TRUE(world.run_until(CameraSession::auth_failed, 10s));
  world.net.run_for(2h);
  EXPECT_LE(world.executed("check_user.cgi"), 20U) << "an account must not be locked by us";
  EXPECT_GE(world.executed("check_user.cgi"), 4U) << "but it is tried again";
}

TEST_P(WrongPassword, AnswersFurtherJobsAtOnce) {
  World world{options()};
  ASSERT_TRUE(world.run_until(CameraSession::auth_failed, 10s));
  world.net.run_for(5s);
  const JobId job = world.submit(status_plan());
  EXPECT_TRUE(world.heard.failed_with(job, ErrorCode::auth_failed));
  EXPECT_FALSE(world.heard.failures.at(job).detail.at("next_try_s").is_null());
}

TEST_P(WrongPassword, IsHealedByTheRightOne) {
  World world{options()};
  ASSERT_TRUE(world.run_until(CameraSession::auth_failed, 10s));
  world.net.run_for(5s);
  auto config = world.config;
  config.credentials.password = "888888";
  world.supervisor->reconfigure(world.net.now(world.us), config);
  world.net.pump(world.us);
  const JobId job = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(job));
  EXPECT_TRUE(world.heard.replies.contains(job));
  EXPECT_EQ(world.session(), CameraSession::connected);
}

TEST_P(WrongPassword, DoesNotKeepOthersFromBeingChecked) {
  World world{options()};
  ASSERT_TRUE(world.run_until(CameraSession::auth_failed, 10s));
  world.net.run_for(5s);
  world.submit({500, std::nullopt, CredentialsJob{{"admin", "888888"}}});
  world.submit({501, std::nullopt, CredentialsJob{{"admin", "also wrong"}}});
  ASSERT_TRUE(world.run_until_answered(500) && world.run_until_answered(501));
  ASSERT_TRUE(world.heard.replies.contains(500));
  EXPECT_EQ(protocol::parse_cgi_text(world.heard.replies.at(500).front().body).result(), 0);
  ASSERT_TRUE(world.heard.replies.contains(501))
      << "the answer is the camera's, to be read by the asker";
  EXPECT_EQ(protocol::parse_cgi_text(world.heard.replies.at(501).front().body).result(), -1);
  EXPECT_TRUE(world.run_until(CameraSession::auth_failed, 5s));
}

TEST_P(WrongPassword, SetWhileConnectedIsNoticed) {
  auto made = options();
  made.adjust = {};
  World world{made};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  auto config = world.config;
  config.credentials.password = "changed to nonsense";
  world.supervisor->reconfigure(world.net.now(world.us), config);
  world.net.pump(world.us);
  EXPECT_TRUE(world.run_until(CameraSession::auth_failed, 5s));
}

TEST_P(WrongPassword, IsNotBlamedForACommandTheCameraRefuses) {
  auto made = options();
  made.adjust = {};
  World world{made};
  ASSERT_TRUE(world.run_until_connected());
  const JobId job = world.submit(brightness_plan(100'000));
  ASSERT_TRUE(world.run_until_answered(job));
  ASSERT_TRUE(world.heard.replies.contains(job)) << "result=-1 is passed on as it is";
  EXPECT_EQ(protocol::parse_cgi_text(world.heard.replies.at(job).front().body).result(), -1);
  EXPECT_EQ(world.session(), CameraSession::connected);
  EXPECT_GE(world.executed("check_user.cgi"), 2U) << "asked before it was believed";
}

class Busy : public ::testing::TestWithParam<RefusalForm> {
 protected:
  [[nodiscard]] static WorldOptions options() {
    WorldOptions made;
    made.camera.refusal = GetParam();
    return made;
  }
};
std::string form_name(const ::testing::TestParamInfo<RefusalForm>& info) {
  switch (info.param) {
    case RefusalForm::silent:
      return "Silent";
    case RefusalForm::close_after_rdy:
      return "CloseAfterRdy";
    case RefusalForm::full_users:
      return "FullUsers";
  }
  return "";
}
INSTANTIATE_TEST_SUITE_P(EveryForm, Busy,
                         ::testing::Values(RefusalForm::silent, RefusalForm::close_after_rdy,
                                           RefusalForm::full_users),
                         form_name);

// The other viewer is connected, we are not yet.
void give_the_place_away(World& world) {
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  world.submit({900, std::nullopt, DisconnectJob{}});
  world.net.run_for(2s);
  world.let_in_another_viewer();
  ASSERT_TRUE(world.net.run_until(
      [&] { return world.other_viewer->status().session == CameraSession::connected; }, 10s));
}

TEST_P(Busy, IsSaidAndKeepsItsDistance) {
  World world{options()};
  ASSERT_NO_FATAL_FAILURE(give_the_place_away(world));
  const JobId job = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(job, 30s));
  if (GetParam() != RefusalForm::silent) {
    EXPECT_TRUE(world.heard.failed_with(job, ErrorCode::busy));
  } else {
    EXPECT_TRUE(world.heard.failed_with(job, ErrorCode::connect_timeout))
        << "once may be a lost datagram";
  }
  ASSERT_TRUE(world.run_until(CameraSession::busy, 30s));
  EXPECT_TRUE(world.status().available);
  ASSERT_TRUE(world.status().next_try);
  EXPECT_GE(*world.status().next_try - world.net.now(world.us), 59s);
  const JobId next = world.submit(status_plan());
  EXPECT_TRUE(world.heard.failed_with(next, ErrorCode::busy))
      << "at once, without bothering the camera";
  const auto generation = world.supervisor->socket_generation();
  world.net.run_for(58s);
  EXPECT_EQ(world.supervisor->socket_generation(), generation) << "no attempt within the backoff";
}

TEST_P(Busy, EndsWhenTheOtherViewerGoes) {
  World world{options()};
  ASSERT_NO_FATAL_FAILURE(give_the_place_away(world));
  (void)world.submit(status_plan());
  ASSERT_TRUE(world.run_until(CameraSession::busy, 60s));
  world.let_the_other_viewer_go();
  ASSERT_TRUE(world.run_until_connected(150s));
  const JobId job = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(job));
  EXPECT_TRUE(world.heard.replies.contains(job));
}

TEST_P(Busy, IsTriedAgainAtOnceByAnExplicitConnect) {
  World world{options()};
  ASSERT_NO_FATAL_FAILURE(give_the_place_away(world));
  (void)world.submit(status_plan());
  ASSERT_TRUE(world.run_until(CameraSession::busy, 60s));
  world.let_the_other_viewer_go();
  world.net.run_for(2s);
  world.submit({901, std::nullopt, ConnectJob{}});
  ASSERT_TRUE(world.run_until_answered(901, 10s));
  EXPECT_TRUE(world.heard.connects.contains(901));
}

TEST_P(Busy, LeavesTheOtherViewerAlone) {
  World world{options()};
  ASSERT_NO_FATAL_FAILURE(give_the_place_away(world));
  world.submit({901, std::nullopt, ConnectJob{}});
  world.net.run_for(30min);
  EXPECT_EQ(world.other_viewer->status().session, CameraSession::connected);
  EXPECT_EQ(world.other_viewer->status().retries, 0U);
}

}  // namespace
}  // namespace cam32100::bridge::test
