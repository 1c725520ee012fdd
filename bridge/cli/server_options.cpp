#include "bridge/cli/server_options.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <tuple>

#include "bridge/cli/direct_camera.hpp"
#include "bridge/core/config_checks.hpp"

namespace cam32100::bridge {

namespace {

using protocol::Address;

Address address_of(const std::string& option, const std::string& text, std::uint16_t port) {
  const auto address = Address::parse(text, port);
  if (!address) throw ServerFault{option + " " + text + ": wanted a.b.c.d or a.b.c.d:port"};
  return *address;
}

std::pair<std::uint16_t, std::uint16_t> ports_of(const std::string& text) {
  if (text.empty()) return {0, 0};
  unsigned low = 0;
  unsigned high = 0;
  char end = 0;
  const int read = std::sscanf(text.c_str(), "%5u-%5u%c", &low, &high, &end);
  if (read != 2 || low == 0 || high > 65535 || low > high)
    throw ServerFault{"--relay-ports " + text + ": wanted LOW-HIGH, as 32200-32263"};
  return {static_cast<std::uint16_t>(low), static_cast<std::uint16_t>(high)};
}

protocol::Uid uid_of(const std::string& where, const std::string& text) {
  const auto uid = protocol::Uid::parse(text);
  if (!uid) throw ServerFault{where + ": " + uid.error().message()};
  return *uid;
}

// Lines "UID DSK"; blank ones and those that begin with # do not count. No key is ever shown.
std::map<protocol::Uid, protocol::Dsk> read_dsks(const std::string& file) {
  std::map<protocol::Uid, protocol::Dsk> out;
  if (file.empty()) return out;
  std::ifstream in{file};
  if (!in) throw ServerFault{"--dsk-file " + file + ": cannot be read"};
  std::string line;
  for (unsigned number = 1; std::getline(in, line); ++number) {
    std::istringstream words{line};
    std::string uid;
    std::string key;
    std::string more;
    if (!(words >> uid) || uid.front() == '#') continue;
    const std::string where = file + ":" + std::to_string(number);
    words >> key;
    const auto dsk = protocol::to_dsk(key);
    if (!dsk || words >> more)
      throw ServerFault{where + ": wanted UID DSK, the DSK of 1 to 20 characters"};
    out[uid_of(where, uid)] = *dsk;
  }
  return out;
}

std::string first_line_of(const std::string& option, const std::string& file) {
  if (file.empty()) return {};
  std::ifstream in{file};
  std::string line;
  if (!std::getline(in, line) || line.empty())
    throw ServerFault{option + " " + file + ": cannot be read, or its first line is empty"};
  return line;
}

// In capitals, as ids have it.
std::string prefix_of(const std::string& option, std::string text) {
  if (const auto fault = check_uid_prefix(text)) throw ServerFault{option + ": " + *fault};
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

// --allow takes whole ids and prefixes alike.
void add_allowed(const std::vector<std::string>& given, protocol::ServerConfig& config) {
  for (const auto& each : given) {
    if (const auto uid = protocol::Uid::parse(each)) {
      config.allowed.push_back(*uid);
    } else if (each.find('-') != std::string::npos) {
      throw ServerFault{"--allow " + each + ": " + uid.error().message()};
    } else {
      config.served_prefixes.push_back(prefix_of("--allow", each));
    }
  }
}

void check_http(const std::string& listen, const std::string& token) {
  if (listen.empty() || listen.starts_with("127.") || !token.empty()) return;
  throw ServerFault{"--http " + listen +
                    ": others can reach it; give --http-token-file, or listen on 127.0.0.1"};
}

constexpr int kLongest = 86'400;  // seconds
constexpr int kMostBytes = 1'000'000'000;
constexpr const char* kServing = "Serving";
constexpr const char* kAccess = "Who is served";
constexpr const char* kRelaying = "Relaying";
constexpr const char* kReports = "Reports";

void add_relay_options(CLI::App& command, HelpPages& pages, ServerOptions& options) {
  pages
      .everyday(kRelaying, command.add_option("--relay", options.relay,
                                              "Relay sessions, too; where clients reach this host"))
      ->type_name("ADDRESS");
  pages
      .everyday(kRelaying, command.add_option("--relay-ports", options.relay_ports,
                                              "For relayed sessions, one port each"))
      ->type_name("LOW-HIGH");
  pages
      .rare(kRelaying, command.add_option("--relay-sessions", options.relays.max_sessions,
                                          "Relayed sessions at once"))
      ->check(CLI::Range(1, 65'535))
      ->capture_default_str();
  pages
      .rare(kRelaying, command.add_option("--relay-each", options.relays.max_of_one,
                                          "Of these, sessions of one client's address"))
      ->check(CLI::Range(1, 65'535))
      ->capture_default_str();
  pages.rare(kRelaying, command.add_flag("--relay-for-others", options.relay_for_others,
                                         "Relay what other servers arrange, too"));
  pages
      .rare(kRelaying, command.add_option("--relay-rate", options.relays.session_bytes_per_s,
                                          "Bytes a second of one relayed session"))
      ->check(CLI::Range(1'000, kMostBytes))
      ->capture_default_str();
  pages
      .rare(kRelaying, command.add_option("--relay-total-rate", options.relays.total_bytes_per_s,
                                          "Bytes a second of all of them"))
      ->check(CLI::Range(1'000, kMostBytes))
      ->capture_default_str();
  pages
      .rare(kRelaying, command.add_option("--relay-idle", options.relay_idle_s,
                                          "Seconds of silence that end one"))
      ->check(CLI::Range(5, kLongest))
      ->capture_default_str();
  pages
      .rare(kRelaying, command.add_option("--other-relay", options.other_relays,
                                          "A relay to tell of (repeatable)"))
      ->allow_extra_args(false)
      ->type_name("ADDRESS[:PORT]");
}

void add_access_options(CLI::App& command, HelpPages& pages, ServerOptions& options) {
  pages
      .everyday(kAccess, command.add_option("--allow", options.allowed,
                                            "Serve only these UIDs or prefixes (repeatable)"))
      ->allow_extra_args(false)
      ->type_name("UID|PREFIX");
  pages
      .rare(kAccess, command.add_option("--prefix", options.prefixes,
                                        "Serve only these UID prefixes (repeatable)"))
      ->allow_extra_args(false)
      ->type_name("PREFIX");
  pages
      .everyday(kAccess, command.add_option("--dsk-file", options.dsk_file,
                                            "Lines \"UID DSK\": who must show which key"))
      ->type_name("FILE");
  pages.everyday(kAccess, command.add_flag("--require-dsk", options.require_dsk,
                                           "No device without a device key"));
  pages.rare(kAccess, command.add_option("--max-devices", options.max_devices, "Devices at once"))
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  pages
      .rare(kAccess, command.add_option("--devices-each", options.sources.devices,
                                        "Devices at once of one public address"))
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  pages
      .rare(kAccess, command.add_option("--new-device-rate", options.sources.new_devices_per_min,
                                        "New devices a minute of one public address"))
      ->check(CLI::Range(0.01, 1e9))
      ->capture_default_str();
  pages
      .rare(kAccess, command.add_option("--lookup-rate", options.sources.lookups_per_s,
                                        "Questions a second of one address"))
      ->check(CLI::Range(0.01, 1e9))
      ->capture_default_str();
  pages
      .rare(kAccess, command.add_option("--unknown-rate", options.sources.unknown_per_min,
                                        "Look-ups of unknown ids a minute of one address"))
      ->check(CLI::Range(0.01, 1e9))
      ->capture_default_str();
  pages.rare(kAccess, command.add_flag("--distrust-private{false}", options.sources.trust_private,
                                       "Private addresses prove themselves, too"));
}

void add_serving_options(CLI::App& command, HelpPages& pages, ServerOptions& options) {
  pages.everyday(kServing, command.add_option("--bind", options.bind, "Address to listen on"))
      ->capture_default_str()
      ->type_name("ADDRESS");
  pages
      .everyday(kServing, command.add_option("--port", options.port, "UDP port; 0 = any free one"))
      ->capture_default_str();
  pages.everyday(kServing, command.add_option("--second-port", options.second_port,
                                              "A second one, so that NAT types can be told apart"));
  pages.everyday(kServing, add_psk_option(command, options.psk, "plain (always), text"));
  auto* key = pages.rare(kServing, command.add_option("--crc-key", options.crc_key,
                                                      "Key of DEV_LGN_CRC and DEV_LGN_DSK logins"));
  key->type_name("TEXT");
  pages
      .everyday(kServing, command.add_option("--crc-key-file", options.crc_key_file,
                                             "File of the key of CRC and DSK logins"))
      ->excludes(key)
      ->type_name("FILE");
  pages
      .everyday(kServing, command.add_option("--expiry", options.expiry_s,
                                             "Seconds without a login: offline"))
      ->check(CLI::Range(10, kLongest))
      ->capture_default_str();
}

void add_report_options(CLI::App& command, HelpPages& pages, ServerOptions& options) {
  pages
      .everyday(kReports,
                command.add_option("--http", options.http, "Address of /metrics and /status"))
      ->type_name("ADDRESS:PORT");
  pages
      .everyday(kReports, command.add_option("--http-token-file", options.http_token_file,
                                             "File of the token they want"))
      ->type_name("FILE");
  pages
      .rare(kReports, command.add_option("--status", options.status_s,
                                         "Print the status every so many seconds"))
      ->check(CLI::Range(0, kLongest));
  pages.everyday(kReports, command.add_flag("--json", options.json, "Print JSON lines"));
}

}  // namespace

RendezvousOptions process_options(const ServerOptions& options) {
  RendezvousOptions out;
  out.bind = address_of("--bind", options.bind, options.port);
  if (options.second_port != 0) {
    out.second_bind = out.bind;
    out.second_bind->port = options.second_port;
  }
  std::tie(out.first_relay_port, out.last_relay_port) = ports_of(options.relay_ports);
  out.http = options.http;
  out.http_token = first_line_of("--http-token-file", options.http_token_file);
  check_http(out.http, out.http_token);
  auto& server = out.server;
  server.psk = options.psk == "plain" ? "" : options.psk;
  server.crc_key = options.crc_key_file.empty()
                       ? options.crc_key
                       : first_line_of("--crc-key-file", options.crc_key_file);
  server.login_expiry = std::chrono::seconds{options.expiry_s};
  server.max_devices = options.max_devices;
  for (const auto& each : options.prefixes)
    server.served_prefixes.push_back(prefix_of("--prefix", each));
  add_allowed(options.allowed, server);
  server.dsks = read_dsks(options.dsk_file);
  if (server.crc_key.empty() && (!server.dsks.empty() || options.require_dsk))
    throw ServerFault{
        "--dsk-file and --require-dsk: devices show their key in logins under a CRC key, "
        "give that --crc-key-file as well"};
  server.require_dsk = options.require_dsk;
  server.sources = options.sources;
  if (std::isnan(server.sources.lookups_per_s)) throw ServerFault{"--lookup-rate: wanted a number"};
  if (std::isnan(server.sources.new_devices_per_min))
    throw ServerFault{"--new-device-rate: wanted a number"};
  if (std::isnan(server.sources.unknown_per_min))
    throw ServerFault{"--unknown-rate: wanted a number"};
  if (options.relay.empty() && (!options.relay_ports.empty() || options.relay_for_others))
    throw ServerFault{"--relay-ports and --relay-for-others: without --relay nothing is relayed"};
  if (!options.relay.empty())
    server.relay_address = address_of("--relay", options.relay, options.port);
  for (const auto& other : options.other_relays)
    server.other_relays.push_back(address_of("--other-relay", other, protocol::kServerPort));
  server.relay_for_others = options.relay_for_others;
  server.relay = options.relays;
  server.relay.idle_time = std::chrono::seconds{options.relay_idle_s};
  return out;
}

void add_server_options(CLI::App& command, HelpPages& pages, ServerOptions& options) {
  add_serving_options(command, pages, options);
  add_access_options(command, pages, options);
  add_relay_options(command, pages, options);
  add_report_options(command, pages, options);
}

}  // namespace cam32100::bridge
