#include "tests/sim/core/camera_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace cam32100::bridge::test {

namespace {
const protocol::Address kOtherAddress{{192, 168, 1, 3}, 41000};
const protocol::Address kBroadcast{{255, 255, 255, 255}, protocol::kLanPort};
// What partitions, and bursts of P2P_RDY that a jittery network tears apart, look like to the
// camera.
bool is_about_silence(const std::string& complaint) {
  for (const char* sign :
       {"ALIVEs in a row were not answered", "was never acknowledged", "ALIVE again and again"}) {
    if (complaint.find(sign) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

World::World(WorldOptions options, std::uint64_t seed)
    : net{seed, options.links}, options_{std::move(options)} {
  net.decode_trace_with(protocol::Cipher{options_.camera.psk});
  if (options_.server) {
    options_.camera.servers = {{kServerAddress, {}}};
    server = std::make_unique<protocol::RendezvousServer>(net.now(), protocol::ServerConfig{});
    server_node = net.attach(*server, kServerAddress);
  }
  const bool perfect = options_.links.loss == 0 && options_.links.duplicate == 0;
  options_.camera.network_is_perfect = perfect && !options_.disturbs_network;
  options_.camera.flags_repeated_requests = !options_.repeats_requests;
  camera = make_camera(options_.kind, net.now(), test_uid(), options_.camera, seed);
  them = net.attach(camera->endpoint(), kCameraAddress);
  net.listen_lan(them);
  config.uid = test_uid();
  config.credentials = {"admin", "888888"};
  if (!options_.camera.psk.empty()) {
    config.ciphers = {{"plain", protocol::Cipher{}},
                      {"configured", protocol::Cipher{options_.camera.psk}}};
  }
  if (options_.lan) config.lan_targets = {kBroadcast};
  if (options_.address) config.address = protocol::Address{kCameraAddress.ip, protocol::kLanPort};
  if (options_.server) config.servers = {{kServerAddress, {}}};
  if (options_.adjust) options_.adjust(config);
  // The camera has had time to log in.
  net.run_for(1s);
  supervisor = std::make_unique<CameraSupervisor>(net.now(), config, seed);
  us = net.attach(*supervisor, kOurAddress, [this](TimePoint) { drain(); });
  drain();
}

World::~World() {
  for (const std::string& complaint : camera->violations()) {
    if (options_.network_explains_silence && is_about_silence(complaint)) continue;
    ADD_FAILURE() << "the camera complains: " << complaint;
  }
}

void World::drain() {
  const int before = heard.status_notes;
  heard.take_from(*supervisor);
  if (heard.status_notes != before) history.push_back(supervisor->status());
}

void World::submit(Job job) {
  supervisor->submit(net.now(us), std::move(job));
  drain();
  net.pump(us);
}

JobId World::submit(mappings::CommandPlan plan, std::optional<std::chrono::milliseconds> timeout) {
  const JobId id = next_id++;
  submit({id, timeout, CgiJob{std::move(plan)}});
  return id;
}

bool World::run_until(CameraSession wanted, Duration limit) {
  return net.run_until([&] { return session() == wanted; }, limit);
}

bool World::run_until_answered(JobId id, Duration limit) {
  return net.run_until([&] { return heard.answers.contains(id); }, limit);
}

std::size_t World::executed(const std::string& cgi) const {
  const auto all = camera->requests();
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(),
      [&cgi](const std::string& text) { return text.find("/" + cgi) != std::string::npos; }));
}

bool World::was(CameraSession wanted) const {
  return std::any_of(history.begin(), history.end(),
                     [wanted](const CameraStatus& status) { return status.session == wanted; });
}

void World::restart_server() {
  net.detach(server_node);
  server = std::make_unique<protocol::RendezvousServer>(net.now(), protocol::ServerConfig{});
  server_node = net.attach(*server, kServerAddress);
}

void World::let_in_another_viewer() {
  SupervisorConfig same = config;
  same.on_demand = false;
  other_viewer = std::make_unique<CameraSupervisor>(net.now(), same, 99);
  other = net.attach(*other_viewer, kOtherAddress, [this](TimePoint) {
    while (other_viewer->take_event()) {
    }
  });
}

void World::let_the_other_viewer_go() {
  other_viewer->shut_down(net.now(other));
  net.pump(other);
}

mappings::PlanStep step_of(const std::string& cgi,
                           std::vector<std::pair<std::string, std::string>> parameters,
                           std::chrono::milliseconds pause_before) {
  mappings::PlanStep step;
  step.request.cgi = cgi;
  step.request.parameters = std::move(parameters);
  step.pause_before = pause_before;
  return step;
}

mappings::CommandPlan status_plan() { return plan_of(mappings::PlanKind::read, "get_status.cgi"); }
mappings::CommandPlan snapshot_plan() {
  return plan_of(mappings::PlanKind::snapshot, "snapshot.cgi");
}

mappings::CommandPlan brightness_plan(int value) {
  mappings::CommandPlan plan;
  plan.kind = mappings::PlanKind::change;
  plan.steps = {step_of("camera_control.cgi", {{"param", "1"}, {"value", std::to_string(value)}})};
  return plan;
}

mappings::CommandPlan move_plan(int command, std::chrono::milliseconds length) {
  mappings::CommandPlan plan;
  plan.kind = mappings::PlanKind::ptz;
  plan.steps = {
      step_of("decoder_control.cgi", {{"command", std::to_string(command)}, {"onestep", "0"}}),
      step_of("decoder_control.cgi", {{"command", std::to_string(command + 1)}, {"onestep", "0"}},
              length)};
  return plan;
}

mappings::CommandPlan endless_move_plan(int command, std::chrono::milliseconds dead_man) {
  mappings::CommandPlan plan = move_plan(command, dead_man);
  plan.dead_man = plan.steps.back();
  plan.steps.pop_back();
  return plan;
}

}  // namespace cam32100::bridge::test
