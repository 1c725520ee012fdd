#include "protocol/wire/session_ready.hpp"

#include <algorithm>
#include <cassert>

#include "protocol/wire/cipher.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::string_view kServerPsk = "SSD@cs2-network.";

}  // namespace

Result<SessionReady> decode_session_ready(BytesView sealed) {
  if (sealed.size() < SessionReady::kBytes) return make_error_code(Errc::truncated);
  std::array<std::byte, SessionReady::kBytes> plain{};
  std::copy_n(sealed.begin(), plain.size(), plain.begin());
  Cipher{kServerPsk}.decrypt(plain);

  Reader in{plain};
  const auto uid = Uid::from_bytes(in.take(Uid::kBytes));
  if (!uid) return uid.error();
  SessionReady report;
  report.uid = *uid;
  report.handle = static_cast<std::int32_t>(in.u32_be());
  report.max_handles = in.u16_be();
  report.active_handles = in.u16_be();
  report.connect_ms = in.u16_be();
  for (auto& flag : report.flags) flag = in.u8();
  for (auto& b : report.reserved) b = std::byte{in.u8()};
  report.local = SockAddr::read(in);
  report.second = SockAddr::read_big_endian(in);
  report.third = SockAddr::read(in);
  assert(in.ok() && in.remaining() == 0);
  return report;
}

std::array<std::byte, SessionReady::kBytes> encode_session_ready(const SessionReady& report) {
  std::array<std::byte, SessionReady::kBytes> sealed{};
  Writer out{sealed};
  out.bytes(report.uid.bytes());
  out.u32_be(static_cast<std::uint32_t>(report.handle));
  out.u16_be(report.max_handles);
  out.u16_be(report.active_handles);
  out.u16_be(report.connect_ms);
  for (const auto flag : report.flags) out.u8(flag);
  out.bytes(report.reserved);
  report.local.write(out);
  report.second.write_big_endian(out);
  report.third.write(out);
  assert(out.ok() && out.size() == sealed.size());
  Cipher{kServerPsk}.encrypt(sealed);
  return sealed;
}

}  // namespace cam32100::protocol
