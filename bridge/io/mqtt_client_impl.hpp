#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <utility>
#include <vector>

#include "bridge/io/broker_probe.hpp"
#include "bridge/io/mqtt_client.hpp"
#include "bridge/io/mqtt_outbox.hpp"
#include "bridge/io/name_lookup.hpp"
#include "bridge/io/side_threads.hpp"

namespace cam32100::bridge {

namespace mqtt_client {
using namespace std::chrono_literals;
// QoS 1 publications of ours; stays below every window that stalls Paho.
constexpr int kMaxInFlight = 64;
// QoS 0 that Paho has not written yet: a broker that reads slowly must not make us grow.
constexpr std::size_t kMaxQos0BytesInFlight = 4 * 1024 * 1024;
constexpr auto kProbeInterval = 250ms;
}  // namespace mqtt_client

// Paho's threads reach this object only by post(), with the serial of the client they belong to, so
// that a late word of a dead client is recognised.
struct MqttClient::Impl : std::enable_shared_from_this<MqttClient::Impl> {
  // Shared with Paho's threads; outlives the client object they belong to.
  struct Flight {
    std::atomic<int> count{0};               // QoS 1
    std::atomic<std::size_t> qos0_bytes{0};  // not written yet
    std::atomic<bool> someone_waits{false};
    std::atomic<std::size_t> waiting_in_bytes{0};  // came in, and is not handled yet
    std::atomic<std::uint64_t> lost_in{0};         // of these, one too many; not told yet
    std::atomic<int> socket{-1};                   // Paho's, once it is known which
  };

  Impl(boost::asio::io_context& io_context, const MqttConfig& mqtt, std::string id,
       MqttWill last_will, MqttHandlers to, std::size_t most_waiting_in_bytes)
      : io{io_context},
        config{mqtt},
        url{parse_broker_url(mqtt.url)},
        client_id{std::move(id)},
        will{std::move(last_will)},
        handlers{std::move(to)},
        max_waiting_in_bytes{most_waiting_in_bytes},
        retry_timer{io_context},
        heartbeat_timer{io_context},
        limit_timer{io_context},
        names{io_context},
        threads{io_context},
        version{mqtt.version == "3.1.1" ? 4 : 5} {}

  void log(LogLevel level, std::string text) const {
    if (handlers.on_log) handlers.on_log(level, std::move(text));
  }
  void probe();
  void retry_after(std::chrono::milliseconds delay);
  void open_client(const std::string& address);
  [[nodiscard]] PahoClient::Handlers posting_handlers();
  void on_connected(const MqttConnection& made, int receive_maximum);
  [[nodiscard]] std::uint16_t broker_port() const;
  void hurry_socket();
  void on_refused(const MqttRefusal& refusal);
  void change_version_after_silence();
  void on_publish_refused(const std::string& topic, const std::string& reason);
  void on_lost(const std::string& reason);
  [[nodiscard]] bool is_kicked();
  void heartbeat();
  [[nodiscard]] bool has_room_for(const MqttPublication& publication) const;
  void send_now(MqttPublication publication);
  void drain_outbox();
  void finish_stop();
  void tell_stopped();
  void forget_client();
  void close_client_aside(std::chrono::milliseconds goodbye,
                          const std::function<void(Impl&)>& then);

  boost::asio::io_context& io;
  MqttConfig config;
  BrokerUrl url;
  std::string client_id;
  MqttWill will;
  MqttHandlers handlers;
  std::size_t max_waiting_in_bytes;
  boost::asio::steady_timer retry_timer, heartbeat_timer, limit_timer;
  NameLookup names;
  SideThreads threads;
  std::shared_ptr<BrokerProbe> broker_probe;
  std::shared_ptr<Flight> flight;
  std::unique_ptr<PahoClient> client;
  MqttOutbox outbox;
  std::uint64_t serial = 0;          // of the client object
  std::vector<int> foreign_sockets;  // towards the broker's port before the client connected
  int version;
  int silent_attempts = 0;     // with MQTT 5, in a row
  bool refuses_mqtt5 = false;  // the broker said so itself
  int in_flight_limit = mqtt_client::kMaxInFlight;
  bool connected = false, stopping = false, saying_goodbye = false;
  bool gone = false;  // Paho takes nothing more; the word of the loss is on its way
  bool told_unreachable = false, told_failed = false;  // since the last connection
  bool told_publish_refused = false;                   // on this connection
  std::chrono::milliseconds refused_delay{1000}, failed_delay{mqtt_client::kProbeInterval};
  std::chrono::steady_clock::time_point last_heard{};
  std::vector<std::chrono::steady_clock::time_point>
      kicks;  // losses after which the broker answered at once
  bool lost_just_now = false;
  std::function<void()> stopped;
  std::chrono::steady_clock::time_point stop_limit{};
  Counters counters;
};

}  // namespace cam32100::bridge
