#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/media/frame.hpp"
#include "protocol/peer/pictures.hpp"
#include "protocol/transport/channel.hpp"
#include "protocol/wire/time.hpp"

namespace cam32100::protocol {

// One session's live video: the pictures in turn as MJPEG frames. Two frames of the largest
// picture's size may wait for the window, and what finds no room is left out as a whole: a slow
// client gets fewer frames, never a broken one.
//
//   stopped --start()--> running --stop()--> stopped, what is queued still leaves
class CameraStream {
 public:
  // `interval`: from frame to frame; zero or less: as fast as the window lets.
  CameraStream(Pictures pictures, Duration interval);

  // The first frame is due at once. Goes on where it stopped; of a running stream only the clock
  // changes. `clock_ahead`: the camera's Unix time less the time since the epoch of `now`.
  void start(TimePoint now, Duration clock_ahead) noexcept;
  void stop() noexcept { running_ = false; }

  // Queues what is due. Copies each frame once, into the channel.
  void feed(TimePoint now, Channel& channel);
  // Whether feed() would do anything.
  [[nodiscard]] bool is_due(TimePoint now) const noexcept {
    return running_ && (!has_pace() || now >= next_due_);
  }
  // The next frame's; nullopt without a pace: then it is room in the window that makes it due.
  [[nodiscard]] std::optional<TimePoint> deadline() const noexcept;
  // How much a channel must hold for this: its window, and the frames that wait.
  [[nodiscard]] std::size_t channel_bytes(std::size_t window) const noexcept;
  [[nodiscard]] std::uint64_t dropped_frames() const noexcept { return dropped_; }

 private:
  [[nodiscard]] bool has_pace() const noexcept { return interval_ > Duration::zero(); }
  [[nodiscard]] bool queue_frame(TimePoint now, Channel& channel);
  [[nodiscard]] FrameHead next_head(TimePoint now, std::size_t length) const noexcept;

  Pictures pictures_;
  Duration interval_;
  std::size_t most_unsent_ = 0;  // bytes
  bool running_ = false;
  TimePoint next_due_{};
  Duration clock_ahead_{};
  std::uint32_t number_ = 0;  // of the next frame; picks the picture, too
  std::uint64_t dropped_ = 0;
};

}  // namespace cam32100::protocol
