#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "protocol/wire/endpoint.hpp"

namespace cam32100::bridge {

// Receive and send buffers for one thread; every driver of the thread uses the same ones, so that a
// thousand sockets cost a thousand descriptors and no more memory than one. Its size is the batch.
class DatagramBatch;
[[nodiscard]] std::shared_ptr<DatagramBatch> make_datagram_batch();

// The only UDP socket: drives one protocol::Endpoint. Everything at hand is received (recvmmsg),
// then `on_progress` lets the owner take the endpoint's events and give it new work, then
// everything it wants to send is sent (sendmmsg), then one timer is set to its deadline. One
// thread; never blocks.
class UdpDriver final : public std::enable_shared_from_this<UdpDriver> {
 public:
  struct Options {
    protocol::Address bind{};              // 0.0.0.0:0 = any interface, ephemeral port
    std::size_t receive_buffer_bytes = 0;  // SO_RCVBUF; 0 = the system's default
    // A socket that cannot be made (too many descriptors) is no error of the constructor: it is
    // tried again each second, and meanwhile the endpoint speaks to nobody.
    bool patient = false;
  };

  // Throws boost::system::system_error when the address cannot be bound, unless `patient`.
  // `endpoint` outlives stop().
  UdpDriver(boost::asio::io_context& io, std::shared_ptr<DatagramBatch> batch,
            protocol::Endpoint& endpoint, Options options, std::function<void()> on_progress);

  void start();
  void
  wake();  // the endpoint has something to send or a new deadline; safe from within on_progress
  void stop();  // the endpoint is not touched after this returns
  [[nodiscard]] protocol::Address local_address() const;
  // Why there is no socket at the moment; no error: there is one.
  [[nodiscard]] const boost::system::error_code& open_error() const noexcept { return open_error_; }

  struct Counters {
    std::uint64_t datagrams_in = 0, datagrams_out = 0, receive_errors = 0, send_errors = 0;
  };
  [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

 private:
  [[nodiscard]] boost::system::error_code open();
  void wait_readable();
  void on_readable();
  void receive_all(protocol::TimePoint now);
  void pump();
  void send_all(protocol::TimePoint now);
  [[nodiscard]] bool flush(std::size_t count);  // false: the kernel's buffer is full
  [[nodiscard]] bool reopen();
  void reopen_later();
  void wait_writable();
  void arm_timer();
  void pause_after_errors();

  boost::asio::io_context& io_;
  std::shared_ptr<DatagramBatch> batch_;
  protocol::Endpoint& endpoint_;
  Options options_;
  std::function<void()> on_progress_;
  boost::asio::ip::udp::socket socket_;
  boost::asio::steady_timer timer_, reopen_timer_;
  boost::system::error_code open_error_;
  std::optional<protocol::TimePoint> armed_;
  // The kernel's buffer was full: goes first when writable. Seldom there, and larger than the rest.
  std::unique_ptr<protocol::Datagram> unsent_;
  std::uint32_t generation_ = 0;     // of the endpoint's socket
  std::uint64_t socket_serial_ = 0;  // handlers of an older socket know it by this
  unsigned repeated_errors_ = 0;
  bool pumping_ = false, wake_again_ = false, stopped_ = false;
  Counters counters_;
};

}  // namespace cam32100::bridge
