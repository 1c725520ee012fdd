#include "protocol/wire/address.hpp"

#include <charconv>

namespace cam32100::protocol {
namespace {

// A decimal number without sign, blanks or leading zeros (which elsewhere mean octal).
bool parse_number(std::string_view text, std::uint32_t limit, std::uint32_t& value) noexcept {
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text.front() == '0')) return false;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end && value <= limit;
}

constexpr std::size_t kZeroBytes = 8;

}  // namespace

Result<Address> Address::parse(std::string_view text, std::uint16_t default_port) {
  Address address{.ip = {}, .port = default_port};
  std::uint32_t value = 0;
  const auto colon = text.find(':');
  if (colon != std::string_view::npos) {
    if (!parse_number(text.substr(colon + 1), 0xFFFF, value)) {
      return make_error_code(Errc::bad_address);
    }
    address.port = static_cast<std::uint16_t>(value);
    text = text.substr(0, colon);
  }
  for (std::size_t i = 0; i < address.ip.size(); ++i) {
    const bool last = i + 1 == address.ip.size();
    const auto dot = text.find('.');
    if (last != (dot == std::string_view::npos) || !parse_number(text.substr(0, dot), 255, value)) {
      return make_error_code(Errc::bad_address);
    }
    address.ip[i] = static_cast<std::uint8_t>(value);
    if (!last) text = text.substr(dot + 1);
  }
  return address;
}

std::string Address::text() const {
  std::string out;
  for (const auto part : ip) out.append(out.empty() ? "" : ".").append(std::to_string(part));
  return out.append(":").append(std::to_string(port));
}

bool Address::is_usable() const noexcept {
  constexpr std::array<std::uint8_t, 4> kAny{0, 0, 0, 0};
  constexpr std::array<std::uint8_t, 4> kBroadcast{255, 255, 255, 255};
  const bool multicast = (ip[0] & 0xF0) == 0xE0;
  return port != 0 && ip != kAny && ip != kBroadcast && !multicast;
}

bool Address::is_loopback() const noexcept { return ip[0] == 127; }

bool Address::is_private() const noexcept {
  return is_loopback() || ip[0] == 10 || (ip[0] == 172 && (ip[1] & 0xF0) == 16) ||
         (ip[0] == 192 && ip[1] == 168) || (ip[0] == 169 && ip[1] == 254);
}

SockAddr SockAddr::read(Reader& in) noexcept {
  SockAddr out;
  out.family = in.u16_be();
  out.address.port = in.u16_le();
  for (std::size_t i = out.address.ip.size(); i-- > 0;) out.address.ip[i] = in.u8();
  in.skip(kZeroBytes);
  return out;
}

void SockAddr::write(Writer& out) const noexcept {
  out.u16_be(family);
  out.u16_le(address.port);
  for (std::size_t i = address.ip.size(); i-- > 0;) out.u8(address.ip[i]);
  out.zeros(kZeroBytes);
}

SockAddr SockAddr::read_big_endian(Reader& in) noexcept {
  SockAddr out;
  out.family = in.u16_le();
  out.address.port = in.u16_be();
  for (auto& part : out.address.ip) part = in.u8();
  in.skip(kZeroBytes);
  return out;
}

void SockAddr::write_big_endian(Writer& out) const noexcept {
  out.u16_le(family);
  out.u16_be(address.port);
  for (const auto part : address.ip) out.u8(part);
  out.zeros(kZeroBytes);
}

}  // namespace cam32100::protocol
