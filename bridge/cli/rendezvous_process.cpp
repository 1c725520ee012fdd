#include "bridge/cli/rendezvous_process.hpp"

#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "bridge/core/metrics_text.hpp"
#include "bridge/io/process_memory.hpp"

namespace cam32100::bridge {

namespace {

using protocol::Address;
using protocol::Clock;

constexpr std::size_t kReceiveBuffer = 4 << 20;  // logins of thousands of devices come in bursts

std::uint64_t unpredictable() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

nlohmann::json relay_json(const protocol::RendezvousServer& server) {
  const auto& counters = server.counters();
  const auto sessions = server.relay_sessions();
  std::uint64_t datagrams = counters.relay_datagrams;
  std::uint64_t bytes = counters.relay_bytes;
  std::uint64_t dropped = counters.relay_dropped;
  for (const auto& each : sessions) {
    datagrams += each.counters.datagrams;
    bytes += each.counters.bytes;
    dropped += each.counters.over_budget + each.counters.over_queue;
  }
  return {{"sessions", sessions.size()},
          {"allocated", counters.relays_allocated},
          {"opened", counters.relays_opened},
          {"refused", counters.relays_refused},
          {"datagrams", datagrams},
          {"bytes", bytes},
          {"dropped", dropped}};
}

}  // namespace

RendezvousProcess::RendezvousProcess(boost::asio::io_context& io, RendezvousOptions options,
                                     OnEvent on_event, OnLog on_log)
    : io_{io},
      options_{std::move(options)},
      on_event_{std::move(on_event)},
      on_log_{std::move(on_log)},
      started_{Clock::now()},
      batch_{make_datagram_batch()},
      server_{started_, options_.server, unpredictable},
      next_relay_port_{options_.first_relay_port} {
  const auto progress = [this] { on_progress(); };
  driver_ = std::make_shared<UdpDriver>(
      io_, batch_, server_, UdpDriver::Options{options_.bind, kReceiveBuffer}, progress);
  // --port 0: only now it is known.
  if (auto relay = options_.server.relay_address; relay && relay->port == 0) {
    relay->port = driver_->local_address().port;
    server_.be_relay_at(*relay);
  }
  if (options_.second_bind) {
    second_ = std::make_shared<UdpDriver>(io_, batch_, server_.second_socket(),
                                          UdpDriver::Options{*options_.second_bind, kReceiveBuffer},
                                          progress);
  }
  if (options_.http.empty()) return;
  http_ = std::make_unique<HttpServer>(
      io_, "HTTP server",
      HttpHandlers{[this](const HttpQuestion& question) { answer(question); },
                   [this](LogLevel, const std::string& text) { on_log_(text); },
                   [](const std::string&) {}});
}

RendezvousProcess::~RendezvousProcess() { stop(); }

void RendezvousProcess::start() {
  driver_->start();
  if (second_) second_->start();
  if (http_) http_->listen(options_.http, {options_.http_token, true});
}

void RendezvousProcess::stop() {
  driver_->stop();
  if (second_) second_->stop();
  for (auto& [id, driver] : relay_drivers_) driver->stop();
  relay_drivers_.clear();
  if (http_) http_->stop();
}

Address RendezvousProcess::address() const { return driver_->local_address(); }

std::optional<Address> RendezvousProcess::second_address() const {
  return second_ ? std::optional{second_->local_address()} : std::nullopt;
}

// Called by each driver before it sends. What came by one socket may have to leave by another: the
// other one is woken, which calls this again, once.
void RendezvousProcess::on_progress() {
  if (std::exchange(progressing_, true)) return;
  open_relay_ports();
  close_relay_ports();
  while (const auto event = server_.take_event()) on_event_(*event);
  if (server_.has_datagrams(0)) driver_->wake();
  if (second_ && server_.has_datagrams(1)) second_->wake();
  progressing_ = false;
}

void RendezvousProcess::open_relay_ports() {
  while (const auto id = server_.take_wanted_port()) {
    const auto driver = open_relay_port(*id);
    if (!driver) {
      server_.port_failed(*id);
      continue;
    }
    relay_drivers_.emplace(*id, driver);
    driver->start();
    server_.port_opened(Clock::now(), *id, driver->local_address().port);
  }
}

// A port of the range that is free, the next one first; or any.
std::shared_ptr<UdpDriver> RendezvousProcess::open_relay_port(PortId id) {
  const unsigned ports = options_.first_relay_port == 0
                             ? 1U
                             : options_.last_relay_port - options_.first_relay_port + 1U;
  for (unsigned tried = 0; tried < ports; ++tried) {
    Address bind = options_.bind;
    bind.port = next_relay_port_;
    if (next_relay_port_ != 0) {
      next_relay_port_ = next_relay_port_ == options_.last_relay_port
                             ? options_.first_relay_port
                             : static_cast<std::uint16_t>(next_relay_port_ + 1);
    }
    const auto progress = [this, id] {
      // Its driver must not end itself while it calls.
      if (server_.port_progressed(Clock::now(), id))
        boost::asio::post(io_, [this] { close_relay_ports(); });
    };
    try {
      return std::make_shared<UdpDriver>(io_, batch_, server_.relay_port(id),
                                         UdpDriver::Options{bind, 0}, progress);
    } catch (const boost::system::system_error&) {  // taken: the next one
    }
  }
  return nullptr;
}

void RendezvousProcess::close_relay_ports() {
  while (const auto id = server_.take_ended_port()) {
    if (const auto driver = relay_drivers_.find(*id); driver != relay_drivers_.end()) {
      driver->second->stop();
      relay_drivers_.erase(driver);
    }
    server_.forget_port(*id);
  }
}

nlohmann::json RendezvousProcess::status() const {
  const auto& counters = server_.counters();
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - started_);
  return {{"v", 1},
          {"uptime_s", uptime.count()},
          {"rss_bytes", resident_bytes()},
          {"devices", server_.device_count()},
          {"counters",
           {{"hellos", counters.hellos},
            {"logins", counters.logins},
            {"lookups", counters.lookups},
            {"found", counters.found},
            {"unknown", counters.unknown},
            {"refused", counters.refused},
            {"rate_limited", counters.rate_limited},
            {"unpaid", counters.unpaid},
            {"malformed", counters.malformed}}},
          {"relay", relay_json(server_)}};
}

void RendezvousProcess::answer(const HttpQuestion& question) {
  HttpAnswer out;
  if (question.path == "/metrics") {
    out.content_type = "text/plain; version=0.0.4; charset=utf-8";
    out.body = server_metrics_text(status());
  } else if (question.path == "/status") {
    out.content_type = "application/json";
    out.body = status().dump();
  } else {
    out = refusal_answer(404, "not_found", "there are /metrics and /status");
  }
  http_->answer(question.ticket, std::move(out));
}

}  // namespace cam32100::bridge
