#include "tests/integration/support/secret_marker.hpp"

#include <algorithm>
#include <vector>

#include "mappings/base64.hpp"
#include "protocol/wire/bytes.hpp"

namespace cam32100::integration {

namespace {

std::string hex_of(std::string_view text, bool upper) {
  const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto value = static_cast<unsigned char>(c);
    out += digits[value >> 4U];
    out += digits[value & 15U];
  }
  return out;
}

// The characters of the base64 form that depend on the marker alone, with `before` bytes in front
// of it in its group of three.
std::string base64_core(std::size_t before) {
  const std::string padded = std::string(before, 'x') + std::string{kSecretMarker};
  const std::size_t whole_groups = padded.size() / 3 * 4;
  const auto view = protocol::as_bytes(padded);
  const auto text = mappings::to_base64(protocol::Bytes{view.begin(), view.end()});
  const std::size_t first = before == 0 ? 0 : 4;
  return text.substr(first, whole_groups - first);
}

std::vector<std::string> forms() {
  return {std::string{kSecretMarker},
          hex_of(kSecretMarker, false),
          hex_of(kSecretMarker, true),
          base64_core(0),
          base64_core(1),
          base64_core(2)};
}

}  // namespace

std::optional<std::string> find_secret(std::string_view text) {
  for (const auto& form : forms()) {
    const auto found = text.find(form);
    if (found == std::string_view::npos) continue;
    const auto begin = found - std::min<std::size_t>(found, 80);
    return std::string{text.substr(begin, form.size() + 160)};
  }
  return std::nullopt;
}

}  // namespace cam32100::integration
