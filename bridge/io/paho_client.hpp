#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "bridge/core/config.hpp"
#include "bridge/core/mqtt_port.hpp"
#include "bridge/io/broker_url.hpp"

namespace cam32100::bridge {

struct MqttWill {
  std::string topic, payload;  // QoS 1, retained
};

// Why the broker did not take us: an MQTT 5 reason code >= 0x80, or an MQTT 3 return code 1..5, or
// neither.
struct MqttRefusal {
  int return_code = 0, reason_code = 0;
  [[nodiscard]] bool is_worded() const noexcept;  // the broker itself said no
  [[nodiscard]] bool is_version_refused() const noexcept;
  [[nodiscard]] bool is_about_credentials() const noexcept;
  [[nodiscard]] bool is_for_good()
      const noexcept;  // credentials, ACL, client id: hammering does not help
  [[nodiscard]] std::string text() const;
};

// What became of a publication that was handed to Paho.
enum class MqttSent {
  yes,
  not_connected,  // between the loss of the connection and the word of it
  never,          // Paho cannot send it: a topic that is no UTF-8, and the like
};

// One life of an Eclipse Paho client: one connection, made once. The only place that includes its
// headers, and the only one that knows its threads: handlers below are called ON PAHO'S THREADS and
// may only post. Everything else is called on the io thread. Never reconnects; destroy it and make
// another.
class PahoClient final {
 public:
  struct Handlers {
    std::function<void(const MqttConnection&, int receive_maximum)> on_connected;
    std::function<void(MqttRefusal)> on_refused;
    std::function<void(std::string reason)> on_lost;
    std::function<void(MqttMessage)> on_message;
    std::function<void(std::string filter, int reason_code)> on_subscribed;  // >= 0x80: refused
    // A publication is over, whatever its fate: confirmed (QoS 1) or written to the socket (0).
    std::function<void(int qos, std::size_t bytes)> on_published;
    std::function<void(std::string topic, std::string reason)>
        on_publish_refused;              // MQTT 5; on_published follows
    std::function<void()> on_heartbeat;  // the broker answered wake()
  };
  struct Options {
    BrokerUrl url;
    // Where `url.host` was found: Paho need not ask the name service, which may hang. With TLS the
    // name is used all the same, because Paho checks the certificate against what it connects to.
    std::string address{};
    int version = 5;  // 5 or 4 (3.1.1)
    std::string client_id;
    MqttWill will;
    std::chrono::seconds connect_limit{10};
  };

  // Errors of Paho end as std::runtime_error here and in connect(); later ones as false.
  PahoClient(Options options, const MqttConfig& config, Handlers handlers);
  ~PahoClient();  // may block for up to 0.1 s (Paho joins its threads); never inside a handler
  PahoClient(const PahoClient&) = delete;
  PahoClient& operator=(const PahoClient&) = delete;

  void connect();
  void disconnect(std::chrono::milliseconds limit);  // waits, at most so long
  // The publication is empty afterwards if `yes`, else as it was.
  [[nodiscard]] MqttSent publish(MqttPublication& publication);
  // false: not connected any more.
  [[nodiscard]] bool subscribe(const std::string& filter, const SubscribeOptions& options);
  [[nodiscard]] bool unsubscribe(const std::string& filter);
  [[nodiscard]] bool wake(const std::string& unused_filter);  // an UNSUBSCRIBE nobody else sees;
                                                              // answered by on_heartbeat

  static constexpr std::uint32_t kMaximumPacketSize = 16 * 1024 * 1024;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cam32100::bridge
