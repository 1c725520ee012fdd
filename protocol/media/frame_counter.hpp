#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "protocol/media/frame.hpp"

namespace cam32100::protocol {

// Counts the frames in a channel's stream, cut anywhere, by their heads alone: a frame's own bytes
// are passed over unseen. Where a head should stand and does not, the next one is sought by its
// magic, as firmwares are known that tell a wrong length. Holds 32 bytes; takes any bytes. One
// thread.
class FrameCounter {
 public:
  void on_bytes(BytesView bytes) noexcept;

  [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }  // that came whole
  // Bytes that belong to no frame.
  [[nodiscard]] std::uint64_t skipped_bytes() const noexcept { return skipped_; }

 private:
  void judge_head() noexcept;

  std::array<std::byte, kFrameHeadBytes> head_{};
  std::size_t held_ = 0;     // of head_
  std::size_t awaited_ = 0;  // of the frame that came in part
  std::uint64_t frames_ = 0;
  std::uint64_t skipped_ = 0;
};

}  // namespace cam32100::protocol
