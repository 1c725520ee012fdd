#pragma once

#include <cstdint>
#include <vector>

namespace cam32100::bridge {

// Paho offers neither its socket nor any option of it: these find and set it from outside.

// The connected TCP sockets of this process whose peer has this port, in ascending order.
[[nodiscard]] std::vector<int> sockets_towards(std::uint16_t peer_port);

// Sets TCP_NODELAY on them; returns on how many. Without it a PUBACK followed by a PUBLISH waits
// 40 ms for the broker's delayed ACK.
unsigned set_no_delay_towards(std::uint16_t peer_port);

// The same delay the other way round: a broker whose own Nagle's algorithm is on (mosquitto's
// default) keeps a command back until we have acknowledged its last PUBACK, which our kernel puts
// off for 40 ms in the hope of data to carry it. Sends that acknowledgement (TCP_QUICKACK). To be
// called whenever something came: the kernel returns to its habit with the next data we send. Any
// thread; a number that is no TCP socket (any more) is harmless.
void acknowledge_now(int socket) noexcept;

}  // namespace cam32100::bridge
