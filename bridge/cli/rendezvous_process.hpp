#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "bridge/io/http_server.hpp"
#include "bridge/io/udp_driver.hpp"
#include "protocol/peer/server.hpp"

namespace cam32100::bridge {

struct RendezvousOptions {
  protocol::Address bind;
  std::optional<protocol::Address> second_bind;  // a second socket, to tell NAT types apart
  std::uint16_t first_relay_port = 0, last_relay_port = 0;  // 0: any free one
  std::string http;  // "a.b.c.d:port": /metrics and /status; "": none
  std::string http_token;
  protocol::ServerConfig server;
};

// A rendezvous server with its sockets: one or two of its own, and one for each relayed session. On
// the io thread.
class RendezvousProcess {
 public:
  using OnEvent = std::function<void(const protocol::ServerEvent&)>;
  using OnLog = std::function<void(const std::string&)>;

  // Throws boost::system::system_error when an address cannot be bound.
  RendezvousProcess(boost::asio::io_context& io, RendezvousOptions options, OnEvent on_event,
                    OnLog on_log);
  ~RendezvousProcess();
  RendezvousProcess(const RendezvousProcess&) = delete;
  RendezvousProcess& operator=(const RendezvousProcess&) = delete;

  void start();
  void stop();
  [[nodiscard]] protocol::Address address() const;
  [[nodiscard]] std::optional<protocol::Address> second_address() const;
  [[nodiscard]] const protocol::RendezvousServer& server() const noexcept { return server_; }
  // {"v":1,"uptime_s":..,"rss_bytes":..,"devices":..,"counters":{..},"relay":{"sessions":..,..}}
  [[nodiscard]] nlohmann::json status() const;

 private:
  using PortId = protocol::RendezvousServer::PortId;
  void on_progress();
  void open_relay_ports();
  void close_relay_ports();
  [[nodiscard]] std::shared_ptr<UdpDriver> open_relay_port(PortId id);
  void answer(const HttpQuestion& question);

  boost::asio::io_context& io_;
  RendezvousOptions options_;
  OnEvent on_event_;
  OnLog on_log_;
  protocol::TimePoint started_;
  std::shared_ptr<DatagramBatch> batch_;
  protocol::RendezvousServer server_;
  std::shared_ptr<UdpDriver> driver_, second_;
  std::map<PortId, std::shared_ptr<UdpDriver>> relay_drivers_;
  std::uint16_t next_relay_port_ = 0;
  std::unique_ptr<HttpServer> http_;
  bool progressing_ = false;
};

}  // namespace cam32100::bridge
