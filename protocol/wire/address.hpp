#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/wire/bytes.hpp"
#include "protocol/wire/error.hpp"

namespace cam32100::protocol {

// An IPv4 end point. ip is in reading order (192.168.1.2 = {192,168,1,2}), port in host order.
struct Address {
  std::array<std::uint8_t, 4> ip{};
  std::uint16_t port = 0;

  friend bool operator==(const Address&, const Address&) = default;
  friend auto operator<=>(const Address&, const Address&) = default;

  // "a.b.c.d:port", or "a.b.c.d" with default_port. Errors: bad_address.
  [[nodiscard]] static Result<Address> parse(std::string_view text, std::uint16_t default_port = 0);
  [[nodiscard]] std::string text() const;  // "a.b.c.d:port"
  // False for 0.0.0.0, 255.255.255.255, multicast and port 0: nothing may be sent there on a peer's
  // word.
  [[nodiscard]] bool is_usable() const noexcept;
  [[nodiscard]] bool is_loopback() const noexcept;
  [[nodiscard]] bool is_private() const noexcept;  // RFC 1918, link-local, loopback
};

// The wire's 16-byte record. family is kept because real devices write 0 as well as 2 (capture 19)
// and a re-encoded message must be the same bytes.
struct SockAddr {
  Address address;
  std::uint16_t family = 2;

  friend bool operator==(const SockAddr&, const SockAddr&) = default;

  // family BE | port LE | ip reversed | 8 zero: every message but those named below.
  [[nodiscard]] static SockAddr read(Reader& in) noexcept;
  void write(Writer& out) const noexcept;
  // family LE | port BE | ip as read | 8 zero: RLY_SERVER_REQ_ACK, second address of
  // REPORT_SESSION_READY.
  [[nodiscard]] static SockAddr read_big_endian(Reader& in) noexcept;
  void write_big_endian(Writer& out) const noexcept;
};

constexpr std::uint16_t kServerPort = 32100;  // P2P servers
constexpr std::uint16_t kLanPort = 32108;     // LAN_SEARCH and a camera's well-known port

}  // namespace cam32100::protocol
