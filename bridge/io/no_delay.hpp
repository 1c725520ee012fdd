#pragma once

#include <cstdint>

namespace cam32100::bridge {

// Sets TCP_NODELAY on every connected TCP socket of this process whose peer has this port; returns
// how many. Paho offers neither its socket nor the option; without it a PUBACK followed by a
// PUBLISH waits 40 ms for the broker's delayed ACK.
unsigned set_no_delay_towards(std::uint16_t peer_port);

}  // namespace cam32100::bridge
