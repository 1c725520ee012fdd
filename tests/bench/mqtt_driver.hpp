#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/figures.hpp"

namespace cam32100::bench {

// An MQTT 3.1.1 client that asks and waits, one request outstanding: a blocking socket on the
// caller's thread, with Nagle's algorithm off and no delayed ACKs, so that what is measured is the
// bridge and the broker and not a client library with its threads. Throws after ten seconds without
// what it waits for.
class MqttDriver {
 public:
  MqttDriver(const std::string& url, const std::string& client_id);

  void subscribe(const std::string& filter, std::uint8_t qos);
  // From the publish to the arrival of a live message on `answer_topic`.
  [[nodiscard]] Nanoseconds round_trip(const std::string& topic, const std::string& payload,
                                       int qos, const std::string& answer_topic);
  // Waits until a message on `topic` contains `text`.
  void wait_for(const std::string& topic, const std::string& text);
  void publish(const std::string& topic, const std::string& payload, int qos = 0);
  struct Message {
    std::string topic, payload;
    int qos = 0;
    bool kept = false;  // sent because of the subscription, not live
  };
  // The next live message. One of QoS 1 is acknowledged, here and everywhere.
  [[nodiscard]] Message next_message();
  void idle(std::chrono::milliseconds duration);
  void drop_waiting() { idle(std::chrono::milliseconds{0}); }  // what came already
  // All live messages of that time.
  [[nodiscard]] std::vector<Message> listen(std::chrono::milliseconds duration);

 private:
  struct Packet {
    std::uint8_t header = 0;
    std::string body;
  };
  void send(std::uint8_t header, const std::string& body);
  [[nodiscard]] std::optional<Packet> take_received();  // a whole one that is here already
  [[nodiscard]] Packet receive();
  static bool is_publish(const Packet& packet) { return (packet.header & 0xF0U) == 0x30U; }
  [[nodiscard]] Message message_of(const Packet& packet);
  void take(const Packet& packet);
  // Each packet of that time, as it comes.
  void receive_for(std::chrono::milliseconds duration,
                   const std::function<void(const Packet&)>& each);
  void run_until(const std::function<bool()>& done);

  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::socket socket_{io_};
  std::string buffer_;  // received, not taken yet
  std::vector<char> part_ = std::vector<char>(65536);
  std::uint16_t next_id_ = 1;
  int confirmed_ = 0;                                  // SUBACKs
  std::map<std::string, std::string> arrived_, kept_;  // live, and replayed at a subscription
  std::chrono::steady_clock::time_point arrived_at_;
};

}  // namespace cam32100::bench
