#include "tests/sim/core/nat_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace cam32100::bridge::test {

namespace {

using protocol::Address;

const Address kWorldServer{{203, 0, 113, 5}, protocol::kServerPort};
constexpr std::array<std::uint8_t, 4> kOurRouter{198, 51, 100, 1};
constexpr std::array<std::uint8_t, 4> kTheirRouter{198, 51, 100, 2};
const Address kUsInside{{192, 168, 1, 2}, 40000};
const Address kUsOutside{{198, 51, 100, 50}, 40000};
const Address kCameraInside{{192, 168, 7, 63}, 26101};
const Address kCameraBesideUs{{192, 168, 1, 63}, 26101};
const Address kCameraOutside{{198, 51, 100, 60}, 26101};
const Address kWholeLan{{255, 255, 255, 255}, protocol::kLanPort};

}  // namespace

NatWorld::NatWorld(NatWorldOptions options, std::uint64_t seed)
    : net{seed, options.links}, options_{std::move(options)} {
  if (options_.ours) our_router = net.add_router(kOurRouter, *options_.ours);
  if (options_.theirs) their_router = net.add_router(kTheirRouter, *options_.theirs);
  if (options_.one_router) their_router = our_router;
  start_server();

  const Address camera_at = options_.one_router ? kCameraBesideUs
                            : their_router      ? kCameraInside
                                                : kCameraOutside;
  protocol::CameraConfig made;
  made.uid = test_uid();
  made.servers = {{kWorldServer, {}}};
  made.lan_address = {camera_at, 2};
  made.pictures = {make_picture(60'000)};
  made.max_sessions = 4;
  if (options_.camera) options_.camera(made);
  camera = std::make_unique<protocol::EmulatedCamera>(net.now(), std::move(made), seed);
  them = net.attach(*camera, camera_at);
  if (their_router) net.put_behind(them, *their_router);
  if (options_.lan) net.listen_lan(them);
  const bool logged_in = net.run_until([&] { return camera->snapshot().logged_in; }, 1min);
  EXPECT_TRUE(logged_in);

  const Address we_are_at = our_router ? kUsInside : kUsOutside;
  config.uid = test_uid();
  config.credentials = {"admin", "888888"};
  config.ciphers = {{"plain", {}}};
  config.servers = {{kWorldServer, {}}};
  config.own = {{{we_are_at.ip, 0}, 2}, {{we_are_at.ip}}};  // the port is the socket's
  if (options_.lan) config.lan_targets = {kWholeLan};
  if (options_.adjust) options_.adjust(config);
  supervisor = std::make_unique<CameraSupervisor>(net.now(), config, seed);
  us = net.attach(*supervisor, we_are_at, [this](TimePoint) { drain(); });
  if (our_router) net.put_behind(us, *our_router);
  drain();
}

void NatWorld::start_server() {
  protocol::ServerConfig made;
  if (options_.relay) made.relay_address = kWorldServer;
  made.sources.lookups_per_s = 100;
  if (options_.server) options_.server(made);
  server = std::make_unique<protocol::RendezvousServer>(net.now(), std::move(made));
  server_node = net.attach(*server, kWorldServer, [this](TimePoint) { look_after_relays(); });
}

void NatWorld::look_after_relays() {
  while (const auto id = server->take_wanted_port()) {
    const Address at{kWorldServer.ip, free_relay_port()};
    relays_[*id] = net.attach(server->relay_port(*id), at, [this, id = *id](TimePoint now) {
      (void)server->port_progressed(now, id);
    });
    server->port_opened(net.now(), *id, at.port);
  }
  while (const auto id = server->take_ended_port()) {
    net.detach(relays_.at(*id));
    relays_.erase(*id);
    server->forget_port(*id);
  }
}

// The lowest, as a server with a range of ports would: one that was used is soon used again.
std::uint16_t NatWorld::free_relay_port() const {
  std::uint16_t port = 33000;
  const auto is_used = [&](const auto& each) { return net.address(each.second).port == port; };
  while (std::any_of(relays_.begin(), relays_.end(), is_used)) ++port;
  return port;
}

void NatWorld::kill_relay_sessions() {
  for (const auto& [id, node] : relays_) {
    net.detach(node);
    server->forget_port(id);
  }
  relays_.clear();
}

void NatWorld::restart_server() {
  for (const auto& [id, node] : relays_) net.detach(node);
  relays_.clear();
  net.detach(server_node);
  start_server();
}

void NatWorld::drain() {
  const int before = heard.status_notes;
  heard.take_from(*supervisor);
  if (heard.status_notes != before) history.push_back(supervisor->status());
}

bool NatWorld::run_until_connected(Duration limit) {
  return net.run_until([&] { return status().session == CameraSession::connected; }, limit);
}

JobId NatWorld::submit(Job job) {
  const JobId id = job.id = next_id++;
  supervisor->submit(net.now(us), std::move(job));
  drain();
  net.pump(us);
  return id;
}

JobId NatWorld::submit(mappings::CommandPlan plan,
                       std::optional<std::chrono::milliseconds> timeout) {
  return submit({0, timeout, CgiJob{std::move(plan)}});
}

bool NatWorld::run_until_answered(JobId id, Duration limit) {
  return net.run_until([&] { return heard.answers.contains(id); }, limit);
}

std::size_t NatWorld::executed(const std::string& cgi) const {
  const auto all = camera->snapshot().last_requests;
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(),
      [&cgi](const std::string& text) { return text.find("/" + cgi) != std::string::npos; }));
}

}  // namespace cam32100::bridge::test
