#include "tests/bench/paho_echo.hpp"

#include <boost/asio/io_context.hpp>
#include <memory>
#include <stdexcept>
#include <utility>

#include "bridge/io/mqtt_client.hpp"

namespace cam32100::bench {

void run_echo(const std::string& url, const std::string& topic, const std::string& answer_topic) {
  boost::asio::io_context io{1};
  std::unique_ptr<bridge::MqttClient> client;
  bridge::MqttConfig config;
  config.url = url;
  config.version = "5";
  bridge::MqttHandlers handlers;
  handlers.on_connected = [&](const bridge::MqttConnection&) {
    client->subscribe(topic + "/#", {.qos = 1});  // and the topic itself
  };
  handlers.on_lost = [](const std::string& reason) { throw std::runtime_error{reason}; };
  handlers.on_subscribed = [](const std::string&, int) {};
  handlers.on_message = [&](const bridge::MqttMessage& message) {
    bridge::MqttPublication answer;
    answer.topic = answer_topic + message.topic.substr(topic.size());
    answer.payload.assign(std::stoul(message.payload), 'x');
    answer.qos = message.qos;
    answer.retain = true;
    client->publish(std::move(answer));
  };
  handlers.on_log = [](bridge::LogLevel, const std::string&) {};
  client = std::make_unique<bridge::MqttClient>(
      io, config, "bench-echo", bridge::MqttWill{"bench/will/echo", ""}, std::move(handlers));
  client->start();
  io.run();
}

}  // namespace cam32100::bench
