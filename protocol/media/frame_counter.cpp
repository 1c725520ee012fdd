#include "protocol/media/frame_counter.hpp"

#include <algorithm>

namespace cam32100::protocol {

void FrameCounter::on_bytes(BytesView bytes) noexcept {
  while (!bytes.empty()) {
    const std::size_t wanted = awaited_ > 0 ? awaited_ : head_.size() - held_;
    const BytesView part = bytes.first(std::min(wanted, bytes.size()));
    bytes = bytes.subspan(part.size());
    if (awaited_ > 0) {
      awaited_ -= part.size();
      if (awaited_ == 0) ++frames_;
      continue;
    }
    std::copy(part.begin(), part.end(), head_.begin() + static_cast<std::ptrdiff_t>(held_));
    held_ += part.size();
    if (held_ == head_.size()) judge_head();
  }
}

// What is no head goes up to where the next may begin: its first byte.
void FrameCounter::judge_head() noexcept {
  const auto head = decode_frame_head(head_);
  if (head && has_frame(*head)) {
    awaited_ = head->length;
    held_ = 0;
    return;
  }
  constexpr std::byte kFirst{kFrameMagic & 0xFFU};
  auto* const next = std::find(head_.begin() + 1, head_.end(), kFirst);
  const auto kept = std::copy(next, head_.end(), head_.begin()) - head_.begin();
  skipped_ += held_ - static_cast<std::size_t>(kept);
  held_ = static_cast<std::size_t>(kept);
}

}  // namespace cam32100::protocol
