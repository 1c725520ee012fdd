#include "tests/bench/paho_echo.hpp"

#include <boost/asio/io_context.hpp>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "bridge/io/mqtt_client.hpp"
#include "tests/bench/mqtt_driver.hpp"

namespace cam32100::bench {

namespace {

struct Copy {
  bool is_answer = false;
  int qos = 0;
  std::size_t bytes = 0;
};

// Each order is read once: the echo is to do nothing.
const std::vector<Copy>& read_order(const std::string& text) {
  static std::unordered_map<std::string, std::vector<Copy>> known;
  const auto found = known.find(text);
  if (found != known.end()) return found->second;
  std::vector<Copy> copies;
  std::istringstream words{text};
  for (std::string word; std::getline(words, word, ',');)
    copies.push_back({word.at(0) == '*', word.at(1) - '0', std::stoul(word.substr(3))});
  return known[text] = std::move(copies);
}

}  // namespace

std::string echo_order(const std::string& url, const std::string& camera,
                       const std::string& command, const std::string& answer) {
  using namespace std::chrono_literals;
  MqttDriver driver{url, "bench-listener"};
  driver.subscribe(camera + "#", 1);
  driver.publish(camera + "command/" + command, "", 1);
  std::string order;
  bool answered = false;
  for (const auto& message : driver.listen(1s)) {
    if (message.topic.starts_with(camera + "command/")) continue;
    const bool is_answer = message.topic == camera + answer;
    answered = answered || is_answer;
    order += (order.empty() ? "" : ",") + std::string{is_answer ? "*" : " "} +
             std::to_string(message.qos) + ":" + std::to_string(message.payload.size());
  }
  if (!answered) throw std::runtime_error{"nothing was published on " + camera + answer};
  return order;
}

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
    const std::string to = answer_topic + message.topic.substr(topic.size());
    for (const Copy& copy : read_order(message.payload)) {
      client->publish({.topic = copy.is_answer ? to : to + "/more",
                       .payload = std::string(copy.bytes, 'x'),
                       .qos = copy.qos,
                       .retain = true,
                       .keep_while_down = true,
                       .content_type = copy.qos == 0 ? "image/jpeg" : "application/json"});
    }
  };
  handlers.on_log = [](bridge::LogLevel, const std::string&) {};
  client = std::make_unique<bridge::MqttClient>(
      io, config, "bench-echo", bridge::MqttWill{"bench/will/echo", ""}, std::move(handlers));
  client->start();
  io.run();
}

}  // namespace cam32100::bench
