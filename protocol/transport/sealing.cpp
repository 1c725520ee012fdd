#include "protocol/transport/sealing.hpp"

#include <algorithm>

namespace cam32100::protocol {

bool seal(const Message& message, const Cipher& cipher, const Address& to, Datagram& out) {
  const auto written = encode(message, out.bytes);
  if (!written) return false;
  out.to = to;
  out.size = *written;
  cipher.encrypt(MutableBytesView{out.bytes}.first(out.size));
  return true;
}

Result<Packet> open(BytesView datagram, const Cipher& cipher, OpeningSpace& space) {
  if (datagram.size() > space.size()) return make_error_code(Errc::bad_length);
  if (cipher.is_plain()) return decode(datagram);
  std::copy(datagram.begin(), datagram.end(), space.begin());
  const MutableBytesView opened = MutableBytesView{space}.first(datagram.size());
  cipher.decrypt(opened);
  return decode(opened);
}

std::uint8_t message_code(BytesView datagram, const Cipher& cipher) noexcept {
  std::array<std::byte, 2> head{};
  if (datagram.size() < kHeaderBytes) return 0;
  std::copy_n(datagram.begin(), head.size(), head.begin());
  cipher.decrypt(head);
  return std::to_integer<std::uint8_t>(head[0]) == kMagic ? std::to_integer<std::uint8_t>(head[1])
                                                          : 0;
}

}  // namespace cam32100::protocol
