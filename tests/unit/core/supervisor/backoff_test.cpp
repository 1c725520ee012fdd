#include <gtest/gtest.h>

#include <set>

#include "bridge/core/supervisor_backoff.hpp"

namespace cam32100::bridge {
namespace {

using namespace std::chrono_literals;

constexpr BackoffRange kRange{1s, 60s};

TEST(Backoff, StaysWithinItsRangeForEverySeed) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SeedSequence seeds{seed};
    Backoff backoff;
    for (int i = 0; i < 100; ++i) {
      const auto delay = backoff.after_failure(kRange, seeds);
      ASSERT_GE(delay, kRange.min) << "seed " << seed;
      ASSERT_LE(delay, kRange.max) << "seed " << seed;
    }
  }
}

TEST(Backoff, DoublesButForTheJitter) {
  SeedSequence seeds{7};
  Backoff backoff;
  protocol::Duration nominal = 1s;
  for (int i = 0; i < 6; ++i, nominal *= 2) {
    const auto delay = backoff.after_failure(kRange, seeds);
    EXPECT_GE(delay, nominal * 4 / 5);
    EXPECT_LE(delay, nominal);
  }
}

TEST(Backoff, StartsAnewOnlyWhenReset) {
  SeedSequence seeds{7};
  Backoff backoff;
  for (int i = 0; i < 10; ++i) (void)backoff.after_failure(kRange, seeds);
  EXPECT_GE(backoff.after_failure(kRange, seeds), 48s);
  backoff.reset();
  EXPECT_LE(backoff.after_failure(kRange, seeds), 1s);
}

TEST(Backoff, DoesNotOverflowAfterYearsOfFailures) {
  SeedSequence seeds{7};
  Backoff backoff;
  for (int i = 0; i < 10'000; ++i) {
    const auto delay = backoff.after_failure(kRange, seeds);
    ASSERT_GT(delay, 0s);
    ASSERT_LE(delay, 60s);
  }
}

TEST(Backoff, SpreadsCamerasThatFailTogether) {
  std::set<protocol::Duration> delays;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SeedSequence seeds{seed};
    Backoff backoff;
    for (int i = 0; i < 5; ++i) (void)backoff.after_failure(kRange, seeds);
    delays.insert(backoff.after_failure(kRange, seeds));
  }
  EXPECT_GT(delays.size(), 45U);
}

TEST(Backoff, KeepsToItsMinimumWhenTheRangeIsUpsideDown) {
  SeedSequence seeds{7};
  Backoff backoff;
  EXPECT_EQ(backoff.after_failure({5s, 1s}, seeds), 5s);
}

TEST(SeedSequence, RepeatsForTheSameSeedAndDiffersForAnother) {
  SeedSequence a{3};
  SeedSequence same{3};
  SeedSequence other{4};
  const auto first = a.next();
  EXPECT_EQ(first, same.next());
  EXPECT_NE(first, other.next());
  EXPECT_NE(first, a.next());
}

TEST(SeedSequence, GivesNothingUpToNothing) {
  SeedSequence seeds{3};
  EXPECT_EQ(seeds.up_to(0s), 0s);
  EXPECT_EQ(seeds.up_to(-5s), 0s);
}

}  // namespace
}  // namespace cam32100::bridge
