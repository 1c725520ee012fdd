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

}  // namespace cam32100::bench
