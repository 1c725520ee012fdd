#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/direct_camera.hpp"
#include "bridge/io/interfaces.hpp"
#include "bridge/io/udp_driver.hpp"
#include "protocol/transport/lan_search.hpp"

namespace cam32100::bridge {

namespace {

int discover(const DirectOptions& options, bool json) {
  protocol::LanSearchConfig config;
  config.targets = spell_out_targets(options.targets);
  config.ciphers = ciphers_of(options);
  config.timeout = std::chrono::duration_cast<protocol::Duration>(
      std::chrono::duration<double>(options.timeout_s));
  boost::asio::io_context io{1};
  protocol::LanSearch search{protocol::Clock::now(), std::move(config)};
  std::size_t found_count = 0;
  const auto driver =
      std::make_shared<UdpDriver>(io, make_datagram_batch(), search, UdpDriver::Options{}, [&] {
        while (const auto found = search.take_found()) {
          ++found_count;
          if (json) {
            const nlohmann::ordered_json out{{"uid", found->uid.text()},
                                             {"address", found->address.text()},
                                             {"psk", found->cipher_name},
                                             {"supported", !found->json_dialect_hint}};
            std::printf("%s\n", out.dump().c_str());
          } else {
            std::printf("%-22s %-22s %s%s\n", found->uid.text().c_str(),
                        found->address.text().c_str(), found->cipher_name.c_str(),
                        found->json_dialect_hint ? "  (dialect not supported yet)" : "");
          }
          std::fflush(stdout);
        }
        if (search.finished()) io.stop();
      });
  driver->start();
  io.run();
  driver->stop();
  if (found_count != 0) return kExitOk;
  std::fputs("cam32100: no camera answered; same network? camera on? VLANs need --target ADDRESS\n",
             stderr);
  return kExitTimedOut;
}

}  // namespace

void add_discover(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("discover", "Search the LAN for cameras");
  auto options = std::make_shared<DirectOptions>();
  auto json = std::make_shared<bool>(false);
  options->timeout_s = 3;
  options->targets = {"broadcast"};
  command->add_option("--target", options->targets, "broadcast, or an address (repeatable)")
      ->allow_extra_args(false)
      ->type_name("ADDRESS")
      ->check(fault_of_target);
  add_psk_option(*command, options->psk);
  command->add_option("--timeout", options->timeout_s, "Seconds to search")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 3600.0));
  command->add_flag("--json", *json, "One JSON line per camera");
  command->callback(
      [&line, options, json] { line.run = [options, json] { return discover(*options, *json); }; });
}

}  // namespace cam32100::bridge
