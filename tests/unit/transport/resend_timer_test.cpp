#include "protocol/transport/resend_timer.hpp"

#include "tests/unit/transport/conversation.hpp"

namespace cam32100::protocol {
namespace {

using namespace std::chrono_literals;
using conversation::kStart;

TEST(ResendTimer, FollowsTheRoundTrip) {
  ResendTimer timer{20ms, 2s, 200ms};
  EXPECT_EQ(timer.wait(), 200ms);
  timer.sample(100ms);
  EXPECT_EQ(timer.wait(), 300ms) << "round trip and four times half of it";
  for (int i = 0; i < 100; ++i) timer.sample(100ms);
  EXPECT_EQ(timer.smoothed(), 100ms);
  EXPECT_EQ(timer.wait(), 110ms) << "never the round trip alone, however steady it was";
}

TEST(ResendTimer, StaysWithinItsLimits) {
  ResendTimer timer{20ms, 2s, 5s};
  EXPECT_EQ(timer.wait(), 2s);
  for (int i = 0; i < 100; ++i) timer.sample(10us);
  EXPECT_EQ(timer.wait(), 20ms);
  for (int i = 0; i < 10; ++i) timer.sample(30s);
  EXPECT_EQ(timer.wait(), 2s);
}

TEST(ResendTimer, BacksOffOnceForPacketsThatWereDueTogether) {
  ResendTimer timer{20ms, 2s, 100ms};
  for (int i = 0; i < 64; ++i) timer.back_off(kStart);
  EXPECT_EQ(timer.wait(), 200ms);
  timer.back_off(kStart + 199ms);
  EXPECT_EQ(timer.wait(), 200ms);
  timer.back_off(kStart + 200ms);
  EXPECT_EQ(timer.wait(), 400ms);
}

TEST(ResendTimer, ForgetsItsBackOffWithTheNextMeasurement) {
  ResendTimer timer{20ms, 2s, 100ms};
  for (int i = 0; i < 20; ++i) timer.sample(40ms);
  const Duration before = timer.wait();
  timer.back_off(kStart);
  EXPECT_EQ(timer.wait(), 2 * before);
  timer.sample(40ms);
  EXPECT_LE(timer.wait(), before);
}

TEST(ResendTimer, IgnoresImpossibleRoundTrips) {
  ResendTimer timer{20ms, 2s, 200ms};
  timer.sample(-1ms);
  timer.sample(3h);
  EXPECT_FALSE(timer.smoothed());
  EXPECT_EQ(timer.wait(), 200ms);
}

TEST(ResendTimer, MakesSenseOfSenselessLimits) {
  ResendTimer timer{0ms, -5s, 0ms};
  EXPECT_GT(timer.wait(), 0ms);
  timer.back_off(kStart);
  EXPECT_GT(timer.wait(), 0ms);
}

}  // namespace
}  // namespace cam32100::protocol
