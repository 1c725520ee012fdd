#include <algorithm>
#include <charconv>
#include <optional>

#include "protocol/wire/cipher.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::size_t kMaxInitText = 2048;
constexpr std::size_t kMaxHosts = 16;
constexpr std::size_t kMaxHostText = 253;  // DNS
constexpr std::size_t kMaxPskText = 63;
constexpr std::uint8_t kMask = 0x39;
constexpr std::string_view kIlnkEnd = "-$$";
// clang-format off
constexpr std::array<std::uint8_t, 54> kCs2Table{
    0x49, 0x59, 0x43, 0x3D, 0xB5, 0xBF, 0x6D, 0xA3, 0x47, 0x53, 0x4F, 0x61, 0x65, 0xE3, 0x71, 0xE9, 0x67, 0x7F,
    0x02, 0x03, 0x0B, 0xAD, 0xB3, 0x89, 0x2B, 0x2F, 0x35, 0xC1, 0x6B, 0x8B, 0x95, 0x97, 0x11, 0xE5, 0xA7, 0x0D,
    0xEF, 0xF1, 0x05, 0x07, 0x83, 0xFB, 0x9D, 0x3B, 0xC5, 0xC7, 0x13, 0x17, 0x1D, 0x1F, 0x25, 0x29, 0xD3, 0xDF,
};
// clang-format on

bool is_letter_pairs(std::string_view text) noexcept {
  return !text.empty() && text.size() % 2 == 0 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

unsigned letter(char c) noexcept { return static_cast<unsigned>(c - 'A'); }

bool is_host(std::string_view text) noexcept {
  return text.size() <= kMaxHostText && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == '_';
         });
}

std::optional<std::vector<std::string>> split_hosts(std::string_view text, char separator) {
  std::vector<std::string> hosts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    const auto host = text.substr(0, end);
    if (!is_host(host)) return std::nullopt;
    if (!host.empty()) hosts.emplace_back(host);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (hosts.empty() || hosts.size() > kMaxHosts) return std::nullopt;
  return hosts;
}

// Letters past P occur: high*16+low modulo 256, many spellings for one text.
std::optional<std::vector<std::string>> decode_cs2(std::string_view letters) {
  std::string text;
  unsigned folded = 0;
  for (std::size_t i = 0; i < letters.size(); i += 2) {
    const unsigned pair = letter(letters[i]) * 16 + letter(letters[i + 1]);
    const unsigned value = (pair ^ kMask ^ kCs2Table[(i / 2) % kCs2Table.size()] ^ folded) & 0xFF;
    folded ^= value;
    text.push_back(static_cast<char>(value));
  }
  return split_hosts(text, ',');
}

// "count;host;host;...". The count includes no empty field but is not relied upon.
std::optional<std::vector<std::string>> decode_ilnk(std::string_view letters) {
  std::string text;
  for (std::size_t i = 0; i < letters.size(); i += 2) {
    const unsigned pair = letter(letters[i]) * 26 + letter(letters[i + 1]);
    text.push_back(static_cast<char>(pair % 94 + 32));
  }
  const std::string_view all = text;
  const auto end = all.find(';');
  if (end == std::string_view::npos || end == 0 || end > 2) return std::nullopt;
  const auto count = all.substr(0, end);
  const bool number =
      std::all_of(count.begin(), count.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!number) return std::nullopt;
  return split_hosts(all.substr(end + 1), ';');
}

bool is_psk(std::string_view text) noexcept {
  return text.size() <= kMaxPskText &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

Result<ServerList> decode_init_string(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return make_error_code(Errc::bad_init_string);
  text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  const bool marked_ilnk = text.ends_with(kIlnkEnd);
  if (marked_ilnk) text.remove_suffix(kIlnkEnd.size());
  const auto colon = marked_ilnk ? std::string_view::npos : text.find(':');
  const auto letters = text.substr(0, colon);
  const auto psk = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  if (text.size() > kMaxInitText || !is_letter_pairs(letters) || !is_psk(psk)) {
    return make_error_code(Errc::bad_init_string);
  }
  auto hosts = marked_ilnk ? decode_ilnk(letters) : decode_cs2(letters);
  // iLnk strings also come without their ending; one form's text is noise in the other.
  const bool unmarked = !marked_ilnk && colon == std::string_view::npos;
  if (!hosts && unmarked) hosts = decode_ilnk(letters);
  if (!hosts) return make_error_code(Errc::bad_init_string);
  return ServerList{std::move(*hosts), std::string{psk}};
}

std::string encode_cs2_init_string(const ServerList& list) {
  std::string out;
  unsigned folded = 0;
  std::size_t position = 0;
  const auto put = [&](char c) {
    const unsigned value = static_cast<unsigned char>(c);
    const unsigned pair = value ^ kMask ^ kCs2Table[position++ % kCs2Table.size()] ^ folded;
    folded ^= value;
    out.push_back(static_cast<char>('A' + (pair >> 4)));
    out.push_back(static_cast<char>('A' + (pair & 0x0F)));
  };
  for (const auto& host : list.hosts) {
    for (const char c : host) put(c);
    put(',');
  }
  if (!list.psk.empty()) out.append(":").append(list.psk);
  return out;
}

}  // namespace cam32100::protocol
