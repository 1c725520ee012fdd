#include "tests/bench/udp_echo.hpp"

#include <arpa/inet.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>

namespace cam32100::bench {

namespace {

constexpr timeval kOneSecond{.tv_sec = 1, .tv_usec = 0};
using Buffer = std::array<char, 2048>;

int checked(int result) {
  if (result < 0) throw std::system_error{errno, std::generic_category(), "UDP echo"};
  return result;
}

sockaddr_in bind_to_loopback(int socket) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  checked(::bind(socket, std::bit_cast<sockaddr*>(&address), size));
  checked(::getsockname(socket, std::bit_cast<sockaddr*>(&address), &size));
  return address;
}

void connect_to(int socket, const sockaddr_in& peer) {
  checked(::connect(socket, std::bit_cast<const sockaddr*>(&peer), sizeof peer));
}

[[noreturn]] void send_all_back(int socket) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  Buffer buffer{};
  while (true) {
    const auto got = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (got > 0) (void)::send(socket, buffer.data(), static_cast<std::size_t>(got), 0);
  }
}

}  // namespace

UdpEcho::UdpEcho() : socket_{checked(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0))} {
  const int other = checked(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto ours = bind_to_loopback(socket_);
  const auto its = bind_to_loopback(other);
  connect_to(socket_, its);
  connect_to(other, ours);
  checked(::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &kOneSecond, sizeof kOneSecond));
  child_ = checked(::fork());
  if (child_ == 0) send_all_back(other);
  ::close(other);
}

UdpEcho::~UdpEcho() {
  ::kill(child_, SIGKILL);
  (void)::waitpid(child_, nullptr, 0);
  ::close(socket_);
}

Nanoseconds UdpEcho::ping(std::size_t bytes) const {
  Buffer buffer{};
  const auto start = std::chrono::steady_clock::now();
  (void)::send(socket_, buffer.data(), bytes, 0);
  if (::recv(socket_, buffer.data(), buffer.size(), 0) < 0)
    throw std::runtime_error{"a datagram on the loopback did not come back"};
  return std::chrono::steady_clock::now() - start;
}

}  // namespace cam32100::bench
