#include "bridge/io/broker_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

namespace cam32100::bridge {

namespace {
std::optional<std::uint16_t> peer_port_of(int fd) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  auto* name = static_cast<sockaddr*>(static_cast<void*>(&peer));
  if (::getpeername(fd, name, &size) != 0) return std::nullopt;
  if (peer.ss_family == AF_INET)
    return ntohs(static_cast<const sockaddr_in*>(static_cast<const void*>(&peer))->sin_port);
  if (peer.ss_family == AF_INET6)
    return ntohs(static_cast<const sockaddr_in6*>(static_cast<const void*>(&peer))->sin6_port);
  return std::nullopt;
}
}  // namespace

std::vector<int> sockets_towards(std::uint16_t peer_port) {
  std::vector<int> sockets;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", ec)) {
    const std::string name = entry.path().filename().string();
    int fd = -1;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    if (fd >= 0 && peer_port_of(fd) == peer_port) sockets.push_back(fd);
  }
  std::sort(sockets.begin(), sockets.end());
  return sockets;
}

unsigned set_no_delay_towards(std::uint16_t peer_port) {
  unsigned done = 0;
  for (const int socket : sockets_towards(peer_port)) {
    const int one = 1;
    if (::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0) ++done;
  }
  return done;
}

void acknowledge_now(int socket) noexcept {
  const int one = 1;
  (void)::setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
}

}  // namespace cam32100::bridge
