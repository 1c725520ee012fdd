#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "bridge/cli/help_pages.hpp"
#include "bridge/cli/rendezvous_process.hpp"

namespace cam32100::bridge {

// The command line of `cam32100 server`, as it was given.
struct ServerOptions {
  std::string bind = "0.0.0.0", psk = "plain", crc_key, crc_key_file, relay, relay_ports, http,
              http_token_file, dsk_file;
  std::uint16_t port = protocol::kServerPort, second_port = 0;
  unsigned expiry_s = 60, status_s = 0;
  std::vector<std::string> prefixes, allowed, other_relays;
  protocol::SourceLimits sources;
  protocol::RelayLimits relays;
  std::size_t max_devices = 10'000;
  unsigned relay_idle_s = 30;
  bool require_dsk = false, relay_for_others = false, json = false;
};

// What is wrong with the command line or a file it names; no key is in it.
struct ServerFault {
  std::string what;
};

void add_server_options(CLI::App& command, HelpPages& pages, ServerOptions& options);

// What the process needs, files read. Throws ServerFault.
[[nodiscard]] RendezvousOptions process_options(const ServerOptions& options);

}  // namespace cam32100::bridge
