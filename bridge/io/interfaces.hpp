#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridge/core/own_host.hpp"
#include "protocol/wire/address.hpp"

struct ifaddrs;

namespace cam32100::bridge {

// lan.targets spelt out: "broadcast" becomes 255.255.255.255 and each interface's directed
// broadcast, on the LAN port; addresses stay. Asked again on each call, because interfaces come and
// go.
[[nodiscard]] std::vector<protocol::Address> spell_out_targets(
    const std::vector<std::string>& targets);

// Where an interface's directed broadcast goes: as the kernel has it; of an address that was set
// without one, what the netmask leaves, all ones. Nothing: it has none, or is alone in its network.
[[nodiscard]] std::optional<protocol::Address> broadcast_of(const ifaddrs& one);

// The address of the first interface that is up and not loopback; loopback when there is no other.
// Told to servers in P2P_REQ so that two hosts behind one router can meet on the LAN.
[[nodiscard]] protocol::Address own_lan_address();

// Every address of this host but loopback, and the one told to servers.
[[nodiscard]] OwnHost own_host();

}  // namespace cam32100::bridge
