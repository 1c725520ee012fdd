#include "tests/support/independent_camera/wire_format.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace cam32100::independent {

namespace {

constexpr std::uint8_t kMagic = 0xf1;
constexpr std::size_t kHeader = 4;
constexpr std::size_t kSockAddr = 16;

std::byte byte_of(std::size_t value) { return static_cast<std::byte>(value & 0xffU); }

bool all_in(std::string_view text, char first, char last) {
  return std::all_of(text.begin(), text.end(), [&](char c) { return c >= first && c <= last; });
}

void put_padded(Bytes& out, std::string_view text, std::size_t width) {
  put_text(out, text);
  out.resize(out.size() + width - text.size());
}

}  // namespace

bool open_message(BytesView datagram, Message& out, Complaints& complaints) {
  if (datagram.size() < kHeader || u8_at(datagram, 0) != kMagic) return false;
  if (datagram.size() > kLongestDatagram) {
    complaints.push_back("datagram of " + std::to_string(datagram.size()) + " bytes, most is 1280");
  }
  const std::size_t length = u16_be_at(datagram, 2);
  if (length > datagram.size() - kHeader) {
    complaints.push_back("message length " + std::to_string(length) + " runs past the datagram");
    return false;
  }
  out.type = static_cast<Type>(u8_at(datagram, 1));
  out.payload = datagram.subspan(kHeader, length);
  return true;
}

Bytes message(Type type, BytesView payload) {
  Bytes out{std::byte{kMagic}, static_cast<std::byte>(type)};
  put_u16_be(out, payload.size());
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

Bytes drw(std::uint8_t channel, std::uint16_t index, BytesView data) {
  Bytes body{std::byte{kDrwInner}, std::byte{channel}};
  put_u16_be(body, index);
  body.insert(body.end(), data.begin(), data.end());
  return message(Type::drw, body);
}

Bytes drw_ack(std::uint8_t channel, std::span<const std::uint16_t> indices) {
  Bytes body{std::byte{kDrwInner}, std::byte{channel}};
  put_u16_be(body, indices.size());
  for (const auto index : indices) put_u16_be(body, index);
  return message(Type::drw_ack, body);
}

Bytes uid_bytes(std::string_view text) {
  const auto first = text.find('-');
  const auto second = first == std::string_view::npos ? first : text.find('-', first + 1);
  if (second == std::string_view::npos) return {};
  const auto prefix = text.substr(0, first);
  const auto digits = text.substr(first + 1, second - first - 1);
  const auto check = text.substr(second + 1);
  if (prefix.empty() || prefix.size() > 7 || !all_in(prefix, 'A', 'Z')) return {};
  if (digits.empty() || digits.size() > 10 || !all_in(digits, '0', '9')) return {};
  if (check.empty() || check.size() > 7 || !all_in(check, 'A', 'Z')) return {};
  std::uint64_t serial = 0;
  for (const char c : digits) serial = serial * 10 + static_cast<std::uint64_t>(c - '0');
  if (serial > 0xffffffffU) return {};
  Bytes out;
  put_padded(out, prefix, 8);
  put_u16_be(out, serial >> 16U);
  put_u16_be(out, serial & 0xffffU);
  put_padded(out, check, 8);
  return out;
}

std::string sockaddr_complaint(BytesView record, const Address& source) {
  if (record.size() < kSockAddr) return "address record is cut short";
  const auto family = u16_be_at(record, 0);
  if (family == 0x0200) return "address record has its family in little-endian order";
  if (family != 2 && family != 0) return "address record has family " + std::to_string(family);
  Address reversed;
  Address natural;
  reversed.port = u16_le_at(record, 2);
  natural.port = u16_be_at(record, 2);
  for (std::size_t i = 0; i < 4; ++i) {
    natural.ip[i] = u8_at(record, 4 + i);
    reversed.ip[i] = u8_at(record, 7 - i);
  }
  if (reversed.ip != source.ip && natural.ip == source.ip) {
    return "address record has its address in natural order";
  }
  if (reversed.port != source.port && natural.port == source.port) {
    return "address record has its port in big-endian order";
  }
  for (std::size_t i = 8; i < kSockAddr; ++i) {
    if (u8_at(record, i) != 0) return "address record ends in bytes that are not zero";
  }
  return {};
}

std::uint8_t u8_at(BytesView bytes, std::size_t at) {
  return at < bytes.size() ? std::to_integer<std::uint8_t>(bytes[at]) : std::uint8_t{0};
}

std::uint16_t u16_be_at(BytesView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(u8_at(bytes, at) * 256 + u8_at(bytes, at + 1));
}

std::uint16_t u16_le_at(BytesView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(u8_at(bytes, at + 1) * 256 + u8_at(bytes, at));
}

void put_u16_be(Bytes& out, std::size_t value) {
  out.push_back(byte_of(value >> 8U));
  out.push_back(byte_of(value));
}

void put_u16_le(Bytes& out, std::size_t value) {
  out.push_back(byte_of(value));
  out.push_back(byte_of(value >> 8U));
}

void put_text(Bytes& out, std::string_view text) {
  for (const char c : text) out.push_back(static_cast<std::byte>(c));
}

std::string address_text(const Address& address) {
  std::string text;
  for (std::size_t i = 0; i < address.ip.size(); ++i) {
    if (i != 0) text += '.';
    text += std::to_string(address.ip[i]);
  }
  return text + ":" + std::to_string(address.port);
}

std::string hex_byte(unsigned value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return {kDigits[(value >> 4U) & 15U], kDigits[value & 15U]};
}

std::int64_t unwrapped(std::uint16_t index, std::int64_t reference) {
  const auto near = static_cast<std::uint16_t>(reference & 0xffff);
  return reference + static_cast<std::int16_t>(static_cast<std::uint16_t>(index - near));
}

std::string index_name(std::uint8_t channel, std::int64_t index) {
  return "index " + std::to_string(index & 0xffff) + " of channel " + std::to_string(channel);
}

}  // namespace cam32100::independent
