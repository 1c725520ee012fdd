#include <gtest/gtest.h>

#include "bridge/core/supervisor_queue.hpp"
#include "tests/unit/core/supervisor/support.hpp"

namespace cam32100::bridge {
namespace {

using test::kStart;
using namespace std::chrono_literals;

PlanJob job_of(mappings::CommandPlan plan, JobId id, protocol::TimePoint submitted = kStart) {
  PlanJob job;
  job.plan = std::move(plan);
  job.askers.push_back({id, submitted, submitted + 10s, false});
  return job;
}

mappings::CommandPlan snapshot_plan(const std::string& resolution) {
  auto plan = test::plan_of(mappings::PlanKind::snapshot, "snapshot.cgi");
  plan.steps.front().request.parameters = {{"res", resolution}};
  return plan;
}

PlanJob snapshot_job(const std::string& resolution) {
  PlanJob job;
  job.plan = snapshot_plan(resolution);
  return job;
}

TEST(JobQueue, GivesUpTheBridgesOwnJobsButNotThoseSomebodyJoined) {
  JobQueue queue;
  PlanJob own = job_of(snapshot_plan("0"), 1);
  own.own = true;
  (void)queue.add(own);
  ASSERT_TRUE(queue.join(snapshot_job("0"), {2, kStart, kStart + 10s, false}));
  PlanJob poll = job_of(test::read_plan(), 3);
  poll.own = true;
  (void)queue.add(poll);
  const auto taken = queue.take_own();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken.front().asker.id, 3U);
  EXPECT_EQ(queue.waiting(), 2U);
}

TEST(JobQueue, GivesJobsInTheOrderTheyCame) {
  JobQueue queue;
  for (JobId id = 1; id <= 3; ++id) EXPECT_TRUE(queue.add(job_of(test::read_plan(), id)).empty());
  for (JobId id = 1; id <= 3; ++id) EXPECT_EQ(queue.take_front().askers.front().id, id);
  EXPECT_TRUE(queue.empty());
}

TEST(JobQueue, ReplacesAWaitingMoveByANewerOne) {
  JobQueue queue;
  (void)queue.add(job_of(test::ptz_plan(), 1));
  const auto replaced = queue.add(job_of(test::ptz_plan(), 2));
  ASSERT_EQ(replaced.size(), 1U);
  EXPECT_EQ(replaced.front().id, 1U);
  EXPECT_EQ(queue.waiting(), 1U);
}

TEST(JobQueue, NeverReplacesAnythingButMoves) {
  JobQueue queue;
  (void)queue.add(job_of(test::read_plan(), 1));
  (void)queue.add(job_of(test::plan_of(mappings::PlanKind::change, "reboot.cgi"), 2));
  EXPECT_TRUE(queue.add(job_of(test::ptz_plan(), 3)).empty());
  EXPECT_TRUE(queue.add(job_of(test::read_plan(), 4)).empty());
  EXPECT_EQ(queue.waiting(), 4U);
}

TEST(JobQueue, JoinsASnapshotOfTheSamePlan) {
  JobQueue queue;
  (void)queue.add(job_of(snapshot_plan("0"), 1));
  EXPECT_TRUE(queue.join(snapshot_job("0"), {2, kStart, kStart + 10s, false}));
  EXPECT_EQ(queue.waiting(), 2U);
  EXPECT_EQ(queue.take_front().askers.size(), 2U);
}

TEST(JobQueue, DoesNotJoinASnapshotOfAnotherResolution) {
  JobQueue queue;
  (void)queue.add(job_of(snapshot_plan("0"), 1));
  EXPECT_FALSE(queue.join(snapshot_job("2"), {2, kStart, kStart + 10s, false}));
}

TEST(JobQueue, LetsOnlyTheLateAskersGo) {
  JobQueue queue;
  (void)queue.add(job_of(snapshot_plan("0"), 1));
  ASSERT_TRUE(queue.join(snapshot_job("0"), {2, kStart, kStart + 20s, false}));
  const auto expired = queue.take_expired(kStart + 10s);
  ASSERT_EQ(expired.size(), 1U);
  EXPECT_EQ(expired.front().asker.id, 1U);
  EXPECT_EQ(queue.deadline(), kStart + 20s);
  EXPECT_EQ(queue.take_expired(kStart + 20s).size(), 1U);
  EXPECT_TRUE(queue.empty());
  EXPECT_FALSE(queue.deadline());
}

TEST(JobQueue, KeepsWhoCameLater) {
  JobQueue queue;
  (void)queue.add(job_of(test::read_plan(), 1, kStart));
  (void)queue.add(job_of(test::read_plan(), 2, kStart + 1s));
  const auto older = queue.take_older(kStart, true);
  ASSERT_EQ(older.size(), 1U);
  EXPECT_EQ(older.front().asker.id, 1U);
  EXPECT_EQ(queue.waiting(), 1U);
}

TEST(JobQueue, SparesCredentialsJobsWhenAsked) {
  JobQueue queue;
  (void)queue.add(job_of(test::read_plan(), 1));
  auto check = job_of(test::read_plan(), 2);
  check.credentials = protocol::Credentials{"admin", "other"};
  (void)queue.add(std::move(check));
  EXPECT_EQ(queue.take_older(kStart, false).size(), 1U);
  ASSERT_TRUE(queue.has_credentials_job());
  EXPECT_EQ(queue.take_credentials_job()->askers.front().id, 2U);
  EXPECT_FALSE(queue.take_credentials_job());
}

TEST(JobQueue, PutsBackBeforeAllOthers) {
  JobQueue queue;
  (void)queue.add(job_of(test::read_plan(), 1));
  queue.put_back(job_of(test::read_plan(), 2));
  EXPECT_EQ(queue.front().askers.front().id, 2U);
}

TEST(SameRequests, SeesEveryDifferenceThatReachesTheCamera) {
  const auto plan = snapshot_plan("0");
  EXPECT_TRUE(same_requests(plan, snapshot_plan("0")));
  auto batch = plan;
  batch.batch = true;
  auto paused = plan;
  paused.steps.front().pause_before = 1ms;
  auto open = plan;
  open.steps.front().request.authenticate = false;
  auto longer = plan;
  longer.steps.push_back(plan.steps.front());
  for (const auto& other : {batch, paused, open, longer}) EXPECT_FALSE(same_requests(plan, other));
}

}  // namespace
}  // namespace cam32100::bridge
