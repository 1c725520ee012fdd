#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "protocol/wire/bytes.hpp"

namespace cam32100::independent {

// The "proprietary" pre-shared-key chain over a whole datagram, header included. Each datagram
// starts afresh; the previous ciphertext byte chooses the key byte. An empty key leaves bytes as
// they are.
class Chain {
 public:
  explicit Chain(std::string_view psk);  // only the first 20 characters count

  [[nodiscard]] protocol::Bytes encrypted(protocol::BytesView plain) const;
  [[nodiscard]] protocol::Bytes decrypted(protocol::BytesView cipher) const;
  [[nodiscard]] std::array<std::uint8_t, 4> key() const { return key_; }

 private:
  [[nodiscard]] std::byte mask(std::byte previous) const;

  bool is_plain_;
  std::array<std::uint8_t, 4> key_{};
};

// The substitution table, a permutation of 0..255.
[[nodiscard]] const std::array<std::uint8_t, 256>& chain_table();

}  // namespace cam32100::independent
