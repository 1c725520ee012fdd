#include "protocol/wire/key_search.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/fit.hpp"
#include "protocol/wire/message.hpp"

namespace cam32100::protocol {
namespace {

// K0 sums up 20 characters at most and K2 their thirds: 3 * K2 misses K0 by what the divisions left
// over, at most 2 for each character.
constexpr std::size_t kValuesOfK2 = 2 * 20 + 1;
// A sum and an XOR have the same lowest bit, and ASCII leaves the highest bit of K3 alone.
constexpr std::size_t kAsciiValuesOfK3 = 64;
constexpr std::uint8_t kBeyondAscii = 0x80;

using Datagrams = std::span<const Bytes>;

bool can_be_in_header(std::size_t place, std::uint8_t plain) noexcept {
  if (place == 0) return plain == kMagic;
  if (place == 1) return !name(static_cast<MessageType>(plain)).empty();
  return place != 2 || plain <= kMaxDatagramBytes / 256;  // the high byte of the length
}

// Whether this value of key byte `which` leaves the header possible where that byte takes part.
bool header_allows(BytesView datagram, std::size_t which, std::uint8_t value) noexcept {
  std::uint8_t previous = 0;
  for (std::size_t place = 0; place < kHeaderBytes; ++place) {
    const auto sealed = std::to_integer<std::uint8_t>(datagram[place]);
    if ((previous & 3) == which &&
        !can_be_in_header(place, sealed ^ stream_byte(value, previous))) {
      return false;
    }
    previous = sealed;
  }
  return true;
}

bool headers_allow(Datagrams datagrams, std::size_t which, std::uint8_t value) noexcept {
  return std::all_of(datagrams.begin(), datagrams.end(),
                     [&](const Bytes& datagram) { return header_allows(datagram, which, value); });
}

// The values of one key byte that a text with this K0 may have and every header allows.
std::vector<std::uint8_t> values_for(Datagrams datagrams, std::size_t which, std::uint8_t k0) {
  std::vector<std::uint8_t> values;
  for (unsigned i = 0; i < 256; ++i) {
    const auto value = static_cast<std::uint8_t>(i);
    const bool of_text =
        which == 2 ? static_cast<std::uint8_t>(k0 - 3 * i) < kValuesOfK2 : (value & 1) == (k0 & 1);
    if (of_text && headers_allow(datagrams, which, value)) values.push_back(value);
  }
  return values;
}

// Byte by byte: a Cipher's table is not worth its making for the four bytes that most keys fail at.
void open_bytes(const CipherKey& key, std::uint8_t previous, BytesView sealed,
                MutableBytesView plain) noexcept {
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    plain[i] = sealed[i] ^ std::byte{stream_byte(key[previous & 3], previous)};
    previous = std::to_integer<std::uint8_t>(sealed[i]);
  }
}

Fit fit_under(const CipherKey& key, BytesView datagram) noexcept {
  std::array<std::byte, kMaxDatagramBytes> buffer;
  const auto plain = MutableBytesView{buffer}.first(datagram.size());
  const auto head = datagram.first(kHeaderBytes);
  open_bytes(key, 0, head, plain);
  const auto length = Reader{plain.subspan(2, 2)}.u16_be();
  const bool cut = kHeaderBytes + length > datagram.size();
  const auto type = static_cast<MessageType>(plain[1]);
  if (name(type).empty() || (cut && type != MessageType::DRW)) return Fit::none;
  open_bytes(key, std::to_integer<std::uint8_t>(head.back()), datagram.subspan(kHeaderBytes),
             plain.subspan(kHeaderBytes));
  return fit_of(plain);
}

// How badly all of them together fit under a key: 0 is best. nullopt: one does not fit.
std::optional<unsigned> doubt(Datagrams datagrams, const CipherKey& key) {
  unsigned sum = 0;
  for (const auto& datagram : datagrams) {
    const auto fit = fit_under(key, datagram);
    if (fit == Fit::none) return std::nullopt;
    sum += static_cast<unsigned>(fit);
  }
  // Of keys that fit alike the one of an ASCII text is more likely: nobody has seen another.
  return 2 * sum + (key[3] >= kBeyondAscii ? 1 : 0);
}

bool can_be_searched(Datagrams datagrams) noexcept {
  // They all begin with F1, enciphered with the same byte of the key.
  return !datagrams.empty() &&
         std::all_of(datagrams.begin(), datagrams.end(), [&](const Bytes& datagram) {
           return datagram.size() >= kHeaderBytes && datagram.size() <= kMaxDatagramBytes &&
                  datagram.front() == datagrams.front().front();
         });
}

}  // namespace

bool reads_plain(BytesView datagram) noexcept {
  return fit_of(datagram) != Fit::none || recognise(datagram, {}) == kPlainRecognised;
}

std::vector<CipherKey> find_keys(Datagrams datagrams) {
  datagrams = datagrams.first(std::min(datagrams.size(), kMostSearched));
  if (!can_be_searched(datagrams)) return {};
  const auto first = std::to_integer<std::uint8_t>(datagrams.front().front());
  const auto k0 = key_byte_of(kMagic, first, 0);
  const auto k1 = static_cast<std::uint8_t>(0U - k0);
  if (!headers_allow(datagrams, 0, k0) || !headers_allow(datagrams, 1, k1)) return {};

  std::vector<CipherKey> keys;
  unsigned least = ~0U;
  const auto values_of_k3 = values_for(datagrams, 3, k0);
  for (const auto k2 : values_for(datagrams, 2, k0)) {
    for (const auto k3 : values_of_k3) {
      const CipherKey key{k0, k1, k2, k3};
      const auto found = doubt(datagrams, key);
      if (!found || *found > least) continue;
      if (*found < least) keys.clear();
      least = *found;
      keys.push_back(key);
    }
  }
  return keys;
}

std::array<KeyByte, 4> key_bytes(std::span<const CipherKey> keys) {
  std::array<KeyByte, 4> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto& values = bytes[i].values;
    for (const auto& key : keys) values.push_back(key[i]);
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
  }
  bytes[2].any = bytes[2].values.size() == kValuesOfK2;
  bytes[3].any = bytes[3].values.size() >= kAsciiValuesOfK3;
  return bytes;
}

}  // namespace cam32100::protocol
