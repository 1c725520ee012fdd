#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "bridge/core/config.hpp"
#include "bridge/core/mqtt_port.hpp"
#include "bridge/io/paho_client.hpp"

namespace cam32100::bridge {

// Called on the io thread.
struct MqttHandlers {
  std::function<void(const MqttConnection&)> on_connected;
  std::function<void(const std::string& reason)> on_lost;
  std::function<void(const std::string& filter, int reason_code)>
      on_subscribed;                                         // >= 0x80: refused
  std::function<void(const std::string& why)> on_refused{};  // for good, as far as it says
  std::function<void(MqttMessage)> on_message;
  std::function<void(LogLevel, std::string)> on_log;
};

// The bridge's MQTT client: connects for ever (the first time, too), MQTT 5 first and 3.1.1 when
// that is refused; Paho never reconnects by itself. A broker that hangs up without a word may be
// one that knows no MQTT 5, or one that is starting: 3.1.1 is tried now and then, and each new
// connection after a lost one begins with 5 again. Lives on the io thread.
//
// A sixth remedy is for the broker's side of the same delay: see acknowledge_now(). Five defects of
// Paho C 1.3.12 are worked around, two in PahoClient (its buffer of 100 messages,
// its small window), three here: no TCP_NODELAY; a receive thread that sleeps after a silent second
// (something comes in twice a second, and its absence tells a dead connection); a send thread that
// sleeps when its in-flight window is full (we stay below it); and a new socket that is noticed a
// second late while an old client object exists (the old one is destroyed first).
class MqttClient final : public MqttPort {
 public:
  // Messages that wait for the loop; one more is lost, and a log line says how many were. A
  // retained tree of pictures comes faster than it is read.
  static constexpr std::size_t kMaxWaitingInBytes = 256 * 1024 * 1024;

  MqttClient(boost::asio::io_context& io, const MqttConfig& config, std::string client_id,
             MqttWill will, MqttHandlers handlers,
             std::size_t max_waiting_in_bytes = kMaxWaitingInBytes);
  ~MqttClient() override;
  MqttClient(const MqttClient&) = delete;
  MqttClient& operator=(const MqttClient&) = delete;

  void start();
  // Sends what waits, disconnects, destroys the client, within `limit`; `done` is called once, on
  // the io thread. What Paho has not ended by then is left to a thread of its own.
  void stop(std::chrono::milliseconds limit, std::function<void()> done);

  void subscribe(const std::string& filter, const SubscribeOptions& options) override;
  void unsubscribe(const std::string& filter) override;
  void publish(MqttPublication publication) override;

  struct Counters {
    std::uint64_t connects = 0, messages_in = 0, messages_out = 0, dropped = 0;
    std::uint64_t lost_in = 0;  // came while max_waiting_in_bytes waited for the loop
    std::size_t waiting = 0, in_flight = 0;
  };
  [[nodiscard]] Counters counters() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace cam32100::bridge
