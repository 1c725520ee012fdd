// The session is lost while jobs are under way.
#include <gtest/gtest.h>

#include "tests/sim/core/camera_world.hpp"

namespace cam32100::bridge::test {
namespace {

using mappings::ErrorCode;

class LostJob : public ::testing::TestWithParam<CameraKind> {
 protected:
  [[nodiscard]] static WorldOptions options() {
    WorldOptions made;
    made.kind = GetParam();
    made.camera.picture = make_picture(60'000);
    return made;
  }
  // A proven session, and nothing under way.
  static void open(World& world) {
    ASSERT_TRUE(world.run_until_connected());
    world.net.run_for(15s);
  }
};
INSTANTIATE_TEST_SUITE_P(BothCameras, LostJob,
                         ::testing::Values(CameraKind::emulated, CameraKind::independent),
                         [](const auto& param) { return to_text(param.param); });

TEST_P(LostJob, RepeatsASnapshotOnceAfterAPartition) {
  World world{disturbed(options())};
  ASSERT_NO_FATAL_FAILURE(open(world));
  world.net.set_link(world.them, world.us, {.loss = 0.5});
  const JobId job = world.submit(snapshot_plan());
  world.net.run_for(25ms);  // part of the picture has arrived
  world.net.set_all_links({});
  world.net.cut(world.us, world.them);
  world.net.after(6s, [&] { world.net.heal(world.us, world.them); });
  ASSERT_TRUE(world.run_until_answered(job, 30s));
  ASSERT_TRUE(world.heard.replies.contains(job)) << world.heard.failures.at(job).message;
  EXPECT_EQ(world.heard.replies.at(job).front().body, make_picture(60'000))
      << "byte for byte, not two halves";
  EXPECT_EQ(world.executed("snapshot.cgi"), 2U);
}

TEST_P(LostJob, RepeatsAReadOnlyOnce) {
  World world{options()};
  ASSERT_NO_FATAL_FAILURE(open(world));
  const JobId job = world.submit(status_plan(), 100s);
  world.camera->power_cycle(world.net.now());
  ASSERT_TRUE(
      world.net.run_until([&] { return world.session() != CameraSession::connected; }, 60s));
  ASSERT_TRUE(world.run_until_connected(60s));
  world.camera->power_cycle(world.net.now());
  ASSERT_TRUE(world.run_until_answered(job, 120s));
  EXPECT_EQ(world.heard.answers.at(job), 1);
  if (world.heard.failures.contains(job)) {
    EXPECT_TRUE(world.heard.failed_with(job, ErrorCode::session_lost));
  }
  world.net.run_for(60s);
  EXPECT_LE(world.executed("get_status.cgi"), 2U);
}

TEST_P(LostJob, NeverRepeatsAChangeThatWasSent) {
  World world{disturbed(options())};
  ASSERT_NO_FATAL_FAILURE(open(world));
  const JobId job = world.submit(brightness_plan(7), 60s);
  world.net.run_for(5ms);  // it arrives, its reply does not
  world.net.cut(world.us, world.them);
  ASSERT_TRUE(world.run_until_answered(job, 60s));
  ASSERT_TRUE(world.heard.failed_with(job, ErrorCode::session_lost));
  EXPECT_EQ(world.heard.failures.at(job).detail.at("executed"), "unknown");
  world.net.heal(world.us, world.them);
  ASSERT_TRUE(world.run_until_connected(60s));
  world.net.run_for(30s);
  EXPECT_EQ(world.executed("camera_control.cgi"), 1U);
}

TEST_P(LostJob, RunsAWaitingChangeOnTheNextSession) {
  World world{disturbed(options())};
  ASSERT_NO_FATAL_FAILURE(open(world));
  world.net.cut(world.us, world.them);
  const JobId sent = world.submit(brightness_plan(1), 60s);
  const JobId waiting = world.submit(brightness_plan(2), 60s);
  ASSERT_TRUE(world.run_until_answered(sent, 60s));
  EXPECT_TRUE(world.heard.failed_with(sent, ErrorCode::session_lost));
  world.net.heal(world.us, world.them);
  ASSERT_TRUE(world.run_until_answered(waiting, 60s));
  EXPECT_TRUE(world.heard.replies.contains(waiting));
  EXPECT_EQ(world.executed("camera_control.cgi"), 1U);
}

TEST_P(LostJob, KeepsTheOrderOfRepeatedReads) {
  World world{disturbed(options())};
  ASSERT_NO_FATAL_FAILURE(open(world));
  world.net.cut(world.us, world.them);
  const JobId first = world.submit(status_plan(), 60s);
  const JobId second =
      world.submit(plan_of(mappings::PlanKind::read, "get_camera_params.cgi"), 60s);
  world.net.after(5s, [&] { world.net.heal(world.us, world.them); });
  world.camera->power_cycle(world.net.now());
  ASSERT_TRUE(world.run_until_answered(second, 60s));
  ASSERT_TRUE(world.heard.replies.contains(first));
  ASSERT_TRUE(world.heard.replies.contains(second));
  EXPECT_EQ(world.heard.replies.at(first).front().command_id,
            protocol::cgi_command_id("get_status.cgi"));
  EXPECT_EQ(world.heard.replies.at(second).front().command_id,
            protocol::cgi_command_id("get_camera_params.cgi"));
}

TEST_P(LostJob, AnswersByItsDeadlineWhenTheCameraStaysAway) {
  World world{disturbed(options())};
  ASSERT_NO_FATAL_FAILURE(open(world));
  world.net.cut_off(world.them);
  const JobId job = world.submit(status_plan());
  const auto started = world.net.now();
  ASSERT_TRUE(world.run_until_answered(job, 30s));
  EXPECT_LE(world.net.now() - started, 13s) << "connect and request time-outs together";
  EXPECT_FALSE(world.heard.replies.contains(job));
}

// The emulated camera answers result=-1 to calls it does not know; this one is silent.
TEST(SilentCall, IsToldByName) {
  World world{{.kind = CameraKind::independent}};
  ASSERT_TRUE(world.run_until_connected());
  const JobId job = world.submit(plan_of(mappings::PlanKind::read, "get_onvif.cgi"));
  ASSERT_TRUE(world.run_until_answered(job));
  ASSERT_TRUE(world.heard.failed_with(job, ErrorCode::timeout));
  EXPECT_EQ(world.heard.failures.at(job).detail.at("cgi"), "get_onvif.cgi");
  EXPECT_EQ(world.session(), CameraSession::connected) << "the session itself lives";
}

TEST(SilentCall, AgainAndAgainEndsTheSession) {
  World world{{.kind = CameraKind::independent}};
  ASSERT_TRUE(world.run_until_connected());
  const auto generation = world.supervisor->socket_generation();
  for (int i = 0; i < 4; ++i) {
    const JobId job = world.submit(plan_of(mappings::PlanKind::read, "get_onvif.cgi"));
    ASSERT_TRUE(world.run_until_answered(job, 60s));
  }
  EXPECT_NE(world.supervisor->socket_generation(), generation)
      << "alive, but it answers nothing any more";
}

// A change and then a read that this camera does not know.
mappings::CommandPlan change_and_silent_read() {
  auto plan = brightness_plan(7);
  plan.steps.push_back(step_of("get_onvif.cgi", {}));
  plan.steps.back().may_fail = true;
  return plan;
}

TEST(SilentReadBack, DoesNotFailTheChangeBeforeIt) {
  World world{{.kind = CameraKind::independent}};
  ASSERT_TRUE(world.run_until_connected());
  const JobId job = world.submit(change_and_silent_read());
  ASSERT_TRUE(world.run_until_answered(job));
  ASSERT_TRUE(world.heard.replies.contains(job)) << world.heard.failures.at(job).message;
  ASSERT_EQ(world.heard.replies.at(job).size(), 2U);
  EXPECT_FALSE(world.heard.replies.at(job)[0].body.empty());
  EXPECT_TRUE(world.heard.replies.at(job)[1].body.empty());
  EXPECT_EQ(world.session(), CameraSession::connected);
}

TEST(SilentReadBack, DoesNotFailTheChangeAtTheAskersOwnDeadline) {
  World world{{.kind = CameraKind::independent}};
  ASSERT_TRUE(world.run_until_connected());
  const JobId job = world.submit(change_and_silent_read(), 800ms);
  ASSERT_TRUE(world.run_until_answered(job));
  EXPECT_TRUE(world.heard.replies.contains(job));
  const JobId next = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(next));
  EXPECT_TRUE(world.heard.replies.contains(next)) << "nothing late is taken for its answer";
}

TEST(SilentReadBack, DoesNotFailTheChangeWhenTheSessionIsLostMeanwhile) {
  World world{{.kind = CameraKind::independent}};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  const JobId job = world.submit(change_and_silent_read(), 60s);
  world.net.run_for(1s);
  ASSERT_EQ(world.executed("camera_control.cgi"), 1U);
  world.camera->power_cycle(world.net.now());
  ASSERT_TRUE(world.run_until_answered(job, 60s));
  EXPECT_TRUE(world.heard.replies.contains(job));
  world.net.run_for(30s);
  EXPECT_EQ(world.executed("camera_control.cgi"), 1U) << "and it is not sent again";
}

TEST(SilentCallInABatch, LeavesTheRepliesThatCame) {
  World world{{.kind = CameraKind::independent}};
  ASSERT_TRUE(world.run_until_connected());
  mappings::CommandPlan plan;
  plan.batch = true;
  plan.steps = {step_of("get_status.cgi", {}), step_of("get_onvif.cgi", {}),
                step_of("get_camera_params.cgi", {})};
  const JobId job = world.submit(plan);
  ASSERT_TRUE(world.run_until_answered(job));
  ASSERT_TRUE(world.heard.replies.contains(job)) << world.heard.failures.at(job).message;
  const auto& replies = world.heard.replies.at(job);
  ASSERT_EQ(replies.size(), 3U);
  EXPECT_FALSE(replies[0].body.empty());
  EXPECT_TRUE(replies[1].body.empty());
  EXPECT_FALSE(replies[2].body.empty());
}

}  // namespace
}  // namespace cam32100::bridge::test
