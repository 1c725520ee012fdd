#include "tests/integration/support/free_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <system_error>

namespace cam32100::integration {

namespace {

// Under 32768, where Linux begins unless it is told otherwise (ip_local_port_range).
constexpr std::uint32_t kFirst = 12'000;
constexpr std::uint32_t kCount = 20'000;
// Processes begin at places far apart, so that two seldom look at the same port at once.
constexpr std::uint32_t kBetweenProcesses = 619;

bool is_free(int socket_type, std::uint16_t port) {
  const int fd = ::socket(AF_INET, socket_type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool bound = ::bind(fd, std::bit_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return bound;
}

}  // namespace

std::uint16_t free_port(int socket_type) {
  static std::uint32_t next = static_cast<std::uint32_t>(::getpid()) * kBetweenProcesses;
  for (std::uint32_t i = 0; i < kCount; ++i) {
    const auto port = static_cast<std::uint16_t>(kFirst + next++ % kCount);
    if (is_free(socket_type, port)) return port;
  }
  throw std::system_error{EADDRINUSE, std::generic_category(), "no port is free"};
}

}  // namespace cam32100::integration
