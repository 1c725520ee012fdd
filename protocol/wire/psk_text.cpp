#include <algorithm>
#include <span>

#include "protocol/wire/cipher.hpp"
#include "protocol/wire/uid_parts.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::string_view kKeyMark = "KEY:";

bool is_key_form(std::string_view psk) noexcept {
  return psk.size() >= kKeyMark.size() &&
         std::equal(kKeyMark.begin(), kKeyMark.end(), psk.begin(),
                    [](char wanted, char seen) { return wanted == to_upper(seen); });
}

std::optional<unsigned> hex_digit(char c) noexcept {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  const char upper = to_upper(c);
  if (upper < 'A' || upper > 'F') return std::nullopt;
  return static_cast<unsigned>(upper - 'A') + 10;
}

// Nothing but the digits: from_hex() would skip blanks, which a key on a command line never has.
std::optional<CipherKey> key_in(std::string_view psk) noexcept {
  CipherKey key{};
  if (!is_key_form(psk) || psk.size() != kKeyMark.size() + 2 * key.size()) return std::nullopt;
  const auto digits = psk.substr(kKeyMark.size());
  for (std::size_t i = 0; i < key.size(); ++i) {
    const auto high = hex_digit(digits[2 * i]);
    const auto low = hex_digit(digits[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    key[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  return key;
}

}  // namespace

Cipher cipher_of(std::string_view psk) {
  const auto key = key_in(psk);
  return key ? Cipher{*key} : Cipher{psk};
}

bool is_psk_text(std::string_view psk) noexcept {
  return !is_key_form(psk) || key_in(psk).has_value();
}

std::string key_text(const CipherKey& key) {
  return "key:" + to_hex(std::as_bytes(std::span{key}));
}

}  // namespace cam32100::protocol
