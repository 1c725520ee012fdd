#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "protocol/wire/address.hpp"

namespace cam32100::protocol {

// The IPv4 addresses of the host we run on, as far as its owner told them.
struct OwnAddresses {
  std::vector<std::array<std::uint8_t, 4>> ips;

  friend bool operator==(const OwnAddresses&, const OwnAddresses&) = default;
  [[nodiscard]] bool hold(const Address& address) const noexcept;  // the port does not matter
};

// Whether the server at `told_by` may send us to `target`. A server must not make us talk to
// services of our own host: loopback and own addresses are refused, unless the server runs on this
// host itself. What is_usable() refuses is refused from everybody.
[[nodiscard]] bool may_send_us_to(const Address& target, const Address& told_by,
                                  const OwnAddresses& own) noexcept;

}  // namespace cam32100::protocol
