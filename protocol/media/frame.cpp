#include "protocol/media/frame.hpp"

namespace cam32100::protocol {

Result<FrameHead> decode_frame_head(BytesView bytes) noexcept {
  Reader in{bytes};
  const auto magic = in.u32_le();
  FrameHead head;
  head.type = static_cast<FrameType>(in.u8());
  head.stream = in.u8();
  head.milliseconds = in.u16_le();
  head.seconds = in.u32_le();
  head.number = in.u32_le();
  head.length = in.u32_le();
  head.version = in.u8();
  head.resolution = in.u8();
  head.session = in.u8();
  head.preset = in.u8();
  head.end = in.u8();
  head.zone = in.u8();
  head.channel = in.u8();
  head.type1 = in.u8();
  head.sample = static_cast<std::int16_t>(in.u16_le());
  head.index = in.u16_le();
  if (!in.ok()) return make_error_code(Errc::truncated);
  if (magic != kFrameMagic) return make_error_code(Errc::bad_magic);
  return head;
}

void encode_frame_head(const FrameHead& head, std::span<std::byte, kFrameHeadBytes> out) noexcept {
  Writer writer{out};
  writer.u32_le(kFrameMagic);
  writer.u8(static_cast<std::uint8_t>(head.type));
  writer.u8(head.stream);
  writer.u16_le(head.milliseconds);
  writer.u32_le(head.seconds);
  writer.u32_le(head.number);
  writer.u32_le(head.length);
  writer.u8(head.version);
  writer.u8(head.resolution);
  writer.u8(head.session);
  writer.u8(head.preset);
  writer.u8(head.end);
  writer.u8(head.zone);
  writer.u8(head.channel);
  writer.u8(head.type1);
  writer.u16_le(static_cast<std::uint16_t>(head.sample));
  writer.u16_le(head.index);
}

}  // namespace cam32100::protocol
