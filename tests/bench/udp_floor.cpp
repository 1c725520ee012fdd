#include "tests/bench/udp_floor.hpp"

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

#include "tests/bench/process_facts.hpp"

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

int udp_socket() { return checked(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)); }

// Two sockets that know each other; a receiver in vain gives up after a second.
void connect_pair(int ours, int its) {
  const auto our_address = bind_to_loopback(ours);
  const auto its_address = bind_to_loopback(its);
  connect_to(ours, its_address);
  connect_to(its, our_address);
  checked(::setsockopt(ours, SOL_SOCKET, SO_RCVTIMEO, &kOneSecond, sizeof kOneSecond));
}

void end_child(pid_t child) {
  ::kill(child, SIGKILL);
  (void)::waitpid(child, nullptr, 0);
}

[[noreturn]] void send_all_back(int socket) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  Buffer buffer{};
  while (true) {
    const auto got = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (got > 0) (void)::send(socket, buffer.data(), static_cast<std::size_t>(got), 0);
  }
}

constexpr std::size_t kFloodBytes = 1032, kFloodBatch = 64;

// As many datagrams as one system call takes.
struct Batch {
  Batch() {
    for (std::size_t i = 0; i < kFloodBatch; ++i) {
      parts[i] = {space[i].data(), kFloodBytes};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
  }
  std::array<std::array<char, kFloodBytes>, kFloodBatch> space{};
  std::array<iovec, kFloodBatch> parts{};
  std::array<mmsghdr, kFloodBatch> messages{};
};

[[noreturn]] void flood(int socket) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  Batch batch;
  ::raise(SIGSTOP);
  while (true) (void)::sendmmsg(socket, batch.messages.data(), kFloodBatch, 0);
}

}  // namespace

UdpEcho::UdpEcho() : socket_{udp_socket()} {
  const int other = udp_socket();
  connect_pair(socket_, other);
  child_ = checked(::fork());
  if (child_ == 0) send_all_back(other);
  ::close(other);
}

UdpEcho::~UdpEcho() {
  end_child(child_);
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

UdpFlood::UdpFlood() : socket_{udp_socket()} {
  constexpr int kBuffer = 4 * 1024 * 1024;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &kBuffer, sizeof kBuffer);
  const int other = udp_socket();
  connect_pair(socket_, other);
  child_ = checked(::fork());
  if (child_ == 0) flood(other);
  ::close(other);
  (void)::waitpid(child_, nullptr, WUNTRACED);
}

UdpFlood::~UdpFlood() {
  end_child(child_);
  ::close(socket_);
}

UdpFlood::Taken UdpFlood::take(std::chrono::milliseconds duration) const {
  Batch batch;
  Taken taken;
  ::kill(child_, SIGCONT);
  const auto cpu_before = cpu_time_of_this_thread();
  const auto start = std::chrono::steady_clock::now();
  while (taken.took < duration) {
    const int count =
        ::recvmmsg(socket_, batch.messages.data(), kFloodBatch, MSG_WAITFORONE, nullptr);
    if (count <= 0) throw std::runtime_error{"no datagram came on the loopback"};
    taken.bytes += static_cast<std::size_t>(count) * kFloodBytes;
    taken.took = std::chrono::steady_clock::now() - start;
  }
  taken.cpu = cpu_time_of_this_thread() - cpu_before;
  ::kill(child_, SIGSTOP);
  (void)::waitpid(child_, nullptr, WUNTRACED);
  // What is on its way still is not the next one's.
  while (::recvmmsg(socket_, batch.messages.data(), kFloodBatch, MSG_DONTWAIT, nullptr) > 0) {
  }
  return taken;
}

}  // namespace cam32100::bench
