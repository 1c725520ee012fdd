#pragma once

#include <span>
#include <string_view>

namespace cam32100::protocol {

// The servers that a maker runs for its cameras, as its app names them.
struct KnownServers {
  std::span<const std::string_view> prefixes;  // UID prefixes that log in there
  std::string_view init_string;  // for decode_init_string(), with the PSK if there is one
};
// The sets of protocol/README.md, "Server lists". Taken out of apps, some years old: a server may
// have moved since. Nothing here is asked unless a user says so (config: "servers": "vendor").
[[nodiscard]] std::span<const KnownServers> known_servers() noexcept;
// The set of a UID's prefix (upper case, whole); "" when none is known.
[[nodiscard]] std::string_view vendor_init_string(std::string_view prefix) noexcept;

}  // namespace cam32100::protocol
