#pragma once

#include <array>

#include "protocol/wire/cipher.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/message.hpp"

namespace cam32100::protocol {

// Where a datagram is decrypted: on the caller's stack, so that receiving allocates nothing.
using OpeningSpace = std::array<std::byte, kMaxDatagramBytes>;

// What says who is there (PUNCH_PKT, P2P_RDY, LAN_NOTIFY, LAN_SEARCH_EXT_ACK) is 24 to 56 bytes,
// and cameras pad a little. Nothing larger from anybody is worth trying under every key.
constexpr std::size_t kLongestGreeting = 256;

// `message` encoded and encrypted into `out`. False when it does not fit, which no message of fixed
// layout does.
[[nodiscard]] bool seal(const Message& message, const Cipher& cipher, const Address& to,
                        Datagram& out);

// Decrypts and decodes. The packet's views point into `datagram` when `cipher` is plain, else into
// `space`. Errors: bad_length beyond 1280 bytes, and those of decode().
[[nodiscard]] Result<Packet> open(BytesView datagram, const Cipher& cipher, OpeningSpace& space);

// The message code of a datagram, as far as `cipher` can tell; 0 when there is none. The cipher's
// first bytes do not depend on later ones, so strangers' datagrams need not be decrypted whole.
[[nodiscard]] std::uint8_t message_code(BytesView datagram, const Cipher& cipher) noexcept;

}  // namespace cam32100::protocol
