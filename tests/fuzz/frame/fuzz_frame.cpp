// Any bytes as a channel's stream of frames, cut by the first of them.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "protocol/media/frame_counter.hpp"

namespace {

using namespace cam32100::protocol;

// An assert that also holds in a release build: what it says is the point of the target.
void require(bool condition) {
  if (!condition) std::abort();
}

void check_head(BytesView stream) {
  const auto head = decode_frame_head(stream);
  require(head.has_value() || stream.size() < kFrameHeadBytes || stream[0] != std::byte{0x55} ||
          stream[1] != std::byte{0xAA} || stream[2] != std::byte{0x15} ||
          stream[3] != std::byte{0xA8});
  if (!head) return;
  std::array<std::byte, kFrameHeadBytes> out{};
  encode_frame_head(*head, out);
  require(std::equal(out.begin(), out.end(), stream.begin()));
}

FrameCounter counted_in_parts(BytesView stream, std::size_t part) {
  FrameCounter counter;
  while (!stream.empty()) {
    const std::size_t size = std::min(part, stream.size());
    counter.on_bytes(stream.first(size));
    stream = stream.subspan(size);
  }
  return counter;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView stream = std::as_bytes(std::span{data, size}).subspan(1);
  check_head(stream);
  const FrameCounter in_parts = counted_in_parts(stream, std::size_t{data[0]} + 1);
  const FrameCounter at_once = counted_in_parts(stream, std::max<std::size_t>(stream.size(), 1));
  require(in_parts.frames() == at_once.frames());
  require(in_parts.skipped_bytes() == at_once.skipped_bytes());
  require(at_once.frames() * (kFrameHeadBytes + 1) + at_once.skipped_bytes() <= stream.size());
  return 0;
}
