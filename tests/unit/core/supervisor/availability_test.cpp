#include <gtest/gtest.h>

#include "bridge/core/supervisor_availability.hpp"

namespace cam32100::bridge {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;

constexpr auto kGrace = 30s;
const TimePoint kStart{100s};

TEST(Availability, IsOnlineAsSoonAsTheCameraIsSeen) {
  Availability availability;
  EXPECT_FALSE(availability.is_online());
  EXPECT_TRUE(availability.seen(kStart));
  EXPECT_TRUE(availability.is_online());
  EXPECT_FALSE(availability.seen(kStart + 1s)) << "told once";
}

TEST(Availability, StaysOnlineThroughFailuresWithinTheGraceTime) {
  Availability availability;
  (void)availability.seen(kStart);
  EXPECT_FALSE(availability.missed(kStart + 1s, kGrace));
  EXPECT_FALSE(availability.missed(kStart + 30s, kGrace));
  EXPECT_TRUE(availability.is_online());
}

TEST(Availability, IsOfflineWhenMissedForTheWholeGraceTime) {
  Availability availability;
  (void)availability.seen(kStart);
  (void)availability.missed(kStart + 1s, kGrace);
  EXPECT_EQ(availability.deadline(kGrace), kStart + 31s);
  EXPECT_TRUE(availability.on_time(kStart + 31s, kGrace));
  EXPECT_TRUE(availability.is_offline());
  EXPECT_FALSE(availability.on_time(kStart + 32s, kGrace)) << "told once";
  EXPECT_FALSE(availability.deadline(kGrace));
}

TEST(Availability, StartsTheGraceTimeAnewWhenTheCameraWasSeenBetween) {
  Availability availability;
  (void)availability.missed(kStart, kGrace);
  (void)availability.seen(kStart + 20s);
  EXPECT_FALSE(availability.missed(kStart + 29s, kGrace));
  EXPECT_FALSE(availability.on_time(kStart + 58s, kGrace));
  EXPECT_TRUE(availability.on_time(kStart + 59s, kGrace));
}

TEST(Availability, SaysOfflineOfACameraThatWasNeverSeenOnlyAfterTheGraceTime) {
  Availability availability;
  EXPECT_FALSE(availability.is_offline()) << "nobody knows yet";
  EXPECT_FALSE(availability.missed(kStart, kGrace));
  EXPECT_TRUE(availability.on_time(kStart + kGrace, kGrace));
}

TEST(Availability, DoesNotGoOfflineByTimeAlone) {
  Availability availability;
  (void)availability.seen(kStart);
  EXPECT_FALSE(availability.on_time(kStart + 24h, kGrace));
  EXPECT_TRUE(availability.is_online());
}

}  // namespace
}  // namespace cam32100::bridge
