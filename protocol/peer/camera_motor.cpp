#include "protocol/peer/camera_motor.hpp"

#include <algorithm>

namespace cam32100::protocol {
namespace {

// The whole way there and back in both directions: after so many steps a cruise is where it was.
constexpr long kCruisePeriod = 4L * CameraMotor::kMaxPan * CameraMotor::kMaxTilt;
constexpr int kFirstPreset = 30;
constexpr int kLastPreset = 61;

void turn_or_stop(int& position, int& direction, int limit, bool cruise) {
  if (direction == 0) return;
  if (position + direction > limit || position + direction < -limit) {
    direction = cruise ? -direction : 0;
  }
  position += direction;
}

}  // namespace

void CameraMotor::step() {
  turn_or_stop(position_.pan, motion_.pan, kMaxPan, motion_.cruise);
  turn_or_stop(position_.tilt, motion_.tilt, kMaxTilt, motion_.cruise);
}

void CameraMotor::advance(TimePoint now) {
  if (motion_.pan == 0 && motion_.tilt == 0) return;
  long steps = static_cast<long>((now - moved_at_) / kStepTime);
  moved_at_ += steps * kStepTime;
  // A move over hours costs no more than one round.
  if (steps > kCruisePeriod) steps = kCruisePeriod + steps % kCruisePeriod;
  for (; steps > 0; --steps) step();
}

void CameraMotor::move(TimePoint now, Motion motion, bool one_step) {
  motion_ = motion;
  moved_at_ = now;
  if (!one_step) return;
  step();
  motion_ = {};
}

bool CameraMotor::preset(int number) {
  if (number < kFirstPreset || number > kLastPreset) return false;
  auto& place = presets_.at(static_cast<std::size_t>((number - kFirstPreset) / 2));
  motion_ = {};
  if ((number - kFirstPreset) % 2 == 0) {
    place = position_;
  } else if (place) {
    position_ = *place;
  }
  return true;
}

bool CameraMotor::command(TimePoint now, int number, bool one_step) {
  advance(now);
  switch (number) {
    case 0:
      move(now, {.pan = 0, .tilt = 1}, one_step);
      return true;
    case 2:
      move(now, {.pan = 0, .tilt = -1}, one_step);
      return true;
    case 4:
      move(now, {.pan = -1, .tilt = 0}, one_step);
      return true;
    case 6:
      move(now, {.pan = 1, .tilt = 0}, one_step);
      return true;
    case 90:
      move(now, {.pan = -1, .tilt = 1}, one_step);
      return true;
    case 91:
      move(now, {.pan = 1, .tilt = 1}, one_step);
      return true;
    case 92:
      move(now, {.pan = -1, .tilt = -1}, one_step);
      return true;
    case 93:
      move(now, {.pan = 1, .tilt = -1}, one_step);
      return true;
    case 1:
    case 3:
    case 5:
    case 7:
    case 27:
    case 29:
      motion_ = {};
      return true;
    case 25:
      motion_ = {};
      position_ = {};
      return true;
    case 26:
      move(now, {.pan = 0, .tilt = 1, .cruise = true}, false);
      return true;
    case 28:
      move(now, {.pan = 1, .tilt = 0, .cruise = true}, false);
      return true;
    case 255:
      return true;  // motor test
    default:
      return preset(number);
  }
}

void CameraMotor::centre_and_forget() { *this = CameraMotor{}; }

}  // namespace cam32100::protocol
