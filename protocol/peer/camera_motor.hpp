#pragma once

#include <array>
#include <optional>

#include "protocol/wire/time.hpp"

namespace cam32100::protocol {

// The motors behind decoder_control.cgi. Positions are whole steps from the centre; up and right
// are positive. A started move goes on, ten steps a second, until a stop or the end of travel.
class CameraMotor {
 public:
  static constexpr int kMaxPan = 60;
  static constexpr int kMaxTilt = 20;
  static constexpr Duration kStepTime{std::chrono::milliseconds{100}};

  struct Position {
    int pan = 0;
    int tilt = 0;
    friend bool operator==(const Position&, const Position&) = default;
  };

  // A decoder_control number. False: not one of the motors' (nothing happened).
  [[nodiscard]] bool command(TimePoint now, int number, bool one_step);
  // Brings the position up to `now`.
  void advance(TimePoint now);
  [[nodiscard]] Position position() const noexcept { return position_; }
  void centre_and_forget();  // as after restore_factory

 private:
  struct Motion {
    int pan = 0;  // -1, 0, 1 per step
    int tilt = 0;
    bool cruise = false;  // turns round at the end of travel instead of stopping
  };
  void move(TimePoint now, Motion motion, bool one_step);
  void step();
  [[nodiscard]] bool preset(int number);

  Position position_;
  Motion motion_;
  TimePoint moved_at_;
  std::array<std::optional<Position>, 16> presets_;
};

}  // namespace cam32100::protocol
