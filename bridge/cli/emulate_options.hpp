#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/peer/camera.hpp"
#include "protocol/peer/nat_router.hpp"
#include "protocol/peer/rough_network.hpp"

namespace CLI {
class App;
}

namespace cam32100::bridge {

// The command line of `emulate`, as typed.
struct EmulateOptions {
  std::vector<std::string> uids;
  std::string prefix;
  std::size_t count = 1;
  std::string bind = "0.0.0.0";
  std::uint16_t port = protocol::kLanPort;

  std::vector<std::string> servers;
  std::string crc_key, dsk;
  double login_interval_s = 10;
  bool no_relay = false, relay_ready = false, no_lan_search = false, no_punch = false;

  double loss = 0, duplicate = 0, reorder = 0;  // percent
  unsigned delay_ms = 0, jitter_ms = 0;
  std::optional<std::uint64_t> seed;
  std::string nat;

  std::string user = "admin", password = "888888", psk = "plain", pictures, marker;
  std::string refusal = "silent", script;
  std::vector<std::string> nonsense, refuses;
  std::size_t max_sessions = 1;
  std::size_t window = protocol::ChannelConfig{}.window;
  unsigned stream_fps = 15;  // 0: as fast as the window lets
  std::string dialect = "cgi";
  bool variant_b = false, strict = false, control = false;
};
void add_emulate_options(CLI::App& command, EmulateOptions& options);

// What is wrong with the command line or a file it names.
struct EmulateFault {
  std::string what;
};

// One camera to be: what it is, where, and how bad its network.
struct CameraPlan {
  protocol::CameraConfig config;
  protocol::Address bind;
  protocol::RoughConfig rough;
  std::optional<protocol::NatKind> nat;
  std::uint64_t seed = 0;
};
// Every camera that was asked for, without its servers. `seed` is that of the first; each further
// one has the next. Throws EmulateFault; std::runtime_error where pictures cannot be read.
[[nodiscard]] std::vector<CameraPlan> plan_cameras(const EmulateOptions& options,
                                                   std::uint64_t seed);

}  // namespace cam32100::bridge
