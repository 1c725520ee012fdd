#include "protocol/peer/camera_stream.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cam32100::protocol {
namespace {

constexpr std::size_t kMostWaitingFrames = 2;

}  // namespace

CameraStream::CameraStream(Pictures pictures, Duration interval)
    : pictures_{std::move(pictures)}, interval_{interval} {
  std::size_t largest = 0;
  for (std::size_t i = 0; i < pictures_.size(); ++i) {
    largest = std::max(largest, pictures_[i].size());
  }
  most_unsent_ = kMostWaitingFrames * (kFrameHeadBytes + largest);
}

void CameraStream::start(TimePoint now, Duration clock_ahead) noexcept {
  clock_ahead_ = clock_ahead;
  if (running_ || pictures_.empty()) return;
  running_ = true;
  next_due_ = now;
}

std::optional<TimePoint> CameraStream::deadline() const noexcept {
  if (!running_ || !has_pace()) return std::nullopt;
  return next_due_;
}

std::size_t CameraStream::channel_bytes(std::size_t window) const noexcept {
  return window * kMaxDrwData + most_unsent_;
}

void CameraStream::feed(TimePoint now, Channel& channel) {
  if (!is_due(now)) return;
  if (!has_pace()) {
    while (queue_frame(now, channel)) continue;
    return;
  }
  if (!queue_frame(now, channel)) {
    ++dropped_;
    ++number_;
  }
  // Who was held up shows what is to be seen now, not all that was missed.
  next_due_ += interval_ * ((now - next_due_) / interval_ + 1);
}

// False: there is no room for it.
bool CameraStream::queue_frame(TimePoint now, Channel& channel) {
  const Bytes& picture = pictures_[number_ % pictures_.size()];
  const std::size_t size = kFrameHeadBytes + picture.size();
  if (channel.unsent_bytes() + size > most_unsent_ || channel.room() < size) return false;
  std::array<std::byte, kFrameHeadBytes> head;
  encode_frame_head(next_head(now, picture.size()), head);
  ++number_;
  return channel.send(head) && channel.send(picture);
}

FrameHead CameraStream::next_head(TimePoint now, std::size_t length) const noexcept {
  using std::chrono::milliseconds;
  const auto shown =
      std::chrono::duration_cast<milliseconds>(now.time_since_epoch() + clock_ahead_).count();
  FrameHead head;
  head.type = FrameType::mjpeg;
  head.milliseconds = static_cast<std::uint16_t>(shown % 1000);
  head.seconds = static_cast<std::uint32_t>(shown / 1000);
  head.number = number_;
  head.length = static_cast<std::uint32_t>(length);
  return head;
}

}  // namespace cam32100::protocol
