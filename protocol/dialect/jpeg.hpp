#pragma once

#include <cstddef>

#include "protocol/wire/bytes.hpp"

namespace cam32100::protocol {

// Finds the end of a JPEG by walking its segments (thumbnails inside APPn carry FF D9 too, so
// searching would stop early). Fed with a growing body, it looks at each byte at most once: linear
// over the whole.
class JpegWalker {
 public:
  enum class State {
    walking,    // the end is not in what was given
    ended,      // end() is one past the end marker
    malformed,  // something that is not a segment stands where one must
  };

  // `body` is everything received so far, from FF D8 on; never shorter than in the call before.
  State advance(BytesView body) noexcept;
  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] std::size_t end() const noexcept { return position_; }

 private:
  // Each looks at what stands at position_; false: more bytes are needed, or the walk is over.
  [[nodiscard]] bool step_segment(BytesView body) noexcept;
  [[nodiscard]] bool step_scan(BytesView body) noexcept;

  State state_ = State::walking;
  std::size_t position_ = 0;
  bool in_scan_ = false;  // entropy-coded data, where FF 00 and FF D0-D7 are content
};

}  // namespace cam32100::protocol
