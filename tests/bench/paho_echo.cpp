#include "tests/bench/paho_echo.hpp"

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bridge/io/mqtt_client.hpp"
#include "tests/bench/bench_main.hpp"
#include "tests/bench/mqtt_driver.hpp"

namespace cam32100::bench {

namespace {

struct Copy {
  char where = ' ';
  int qos = 0;
  std::size_t bytes = 0;
};

// Each order is read once: the echo is to do nothing.
class Orders {
 public:
  const std::vector<Copy>& read(const std::string& text) {
    const auto found = known_.find(text);
    if (found != known_.end()) return found->second;
    std::vector<Copy> copies;
    std::istringstream words{text};
    for (std::string word; std::getline(words, word, ',');)
      copies.push_back({word.at(0), word.at(1) - '0', std::stoul(word.substr(3))});
    return known_[text] = std::move(copies);
  }

 private:
  std::unordered_map<std::string, std::vector<Copy>> known_;
};

std::string topic_of(const Copy& copy, const std::string& answer_topic) {
  switch (copy.where) {
    case '*':
      return answer_topic;
    case '#':
      return answer_topic + "/picture";
    default:
      return answer_topic + "/more";
  }
}

}  // namespace

std::string echo_order(const std::string& url, const std::string& camera,
                       const Question& question) {
  using namespace std::chrono_literals;
  MqttDriver driver{url, "bench-listener"};
  driver.subscribe(camera + "#", 1);
  driver.publish(camera + "command/" + question.command, "", 1);
  std::string order;
  const auto take = [&](const MqttDriver::Message& message) {
    if (message.topic.starts_with(camera + "command/")) return false;
    const bool is_answer = message.topic == camera + question.answer;
    const bool is_picture = !is_answer && message.topic == camera + question.picture;
    order += std::string{order.empty() ? "" : ","} +
             (is_answer    ? '*'
              : is_picture ? '#'
                           : ' ') +
             std::to_string(message.qos) + ":" + std::to_string(message.payload.size());
    return is_answer;
  };
  while (!take(driver.next_message())) {  // throws when nothing comes
  }
  for (const auto& message : driver.listen(300ms)) (void)take(message);
  return order;
}

void run_echo(const std::string& url) {
  boost::asio::io_context io{1};
  std::unique_ptr<bridge::MqttClient> client;
  bridge::MqttConfig config;
  config.url = url;
  config.version = "5";
  bridge::MqttHandlers handlers;
  handlers.on_connected = [&](const bridge::MqttConnection&) {
    client->subscribe(kEchoIn + "/#", {.qos = 1});
  };
  handlers.on_lost = [](const std::string& reason) { throw std::runtime_error{reason}; };
  handlers.on_subscribed = [](const std::string&, int) { std::puts("ready"), std::fflush(stdout); };
  Orders orders;
  handlers.on_message = [&](const bridge::MqttMessage& message) {
    const std::string to = kEchoOut + message.topic.substr(kEchoIn.size());
    for (const Copy& copy : orders.read(message.payload)) {
      client->publish({.topic = topic_of(copy, to),
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

int run_beside_echo(int argc, char** argv, int (*run)(const BenchOptions&)) {
  if (argc != 3 || std::strcmp(argv[1], "--echo") != 0) return bench_main(argc, argv, run);
  try {
    run_echo(argv[2]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "echo: %s\n", error.what());
    return 1;
  }
}

}  // namespace cam32100::bench
