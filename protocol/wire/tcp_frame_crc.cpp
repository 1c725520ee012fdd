#include "protocol/wire/cipher.hpp"

namespace cam32100::protocol {

std::uint16_t tcp_frame_crc(BytesView data) noexcept {
  unsigned a = 0x43;
  unsigned b = 0x53;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const auto byte = std::to_integer<unsigned>(data[i]);
    const unsigned old = a;
    a = b ^ byte ^ old;
    // Each second time only, and then with the byte as far from the end as this is from the start.
    if (i % 2 == 0) b = byte ^ old ^ std::to_integer<unsigned>(data[data.size() - 1 - i]);
  }
  return static_cast<std::uint16_t>(a << 8U | b);
}

}  // namespace cam32100::protocol
