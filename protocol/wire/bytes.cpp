#include "protocol/wire/bytes.hpp"

#include <algorithm>

namespace cam32100::protocol {
namespace {

std::uint8_t u8_of(std::byte b) noexcept { return std::to_integer<std::uint8_t>(b); }

std::uint16_t pair(std::byte high, std::byte low) noexcept {
  return static_cast<std::uint16_t>((u8_of(high) << 8) | u8_of(low));
}

int nibble(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::uint8_t Reader::u8() noexcept {
  const auto b = take(1);
  return b.empty() ? std::uint8_t{0} : u8_of(b[0]);
}

std::uint16_t Reader::u16_be() noexcept {
  const auto b = take(2);
  return b.empty() ? std::uint16_t{0} : pair(b[0], b[1]);
}

std::uint16_t Reader::u16_le() noexcept {
  const auto b = take(2);
  return b.empty() ? std::uint16_t{0} : pair(b[1], b[0]);
}

std::uint32_t Reader::u32_be() noexcept {
  const auto b = take(4);
  if (b.empty()) return 0;
  return (std::uint32_t{pair(b[0], b[1])} << 16) | pair(b[2], b[3]);
}

std::uint32_t Reader::u32_le() noexcept {
  const auto b = take(4);
  if (b.empty()) return 0;
  return (std::uint32_t{pair(b[3], b[2])} << 16) | pair(b[1], b[0]);
}

BytesView Reader::take(std::size_t size) noexcept {
  if (!ok_ || size > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  const auto taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

void Reader::skip(std::size_t size) noexcept { static_cast<void>(take(size)); }

BytesView Reader::rest() noexcept { return take(rest_.size()); }

bool Writer::room(std::size_t count) noexcept {
  if (count > out_.size() - size_) ok_ = false;
  return ok_;
}

void Writer::u8(std::uint8_t value) noexcept {
  if (!room(1)) return;
  out_[size_++] = std::byte{value};
}

void Writer::u16_be(std::uint16_t value) noexcept {
  if (!room(2)) return;
  out_[size_++] = static_cast<std::byte>(value >> 8);
  out_[size_++] = static_cast<std::byte>(value & 0xFF);
}

void Writer::u16_le(std::uint16_t value) noexcept {
  if (!room(2)) return;
  out_[size_++] = static_cast<std::byte>(value & 0xFF);
  out_[size_++] = static_cast<std::byte>(value >> 8);
}

void Writer::u32_be(std::uint32_t value) noexcept {
  if (!room(4)) return;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out_[size_++] = static_cast<std::byte>((value >> shift) & 0xFF);
  }
}

void Writer::u32_le(std::uint32_t value) noexcept {
  if (!room(4)) return;
  for (int shift = 0; shift <= 24; shift += 8) {
    out_[size_++] = static_cast<std::byte>((value >> shift) & 0xFF);
  }
}

void Writer::bytes(BytesView value) noexcept {
  if (!room(value.size())) return;
  std::copy(value.begin(), value.end(), out_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += value.size();
}

void Writer::zeros(std::size_t count) noexcept {
  if (!room(count)) return;
  std::fill_n(out_.begin() + static_cast<std::ptrdiff_t>(size_), count, std::byte{0});
  size_ += count;
}

BytesView as_bytes(std::string_view text) noexcept {
  return std::as_bytes(std::span{text.data(), text.size()});
}

std::string_view as_text(BytesView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_string(BytesView bytes) { return std::string{as_text(bytes)}; }

std::string to_hex(BytesView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto b : bytes) {
    text.push_back(kDigits[u8_of(b) >> 4]);
    text.push_back(kDigits[u8_of(b) & 0x0F]);
  }
  return text;
}

bool from_hex(std::string_view text, Bytes& out) {
  out.clear();
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return true;
  text.remove_prefix(start);
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  int high = -1;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ':') continue;
    const int value = nibble(c);
    if (value < 0) return false;
    if (high < 0) {
      high = value;
    } else {
      out.push_back(static_cast<std::byte>((high << 4) | value));
      high = -1;
    }
  }
  return high < 0;
}

}  // namespace cam32100::protocol
