#include "tests/integration/support/broker.hpp"

#include <pwd.h>
#include <unistd.h>

#include <stdexcept>

#include "tests/integration/support/free_port.hpp"

namespace cam32100::integration {

namespace {

// mosquitto leaves root for the user "mosquitto", who may not read our scratch directory.
std::string own_user_name() {
  const auto* entry = ::getpwuid(::getuid());
  return entry != nullptr ? entry->pw_name : "root";
}

}  // namespace

Broker::Broker(Loop& loop, const testing::ScratchDirectory& scratch, BrokerOptions options)
    : loop_{loop}, scratch_{scratch}, options_{std::move(options)} {
  start();
}

void Broker::start() {
  const bool keep_port = port_ != 0;
  for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
    if (!keep_port) port_ = free_port(SOCK_STREAM);
    if (try_to_start()) return;
    if (process_->errors().find("Address already in use") == std::string::npos) break;
  }
  const auto log = process_->errors();
  process_.reset();
  throw std::runtime_error{"mosquitto does not start: " + log};
}

bool Broker::try_to_start() {
  scratch_.write("mosquitto.conf", "user " + own_user_name() + "\n" + "log_dest stderr\n" +
                                       "per_listener_settings false\n" + options_.general +
                                       "listener " + std::to_string(port_) + " 127.0.0.1\n" +
                                       options_.listener);
  process_.emplace(loop_,
                   std::vector<std::string>{CAM32100_MOSQUITTO, "-c", scratch_ / "mosquitto.conf"});
  return process_->wait_for_error_text(" running");
}

void Broker::kill() { process_.reset(); }

void Broker::freeze() { process_->send_signal(SIGSTOP); }

void Broker::stop() {
  if (!process_) return;
  process_->send_signal(SIGTERM);
  if (!process_->wait_for_exit()) throw std::runtime_error{"mosquitto does not stop"};
  process_.reset();
}

std::string Broker::url() const {
  return options_.scheme + "://127.0.0.1:" + std::to_string(port_);
}

std::vector<std::string> Broker::client(const std::string& program,
                                        const std::string& version) const {
  std::vector<std::string> words{program,
                                 "-h",
                                 "127.0.0.1",
                                 "-p",
                                 std::to_string(port_),
                                 "-V",
                                 version == "5" ? "mqttv5" : "mqttv311"};
  words.insert(words.end(), options_.client_words.begin(), options_.client_words.end());
  return words;
}

}  // namespace cam32100::integration
