#include "tests/bench/mqtt_driver.hpp"

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <stdexcept>

namespace cam32100::bench {

using bridge::MqttClient;
using bridge::MqttMessage;
using std::chrono::steady_clock;

namespace {
constexpr std::chrono::seconds kLimit{10};
}

struct MqttDriver::Impl {
  Impl(const std::string& url, const std::string& client_id) {
    bridge::MqttConfig config;
    config.url = url;
    config.version = "5";
    bridge::MqttHandlers handlers;
    handlers.on_connected = [this](const bridge::MqttConnection&) { connected = true; };
    handlers.on_lost = [](const std::string& reason) { throw std::runtime_error{reason}; };
    handlers.on_subscribed = [this](const std::string&, int) { ++subscribed; };
    handlers.on_message = [this](MqttMessage message) { on_message(std::move(message)); };
    handlers.on_log = [](bridge::LogLevel, const std::string&) {};
    client = std::make_unique<MqttClient>(io, config, client_id,
                                          bridge::MqttWill{"bench/will/" + client_id, ""},
                                          std::move(handlers));
    client->start();
    run_until([this] { return connected; }, "a connection");
  }

  void on_message(MqttMessage message) {
    if (echoing) return echoing(message);
    if (message.retained) {
      kept[message.topic] = std::move(message.payload);
      return;
    }
    arrived_at = steady_clock::now();
    arrived[message.topic] = std::move(message.payload);
  }

  void run_until(const std::function<bool()>& done, const std::string& what) {
    const auto end = steady_clock::now() + kLimit;
    while (!done()) {
      if (steady_clock::now() >= end) throw std::runtime_error{"waited in vain for " + what};
      io.restart();
      io.run_one_for(std::chrono::seconds{1});
    }
  }

  boost::asio::io_context io{1};
  std::unique_ptr<MqttClient> client;
  bool connected = false;
  int subscribed = 0;
  std::map<std::string, std::string> arrived, kept;  // live, and replayed at a subscription
  steady_clock::time_point arrived_at;
  std::function<void(const MqttMessage&)> echoing;
};

MqttDriver::MqttDriver(const std::string& url, const std::string& client_id)
    : impl_{std::make_unique<Impl>(url, client_id)} {}

MqttDriver::~MqttDriver() = default;

void MqttDriver::subscribe(const std::string& filter, int qos) {
  const int before = impl_->subscribed;
  // Retain-as-published would make a live retained answer look like an old one.
  impl_->client->subscribe(filter, {.qos = qos});
  impl_->run_until([&] { return impl_->subscribed > before; }, "SUBACK of " + filter);
}

Nanoseconds MqttDriver::round_trip(const std::string& topic, const std::string& payload, int qos,
                                   const std::string& answer_topic) {
  impl_->arrived.clear();
  const auto start = steady_clock::now();
  bridge::MqttPublication publication;
  publication.topic = topic;
  publication.payload = payload;
  publication.qos = qos;
  impl_->client->publish(std::move(publication));
  impl_->run_until([&] { return impl_->arrived.contains(answer_topic); }, answer_topic);
  return impl_->arrived_at - start;
}

void MqttDriver::wait_for(const std::string& topic, const std::string& text) {
  const auto has_it = [&](const std::map<std::string, std::string>& messages) {
    const auto found = messages.find(topic);
    return found != messages.end() && found->second.find(text) != std::string::npos;
  };
  impl_->run_until([&] { return has_it(impl_->arrived) || has_it(impl_->kept); },
                   text + " on " + topic);
}

void MqttDriver::idle(std::chrono::milliseconds duration) {
  const auto end = steady_clock::now() + duration;
  while (steady_clock::now() < end) {
    impl_->io.restart();
    impl_->io.run_one_until(end);
  }
}

void MqttDriver::echo(const std::string& topic, const std::string& answer_topic, int qos) {
  impl_->echoing = [this, answer_topic](const MqttMessage& message) {
    bridge::MqttPublication publication;
    publication.topic = answer_topic;
    // The request names the size of the answer.
    publication.payload.assign(std::stoul(message.payload), 'x');
    publication.qos = message.qos;
    publication.retain = true;
    impl_->client->publish(std::move(publication));
  };
  subscribe(topic, qos);
  impl_->io.restart();
  impl_->io.run();
}

}  // namespace cam32100::bench
