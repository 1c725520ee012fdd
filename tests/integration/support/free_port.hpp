#pragma once

#include <sys/socket.h>

#include <cstdint>

namespace cam32100::integration {

inline constexpr int kPortAttempts = 10;

// A loopback port that was free a moment ago, of SOCK_STREAM or SOCK_DGRAM. It is below those that
// the kernel hands out to who asks for any: a server that ends may come back to it, however many
// tests run beside. Another test may take it for all that: who can, tries again, kPortAttempts
// times. Throws std::system_error when none is free.
[[nodiscard]] std::uint16_t free_port(int socket_type);

}  // namespace cam32100::integration
