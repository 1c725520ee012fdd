#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/figures.hpp"

namespace cam32100::bench {

// The least that a client of a camera can do, as the floor of what the bridge does: one blocking
// socket, datagrams read by recvmmsg, one DRW_ACK for each batch, nothing reordered or resent. Its
// few messages are written by hand: it shares no line with the bridge. For a loopback without loss.
// Throws after five seconds without an answer.
class CameraClient {
 public:
  // `address`: "127.0.0.1:32108"; `uid`: PREFIX-SERIAL-CHECK of a camera without encryption.
  CameraClient(const std::string& address, const std::string& uid, std::string password);
  ~CameraClient();
  CameraClient(const CameraClient&) = delete;
  CameraClient& operator=(const CameraClient&) = delete;

  // One CGI call, from its sending until the last byte of its reply is there. The body is kept.
  Nanoseconds call(std::string_view cgi);
  [[nodiscard]] const std::string& body() const noexcept { return body_; }

 private:
  static constexpr std::size_t kBatch = 64, kLongest = 1280;

  void send(std::uint8_t code, std::string_view payload) const;
  void open(const std::string& uid);
  [[nodiscard]] std::size_t receive();  // waits; the number of datagrams
  [[nodiscard]] std::string_view datagram(std::size_t number) const;
  void take_batch(std::size_t count);
  [[nodiscard]] bool has_reply();

  int socket_ = -1;
  std::string password_, body_, received_;
  std::uint16_t sent_ = 0, expected_ = 0;
  std::array<std::array<char, kLongest>, kBatch> space_{};
  std::array<std::size_t, kBatch> sizes_{};
  std::vector<std::uint16_t> owed_;
};

}  // namespace cam32100::bench
