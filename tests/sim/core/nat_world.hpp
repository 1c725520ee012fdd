#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "protocol/peer/camera.hpp"
#include "protocol/peer/server.hpp"
#include "tests/sim/core/camera_world.hpp"
#include "tests/support/sim_network/sim_network.hpp"
#include "tests/unit/core/supervisor/support.hpp"

namespace cam32100::bridge::test {

struct NatWorldOptions {
  std::optional<sim::NatConfig> ours{}, theirs{};  // none: in the world, without a router
  bool one_router = false;                         // both behind ours
  bool lan = false;                                // we search the LAN, the camera hears it
  sim::LinkConfig links{};
  bool relay = true;  // the server is one
  std::function<void(protocol::CameraConfig&)> camera{};
  std::function<void(protocol::ServerConfig&)> server{};
  std::function<void(SupervisorConfig&)> adjust{};
};

// A supervisor and an emulated camera, each perhaps behind a router, and a server with its relay in
// the world between them.
class NatWorld {
 public:
  explicit NatWorld(NatWorldOptions options, std::uint64_t seed = 1);
  NatWorld(const NatWorld&) = delete;
  NatWorld& operator=(const NatWorld&) = delete;

  [[nodiscard]] bool run_until_connected(Duration limit = 20s);
  [[nodiscard]] CameraStatus status() const { return supervisor->status(); }
  JobId submit(Job job);
  JobId submit(mappings::CommandPlan plan,
               std::optional<std::chrono::milliseconds> timeout = std::nullopt);
  [[nodiscard]] bool run_until_answered(JobId id, Duration limit = 30s);
  [[nodiscard]] std::size_t executed(const std::string& cgi) const;
  void kill_relay_sessions();  // without a word: their sockets are gone
  void restart_server();       // a new process: neither logins nor relayed sessions

  sim::SimNetwork net;
  std::unique_ptr<protocol::RendezvousServer> server;
  std::unique_ptr<protocol::EmulatedCamera> camera;
  std::unique_ptr<CameraSupervisor> supervisor;
  std::optional<sim::RouterId> our_router, their_router;
  sim::NodeId us{}, them{}, server_node{};
  SupervisorConfig config;
  Heard heard;
  std::vector<CameraStatus> history;
  JobId next_id = 1;

 private:
  using PortId = protocol::RendezvousServer::PortId;
  void start_server();
  void look_after_relays();
  [[nodiscard]] std::uint16_t free_relay_port() const;
  void drain();

  NatWorldOptions options_;
  std::map<PortId, sim::NodeId> relays_;
};

}  // namespace cam32100::bridge::test
