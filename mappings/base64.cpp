#include "mappings/base64.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace cam32100::mappings {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string to_base64(protocol::BytesView bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = (group << 8U) | (k < count ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= count ? kAlphabet[(group >> (18U - 6U * k)) & 0x3FU] : '=';
    }
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  const std::size_t letters = text.find_last_not_of('=') + 1;  // npos + 1 is 0
  const std::size_t padding = text.size() - letters;
  if (text.size() % 4 != 0 || padding > 2) return std::nullopt;
  std::string out;
  std::uint32_t bits = 0;
  unsigned count = 0;  // of bits that no byte has taken yet
  for (const char letter : text.substr(0, letters)) {
    const auto value = kAlphabet.find(letter);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(static_cast<unsigned char>(bits >> count));
    bits &= (1U << count) - 1U;
  }
  if (bits != 0) return std::nullopt;
  return out;
}

}  // namespace cam32100::mappings
