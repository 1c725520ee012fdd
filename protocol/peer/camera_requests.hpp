#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "protocol/wire/bytes.hpp"

namespace cam32100::protocol {

// Cuts a client's channel 0 into request texts, as cameras do: a request whose announced length
// does not fit its text is acknowledged by the channel but never answered, and what follows it in
// the same packet goes with it. The next packet that begins with a block is read again.
//
//   0        2         4        6        8
//   | 01 0a  | ignored | len LE | ignored | "GET /name.cgi?..."
class CameraRequests {
 public:
  static constexpr std::size_t kMaxQueued = 64;  // further requests of one client are dropped

  // One DRW's data, in order.
  void on_packet(BytesView data);
  [[nodiscard]] std::optional<std::string> take();

  struct Counters {
    std::uint64_t unreadable =
        0;                      // bytes that begin no block, texts that are not what they announce
    std::uint64_t dropped = 0;  // requests beyond kMaxQueued
  };
  [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

 private:
  void finish_text(BytesView rest);
  void refuse_packet() noexcept;
  void begin_anew() noexcept;

  Bytes header_;
  std::optional<std::size_t> length_;  // of the text that is being collected
  std::string text_;
  std::deque<std::string> ready_;
  Counters counters_;
};

}  // namespace cam32100::protocol
