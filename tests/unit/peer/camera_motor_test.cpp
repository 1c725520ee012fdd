#include "protocol/peer/camera_motor.hpp"

#include <gtest/gtest.h>

namespace cam32100::protocol {
namespace {

using namespace std::chrono_literals;

struct CameraMotorTest : ::testing::Test {
  CameraMotor motor;
  TimePoint now{1h};

  bool command(int number, bool one_step = false) { return motor.command(now, number, one_step); }
  void pass(Duration time) {
    now += time;
    motor.advance(now);
  }
  void expect_at(int pan, int tilt) {
    EXPECT_EQ(motor.position().pan, pan);
    EXPECT_EQ(motor.position().tilt, tilt);
  }
};

TEST_F(CameraMotorTest, TakesOneStepPerOneStepCommand) {
  EXPECT_TRUE(command(6, true));
  EXPECT_TRUE(command(6, true));
  EXPECT_TRUE(command(0, true));
  expect_at(2, 1);
  EXPECT_TRUE(command(4, true));
  EXPECT_TRUE(command(2, true));
  expect_at(1, 0);
  pass(1h);
  expect_at(1, 0);
}

TEST_F(CameraMotorTest, MovesInAllEightDirections) {
  const struct {
    int command, pan, tilt;
  } directions[] = {{0, 0, 1},   {2, 0, -1}, {4, -1, 0},   {6, 1, 0},
                    {90, -1, 1}, {91, 1, 1}, {92, -1, -1}, {93, 1, -1}};
  for (const auto& direction : directions) {
    ASSERT_TRUE(command(25));
    ASSERT_TRUE(command(direction.command, true));
    expect_at(direction.pan, direction.tilt);
  }
}

TEST_F(CameraMotorTest, GoesOnUntilStopped) {
  EXPECT_TRUE(command(6));
  expect_at(0, 0);
  pass(1s);
  expect_at(10, 0);
  pass(50ms);
  expect_at(10, 0);
  pass(50ms);
  expect_at(11, 0);
  EXPECT_TRUE(command(7));
  pass(1h);
  expect_at(11, 0);
}

TEST_F(CameraMotorTest, StopsByAnyStopCommand) {
  for (const int stop : {1, 3, 5, 7, 27, 29}) {
    EXPECT_TRUE(command(25));
    EXPECT_TRUE(command(0));
    pass(500ms);
    EXPECT_TRUE(command(stop));
    pass(10s);
    expect_at(0, 5);
  }
}

TEST_F(CameraMotorTest, StopsAtTheEndOfTravel) {
  EXPECT_TRUE(command(93));
  pass(1h);
  expect_at(CameraMotor::kMaxPan, -CameraMotor::kMaxTilt);
  EXPECT_TRUE(command(6, true));
  expect_at(CameraMotor::kMaxPan, -CameraMotor::kMaxTilt);
}

TEST_F(CameraMotorTest, TurnsRoundAtTheEndOfACruise) {
  EXPECT_TRUE(command(28));
  pass(CameraMotor::kStepTime * (CameraMotor::kMaxPan + 10));
  expect_at(CameraMotor::kMaxPan - 10, 0);
  pass(CameraMotor::kStepTime * (3 * CameraMotor::kMaxPan - 10));  // the rest of the round
  expect_at(0, 0);
  EXPECT_TRUE(command(26));
  pass(CameraMotor::kStepTime * 3);
  expect_at(0, 3);
}

TEST_F(CameraMotorTest, IsWhereACruiseShouldBeAfterDays) {
  EXPECT_TRUE(command(28));
  pass(CameraMotor::kStepTime * (4LL * CameraMotor::kMaxPan * 10'000 + 7));
  expect_at(7, 0);
}

TEST_F(CameraMotorTest, StoresAndCallsPresets) {
  EXPECT_TRUE(command(6, true));
  EXPECT_TRUE(command(30));  // set preset 1
  EXPECT_TRUE(command(0, true));
  EXPECT_TRUE(command(60));  // set preset 16
  EXPECT_TRUE(command(25));
  EXPECT_TRUE(command(31));
  expect_at(1, 0);
  EXPECT_TRUE(command(61));
  expect_at(1, 1);
}

TEST_F(CameraMotorTest, StaysForAPresetNeverStored) {
  EXPECT_TRUE(command(6, true));
  EXPECT_TRUE(command(33));
  expect_at(1, 0);
}

TEST_F(CameraMotorTest, RefusesNumbersThatAreNotItsOwn) {
  for (const int number : {-1, 8, 24, 62, 94, 96, 97, 254, 256, 100'000}) {
    EXPECT_FALSE(command(number)) << number;
  }
  expect_at(0, 0);
}

TEST_F(CameraMotorTest, ForgetsEverythingAtRestore) {
  EXPECT_TRUE(command(6, true));
  EXPECT_TRUE(command(30));
  motor.centre_and_forget();
  expect_at(0, 0);
  EXPECT_TRUE(command(31));
  expect_at(0, 0);
}

}  // namespace
}  // namespace cam32100::protocol
