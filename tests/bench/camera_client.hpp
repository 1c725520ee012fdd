#pragma once

#include <sys/socket.h>

#include <array>
#include <chrono>
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

  // Asks for the livestream and takes what comes on channel 1 for so long, from its first bytes on.
  // Bytes are counted once, in whatever order they come.
  struct Streamed {
    std::size_t bytes = 0;
    Nanoseconds took{}, cpu{};  // CPU of the calling thread
  };
  [[nodiscard]] Streamed stream(std::chrono::milliseconds duration);

 private:
  static constexpr std::size_t kBatch = 64, kLongest = 1280, kChannels = 2;

  void send(std::uint8_t code, std::string_view payload) const;
  void open(const std::string& uid);
  bool drop_waiting(std::chrono::milliseconds duration);  // for so long; false: nothing came
  void ask(std::string_view cgi);
  [[nodiscard]] std::size_t receive();  // waits; the number of datagrams
  [[nodiscard]] std::string_view datagram(std::size_t number) const;
  void take_batch(std::size_t count);
  // Whether it is to be acknowledged: what leaves a gap on channel 0 comes again.
  [[nodiscard]] bool take_command_data(std::uint16_t index, std::string_view data);
  void count_stream(std::uint16_t index, std::size_t size);
  void acknowledge(std::size_t channel);
  [[nodiscard]] bool has_reply();

  int socket_ = -1;
  std::string password_, body_, received_;
  std::uint16_t sent_ = 0, expected_ = 0;
  std::uint16_t stream_expected_ = 0;
  std::size_t stream_bytes_ = 0;
  std::vector<bool> came_ahead_ = std::vector<bool>(65536);  // on channel 1, by index
  std::array<std::array<char, kLongest>, kBatch> space_{};
  std::array<iovec, kBatch> parts_{};
  std::array<mmsghdr, kBatch> messages_{};
  std::array<std::vector<std::uint16_t>, kChannels> owed_;
};

}  // namespace cam32100::bench
