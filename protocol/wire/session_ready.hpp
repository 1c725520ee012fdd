#pragma once

#include <array>
#include <cstdint>

#include "protocol/wire/address.hpp"
#include "protocol/wire/bytes.hpp"
#include "protocol/wire/error.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::protocol {

// What REPORT_SESSION_READY holds under its seal, the PSK chain with "SSD@cs2-network.": how a
// client's session with a device came about.
//
//   0    20      24           26       28   30     34        36       52        68       84
//   | UID | handle | max handles | active | ms | flags | reserved | local | second | third |
//
// The places are confirmed by a decrypted capture, also that `second` alone has the big-endian
// form; that the numbers are big endian is a guess.
struct SessionReady {
  static constexpr std::size_t kBytes = 84;

  Uid uid;
  std::int32_t handle = 0;
  std::uint16_t max_handles = 0, active_handles = 0;
  std::uint16_t connect_ms = 0;  // [inferred] how long the session took to open
  std::array<std::uint8_t, 4> flags{};
  std::array<std::byte, 2> reserved{};
  SockAddr local, second, third;

  friend bool operator==(const SessionReady&, const SessionReady&) = default;
};

// `sealed` is ReportSessionReady::body; bytes behind the 84 are not looked at. Errors: truncated,
// bad_uid.
[[nodiscard]] Result<SessionReady> decode_session_ready(BytesView sealed);
// Bytes for ReportSessionReady::body.
[[nodiscard]] std::array<std::byte, SessionReady::kBytes> encode_session_ready(
    const SessionReady& report);

}  // namespace cam32100::protocol
