#include "jpeg_pictures.hpp"

#include <cassert>
#include <string_view>

namespace cam32100::protocol {

void append(Bytes& to, BytesView more) { to.insert(to.end(), more.begin(), more.end()); }

Bytes picture_of(std::size_t size) {
  assert(size >= kSmallestPicture);
  Bytes head;
  const bool ok = from_hex(
      "ffd8"
      "ffe1 000c 45786966 ffd8 ffd9 0000"   // APP1: "Exif", a thumbnail with its own end
      "ffc0 000b 08 0168 0280 01 01 11 00"  // SOF0: 8 bit, 360 x 640
      "ffda 0008 01 01 00 00 3f 00",        // SOS
      head);
  assert(ok);
  static_cast<void>(ok);
  Bytes picture = head;
  picture.reserve(size);
  const Bytes filling{std::byte{0x12}, std::byte{0xFF}, std::byte{0x00}, std::byte{0x34},
                      std::byte{0xFF}, std::byte{0xD3}, std::byte{0x56}};
  while (picture.size() + 2 + filling.size() <= size) append(picture, filling);
  while (picture.size() + 2 < size) picture.push_back(std::byte{0x77});
  picture.push_back(std::byte{0xFF});
  picture.push_back(std::byte{0xD9});
  return picture;
}

Bytes reply_block(unsigned id, BytesView body) {
  Bytes block{std::byte{0x01},
              std::byte{0x0A},
              static_cast<std::byte>(id & 0xFFU),
              static_cast<std::byte>(id >> 8U & 0xFFU),
              static_cast<std::byte>(body.size() & 0xFFU),
              static_cast<std::byte>(body.size() >> 8U & 0xFFU),
              std::byte{0x00},
              std::byte{0x01}};
  append(block, body);
  return block;
}

Bytes reply_block(unsigned id, const char* text) {
  return reply_block(id, as_bytes(std::string_view{text}));
}

}  // namespace cam32100::protocol
