#include "bridge/io/bridge_process.hpp"

#include <unistd.h>

#include <boost/asio/post.hpp>
#include <random>
#include <utility>

#include "bridge/io/interfaces.hpp"
#include "bridge/io/log.hpp"
#include "bridge/io/service_notify.hpp"
#include "mappings/topics.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::bridge {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

// SIGTERM promises 2 s. The whole stop has one deadline, and the goodbyes to cameras (the core
// gives them a second) leave the broker its share of it.
constexpr auto kStopLimit = 1700ms;
constexpr auto kCoreStopLimit = 1100ms;
constexpr auto kNetworksLookedFor = 60s;

// Two bridges with one client id kick each other off the broker for ever, so the default is the
// instance, the host's name and four digits that stay the same over restarts.
std::string make_client_id(const std::string& instance) {
  char host[64] = {};
  if (::gethostname(host, sizeof host - 1) != 0 || host[0] == '\0')
    std::snprintf(host, sizeof host, "host");
  char tail[8] = {};
  std::snprintf(tail, sizeof tail, "%04x", static_cast<unsigned>(random_seed() & 0xFFFFU));
  return instance + "-" + host + "-" + tail;
}

}  // namespace

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

Moment read_clocks() { return {protocol::Clock::now(), std::chrono::system_clock::now()}; }

BridgeProcess::BridgeProcess(asio::io_context& io, ConfigPlace place, LoadedConfig loaded,
                             mappings::DeviceMapping mapping)
    : io_{io},
      place_{std::move(place)},
      secrets_directory_{loaded.config.secrets.directory},
      lan_targets_{loaded.config.lan.targets},
      mapping_{std::move(mapping)},
      timer_{io},
      stop_timer_{io},
      watchdog_timer_{io},
      networks_timer_{io},
      resolver_{io},
      threads_{io} {
  if (const auto& file = loaded.config.state_file; !file.empty()) {
    state_ = std::make_unique<StateWriter>(
        io, file,
        [this](LogLevel level, std::string text) { tell(level, "bridge", std::move(text)); },
        write_text_file_atomically,
        [this](const std::string& text) {
          if (bridge_) enter([&](Moment now) { bridge_->on_state_saved(now, text); });
        });
  }
  if (!is_client_id_of(loaded.config.mqtt.instance, loaded.state.client_id)) {
    loaded.state.client_id = make_client_id(loaded.config.mqtt.instance);
    save_state(to_text(loaded.state));
  }
  auto& mqtt = loaded.config.mqtt;
  if (mqtt.client_id.empty()) mqtt.client_id = loaded.state.client_id;
  const mappings::Topics topics{mqtt.base_topic};
  mqtt_ = std::make_unique<MqttClient>(io, mqtt, mqtt.client_id,
                                       MqttWill{topics.bridge("availability"), "offline"},
                                       mqtt_handlers());
  http_config_ = loaded.config.http;
  alarm_listen_ = loaded.config.alarm_push.listen;
  http_ = std::make_unique<HttpServer>(io, "HTTP server", http_handlers(&BridgeProcess::on_http));
  alarms_ = std::make_unique<HttpServer>(io, "alarm listener",
                                         http_handlers(&BridgeProcess::on_alarm_call));
  const auto now = read_clocks();
  ++depth_;  // the core asks for sockets while it is being made
  bridge_ = std::make_unique<Bridge>(
      now, std::move(loaded.config), std::move(loaded.state), mapping_, *mqtt_, *this,
      BridgeIdentity{CAM32100_VERSION, CAM32100_BUILD, now.wall}, random_seed());
  --depth_;
}

MqttHandlers BridgeProcess::mqtt_handlers() {
  MqttHandlers handlers;
  handlers.on_connected = [this](const MqttConnection& made) {
    enter([&](Moment now) { bridge_->on_mqtt_connected(now, made); });
  };
  handlers.on_lost = [this](const std::string& reason) {
    enter([&](Moment now) { bridge_->on_mqtt_lost(now, reason); });
  };
  handlers.on_subscribed = [this](const std::string& filter, int code) {
    enter([&](Moment now) { bridge_->on_subscribed(now, filter, code); });
  };
  handlers.on_message = [this](MqttMessage message) {
    enter([&](Moment now) { bridge_->on_mqtt_message(now, std::move(message)); });
  };
  handlers.on_log = [this](LogLevel level, std::string text) {
    tell(level, "mqtt", std::move(text));
  };
  return handlers;
}

HttpHandlers BridgeProcess::http_handlers(void (BridgeProcess::*on_question)(const HttpQuestion&)) {
  HttpHandlers handlers;
  handlers.on_question = [this, on_question](const HttpQuestion& question) {
    if (!core_is_done_) (this->*on_question)(question);
  };
  handlers.on_log = [this](LogLevel level, std::string text) {
    tell(level, "http", std::move(text));
  };
  handlers.on_refused = [this](const std::string& text) {
    if (core_is_done_) return;
    enter([&](Moment now) { bridge_->on_remark(now, "http", text); });
  };
  return handlers;
}

void BridgeProcess::on_http(const HttpQuestion& question) {
  enter([&](Moment now) { bridge_->on_http(now, question); });
}

void BridgeProcess::on_alarm_call(const HttpQuestion& question) {
  HttpAnswer answer;
  enter([&](Moment now) { answer = bridge_->on_alarm_call(now, question); });
  alarms_->answer(question.ticket, std::move(answer));
}

void BridgeProcess::listen_for_http() {
  http_->listen(http_config_.listen, {http_config_.token.reveal(), true, http_config_.public_url});
  alarms_->listen(alarm_listen_, {});
}

// Paho's threads first: they post to what is destroyed after them.
BridgeProcess::~BridgeProcess() {
  mqtt_.reset();
  for (auto& [id, driver] : drivers_) driver->stop();
}

// Sockets that have something to send, then the one timer. A wake-up may call on_progress(), which
// enters the bridge again: at depth 1, from here, never from within another call.
void BridgeProcess::after_call() {
  while (!to_wake_.empty()) {
    auto wake = std::exchange(to_wake_, {});
    ++depth_;
    for (const auto id : wake) {
      if (const auto found = drivers_.find(id); found != drivers_.end()) {
        const auto driver = found->second;  // it may close itself on the way
        driver->wake();
      }
    }
    --depth_;
  }
  arm_timer();
  if (stopping_ && bridge_->is_stopped()) finish_stop();
}

void BridgeProcess::start() {
  look_for_networks();
  suspend_watch_ = std::make_shared<SuspendWatch>(io_, [this](std::chrono::seconds slept) {
    tell(LogLevel::info, "bridge",
         "the host slept for " + std::to_string(slept.count()) + " s; sessions start anew");
    enter([&](Moment now) { bridge_->on_resume(now); });
    look_for_networks();
  });
  suspend_watch_->start();
  mqtt_->start();
  listen_for_http();
  // Ready means: running and trying. A broker that is away is waited for; it is no reason to be
  // killed at start.
  notify_ready();
  if (watchdog_interval()) watch_dog();
}

// Networks come and go without a word to us: DHCP after the boot, a second card, a VPN.
void BridgeProcess::look_for_networks() {
  enter([&](Moment now) { bridge_->set_own_host(now, own_host()); });
  enter([&](Moment now) { bridge_->set_lan_targets(now, spell_out_targets(lan_targets_)); });
  networks_timer_.expires_after(kNetworksLookedFor);
  networks_timer_.async_wait([this](const error_code& ec) {
    if (!ec && !stopping_) look_for_networks();
  });
}

void BridgeProcess::watch_dog() {
  notify_alive();
  watchdog_timer_.expires_after(*watchdog_interval());
  watchdog_timer_.async_wait([this](const error_code& ec) {
    if (!ec) watch_dog();
  });
}

void BridgeProcess::end() {
  restart_ = false;
  stop();
}

void BridgeProcess::stop() {
  // A restart is no end of the service: systemd would wait for the process to go away.
  if (!restart_ && !std::exchange(said_stopping_, true)) notify_stopping();
  if (std::exchange(stopping_, true)) return;
  stop_deadline_ = protocol::Clock::now() + kStopLimit;
  stop_timer_.expires_after(kCoreStopLimit);
  stop_timer_.async_wait([this](const error_code& ec) {
    if (!ec) finish_stop();
  });
  enter([&](Moment now) { bridge_->stop(now); });
}

void BridgeProcess::finish_stop() {
  if (std::exchange(core_is_done_, true)) return;
  suspend_watch_->stop();
  timer_.cancel();
  watchdog_timer_.cancel();
  networks_timer_.cancel();
  http_->stop();
  alarms_->stop();
  for (auto& [id, driver] : drivers_) driver->stop();
  stop_timer_.expires_at(*stop_deadline_);
  stop_timer_.async_wait([this](const error_code& ec) {
    if (!ec) io_.stop();  // what hangs is left behind
  });
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*stop_deadline_ -
                                                                          protocol::Clock::now());
  mqtt_->stop(left, [this] {
    mqtt_is_done_ = true;
    leave_when_all_is_done();
  });
  const auto written = [this] {
    state_is_done_ = true;
    leave_when_all_is_done();
  };
  if (state_) return state_->finish(written);
  written();
}

void BridgeProcess::leave_when_all_is_done() {
  if (mqtt_is_done_ && state_is_done_) io_.stop();
}

void BridgeProcess::arm_timer() {
  if (core_is_done_) return;
  const auto deadline = bridge_->deadline();
  if (!deadline) return;
  // What is due behind the handlers that are ready needs no timer to get there.
  if (*deadline <= protocol::Clock::now()) {
    if (std::exchange(due_now_, true)) return;
    return boost::asio::post(io_, [this] {
      due_now_ = false;
      if (!core_is_done_) enter([&](Moment now) { bridge_->on_time(now); });
    });
  }
  // A timer that fires too early does no harm (see UdpDriver).
  if (armed_ && *armed_ <= *deadline && *armed_ > protocol::Clock::now()) return;
  armed_ = deadline;
  timer_.expires_at(*deadline);
  timer_.async_wait([this](const error_code& ec) {
    if (ec || core_is_done_) return;
    armed_.reset();
    enter([&](Moment now) { bridge_->on_time(now); });
  });
}

}  // namespace cam32100::bridge
