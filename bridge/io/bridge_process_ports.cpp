// What the core asks of the process.
#include <array>
#include <boost/asio/post.hpp>
#include <utility>

#include "bridge/io/bridge_process.hpp"
#include "bridge/io/log.hpp"
#include "bridge/io/process_memory.hpp"
#include "bridge/io/secret_files.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::bridge {

namespace asio = boost::asio;

void BridgeProcess::open_endpoint(EndpointId id, protocol::Endpoint& endpoint) {
  UdpDriver::Options options;
  options.patient = true;  // one socket too many must not end the other cameras' sessions
  auto driver = std::make_shared<UdpDriver>(io_, batch_, endpoint, options, [this, id] {
    enter([&](Moment now) { bridge_->on_progress(now, id); });
  });
  if (const auto& error = driver->open_error()) {
    tell(LogLevel::error, "bridge",
         "no UDP socket: " + error.message() + "; tried again each second (look at ulimit -n)");
  }
  drivers_[id] = driver;
  asio::post(io_, [this, id, driver] {
    const auto found = drivers_.find(id);
    if (found != drivers_.end() && found->second == driver) driver->start();
  });
}

void BridgeProcess::close_endpoint(EndpointId id) {
  const auto found = drivers_.find(id);
  if (found == drivers_.end()) return;
  found->second->stop();
  const auto& counted = found->second->counters();
  tell(LogLevel::debug, "bridge",
       "UDP socket closed: " + std::to_string(counted.datagrams_in) + " datagrams in, " +
           std::to_string(counted.datagrams_out) + " out, " +
           std::to_string(counted.receive_errors) + " and " + std::to_string(counted.send_errors) +
           " errors");
  drivers_.erase(found);
}

void BridgeProcess::wake_endpoint(EndpointId id) { to_wake_.push_back(id); }

void BridgeProcess::resolve(std::uint64_t question, std::string host) {
  // Even a ready answer comes later: the core is in the middle of something.
  asio::post(io_, [this, question, host = std::move(host)] {
    resolver_.resolve({host}, protocol::kServerPort,
                      [this, question](const std::vector<protocol::Address>& found,
                                       const std::vector<std::string>&) {
                        enter([&](Moment now) { bridge_->on_resolved(now, question, found); });
                      });
  });
}

void BridgeProcess::save_state(std::string json) {
  if (state_) state_->save(std::move(json));
}

std::string BridgeProcess::random_token() {
  std::array<char, 40> text{};
  const auto written = std::snprintf(text.data(), text.size(), "%016llx%016llx",
                                     static_cast<unsigned long long>(random_seed()),
                                     static_cast<unsigned long long>(random_seed()));
  return {text.data(), static_cast<std::size_t>(written)};
}

mappings::CommandResult<std::string> BridgeProcess::read_secret(std::string_view name) {
  return read_secret_file(secrets_directory_, credentials_directory(), name);
}

void BridgeProcess::log(LogRecord record) { write_log(record); }

// To bridge/log later: the core may be in the middle of something.
void BridgeProcess::tell(LogLevel level, std::string logger, std::string text) {
  log({level, logger, {}, protocol::redact_uids(text)});
  if (!bridge_ || stopping_) return;
  asio::post(io_, [this, level, logger = std::move(logger), text = std::move(text)] {
    enter([&](Moment now) { bridge_->on_log(now, level, logger, text); });
  });
}

void BridgeProcess::answer_http(std::uint64_t ticket, HttpAnswer answer) {
  http_->answer(ticket, std::move(answer));
}

void BridgeProcess::set_log_level(LogLevel level) { set_log_threshold(level); }

void BridgeProcess::restart() {
  if (stopping_) return;
  restart_ = true;
  asio::post(io_, [this] { stop(); });
}

void BridgeProcess::reload() {
  asio::post(io_, [this] { read_config_again(); });
}

// One at a time, so that the newest file is the one that counts.
void BridgeProcess::read_config_again() {
  if (stopping_) return;
  if (is_reloading_) {
    reload_again_ = true;
    return;
  }
  is_reloading_ = true;
  const bool begun = threads_.run([this, place = place_]() -> std::function<void()> {
    const auto loaded =
        std::make_shared<boost::system::result<LoadedConfig, ConfigErrors>>(read_config(place));
    return [this, loaded] { take_over(std::move(*loaded)); };
  });
  if (!begun) take_over(read_config(place_));
}

void BridgeProcess::take_over(boost::system::result<LoadedConfig, ConfigErrors> loaded) {
  is_reloading_ = false;
  if (stopping_) return;
  if (loaded) {
    secrets_directory_ = loaded->config.secrets.directory;
    lan_targets_ = loaded->config.lan.targets;
    http_config_ = loaded->config.http;
    alarm_listen_ = loaded->config.alarm_push.listen;
    enter([&](Moment now) { bridge_->on_reloaded(now, std::move(loaded->config)); });
    look_for_networks();
    listen_for_http();
  } else {
    enter([&](Moment now) { bridge_->on_reloaded(now, loaded.error()); });
  }
  if (std::exchange(reload_again_, false)) read_config_again();
}

ProcessFacts BridgeProcess::process_facts() const {
  const auto mqtt = mqtt_->counters();
  auto refused = http_->refused();
  for (const auto& [reason, count] : alarms_->refused()) refused[reason] += count;
  return {resident_bytes(),
          {mqtt.messages_out, mqtt.dropped, mqtt.waiting, mqtt.in_flight,
           mqtt.connects == 0 ? 0 : mqtt.connects - 1},
          std::move(refused)};
}

}  // namespace cam32100::bridge
