#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "protocol/wire/bytes.hpp"
#include "protocol/wire/error.hpp"

namespace cam32100::protocol {

constexpr std::uint8_t kVideoChannel = 1;           // 2 is audio, 3 talk [capture 32, manual]
constexpr std::size_t kFrameHeadBytes = 32;         // [VStarcam manual; capture 32]
constexpr std::uint32_t kFrameMagic = 0xA815AA55U;  // as u32 LE: 55 aa 15 a8 [capture 32]
// No camera sends a longer frame [inferred]: a length beyond it is no length, and no memory is
// given to it.
constexpr std::uint32_t kMaxFrameBytes = 16 * 1024 * 1024;

// What follows a head. Other values occur: a frame's type is not judged.
enum class FrameType : std::uint8_t {
  h264_key = 0x00,    // I frame [VStarcam manual]
  h264_delta = 0x01,  // P frame [VStarcam manual]
  mjpeg = 0x03,       // one JPEG [JSON family]
  audio = 0x06,       // [capture 32]
  talk = 0x08,        // ADPCM, to the camera [manual; okam client]
  h265_key = 0x10,    // [eye4-proxy alone, which may mean decimal 10]
  h265_delta = 0x11,  // [eye4-proxy alone]
  adpcm = 0xAA,       // [JSON family]
};

// The head of each frame of video and sound, STREAMHEAD to the vendor; the frame's bytes follow it.
// All integers LE [VStarcam manual, one other view of the same bytes agrees up to `length`].
//
//   0             4      5        6        8       12           16           20
//   | 55 aa 15 a8 | type | stream | ms u16 | s u32 | number u32 | length u32 |
//   20        21           22        23       24    25     26        27      28           30
//   | version | resolution | session | preset | end | zone | channel | type1 | sample i16 | index |
struct FrameHead {
  FrameType type = FrameType::h264_key;
  std::uint8_t stream = 0;         // streamid; of audio the codec: PCM16, ADPCM, A-law, u-law
  std::uint16_t milliseconds = 0;  // 0..999, of the second
  std::uint32_t seconds = 0;       // since 1970, by the camera's clock
  std::uint32_t number = 0;        // counts up; the talk head of one client has its length here
  std::uint32_t length = 0;        // bytes that follow the head
  std::uint8_t version = 0;
  std::uint8_t resolution = 0;  // 0 640x360, 1 320x180, 2 1280x720, 3 1280x960, 4 1920x1080
  std::uint8_t session = 0;
  std::uint8_t preset = 0;  // where a camera with a motor stands
  std::uint8_t end = 0;     // of a recording that is played
  std::uint8_t zone = 0;    // time zone, in which form no source tells
  std::uint8_t channel = 0;
  std::uint8_t type1 = 0;   // no source tells
  std::int16_t sample = 0;  // ADPCM predictor at the frame's first byte
  std::uint16_t index = 0;  // ADPCM step index there
  friend bool operator==(const FrameHead&, const FrameHead&) = default;
};

// Reads the first 32 bytes, whatever follows them. Errors: truncated; bad_magic. Nothing else is
// refused: whether a frame may be so long is for has_frame() to say. Never throws. Any thread.
[[nodiscard]] Result<FrameHead> decode_frame_head(BytesView bytes) noexcept;
// Every value can be written, and is read back as it was.
void encode_frame_head(const FrameHead& head, std::span<std::byte, kFrameHeadBytes> out) noexcept;

// Whether the length is one that a frame can have: 1..kMaxFrameBytes.
[[nodiscard]] constexpr bool has_frame(const FrameHead& head) noexcept {
  return head.length > 0 && head.length <= kMaxFrameBytes;
}

}  // namespace cam32100::protocol
