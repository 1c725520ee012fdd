#pragma once

#include <sys/types.h>

#include <cstddef>

#include "tests/bench/figures.hpp"

namespace cam32100::bench {

// The machine without any of us: a process of its own that sends each datagram back, over blocking
// sockets on the loopback. Make it before the first thread: it forks. Throws when the system does
// not let it; a datagram that does not come back within a second throws, too.
class UdpEcho {
 public:
  UdpEcho();
  ~UdpEcho();
  UdpEcho(const UdpEcho&) = delete;
  UdpEcho& operator=(const UdpEcho&) = delete;

  [[nodiscard]] Nanoseconds ping(std::size_t bytes = 64) const;

 private:
  int socket_ = -1;
  pid_t child_ = -1;
};

// What the machine can receive at most: a process of its own sends datagrams of 1,032 bytes by
// sendmmsg as fast as it can, 64 at a time, and this thread takes them by recvmmsg and counts them.
// What the socket has no room for is lost, and not counted. Make it before the first thread, too.
class UdpFlood {
 public:
  UdpFlood();
  ~UdpFlood();
  UdpFlood(const UdpFlood&) = delete;
  UdpFlood& operator=(const UdpFlood&) = delete;

  struct Taken {
    std::size_t bytes = 0;
    Nanoseconds took{}, cpu{};
  };
  // The sender sends meanwhile, and not before or after.
  [[nodiscard]] Taken take(std::chrono::milliseconds duration) const;

 private:
  int socket_ = -1;
  pid_t child_ = -1;
};

}  // namespace cam32100::bench
