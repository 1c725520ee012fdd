#include "protocol/peer/server.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/direct_camera.hpp"
#include "bridge/io/udp_driver.hpp"

namespace cam32100::bridge {

namespace {

namespace asio = boost::asio;
using nlohmann::ordered_json;

struct ServerOptions {
  std::string bind = "0.0.0.0", psk = "plain", crc_key;
  std::uint16_t port = protocol::kServerPort;
  unsigned expiry_s = 60;
  std::vector<std::string> prefixes;
};

void print(const ordered_json& line) {
  std::printf("%s\n", line.dump().c_str());
  std::fflush(stdout);
}

// Prints who came and who went since the last call.
void print_devices(const protocol::RendezvousServer& server, std::set<std::string>& known) {
  std::set<std::string> now;
  for (const auto& device : server.devices()) {
    const auto uid = device.uid.text();
    now.insert(uid);
    if (!known.contains(uid))
      print({{"event", "login"}, {"uid", uid}, {"address", device.address.text()}});
  }
  for (const auto& uid : known) {
    if (!now.contains(uid)) print({{"event", "expired"}, {"uid", uid}});
  }
  known = std::move(now);
}

int serve(const ServerOptions& options) {
  const auto bind = protocol::Address::parse(options.bind, options.port);
  if (!bind) {
    std::fprintf(stderr, "cam32100: --bind %s: wanted a.b.c.d\n", options.bind.c_str());
    return kExitUsage;
  }
  protocol::ServerConfig config;
  config.psk = options.psk == "plain" ? "" : options.psk;
  config.crc_key = options.crc_key;
  config.login_expiry = std::chrono::seconds{options.expiry_s};
  config.served_prefixes = options.prefixes;
  asio::io_context io{1};
  protocol::RendezvousServer server{protocol::Clock::now(), std::move(config)};
  std::set<std::string> known;
  std::uint64_t logins = 0;
  const auto driver = std::make_shared<UdpDriver>(
      io, make_datagram_batch(), server, UdpDriver::Options{*bind, 4 << 20}, [&] {
        // The list is looked at only when a login or an expiry may have changed it.
        if (server.counters().logins == logins && server.devices().size() == known.size()) return;
        logins = server.counters().logins;
        print_devices(server, known);
      });
  print({{"event", "started"}, {"address", driver->local_address().text()}});
  driver->start();
  asio::signal_set signals{io, SIGTERM, SIGINT};
  signals.async_wait([&](const boost::system::error_code& ec, int) {
    if (!ec) io.stop();
  });
  io.run();
  driver->stop();
  const auto& counters = server.counters();
  print({{"event", "stopped"},
         {"hellos", counters.hellos},
         {"logins", counters.logins},
         {"lookups", counters.lookups},
         {"malformed", counters.malformed},
         {"refused", counters.refused}});
  return kExitOk;
}

}  // namespace

void add_server(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("server", "Be a 32100 server; prints JSON lines");
  auto options = std::make_shared<ServerOptions>();
  command->add_option("--bind", options->bind, "Address to listen on")
      ->capture_default_str()
      ->type_name("ADDRESS");
  command->add_option("--port", options->port, "UDP port; 0 = any free one")->capture_default_str();
  add_psk_option(*command, options->psk, "plain (always), text");
  command->add_option("--crc-key", options->crc_key, "Key of DEV_LGN_CRC logins")
      ->type_name("TEXT");
  command->add_option("--expiry", options->expiry_s, "Seconds without a login: offline")
      ->capture_default_str();
  command->add_option("--prefix", options->prefixes, "Serve only these UID prefixes (repeatable)")
      ->allow_extra_args(false)
      ->type_name("PREFIX");
  command->callback([&line, options] { line.run = [options] { return serve(*options); }; });
}

}  // namespace cam32100::bridge
