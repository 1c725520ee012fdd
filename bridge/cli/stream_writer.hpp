#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <system_error>

#include "protocol/media/frame_counter.hpp"
#include "protocol/transport/session.hpp"

namespace cam32100::bridge {

// Writes the video channel's bytes to a descriptor, and counts them. They are gathered, 64 KiB at
// most: a call of write() for each datagram costs more than to receive it. Blocks while the
// descriptor takes none: the camera is slowed down by what is not acknowledged meanwhile. After the
// first error nothing more is written. One thread.
class StreamWriter final : public protocol::StreamReceiver {
 public:
  // `descriptor` is the caller's. Whoever gives a pipe ignores SIGPIPE, or dies of it.
  explicit StreamWriter(int descriptor);

  void on_stream(protocol::TimePoint now, std::uint8_t channel, protocol::BytesView bytes) override;
  // Writes what was gathered; at the end of each batch of datagrams.
  void flush() noexcept;

  [[nodiscard]] const std::error_code& error() const noexcept { return error_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }  // written
  [[nodiscard]] bool has_begun() const noexcept { return bytes_ > 0 || !gathered_.empty(); }
  // From the first byte to the last.
  [[nodiscard]] protocol::Duration length() const noexcept { return last_ - first_; }
  [[nodiscard]] std::uint64_t other_bytes() const noexcept { return other_bytes_; }

  // {"bytes": .., "frames": whole ones, "seconds": of length(), "mb_per_s": 10^6 bytes a second},
  // the latter two with three places and one.
  [[nodiscard]] nlohmann::ordered_json figures() const;

 private:
  void write(protocol::BytesView bytes) noexcept;

  int descriptor_;
  std::error_code error_;
  protocol::Bytes gathered_;
  protocol::FrameCounter frames_;
  std::uint64_t bytes_ = 0;
  std::uint64_t other_bytes_ = 0;  // of channels that are not written
  protocol::TimePoint first_{}, last_{};
};

}  // namespace cam32100::bridge
