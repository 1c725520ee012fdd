#include "tests/support/fake_mqtt/fake_mqtt.hpp"

#include <utility>

namespace cam32100::testing {

FakeMqtt::FakeMqtt(FakeBroker& broker, Clock clock, int version)
    : broker_{broker}, clock_{std::move(clock)}, version_{version} {}

FakeMqtt::~FakeMqtt() { broker_.detach(*this); }

void FakeMqtt::connect() {
  broker_.attach(*this, version_);
  connected_ = true;
  bridge_->on_mqtt_connected(clock_(), {version_, broker_.options.maximum_packet_size});
  // As the real one: what was kept goes out behind the first SUBSCRIBE.
  for (auto& [topic, publication] : std::exchange(kept_, {})) broker_.publish(this, publication);
}

void FakeMqtt::lose(const std::string& reason) {
  if (!std::exchange(connected_, false)) return;
  broker_.detach(*this);
  bridge_->on_mqtt_lost(clock_(), reason);
}

void FakeMqtt::subscribe(const std::string& filter, const bridge::SubscribeOptions& options) {
  subscribed.push_back(filter);
  if (connected_) broker_.subscribe(*this, filter, options);
}

void FakeMqtt::unsubscribe(const std::string& filter) {
  unsubscribed.push_back(filter);
  if (connected_) broker_.unsubscribe(*this, filter);
}

void FakeMqtt::publish(bridge::MqttPublication publication) {
  published.push_back(publication);
  if (connected_) {
    broker_.publish(this, publication);
  } else if (publication.keep_while_down) {
    kept_[publication.topic] = std::move(publication);
  }
}

void FakeMqtt::on_suback(const std::string& filter, int reason_code) {
  bridge_->on_subscribed(clock_(), filter, reason_code);
}

void FakeMqtt::on_message(const bridge::MqttMessage& message) {
  bridge_->on_mqtt_message(clock_(), message);
}

}  // namespace cam32100::testing
