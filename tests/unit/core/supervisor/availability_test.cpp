#include <gtest/gtest.h>

#include "bridge/core/supervisor_availability.hpp"

namespace cam32100::bridge {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;

constexpr auto kGrace = 30s;
const TimePoint kBegin{100s};

TEST(Availability, IsOnlineAsSoonAsTheCameraIsSeen) {
  Availability availability;
  EXPECT_FALSE(availability.is_online());
  EXPECT_TRUE(availability.seen(kBegin));
  EXPECT_TRUE(availability.is_online());
  EXPECT_FALSE(availability.seen(kBegin + 1s)) << "told once";
}

TEST(Availability, StaysOnlineThroughFailuresWithinTheGraceTime) {
  Availability availability;
  (void)availability.seen(kBegin);
  EXPECT_FALSE(availability.missed(kBegin + 1s, kGrace));
  EXPECT_FALSE(availability.missed(kBegin + 30s, kGrace));
  EXPECT_TRUE(availability.is_online());
}

TEST(Availability, IsOfflineWhenMissedForTheWholeGraceTime) {
  Availability availability;
  (void)availability.seen(kBegin);
  (void)availability.missed(kBegin + 1s, kGrace);
  EXPECT_EQ(availability.deadline(kGrace), kBegin + 31s);
  EXPECT_TRUE(availability.on_time(kBegin + 31s, kGrace));
  EXPECT_TRUE(availability.is_offline());
  EXPECT_FALSE(availability.on_time(kBegin + 32s, kGrace)) << "told once";
  EXPECT_FALSE(availability.deadline(kGrace));
}

TEST(Availability, StartsTheGraceTimeAnewWhenTheCameraWasSeenBetween) {
  Availability availability;
  (void)availability.missed(kBegin, kGrace);
  (void)availability.seen(kBegin + 20s);
  EXPECT_FALSE(availability.missed(kBegin + 29s, kGrace));
  EXPECT_FALSE(availability.on_time(kBegin + 58s, kGrace));
  EXPECT_TRUE(availability.on_time(kBegin + 59s, kGrace));
}

TEST(Availability, SaysOfflineOfACameraThatWasNeverSeenOnlyAfterTheGraceTime) {
  Availability availability;
  EXPECT_FALSE(availability.is_offline()) << "nobody knows yet";
  EXPECT_FALSE(availability.missed(kBegin, kGrace));
  EXPECT_TRUE(availability.on_time(kBegin + kGrace, kGrace));
}

TEST(Availability, DoesNotGoOfflineByTimeAlone) {
  Availability availability;
  (void)availability.seen(kBegin);
  EXPECT_FALSE(availability.on_time(kBegin + 24h, kGrace));
  EXPECT_TRUE(availability.is_online());
}

}  // namespace
}  // namespace cam32100::bridge
