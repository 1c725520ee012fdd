// The host sleeps: its clock jumps, or stands still while the camera forgets us.
#include <gtest/gtest.h>

#include "tests/sim/core/camera_world.hpp"

namespace cam32100::bridge::test {
namespace {

using sim::SleepingClock;

struct Sleep {
  CameraKind kind = CameraKind::emulated;
  SleepingClock clock = SleepingClock::jumps;
  bool told = true;  // io noticed and calls on_resume()
};

class Suspend : public ::testing::TestWithParam<Sleep> {
 protected:
  [[nodiscard]] static WorldOptions options() {
    WorldOptions made;
    made.kind = GetParam().kind;
    made.disturbs_network = true;
    return made;
  }
  static void sleep(World& world, Duration length) {
    world.net.suspend(world.us, length, GetParam().clock);
    world.net.run_for(length);
    if (!GetParam().told) return;
    world.supervisor->on_resume(world.net.now(world.us));
    world.drain();
    world.net.pump(world.us);
  }
};

std::string name_of(const ::testing::TestParamInfo<Sleep>& info) {
  return to_text(info.param.kind) +
         (info.param.clock == SleepingClock::jumps ? "ClockJumps" : "ClockStandsStill") +
         (info.param.told ? "AndWeAreTold" : "Unnoticed");
}

INSTANTIATE_TEST_SUITE_P(
    EveryForm, Suspend,
    ::testing::Values(Sleep{CameraKind::emulated, SleepingClock::jumps, true},
                      Sleep{CameraKind::emulated, SleepingClock::jumps, false},
                      Sleep{CameraKind::emulated, SleepingClock::stands_still, true},
                      Sleep{CameraKind::emulated, SleepingClock::stands_still, false},
                      Sleep{CameraKind::independent, SleepingClock::jumps, true},
                      Sleep{CameraKind::independent, SleepingClock::jumps, false},
                      Sleep{CameraKind::independent, SleepingClock::stands_still, true},
                      Sleep{CameraKind::independent, SleepingClock::stands_still, false}),
    name_of);

TEST_P(Suspend, EndsInANewSessionThatSaysWhy) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  const auto generation = world.supervisor->socket_generation();
  sleep(world, 3h);
  ASSERT_TRUE(world.net.run_until(
      [&] { return world.supervisor->socket_generation() != generation; }, 20s));
  EXPECT_EQ(world.status().reason,
            GetParam().told ? "the host was suspended" : "timed_out, awaiting_traffic");
  ASSERT_TRUE(world.run_until_connected(15s));
  const JobId job = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(job));
  EXPECT_TRUE(world.heard.replies.contains(job));
  EXPECT_EQ(world.heard.availability, std::vector<bool>{true})
      << "the camera was there all the time";
}

TEST_P(Suspend, AnswersTheJobThatWasUnderWayOnce) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  const JobId job = world.submit(status_plan());
  sleep(world, 1h);
  ASSERT_TRUE(world.run_until_answered(job, 60s));
  world.net.run_for(30s);
  EXPECT_EQ(world.heard.answers.at(job), 1);
}

TEST_P(Suspend, OfASecondOnlyCostsNothingLasting) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  sleep(world, 1s);
  world.net.run_for(12s);
  EXPECT_TRUE(world.run_until_connected(5s));
  EXPECT_EQ(world.status().retries, 0U);
}

}  // namespace
}  // namespace cam32100::bridge::test
