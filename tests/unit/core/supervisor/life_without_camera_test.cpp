// How a supervisor behaves when nobody ever answers.
#include <gtest/gtest.h>

#include "tests/unit/core/supervisor/support.hpp"

namespace cam32100::bridge {
namespace {

using test::Alone;
using test::read_job;
using test::silent_config;
using namespace std::chrono_literals;

TEST(LifeWithoutCamera, SearchesForEverPolitely) {
  Alone alone{silent_config()};
  ASSERT_TRUE(alone.run_for(1h));
  const auto after_an_hour = alone.sent;
  ASSERT_TRUE(alone.run_for(1h));
  const auto per_hour = alone.sent - after_an_hour;
  EXPECT_GT(per_hour, 0U) << "it never gives up";
  // An attempt lasts 8 s with a probe each second; attempts are at least 48 s apart by then.
  EXPECT_LE(per_hour, 3600U / (48 + 8) * 9 + 9);
  EXPECT_GE(alone.supervisor.status().retries, 100U);
}

TEST(LifeWithoutCamera, WaitsAtLeastASecondAndAtMostAMinuteBetweenAttempts) {
  Alone alone{silent_config(), 5};
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(alone.run_for(1s));
    const auto status = alone.supervisor.status();
    if (!status.next_try) continue;
    EXPECT_LE(*status.next_try - alone.now, 60s);
    EXPECT_EQ(status.session, CameraSession::offline);
    EXPECT_EQ(status.reason, "timed_out, awaiting_punch");
  }
}

TEST(LifeWithoutCamera, SaysOfflineAfterTheGraceTimeAndOnce) {
  Alone alone{silent_config()};
  ASSERT_TRUE(alone.run_for(37s));
  EXPECT_TRUE(alone.heard.availability.empty()) << "the first failure is 8 s after the start";
  ASSERT_TRUE(alone.run_for(2s));
  EXPECT_EQ(alone.heard.availability, std::vector<bool>{false});
  ASSERT_TRUE(alone.run_for(1h));
  EXPECT_EQ(alone.heard.availability, std::vector<bool>{false});
}

TEST(LifeWithoutCamera, TakesANewSocketForEachAttempt) {
  Alone alone{silent_config()};
  const auto first = alone.supervisor.socket_generation();
  ASSERT_TRUE(alone.run_for(60s));
  const auto status = alone.supervisor.status();
  EXPECT_GE(alone.supervisor.socket_generation(), first + status.retries - 1);
}

TEST(LifeWithoutCamera, DoesNotFloodTheLog) {
  Alone alone{silent_config()};
  ASSERT_TRUE(alone.run_for(24h));
  EXPECT_EQ(alone.heard.logs.size(), 1U) << "the same failure, over and over, is one line";
}

TEST(LifeWithoutCamera, OpensNothingOnDemandUntilAsked) {
  auto config = silent_config();
  config.on_demand = true;
  Alone alone{config};
  EXPECT_EQ(alone.supervisor.status().session, CameraSession::idle);
  ASSERT_TRUE(alone.run_for(10min));
  EXPECT_EQ(alone.supervisor.socket_generation(), 0U) << "presence checks open no session";
  EXPECT_GT(alone.sent, 0U) << "but they are made";
  EXPECT_EQ(alone.supervisor.status().session, CameraSession::offline);
  alone.submit(read_job(1));
  EXPECT_EQ(alone.supervisor.status().session, CameraSession::searching);
}

TEST(LifeWithoutCamera, ChecksPresenceSeveralTimesBeforeItSaysOffline) {
  auto config = silent_config();
  config.on_demand = true;
  Alone alone{config};
  ASSERT_TRUE(alone.run_for(34s));
  EXPECT_TRUE(alone.heard.availability.empty());
  EXPECT_GE(alone.sent, 10U) << "two checks of five probes at least";
  ASSERT_TRUE(alone.run_for(2s));
  EXPECT_EQ(alone.heard.availability, std::vector<bool>{false});
}

TEST(LifeWithoutCamera, SearchesAtOnceWhenTheHostWakesUp) {
  Alone alone{silent_config()};
  ASSERT_TRUE(alone.run_for(10min));
  while (alone.supervisor.status().session != CameraSession::offline)
    ASSERT_TRUE(alone.run_for(1s));
  alone.supervisor.on_resume(alone.now);
  alone.drain();
  EXPECT_EQ(alone.supervisor.status().session, CameraSession::searching);
}

TEST(LifeWithoutCamera, SurvivesAClockThatJumpsHours) {
  Alone alone{silent_config()};
  alone.submit(read_job(1));
  alone.now += 5h;
  alone.supervisor.on_time(alone.now);
  alone.drain();
  EXPECT_EQ(alone.heard.answers[1], 1);
  EXPECT_TRUE(alone.run_for(1h));
}

TEST(LifeWithoutCamera, TriesTheNewAddressAtOnce) {
  Alone alone{silent_config()};
  ASSERT_TRUE(alone.run_for(10min));
  while (alone.supervisor.status().session != CameraSession::offline)
    ASSERT_TRUE(alone.run_for(1s));
  auto config = silent_config();
  config.address = protocol::Address{{192, 168, 7, 7}, 32108};
  alone.supervisor.reconfigure(alone.now, config);
  alone.drain();
  EXPECT_EQ(alone.supervisor.status().session, CameraSession::searching);
}

TEST(LifeWithoutCamera, IsNotDisturbedByTheSameConfiguration) {
  Alone alone{silent_config()};
  ASSERT_TRUE(alone.run_for(2s));
  const auto generation = alone.supervisor.socket_generation();
  alone.supervisor.reconfigure(alone.now, silent_config());
  alone.drain();
  EXPECT_EQ(alone.supervisor.socket_generation(), generation);
}

TEST(LifeWithoutCamera, LiftsSettingsThatWouldSpin) {
  auto config = silent_config();
  config.connect_timeout = config.request_timeout = config.idle_logout = config.presence_check =
      0ms;
  config.backoff_min = config.backoff_max = config.busy_backoff = config.offline_grace = 0ms;
  config.max_queue = 0;
  Alone always{config};
  EXPECT_TRUE(always.run_for(10s));
  config.on_demand = true;
  Alone on_demand{config};
  EXPECT_TRUE(on_demand.run_for(10s));
  on_demand.submit(read_job(1));
  EXPECT_TRUE(on_demand.run_for(10s));
  EXPECT_EQ(on_demand.heard.answers[1], 1);
}

TEST(LifeWithoutCamera, IsTheSameForTheSameSeed) {
  Alone a{silent_config(), 9};
  Alone b{silent_config(), 9};
  Alone c{silent_config(), 10};
  ASSERT_TRUE(a.run_for(1h) && b.run_for(1h) && c.run_for(1h));
  EXPECT_EQ(a.supervisor.deadline(), b.supervisor.deadline());
  EXPECT_NE(a.supervisor.deadline(), c.supervisor.deadline());
}

TEST(LifeWithoutCamera, TakesAnyBytesFromAnybody) {
  Alone alone{silent_config()};
  for (std::size_t size = 0; size < 64; ++size) {
    const protocol::Bytes junk(size, static_cast<std::byte>(0xf1));
    alone.supervisor.on_datagram(
        alone.now, {{198, 51, 100, 9}, static_cast<std::uint16_t>(1000 + size)}, junk);
  }
  alone.drain();
  EXPECT_TRUE(alone.run_for(1min));
  EXPECT_FALSE(alone.supervisor.status().available);
  EXPECT_GT(alone.supervisor.counters().datagrams_in, 0U);
}

}  // namespace
}  // namespace cam32100::bridge
