#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "protocol/wire/bytes.hpp"
#include "protocol/wire/cipher.hpp"

namespace cam32100::protocol {

// Finds the key of the PSK chain from what was enciphered with it; see "Finding a key" in
// protocol/README.md. A key is one that some text of at most 20 characters gives.

// More of one camera's datagrams than this decide nothing that these did not.
constexpr std::size_t kMostSearched = 64;

// What needs no key: a plain datagram, or the beginning of one. Total.
[[nodiscard]] bool reads_plain(BytesView datagram) noexcept;

// Every key under which all of `datagrams` (the first kMostSearched of them) fit, and none fits
// them better; ascending. Empty: there is none, or nothing to search. Any bytes may be given;
// at most 5248 keys are tried.
[[nodiscard]] std::vector<CipherKey> find_keys(std::span<const Bytes> datagrams);

// What a search leaves of one key byte.
struct KeyByte {
  std::vector<std::uint8_t> values;  // ascending
  bool any = false;                  // every value that a text can give
};
[[nodiscard]] std::array<KeyByte, 4> key_bytes(std::span<const CipherKey> keys);

}  // namespace cam32100::protocol
