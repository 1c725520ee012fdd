// What becomes of jobs while no session can be had.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/supervisor/support.hpp"

namespace cam32100::bridge {
namespace {

using mappings::ErrorCode;
using test::Alone;
using test::ptz_job;
using test::read_job;
using test::silent_config;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

TEST(WaitingJobs, AreSixteenAndTheNextIsRateLimited) {
  Alone alone{silent_config()};
  for (JobId id = 1; id <= 16; ++id) alone.submit(read_job(id));
  EXPECT_TRUE(alone.heard.failures.empty());
  EXPECT_EQ(alone.supervisor.status().queued, 16U);
  alone.submit(read_job(17));
  ASSERT_TRUE(alone.heard.failed_with(17, ErrorCode::rate_limited));
  EXPECT_GE(alone.heard.failures.at(17).detail.at("retry_after_ms").get<int>(), 1);
}

TEST(WaitingJobs, CountConnectsAndLookUpsToo) {
  auto config = silent_config();
  config.max_queue = 3;
  config.servers = {{{{203, 0, 113, 5}, 32100}, {}}};
  Alone alone{config};
  alone.submit({1, std::nullopt, ConnectJob{}});
  alone.submit({2, std::nullopt, LookupJob{}});
  alone.submit(read_job(3));
  EXPECT_TRUE(alone.heard.failures.empty());
  alone.submit({4, std::nullopt, ConnectJob{}});
  alone.submit({5, std::nullopt, LookupJob{}});
  EXPECT_TRUE(alone.heard.failed_with(4, ErrorCode::rate_limited));
  EXPECT_TRUE(alone.heard.failed_with(5, ErrorCode::rate_limited));
}

TEST(WaitingJobs, LetANewerMoveReplaceAWaitingOneEvenInAFullQueue) {
  auto config = silent_config();
  config.max_queue = 2;
  Alone alone{config};
  alone.submit(read_job(1));
  alone.submit(ptz_job(2));
  alone.submit(ptz_job(3));
  EXPECT_TRUE(alone.heard.failed_with(2, ErrorCode::superseded));
  EXPECT_EQ(alone.heard.failures.size(), 1U);
  alone.submit(read_job(4));
  EXPECT_TRUE(alone.heard.failed_with(4, ErrorCode::rate_limited)) << "a read replaces nothing";
}

TEST(WaitingJobs, AreAnsweredOfflineWhenAWholeAttemptFailed) {
  Alone alone{silent_config()};
  ASSERT_TRUE(alone.run_for(20s));  // the first attempts fail without anybody asking
  alone.submit(read_job(1));
  ASSERT_TRUE(alone.run_for(30s));
  ASSERT_TRUE(alone.heard.failed_with(1, ErrorCode::camera_offline));
  EXPECT_THAT(alone.heard.failures.at(1).message, HasSubstr("on the LAN"));
  EXPECT_EQ(alone.heard.failures.at(1).detail.at("stage"), "lan");
  EXPECT_GE(alone.heard.failures.at(1).detail.at("attempts").get<int>(), 2);
  EXPECT_FALSE(alone.heard.failures.at(1).detail.at("next_try_s").is_null());
  EXPECT_EQ(alone.heard.answers.at(1), 1);
}

TEST(WaitingJobs, HurryTheNextAttempt) {
  auto config = silent_config();
  Alone alone{config};
  ASSERT_TRUE(alone.run_for(10min));
  while (alone.supervisor.status().session != CameraSession::offline)
    ASSERT_TRUE(alone.run_for(1s));
  ASSERT_TRUE(alone.run_for(2s));
  ASSERT_EQ(alone.supervisor.status().session, CameraSession::offline)
      << "it waits up to a minute by itself";
  alone.submit(read_job(1));
  EXPECT_EQ(alone.supervisor.status().session, CameraSession::searching);
}

TEST(WaitingJobs, EndAtTheirOwnDeadline) {
  Alone alone{silent_config()};
  alone.submit(read_job(1, 500ms));
  ASSERT_TRUE(alone.run_for(499ms));
  EXPECT_TRUE(alone.heard.answers.empty());
  ASSERT_TRUE(alone.run_for(1ms));
  EXPECT_TRUE(alone.heard.failed_with(1, ErrorCode::camera_offline));
}

TEST(WaitingJobs, AreCancelledByADisconnect) {
  Alone alone{silent_config()};
  alone.submit(read_job(1));
  alone.submit({2, std::nullopt, ConnectJob{}});
  alone.submit({3, std::nullopt, DisconnectJob{}});
  EXPECT_TRUE(alone.heard.failed_with(1, ErrorCode::superseded));
  EXPECT_TRUE(alone.heard.failed_with(2, ErrorCode::superseded));
  EXPECT_EQ(alone.heard.done, std::vector<JobId>{3});
  EXPECT_TRUE(alone.supervisor.status().asked_to_stay_closed);
  EXPECT_EQ(alone.supervisor.status().session, CameraSession::idle);
}

TEST(WaitingJobs, ReopenACameraThatWasToldToStayClosed) {
  Alone alone{silent_config()};
  alone.submit({1, std::nullopt, DisconnectJob{}});
  ASSERT_TRUE(alone.run_for(10s));
  ASSERT_TRUE(alone.supervisor.status().asked_to_stay_closed);
  alone.submit(read_job(2));
  EXPECT_FALSE(alone.supervisor.status().asked_to_stay_closed);
  EXPECT_EQ(alone.supervisor.status().session, CameraSession::searching);
}

TEST(WaitingJobs, AreAllAnsweredWhenTheBridgeStops) {
  auto config = silent_config();
  config.servers = {{{{203, 0, 113, 5}, 32100}, {}}};
  Alone alone{config};
  alone.submit(read_job(1));
  alone.submit({2, std::nullopt, ConnectJob{}});
  alone.submit({3, std::nullopt, LookupJob{}});
  alone.supervisor.shut_down(alone.now);
  alone.drain();
  for (const JobId id : {1U, 2U, 3U})
    EXPECT_TRUE(alone.heard.failed_with(id, ErrorCode::shutting_down)) << id;
  alone.submit(read_job(4));
  EXPECT_TRUE(alone.heard.failed_with(4, ErrorCode::shutting_down));
  ASSERT_TRUE(alone.run_for(2s));
  EXPECT_TRUE(alone.supervisor.is_shut_down());
  EXPECT_FALSE(alone.supervisor.deadline());
}

TEST(WaitingJobs, HaveNowhereToGoWithoutAnAddressAServerOrALan) {
  auto config = silent_config();
  config.lan_targets.clear();
  Alone alone{config};
  alone.submit(read_job(1));
  ASSERT_TRUE(alone.run_for(2s));
  ASSERT_TRUE(alone.heard.failed_with(1, ErrorCode::camera_offline));
  EXPECT_THAT(alone.heard.failures.at(1).message, HasSubstr("nowhere to look"));
}

TEST(WaitingJobs, DoNotSearchServersThatDoNotExist) {
  Alone alone{silent_config()};
  alone.submit({1, std::nullopt, LookupJob{}});
  EXPECT_TRUE(alone.heard.failed_with(1, ErrorCode::lookup_failed));
}

TEST(WaitingJobs, ListSilentServersInALookUpThatTimedOut) {
  auto config = silent_config();
  config.servers = {{{{203, 0, 113, 5}, 32100}, {}}, {{{203, 0, 113, 6}, 32100}, {}}};
  Alone alone{config};
  alone.submit({1, std::nullopt, LookupJob{}});
  ASSERT_TRUE(alone.run_for(6s));
  ASSERT_TRUE(alone.heard.lookups.contains(1));
  EXPECT_EQ(alone.heard.lookups.at(1).verdict, protocol::Errc::timed_out);
  EXPECT_EQ(alone.heard.lookups.at(1).servers.size(), 2U);
}

TEST(WaitingJobs, RefuseARelayWithoutServersOrWithAnAddress) {
  Alone alone{silent_config()};
  alone.submit({1, std::nullopt, ConnectJob{std::nullopt, protocol::Path::relay}});
  EXPECT_TRUE(alone.heard.failed_with(1, ErrorCode::lookup_failed));
  const protocol::Address somewhere{{192, 168, 1, 63}, 32108};
  alone.submit({2, std::nullopt, ConnectJob{somewhere, protocol::Path::relay}});
  EXPECT_TRUE(alone.heard.failed_with(2, ErrorCode::bad_argument));
}

TEST(WaitingJobs, NeverShowThePasswordOrTheWholeId) {
  Alone alone{silent_config()};
  for (JobId id = 1; id <= 20; ++id) alone.submit(read_job(id));
  ASSERT_TRUE(alone.run_for(60s));
  for (const auto& [id, error] : alone.heard.failures) {
    EXPECT_THAT(error.message + error.detail.dump(), Not(HasSubstr("hunter2")));
    EXPECT_THAT(error.message + error.detail.dump(), Not(HasSubstr("123456")));
  }
  for (const auto& line : alone.heard.logs) EXPECT_THAT(line, Not(HasSubstr("123456")));
}

}  // namespace
}  // namespace cam32100::bridge
