#include "tests/support/fake_mqtt/bridge_rig.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <utility>

namespace cam32100::testing {

using nlohmann::json;

namespace {

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

// Drives the bridge's own timers as one more node of the network.
class BridgeRig::BridgeClock final : public protocol::Endpoint {
 public:
  explicit BridgeClock(BridgeRig& rig) : rig_{rig} {}
  void on_datagram(protocol::TimePoint, const protocol::Address&, protocol::BytesView) override {}
  void on_time(protocol::TimePoint) override {
    if (rig_.bridge) rig_.bridge->on_time(rig_.moment());
  }
  [[nodiscard]] std::optional<protocol::TimePoint> deadline() const override {
    return rig_.bridge ? rig_.bridge->deadline() : std::nullopt;
  }
  [[nodiscard]] bool take_datagram(protocol::TimePoint, protocol::Datagram&) override {
    return false;
  }

 private:
  BridgeRig& rig_;
};

std::string vstarcam_text() {
  std::ifstream file{std::string{CAM32100_SOURCE_DIR} + "/mappings/devices/vstarcam.json"};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const mappings::DeviceMapping& vstarcam() {
  static const mappings::DeviceMapping mapping = [] {
    auto loaded = mappings::DeviceMapping::load(vstarcam_text(), "vstarcam.json");
    if (!loaded) throw std::runtime_error(loaded.error().message);
    return std::move(*loaded);
  }();
  return mapping;
}

bridge::CameraConfig camera_config(const std::string& uid, const std::string& password) {
  bridge::CameraConfig camera;
  camera.uid = protocol::Uid::parse(uid).value();
  camera.name = "Garden";
  camera.password = bridge::Secret{password};
  camera.password_source = "config";
  return camera;
}

bridge::Config config_with(const std::string& uid) {
  bridge::Config config;
  config.cameras.push_back(camera_config(uid));
  config.state_file = "state.json";
  // Subjects of tests of their own.
  config.homeassistant.discovery = false;
  config.motion.poll_ms = 0ms;
  return config;
}

protocol::CameraConfig emulated(const std::string& uid, const std::string& password) {
  protocol::CameraConfig config;
  config.uid = protocol::Uid::parse(uid).value();
  config.credentials = {"admin", password};
  config.pictures = {jpeg_of(3000)};
  config.lan_address = {{{192, 168, 1, 63}, 26101}};
  return config;
}

protocol::Bytes jpeg_of(std::size_t bytes) {
  const std::vector<std::uint8_t> head{0xFF, 0xD8,  // SOI
                                       0xFF, 0xC0, 0x00, 0x0B, 0x08, 0x02, 0xD0,
                                       0x05, 0x00, 0x01, 0x01, 0x11, 0x00,  // SOF0, 720 x 1280
                                       0xFF, 0xDA, 0x00, 0x08, 0x01, 0x01, 0x00,
                                       0x00, 0x3F, 0x00};  // SOS
  protocol::Bytes out;
  for (const auto byte : head) out.push_back(std::byte{byte});
  while (out.size() + 2 < bytes)
    out.push_back(std::byte{static_cast<std::uint8_t>(out.size() % 251)});
  out.push_back(std::byte{0xFF});
  out.push_back(std::byte{0xD9});
  return out;
}

BridgeRig::BridgeRig() : BridgeRig{Options{}} {}

BridgeRig::BridgeRig(Options given)
    : net{given.seed, given.links},
      broker{given.broker},
      options{std::move(given)},
      start_{net.now()} {
  broker.on_waiting = [this] {
    if (std::exchange(delivery_planned_, true)) return;
    net.after(options.mqtt_delay, [this] {
      delivery_planned_ = false;
      (void)broker.deliver();
      pump_clock();
    });
  };
  spy = std::make_unique<Spy>(broker, "#");
  clock_ = std::make_unique<BridgeClock>(*this);
  start_bridge();
  clock_node_ = net.attach(*clock_, {{192, 168, 1, 2}, 1});
}

BridgeRig::~BridgeRig() {
  if (ports) {
    for (const auto& [id, node] : ports->nodes) net.detach(node);
  }
  broker.on_waiting = nullptr;
}

void BridgeRig::start_bridge() {
  ports = std::make_unique<FakePorts>([this] { return moment(); }, &net);
  mqtt = std::make_unique<FakeMqtt>(
      broker, [this] { return moment(); }, options.version);
  bridge = std::make_unique<bridge::Bridge>(
      moment(), options.config, options.saved, *options.mapping, *mqtt, *ports,
      bridge::BridgeIdentity{"0.1.0", "test", moment().wall}, options.seed);
  ports->attach(*bridge);
  mqtt->attach(*bridge);
  std::vector<protocol::Address> targets;
  if (options.lan) targets.push_back({{255, 255, 255, 255}, protocol::kLanPort});
  bridge->set_lan_targets(moment(), std::move(targets));
  pump_clock();
}

void BridgeRig::kill_bridge() {
  for (const auto& [id, node] : ports->nodes) net.detach(node);
  ports->nodes.clear();
  const bool was_connected = mqtt->is_connected();
  broker.detach(*mqtt);
  bridge.reset();
  mqtt.reset();
  ports.reset();
  if (was_connected) {
    broker.publish(nullptr, {.topic = options.config.mqtt.base_topic + "/bridge/availability",
                             .payload = "offline",
                             .qos = 1,
                             .retain = true});
  }
}

protocol::EmulatedCamera& BridgeRig::add_camera(protocol::CameraConfig config, std::uint8_t host) {
  config.lan_address = {{{192, 168, 1, host}, 26101}};
  if (server) config.servers.push_back({kServer, protocol::Cipher{}});
  cameras.push_back(std::make_unique<protocol::EmulatedCamera>(net.now(), std::move(config),
                                                               options.seed + host));
  camera_nodes.push_back(net.attach(*cameras.back(), {{192, 168, 1, host}, 26101}));
  net.listen_lan(camera_nodes.back());
  return *cameras.back();
}

protocol::RendezvousServer& BridgeRig::add_server() {
  server = std::make_unique<protocol::RendezvousServer>(net.now(), protocol::ServerConfig{});
  server_node = net.attach(*server, kServer);
  return *server;
}

void BridgeRig::cut_camera(std::size_t index) { net.cut_off(camera_nodes.at(index)); }
void BridgeRig::heal_camera(std::size_t index) { net.reconnect(camera_nodes.at(index)); }

void BridgeRig::restart_broker() {
  broker.restart();
  run_for(10ms);
  connect();
  run_for(100ms);
}

void BridgeRig::pump_clock() {
  if (clock_node_) net.pump(*clock_node_);
}

bridge::Moment BridgeRig::moment() {
  // 2026-11-23T00:57:00Z at the start of the simulation.
  const std::chrono::system_clock::time_point begin{std::chrono::seconds{1795395420}};
  return {net.now(),
          begin + wall_offset +
              std::chrono::duration_cast<std::chrono::system_clock::duration>(net.now() - start_)};
}

void BridgeRig::run_for(std::chrono::nanoseconds length) {
  pump_clock();
  const auto end = net.now() + length;
  // Calls into the bridge move its deadline without the network knowing: it is asked again after
  // each step.
  (void)net.run_until(
      [this, end] {
        pump_clock();
        return net.now() >= end;
      },
      length);
}

bool BridgeRig::run_until(const std::function<bool()>& done, std::chrono::nanoseconds limit) {
  pump_clock();
  return net.run_until(
      [this, &done] {
        pump_clock();
        return done();
      },
      limit);
}

void BridgeRig::bring_online() {
  connect();
  ASSERT_TRUE(run_until(
      [this] {
        return retained_text(options.config.mqtt.base_topic + "/bridge/availability") == "online";
      },
      5s));
}

void BridgeRig::bring_up() {
  bring_online();
  for (const auto& camera : options.config.cameras) {
    const auto state = topic("state", camera.uid.text());
    ASSERT_TRUE(run_until([&] { return retained_json(state).value("session", "") == "connected"; }))
        << retained_text(state);
  }
  run_for(2s);  // first status and settings are in
}

void BridgeRig::publish(const std::string& where, const std::string& payload, bool retain) {
  broker.publish(nullptr, {.topic = where, .payload = payload, .qos = 1, .retain = retain});
}

void BridgeRig::ask(const std::string& where, const std::string& payload,
                    const std::string& response_topic, const std::string& correlation_data) {
  broker.publish(
      nullptr, {.topic = where, .payload = payload, .qos = 1, .correlation_data = correlation_data},
      response_topic);
}

json BridgeRig::call(const std::string& camera_or_bridge, const std::string& command,
                     json arguments, std::chrono::nanoseconds limit) {
  const std::string id = "call-" + std::to_string(next_id_++);
  arguments["id"] = id;
  const std::string base = options.config.mqtt.base_topic + "/";
  json answer = nullptr;
  std::size_t seen = spy->heard.size();
  publish(base + camera_or_bridge + "/command/" + command, arguments.dump());
  (void)run_until(
      [&] {
        for (; seen < spy->heard.size(); ++seen) {
          const auto& message = spy->heard[seen];
          if (message.topic.find("/response/") == std::string::npos || message.retained ||
              message.payload.empty())
            continue;
          json envelope = json::parse(message.payload);
          if (envelope.value("id", "") == id && envelope.value("status", "") != "accepted")
            answer = std::move(envelope);
        }
        return !answer.is_null();
      },
      limit);
  return answer;
}

json BridgeRig::call_plain(const std::string& camera_or_bridge, const std::string& command,
                           const std::string& payload, std::chrono::nanoseconds limit) {
  const std::string base = options.config.mqtt.base_topic + "/";
  json answer = nullptr;
  std::size_t seen = spy->heard.size();
  publish(base + camera_or_bridge + "/command/" + command, payload);
  (void)run_until(
      [&] {
        for (; seen < spy->heard.size() && answer.is_null(); ++seen) {
          const auto& message = spy->heard[seen];
          if (message.retained || message.payload.empty()) continue;
          if (ends_with(message.topic, "/response/" + command) ||
              ends_with(message.topic, "/response/error")) {
            answer = json::parse(message.payload);
          }
        }
        return !answer.is_null();
      },
      limit);
  return answer;
}

json BridgeRig::retained_json(const std::string& where) const {
  const std::string* text = broker.retained(where);
  return text == nullptr ? json(nullptr) : json::parse(*text, nullptr, false);
}

std::string BridgeRig::retained_text(const std::string& where) const {
  const std::string* text = broker.retained(where);
  return text == nullptr ? std::string{} : *text;
}

std::string BridgeRig::topic(const std::string& leaf, const std::string& uid) const {
  return options.config.mqtt.base_topic + "/" + uid + "/" + leaf;
}

}  // namespace cam32100::testing
