#pragma once

#include <functional>
#include <optional>

#include "protocol/peer/server.hpp"
#include "tests/sim/core/camera_under_test.hpp"
#include "tests/support/sim_network/sim_network.hpp"
#include "tests/unit/core/supervisor/support.hpp"

namespace cam32100::bridge::test {

inline const protocol::Address kServerAddress{{203, 0, 113, 5}, protocol::kServerPort};
inline const protocol::Address kCameraAddress{{192, 168, 1, 63}, 26101};
inline const protocol::Address kOurAddress{{192, 168, 1, 2}, 40000};

struct WorldOptions {
  CameraKind kind = CameraKind::emulated;
  CameraSetup camera{};
  sim::LinkConfig links{};
  bool lan = true;       // the camera hears LAN searches, and we make them
  bool address = false;  // we know the camera's address
  // The test cuts links, or puts hosts to sleep or elsewhere. Where it does not, and the links lose
  // and double nothing, the independent camera takes each missing or surplus answer for our fault.
  bool disturbs_network = false;
  // The test, or a retry, sends equal requests before the first was answered. Where nobody does,
  // the independent camera takes an equal one for a resend under a new index.
  bool repeats_requests = false;
  // The network loses so much, for so long, that a camera finds even a correct client mute or
  // hasty.
  bool network_explains_silence = false;
  bool server = false;  // there is a rendezvous server both know (emulated camera)
  std::function<void(SupervisorConfig&)> adjust{};
};

[[nodiscard]] inline WorldOptions disturbed(WorldOptions options) {
  options.disturbs_network = true;
  return options;
}
[[nodiscard]] inline WorldOptions repeating(WorldOptions options) {
  options.repeats_requests = true;
  return options;
}

// One supervisor, one camera, perhaps a server, in one simulated network.
class World {
 public:
  explicit World(WorldOptions options, std::uint64_t seed = 1);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();  // the independent camera's complaints fail the test

  void submit(Job job);
  JobId submit(mappings::CommandPlan plan,
               std::optional<std::chrono::milliseconds> timeout = std::nullopt);
  void drain();
  [[nodiscard]] bool run_until_connected(Duration limit = 10s) {
    return run_until(CameraSession::connected, limit);
  }
  [[nodiscard]] bool run_until(CameraSession session, Duration limit);
  [[nodiscard]] bool run_until_answered(JobId id, Duration limit = 20s);
  [[nodiscard]] CameraStatus status() const { return supervisor->status(); }
  [[nodiscard]] CameraSession session() const { return supervisor->status().session; }
  // Requests of one CGI that the camera executed.
  [[nodiscard]] std::size_t executed(const std::string& cgi) const;
  [[nodiscard]] bool was(CameraSession session) const;  // since history was last cleared
  void restart_server();  // a new process: it has forgotten every login
  // Another client takes a place of the emulated camera; nothing keeps it but its own traffic.
  void let_in_another_viewer();
  void let_the_other_viewer_go();

  sim::SimNetwork net;
  std::unique_ptr<CameraUnderTest> camera;
  std::unique_ptr<protocol::RendezvousServer> server;
  SupervisorConfig config;
  std::unique_ptr<CameraSupervisor> supervisor;
  std::unique_ptr<CameraSupervisor> other_viewer;
  sim::NodeId us{}, them{}, server_node{}, other{};
  Heard heard;
  std::vector<CameraStatus> history;  // whenever StatusChanged was told
  JobId next_id = 1;

 private:
  WorldOptions options_;
};

// --- plans
[[nodiscard]] mappings::PlanStep step_of(
    const std::string& cgi, std::vector<std::pair<std::string, std::string>> parameters,
    std::chrono::milliseconds pause_before = {});
[[nodiscard]] mappings::CommandPlan status_plan();
[[nodiscard]] mappings::CommandPlan snapshot_plan();
[[nodiscard]] mappings::CommandPlan brightness_plan(int value);  // a change
[[nodiscard]] mappings::CommandPlan move_plan(int command,
                                              std::chrono::milliseconds length);  // then its stop
[[nodiscard]] mappings::CommandPlan endless_move_plan(int command,
                                                      std::chrono::milliseconds dead_man);

}  // namespace cam32100::bridge::test
