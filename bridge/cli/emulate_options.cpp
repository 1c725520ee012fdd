#include "bridge/cli/emulate_options.hpp"

#include <CLI/CLI.hpp>

#include "bridge/cli/direct_camera.hpp"
#include "bridge/cli/help_pages.hpp"

namespace cam32100::bridge {

namespace {

constexpr std::size_t kMostCameras = 10'000;
constexpr unsigned kLongestDelayMs = 60'000;
constexpr std::size_t kLargestWindow = 4096;  // of a Channel
constexpr unsigned kMostFps = 120;

constexpr const char* kWhoAndWhere = "Cameras";
constexpr const char* kServers = "Servers, relays, search";
constexpr const char* kNetwork = "Network, to and from the camera";
constexpr const char* kBehaviour = "Behaviour";

void add_cameras(CLI::App& command, HelpPages& pages, EmulateOptions& options) {
  pages.everyday(kWhoAndWhere, command.add_option("--uid", options.uids, "Its UID (repeatable)"))
      ->allow_extra_args(false)
      ->type_name("UID");
  pages
      .everyday(kWhoAndWhere,
                command.add_option("--prefix", options.prefix, "Instead: made-up UIDs, as VSTC"))
      ->type_name("PREFIX");
  pages
      .everyday(kWhoAndWhere,
                command.add_option("--count", options.count, "So many: the serial counts up"))
      ->check(CLI::Range(std::size_t{1}, kMostCameras).description(""))
      ->type_name("N")
      ->capture_default_str();
  pages.everyday(kWhoAndWhere, command.add_option("--bind", options.bind, "Address to listen on"))
      ->capture_default_str()
      ->type_name("ADDRESS");
  pages
      .everyday(kWhoAndWhere, command.add_option("--port", options.port,
                                                 "UDP port of the first; 0 = any free one each"))
      ->capture_default_str()
      ->type_name("PORT");
}

void add_servers(CLI::App& command, HelpPages& pages, EmulateOptions& options) {
  pages
      .everyday(kServers, command.add_option("--server", options.servers,
                                             "To log in to; or an init string (repeatable)"))
      ->allow_extra_args(false)
      ->type_name("HOST[:PORT]")
      ->check(fault_of_server);
  pages.rare(kServers, command.add_option("--crc-key", options.crc_key, "Logs in by DEV_LGN_CRC"))
      ->type_name("TEXT");
  pages
      .rare(kServers,
            command.add_option("--dsk", options.dsk, "... by DEV_LGN_DSK, with this device key"))
      ->type_name("KEY");
  pages
      .rare(kServers, command.add_option("--login-interval", options.login_interval_s,
                                         "Seconds from one to the next"))
      ->check(CLI::Range(0.1, 3600.0).description(""))
      ->type_name("S")
      ->capture_default_str();
  pages.rare(kServers, command.add_flag("--no-relay", options.no_relay,
                                        "Goes to no relay that a server names"));
  pages.rare(kServers, command.add_flag("--relay-ready", options.relay_ready,
                                        "Says P2P_RDY through a relay, too"));
  pages.rare(kServers, command.add_flag("--no-punch", options.no_punch,
                                        "Goes to meet no client that a server names"));
  pages.rare(kServers,
             command.add_flag("--no-lan-search", options.no_lan_search, "Answers no LAN search"));
}

void add_network(CLI::App& command, HelpPages& pages, EmulateOptions& options) {
  const auto percent = CLI::Range(0.0, 100.0).description("");
  const auto delay = CLI::Range(0U, kLongestDelayMs).description("");
  pages.everyday(kNetwork, command.add_option("--loss", options.loss, "Percent lost, each way"))
      ->check(percent)
      ->type_name("PERCENT");
  pages.rare(kNetwork, command.add_option("--duplicate", options.duplicate, "Percent come twice"))
      ->check(percent)
      ->type_name("PERCENT");
  pages
      .rare(kNetwork,
            command.add_option("--reorder", options.reorder, "Percent come 30 ms late: overtaken"))
      ->check(percent)
      ->type_name("PERCENT");
  pages.everyday(kNetwork, command.add_option("--delay", options.delay_ms, "Delay, each way"))
      ->check(delay)
      ->type_name("MS");
  pages
      .rare(kNetwork, command.add_option("--jitter", options.jitter_ms, "0 to MS are added to it"))
      ->check(delay)
      ->type_name("MS");
  pages
      .rare(kNetwork,
            command.add_option("--nat", options.nat, "Behind a router: full_cone, restricted, ..."))
      ->check(CLI::IsMember({"full_cone", "restricted", "port_restricted", "symmetric"})
                  .description(""))
      ->type_name("KIND");
  pages.rare(kNetwork, command.add_option("--seed", options.seed, "Of all that is random"))
      ->type_name("N");
}

void add_access(CLI::App& command, HelpPages& pages, EmulateOptions& options) {
  pages.everyday(kBehaviour, command.add_option("--user", options.user, "User name it wants"))
      ->capture_default_str();
  pages
      .everyday(kBehaviour, command.add_option("--password", options.password, "Password it wants"))
      ->capture_default_str();
  pages.everyday(kBehaviour, add_psk_option(command, options.psk, "plain, auto, text"));
  pages
      .rare(kBehaviour,
            command.add_option("--max-sessions", options.max_sessions, "Viewers it takes at once"))
      ->capture_default_str()
      ->type_name("N");
  pages
      .rare(kBehaviour, command.add_option("--refusal", options.refusal,
                                           "How it refuses one more: silent, close, full_users"))
      ->check(CLI::IsMember({"silent", "close", "full_users"}).description(""))
      ->type_name("HOW")
      ->capture_default_str();
}

void add_video(CLI::App& command, HelpPages& pages, EmulateOptions& options) {
  pages
      .rare(kBehaviour, command.add_option("--stream-fps", options.stream_fps,
                                           "Frames a second; 0 = as fast as the window lets"))
      ->check(CLI::Range(0U, kMostFps).description(""))
      ->type_name("N")
      ->capture_default_str();
  pages
      .rare(kBehaviour, command.add_option("--window", options.window,
                                           "Packets in flight of one channel, 1 to 4096"))
      ->check(CLI::Range(std::size_t{1}, kLargestWindow).description(""))
      ->type_name("N")
      ->capture_default_str();
}

void add_behaviour(CLI::App& command, HelpPages& pages, EmulateOptions& options) {
  pages
      .everyday(kBehaviour, command.add_option("--pictures", options.pictures,
                                               "Directory of *.jpg to show instead of its own"))
      ->type_name("DIR");
  pages
      .rare(kBehaviour,
            command.add_option("--marker", options.marker, "Text put into every secret it tells"))
      ->type_name("TEXT");
  pages
      .rare(kBehaviour, command.add_option("--nonsense", options.nonsense,
                                           "A CGI it answers with nonsense (repeatable)"))
      ->allow_extra_args(false)
      ->type_name("CGI");
  pages
      .rare(kBehaviour, command.add_option("--refuse", options.refuses,
                                           "A CGI it answers with result=-1 (repeatable)"))
      ->allow_extra_args(false)
      ->type_name("CGI");
  pages
      .rare(kBehaviour, command.add_option("--dialect", options.dialect,
                                           "cgi, or json: found, but answers no CGI call"))
      ->check(CLI::IsMember({"cgi", "json"}).description(""))
      ->type_name("DIALECT")
      ->capture_default_str();
  pages.rare(kBehaviour, command.add_flag("--variant-b", options.variant_b,
                                          "Wants P2P_RDY from the client first (iLnk family)"));
  pages.everyday(kBehaviour, command.add_flag("--strict", options.strict,
                                              "Serves no client that breaks a rule"));
  pages
      .everyday(kBehaviour,
                command.add_option("--script", options.script, "What happens when, as JSON"))
      ->type_name("FILE");
  pages.everyday(kBehaviour, command.add_flag("--control", options.control,
                                              "Read lines: alarm N, power_cycle, requests, quit"));
}

}  // namespace

void add_emulate_options(CLI::App& command, EmulateOptions& options) {
  HelpPages pages{command};
  add_cameras(command, pages, options);
  add_servers(command, pages, options);
  add_network(command, pages, options);
  add_access(command, pages, options);
  add_video(command, pages, options);
  add_behaviour(command, pages, options);
}

}  // namespace cam32100::bridge
