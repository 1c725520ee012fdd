#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <utility>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/config_options.hpp"
#include "bridge/cli/direct_camera.hpp"
#include "bridge/io/mqtt_client.hpp"
#include "mappings/topics.hpp"

namespace cam32100::bridge {

namespace {

namespace asio = boost::asio;
using nlohmann::json;

struct CallOptions {
  std::string camera, command;
  std::vector<std::string> arguments;
  double timeout_s = 15;
};

// "ms=400" -> 400, "move=left" -> "left", "on=true" -> true: JSON where it is JSON, else text.
json to_value(const std::string& text) {
  auto value = json::parse(text, nullptr, false);
  return value.is_discarded() ? json(text) : value;
}

std::string make_id() {
  std::random_device device;
  char text[20];
  std::snprintf(text, sizeof text, "call-%08x", static_cast<unsigned>(device()));
  return text;
}

// The topics of one call. For an unknown camera the bridge answers under bridge/response/error.
struct CallTopics {
  std::string command, response, error, availability;
};
CallTopics topics_of(const mappings::Topics& topics, const CallOptions& options) {
  if (options.camera == "bridge") {
    return {topics.bridge_command(options.command), topics.bridge_response(options.command),
            topics.bridge_response("error"), topics.bridge("availability")};
  }
  const auto uid = protocol::Uid::parse(options.camera);
  // An alias: it is answered on the UID, which we do not know, so any camera's answer is looked at
  // for our id.
  const auto level = uid ? uid->text() : std::string{"+"};
  return {topics.camera_command(uid ? uid->text() : options.camera, options.command),
          topics.camera_response(level, options.command), topics.bridge_response("error"),
          topics.bridge("availability")};
}

// Each becomes a level of a topic: what cannot be one would be refused by the broker, or reach
// others. Both return what is wrong, "" if nothing.
std::string fault_of_camera(const std::string& word) {
  const bool good = !word.empty() && word.find_first_of("+#/") == std::string::npos;
  return good ? std::string{} : "wanted a UID, an alias or bridge, saw \"" + word + "\"";
}
std::string fault_of_command(const std::string& word) {
  return mappings::is_valid_name(word) ? std::string{}
                                       : "wanted a command as get_status, saw \"" + word + "\"";
}
// The bridge answers a request whose id is neither without one: nobody could wait for that.
std::string fault_of_argument(const std::string& word) {
  const auto equals = word.find('=');
  if (equals == std::string::npos) return "wanted KEY=VALUE, saw \"" + word + "\"";
  const auto key = word.substr(0, equals);
  const auto value = to_value(word.substr(equals + 1));
  const bool is_id = key == "id" || key == "transaction";
  if (is_id && !value.is_string() && !value.is_number_integer())
    return key + ": wanted a text or a whole number";
  return {};
}

class Call {
 public:
  Call(asio::io_context& io, const Config& config, const CallOptions& options)
      : io_{io},
        topics_{topics_of(mappings::Topics{config.mqtt.base_topic}, options)},
        id_{make_id()},
        timer_{io} {
    for (const auto& argument : options.arguments) {
      const auto equals = argument.find('=');
      request_[argument.substr(0, equals)] = to_value(argument.substr(equals + 1));
    }
    // The answer brings an id of the user's own back, by either of its names; else it is ours.
    if (!request_.contains("id") && !request_.contains("transaction")) request_["id"] = id_;
    awaited_ = request_.contains("id") ? request_["id"] : request_["transaction"];
    MqttHandlers handlers;
    handlers.on_connected = [this](const MqttConnection&) {
      connected_ = true;
      subscribed_ = 0;
      mqtt_->subscribe(topics_.response, {});
      mqtt_->subscribe(topics_.error, {});
      mqtt_->subscribe(topics_.availability, {});
    };
    handlers.on_subscribed = [this](const std::string& filter, int code) {
      // Who may not read whether there is a bridge may still ask it.
      if (filter != topics_.availability) on_subscribed(code);
    };
    handlers.on_refused = [this](const std::string&) { finish(kExitFailed); };  // the log says why
    handlers.on_message = [this](const MqttMessage& message) { on_message(message); };
    handlers.on_lost = [](const std::string&) {};
    handlers.on_log = [](LogLevel level, const std::string& text) {
      if (level >= LogLevel::warning) std::fprintf(stderr, "cam32100: %s\n", text.c_str());
    };
    mqtt_ = std::make_unique<MqttClient>(
        io, config.mqtt, id_, MqttWill{topics_.error + "/" + id_, ""}, std::move(handlers));
    timer_.expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::duration<double>(options.timeout_s)));
    timer_.async_wait([this](const boost::system::error_code& ec) {
      if (ec) return;
      std::fprintf(stderr, "cam32100: %s\n", how_far().c_str());
      finish(kExitTimedOut);
    });
    mqtt_->start();
  }

  [[nodiscard]] int exit_code() const noexcept { return exit_code_; }

 private:
  // What a call that timed out had reached.
  [[nodiscard]] std::string how_far() const {
    if (!connected_) return "the broker has taken no connection so far";
    if (subscribed_ < 2) return "the broker has not confirmed our subscriptions so far";
    if (!heard_bridge_)
      return "nothing on " + topics_.availability + ": has a bridge ever been on this broker?";
    return "asked on " + topics_.command + ", and nothing came back";
  }
  void on_subscribed(int code) {
    if (code >= 0x80) {
      std::fprintf(stderr, "cam32100: the broker does not let us subscribe to %s (code 0x%02x)\n",
                   topics_.response.c_str(), static_cast<unsigned>(code));
      return finish(kExitFailed);
    }
    if (++subscribed_ == 2)
      mqtt_->publish(
          {topics_.command, request_.dump(), 1, false, false, "application/json", std::nullopt});
  }
  void on_message(const MqttMessage& message) {
    if (message.topic == topics_.availability) return on_availability(message.payload);
    const auto answer = json::parse(message.payload, nullptr, false);
    if (!answer.is_object() || answer.value("id", json{}) != awaited_)
      return;  // somebody else's, or an old one
    const auto status = answer.value("status", std::string{});
    if (status == "accepted") return;
    std::printf("%s\n", answer.dump(2).c_str());
    finish(status == "ok" ? kExitOk : kExitFailed);
  }
  // Nobody would ever execute it: commands are not kept for a bridge that is away.
  void on_availability(const std::string& payload) {
    heard_bridge_ = true;
    if (payload != "offline" || finished_) return;
    std::fprintf(stderr, "cam32100: the bridge is not connected (\"offline\" on %s)\n",
                 topics_.availability.c_str());
    finish(kExitFailed);
  }
  void finish(int code) {
    if (std::exchange(finished_, true)) return;
    exit_code_ = code;
    mqtt_->stop(std::chrono::milliseconds{500}, [this] { io_.stop(); });
  }

  asio::io_context& io_;
  CallTopics topics_;
  std::string id_;
  json request_ = json::object();
  json awaited_;  // the answer's id
  asio::steady_timer timer_;
  std::unique_ptr<MqttClient> mqtt_;
  int subscribed_ = 0;
  bool connected_ = false, finished_ = false, heard_bridge_ = false;
  int exit_code_ = kExitFailed;
};

int call(const ConfigPlace& place, const CallOptions& options) {
  const auto loaded = read_config(place);
  if (!loaded) {
    print_errors(loaded.error());
    return kExitFailed;
  }
  asio::io_context io{1};
  const Call one{io, loaded->config, options};
  io.run();
  if (one.exit_code() == kExitTimedOut) return fail_timed_out(options.timeout_s);
  return one.exit_code();
}

}  // namespace

void add_call(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("call", "Send a command over MQTT, print its answer");
  auto options = std::make_shared<CallOptions>();
  auto place = add_config_options(*command);
  command->add_option("camera", options->camera, "UID, alias, or bridge")
      ->required()
      ->type_name("UID")
      ->check(fault_of_camera);
  command->add_option("command", options->command, "e.g. get_status, ptz, camera/list")
      ->required()
      ->type_name("COMMAND")
      ->check(fault_of_command);
  command->add_option("arguments", options->arguments, "e.g. move=left ms=400")
      ->type_name("KEY=VALUE")
      ->check(fault_of_argument);
  command->add_option("--timeout", options->timeout_s, "Seconds to wait")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 3600.0));
  command->callback([&line, options, place] {
    line.run = [options, place] { return call(place->parsed(), *options); };
  });
}

}  // namespace cam32100::bridge
