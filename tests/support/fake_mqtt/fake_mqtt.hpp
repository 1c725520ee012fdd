#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bridge/core/bridge.hpp"
#include "tests/support/fake_mqtt/fake_broker.hpp"

namespace cam32100::testing {

// The bridge's MQTT client on a FakeBroker. As its contract says: while down, publications are
// dropped, or the newest per topic is kept and sent after the next connect.
class FakeMqtt final : public bridge::MqttPort, public BrokerClient {
 public:
  using Clock = std::function<bridge::Moment()>;
  FakeMqtt(FakeBroker& broker, Clock clock, int version = 5);
  ~FakeMqtt() override;

  void attach(bridge::Bridge& bridge) { bridge_ = &bridge; }
  void connect();  // CONNACK with this version
  void lose(const std::string& reason = "connection reset");
  [[nodiscard]] bool is_connected() const noexcept { return connected_; }

  std::vector<bridge::MqttPublication> published;  // all, also those dropped
  std::vector<std::string> subscribed, unsubscribed;

  void subscribe(const std::string& filter, const bridge::SubscribeOptions& options) override;
  void unsubscribe(const std::string& filter) override;
  void publish(bridge::MqttPublication publication) override;

  void on_suback(const std::string& filter, int reason_code) override;
  void on_message(const bridge::MqttMessage& message) override;
  void on_connection_closed() override { lose("broker restarted"); }

 private:
  FakeBroker& broker_;
  Clock clock_;
  int version_;
  bridge::Bridge* bridge_ = nullptr;
  bool connected_ = false;
  std::map<std::string, bridge::MqttPublication> kept_;
};

}  // namespace cam32100::testing
