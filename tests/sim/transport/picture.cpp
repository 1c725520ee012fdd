#include <cassert>

#include "tests/sim/transport/cgi_client.hpp"

namespace cam32100::sim {

protocol::Bytes picture(std::size_t size, std::uint64_t seed) {
  assert(size >= 64);
  protocol::Bytes out;
  // SOI; SOF0 640 x 480, one component; SOS
  [[maybe_unused]] const bool read = protocol::from_hex(
      "ffd8 ffc0 000b 08 01e0 0280 01 01 11 00 ffda 0008 01 01 00 00 3f 00", out);
  assert(read);
  std::uint64_t state = seed;
  while (out.size() + 2 < size) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    out.push_back(
        static_cast<std::byte>((state >> 33) % 255));  // never FF: no marker inside the scan
  }
  out.push_back(std::byte{0xFF});
  out.push_back(std::byte{0xD9});
  return out;
}

}  // namespace cam32100::sim
