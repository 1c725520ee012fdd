#include <gtest/gtest.h>

#include "tests/sim/core/random_jobs.hpp"

namespace cam32100::bridge::test {
namespace {

TEST(RandomJobsForHours, AreEachAnsweredOnceOnABadNetwork) {
  for (const auto seed : sim::seeds(30))
    live_with_random_jobs(CameraKind::emulated, false, seed, 4h);
}

TEST(RandomJobsForHours, AreEachAnsweredOnceOnDemand) {
  for (const auto seed : sim::seeds(30))
    live_with_random_jobs(CameraKind::emulated, true, seed, 4h);
}

TEST(RandomJobsForHours, AreEachAnsweredOnceByTheIndependentCamera) {
  for (const auto seed : sim::seeds(30))
    live_with_random_jobs(CameraKind::independent, false, seed, 4h);
}

}  // namespace
}  // namespace cam32100::bridge::test
