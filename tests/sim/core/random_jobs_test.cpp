#include "tests/sim/core/random_jobs.hpp"

#include <gtest/gtest.h>

namespace cam32100::bridge::test {
namespace {

TEST(RandomJobs, AreEachAnsweredOnceOnABadNetwork) {
  for (const auto seed : sim::seeds(3))
    live_with_random_jobs(CameraKind::emulated, false, seed, 10min);
}

TEST(RandomJobs, AreEachAnsweredOnceOnDemand) {
  for (const auto seed : sim::seeds(3))
    live_with_random_jobs(CameraKind::emulated, true, seed, 10min);
}

TEST(RandomJobs, AreEachAnsweredOnceByTheIndependentCamera) {
  for (const auto seed : sim::seeds(3))
    live_with_random_jobs(CameraKind::independent, false, seed, 10min);
}

}  // namespace
}  // namespace cam32100::bridge::test
