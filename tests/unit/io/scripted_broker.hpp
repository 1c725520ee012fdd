#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cam32100::testing {

// A broker that does what a test tells it: answers CONNECT as ordered, notes every packet, and
// withholds PUBACKs when asked. Reads the wire by itself, so that what is judged is what really
// left the client. Same io_context as the client.
class ScriptedBroker {
 public:
  enum Packet : std::uint8_t {
    CONNECT = 1,
    PUBLISH = 3,
    PUBACK = 4,
    SUBSCRIBE = 8,
    UNSUBSCRIBE = 10,
    PINGREQ = 12,
    DISCONNECT = 14
  };
  struct Seen {
    std::uint8_t type = 0, flags = 0;
    int version = 0;  // of its connection
    std::size_t connection = 0;
    std::string body;  // after the fixed header
    std::chrono::steady_clock::time_point at{};
  };

  explicit ScriptedBroker(boost::asio::io_context& io, std::uint16_t port = 0);
  ~ScriptedBroker();

  [[nodiscard]] std::uint16_t port() const;
  void close_connections();  // as a killed broker
  void stop_listening();
  void listen_again();
  void release_acks();  // sends every PUBACK withheld
  void read_again();    // after stops_reading
  void publish(const std::string& topic, const std::string& payload,
               bool retain);  // to the newest connection, QoS 0

  [[nodiscard]] std::size_t count(std::uint8_t type) const;
  [[nodiscard]] const Seen* last(std::uint8_t type) const;
  [[nodiscard]] std::size_t open_connections() const;

  std::vector<Seen> seen;
  std::uint8_t connack_reason = 0;    // of the next CONNECTs; 0 = accepted
  int refuse_version = 0;             // CONNECTs of this version get 0x84 (5) or 1 (3.1.1)
  std::uint16_t receive_maximum = 0;  // 0 = not announced
  bool withhold_acks = false;
  std::uint8_t suback_code = 1;
  std::uint8_t puback_reason = 0;  // MQTT 5
  bool hangs_up = false;           // closes the connection instead of answering CONNECT
  int hangs_up_on_version = 0;     // the same, on CONNECTs of this version
  bool stops_reading = false;      // after the next packet of each connection

 private:
  struct Connection;
  void accept();

  boost::asio::io_context& io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_;
  std::vector<std::shared_ptr<Connection>> connections_;
};

// Topic of a PUBLISH body, or of a SUBSCRIBE/UNSUBSCRIBE (first filter).
[[nodiscard]] std::string topic_of(const ScriptedBroker::Seen& packet);

}  // namespace cam32100::testing
