// Jobs on an open session: order, pipelining, joining, late replies.
#include <gtest/gtest.h>

#include "tests/sim/core/camera_world.hpp"

namespace cam32100::bridge::test {
namespace {

using mappings::ErrorCode;

class JobOrder : public ::testing::TestWithParam<CameraKind> {
 protected:
  [[nodiscard]] static WorldOptions options() {
    WorldOptions made;
    made.kind = GetParam();
    made.camera.picture = make_picture(30'000);
    return made;
  }
};
INSTANTIATE_TEST_SUITE_P(BothCameras, JobOrder,
                         ::testing::Values(CameraKind::emulated, CameraKind::independent),
                         [](const auto& param) { return to_text(param.param); });

std::optional<std::string> value_of(const protocol::CgiReply& reply, const std::string& name) {
  const auto values = protocol::parse_cgi_text(reply.body);
  const std::string* value = values.find(name);
  return value == nullptr ? std::nullopt : std::optional{*value};
}

TEST_P(JobOrder, PipelinesReads) {
  World world{repeating(options())};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(3s);
  const auto started = world.net.now();
  std::vector<JobId> jobs;
  for (int i = 0; i < 8; ++i) jobs.push_back(world.submit(status_plan()));
  ASSERT_TRUE(world.run_until_answered(jobs.back()));
  EXPECT_LT(world.net.now() - started, 8 * 20ms) << "less than a round trip each";
  for (const JobId job : jobs) EXPECT_TRUE(world.heard.replies.contains(job));
}

TEST_P(JobOrder, KeepsChangesInOrderAndLetsReadsSeeThem) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  std::vector<JobId> reads;
  for (int value = 1; value <= 4; ++value) {
    (void)world.submit(brightness_plan(value));
    reads.push_back(world.submit(plan_of(mappings::PlanKind::read, "get_camera_params.cgi")));
  }
  ASSERT_TRUE(world.run_until_answered(reads.back()));
  for (int i = 0; i < 4; ++i) {
    const auto& reply = world.heard.replies.at(reads[static_cast<std::size_t>(i)]).front();
    EXPECT_EQ(value_of(reply, "vbright"), std::to_string(i + 1));
  }
}

TEST_P(JobOrder, RunsTheStepsOfAPlanOneAfterTheOther) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  mappings::CommandPlan plan = brightness_plan(42);
  plan.steps.push_back(step_of("get_camera_params.cgi", {}));
  const JobId job = world.submit(plan);
  ASSERT_TRUE(world.run_until_answered(job));
  ASSERT_EQ(world.heard.replies.at(job).size(), 2U);
  EXPECT_EQ(value_of(world.heard.replies.at(job)[1], "vbright"), "42");
}

TEST_P(JobOrder, SendsABatchAtOnceAndAnswersInItsOrder) {
  World world{repeating(options())};
  ASSERT_TRUE(world.run_until_connected());
  mappings::CommandPlan plan = status_plan();
  plan.batch = true;
  plan.steps.push_back(step_of("get_camera_params.cgi", {}));
  plan.steps.push_back(step_of("get_status.cgi", {}));
  const JobId job = world.submit(plan);
  ASSERT_TRUE(world.run_until_answered(job));
  const auto& replies = world.heard.replies.at(job);
  ASSERT_EQ(replies.size(), 3U);
  EXPECT_TRUE(value_of(replies[0], "alias"));
  EXPECT_TRUE(value_of(replies[1], "vbright"));
  EXPECT_TRUE(value_of(replies[2], "alias"));
}

TEST_P(JobOrder, RefusesABatchThatNoSessionCanHold) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  mappings::CommandPlan plan = status_plan();
  plan.batch = true;
  plan.steps.assign(100, plan.steps.front());
  const JobId job = world.submit(plan);
  EXPECT_TRUE(world.heard.failed_with(job, ErrorCode::too_large));
  const JobId next = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(next));
  EXPECT_TRUE(world.heard.replies.contains(next)) << "the session goes on";
}

TEST_P(JobOrder, ServesLargeBatchesOneAfterTheOther) {
  World world{repeating(options())};
  ASSERT_TRUE(world.run_until_connected());
  mappings::CommandPlan plan = status_plan();
  plan.batch = true;
  plan.steps.assign(40, plan.steps.front());
  const JobId first = world.submit(plan);
  const JobId second = world.submit(plan);
  ASSERT_TRUE(world.run_until_answered(second));
  for (const JobId job : {first, second}) {
    ASSERT_TRUE(world.heard.replies.contains(job));
    EXPECT_EQ(world.heard.replies.at(job).size(), 40U);
  }
}

TEST_P(JobOrder, JoinsSnapshotsUnderWay) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  const JobId first = world.submit(snapshot_plan());
  world.net.run_for(5ms);
  const JobId second = world.submit(snapshot_plan());
  const JobId third = world.submit(snapshot_plan());
  ASSERT_TRUE(world.run_until_answered(third));
  EXPECT_EQ(world.executed("snapshot.cgi"), 1U);
  for (const JobId job : {first, second, third}) {
    ASSERT_TRUE(world.heard.replies.contains(job));
    EXPECT_EQ(world.heard.replies.at(job).front().body, make_picture(30'000));
    EXPECT_EQ(world.heard.answers.at(job), 1);
  }
}

TEST_P(JobOrder, TakesAnotherPictureForALaterAsker) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  const JobId first = world.submit(snapshot_plan());
  ASSERT_TRUE(world.run_until_answered(first));
  const JobId second = world.submit(snapshot_plan());
  ASSERT_TRUE(world.run_until_answered(second));
  EXPECT_EQ(world.executed("snapshot.cgi"), 2U);
}

TEST_P(JobOrder, GivesAJoinedSnapshotOnlyToThoseStillInTime) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.net.set_all_links({.delay = 300ms});
  const JobId hurried = world.submit(snapshot_plan(), 100ms);
  const JobId patient = world.submit(snapshot_plan());
  ASSERT_TRUE(world.run_until_answered(patient));
  EXPECT_TRUE(world.heard.failed_with(hurried, ErrorCode::timeout));
  EXPECT_TRUE(world.heard.replies.contains(patient));
}

TEST_P(JobOrder, NeverGivesALateReplyToTheNextJob) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.net.set_all_links({.delay = 300ms});
  (void)world.submit(brightness_plan(1));
  const JobId late =
      world.submit(plan_of(mappings::PlanKind::read, "get_camera_params.cgi"), 700ms);
  ASSERT_TRUE(world.run_until_answered(late));
  ASSERT_TRUE(world.heard.failed_with(late, ErrorCode::timeout));
  (void)world.submit(brightness_plan(2));
  const JobId next = world.submit(plan_of(mappings::PlanKind::read, "get_camera_params.cgi"));
  ASSERT_TRUE(world.run_until_answered(next));
  EXPECT_EQ(value_of(world.heard.replies.at(next).front(), "vbright"), "2");
}

TEST_P(JobOrder, RateLimitsBehindAChangeThatTakesLong) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.net.set_all_links({.delay = 300ms});
  const JobId running = world.submit(brightness_plan(1));
  std::vector<JobId> waiting;
  for (int i = 0; i < 16; ++i) waiting.push_back(world.submit(brightness_plan(i)));
  EXPECT_TRUE(world.heard.failures.empty());
  const JobId surplus = world.submit(brightness_plan(99));
  EXPECT_TRUE(world.heard.failed_with(surplus, ErrorCode::rate_limited));
  ASSERT_TRUE(world.run_until_answered(waiting.back(), 30s));
  EXPECT_EQ(world.heard.answers.at(running), 1);
  for (const JobId job : waiting) EXPECT_TRUE(world.heard.replies.contains(job));
}

TEST(JobOrderEvents, TellPacketsOnlyWhenAsked) {
  for (const bool verbose : {false, true}) {
    WorldOptions made;
    made.adjust = [verbose](SupervisorConfig& config) { config.packet_events = verbose; };
    World world{made};
    ASSERT_TRUE(world.run_until_connected());
    world.net.run_for(10s);
    (void)world.submit(status_plan());
    world.net.run_for(10s);
    std::size_t packets = 0;
    std::size_t complete = 0;
    for (const ProtocolEvent& event : world.heard.protocol_events) {
      if (event.type == "ping" || event.type == "pong" || event.type == "ack" ||
          event.type == "http")
        ++packets;
      if (event.type == "complete") ++complete;
    }
    EXPECT_EQ(packets > 0, verbose);
    EXPECT_GE(complete, 2U) << "check_user.cgi and get_status.cgi";
  }
}

TEST(WaitingDisconnects, AreSixteenAndTheNextIsRateLimited) {
  World world{{.kind = CameraKind::independent}};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(2s);
  (void)world.submit(plan_of(mappings::PlanKind::read, "get_onvif.cgi"));  // no answer for long
  for (JobId id = 100; id < 116; ++id) world.submit(Job{id, std::nullopt, DisconnectJob{}});
  EXPECT_TRUE(world.heard.failures.empty());
  world.submit(Job{116, std::nullopt, DisconnectJob{}});
  EXPECT_TRUE(world.heard.failed_with(116, mappings::ErrorCode::rate_limited));
  ASSERT_TRUE(world.run_until_answered(115));
  EXPECT_EQ(world.heard.done.size(), 16U);
}

TEST(OwnJob, FailsWithoutASessionAndOpensNone) {
  World world{{.kind = CameraKind::independent}};
  ASSERT_TRUE(world.run_until_connected());
  world.submit(Job{200, std::nullopt, DisconnectJob{}});
  world.submit(Job{201, std::nullopt, CgiJob{status_plan(), {}}, JobOrigin::own});
  ASSERT_TRUE(world.run_until_answered(200));
  EXPECT_TRUE(world.heard.failed_with(201, mappings::ErrorCode::session_lost));
  world.net.run_for(5s);
  world.submit(Job{202, std::nullopt, CgiJob{status_plan(), {}}, JobOrigin::own});
  EXPECT_TRUE(world.heard.failed_with(202, mappings::ErrorCode::session_lost));
  world.net.run_for(60s);
  EXPECT_NE(world.session(), CameraSession::connected);
  EXPECT_TRUE(world.status().asked_to_stay_closed);
}

}  // namespace
}  // namespace cam32100::bridge::test
