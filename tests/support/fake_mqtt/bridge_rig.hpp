#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/peer/camera.hpp"
#include "protocol/peer/server.hpp"
#include "tests/support/fake_mqtt/fake_broker.hpp"
#include "tests/support/fake_mqtt/fake_mqtt.hpp"
#include "tests/support/fake_mqtt/fake_ports.hpp"

namespace cam32100::testing {

using namespace std::chrono_literals;

inline const protocol::Address kServer{{203, 0, 113, 5}, protocol::kServerPort};
inline const std::string kUid = "VSTC-123456-ABCDE";

// The mapping that ships: its text, and loaded once.
[[nodiscard]] std::string vstarcam_text();
[[nodiscard]] const mappings::DeviceMapping& vstarcam();
// A configuration with this camera (password 888888), a state file and nothing else.
[[nodiscard]] bridge::Config config_with(const std::string& uid = kUid);
[[nodiscard]] bridge::CameraConfig camera_config(const std::string& uid,
                                                 const std::string& password = "888888");
[[nodiscard]] protocol::CameraConfig emulated(const std::string& uid = kUid,
                                              const std::string& password = "888888");
// A small JPEG of the given size in bytes (at least 200), 1280x720.
[[nodiscard]] protocol::Bytes jpeg_of(std::size_t bytes);

// One bridge, one broker, one simulated network with emulated cameras; everything in virtual time.
class BridgeRig {
 public:
  struct Options {
    bridge::Config config = config_with();
    bridge::SavedState saved{};
    const mappings::DeviceMapping* mapping = &vstarcam();
    FakeBroker::Options broker{};
    int version = 5;
    sim::LinkConfig links{};
    std::uint64_t seed = 1;
    bool lan = true;                          // the bridge searches the LAN
    std::chrono::milliseconds mqtt_delay{1};  // of everything the broker says
  };
  BridgeRig();
  explicit BridgeRig(Options options);
  BridgeRig(const BridgeRig&) = delete;
  BridgeRig& operator=(const BridgeRig&) = delete;
  ~BridgeRig();

  // --- who is there
  protocol::EmulatedCamera& add_camera(protocol::CameraConfig config, std::uint8_t host = 63);
  // A 32100 server that cameras added afterwards log in to; the configuration names it by itself.
  protocol::RendezvousServer& add_server();
  void cut_camera(std::size_t index);  // nothing passes to or from it
  void heal_camera(std::size_t index);
  void start_bridge();  // a new process of the same configuration; the broker and the cameras stay
  void kill_bridge();   // without a word, as kill -9: the will is published
  void connect() { mqtt->connect(); }
  void restart_broker();  // and the bridge connects again 10 ms later

  // --- time
  void run_for(std::chrono::nanoseconds length);
  [[nodiscard]] bool run_until(const std::function<bool()>& done,
                               std::chrono::nanoseconds limit = 20s);
  [[nodiscard]] bridge::Moment moment();
  std::chrono::seconds wall_offset{0};  // somebody has set the clock

  // Connects and runs until the bridge is online; and, with cameras, until each has a session.
  void bring_online();
  void bring_up();

  // --- talking to it, as somebody on MQTT would
  void publish(const std::string& topic, const std::string& payload, bool retain = false);
  void ask(const std::string& topic, const std::string& payload, const std::string& response_topic,
           const std::string& correlation_data);
  // Sends a command with an id of its own and gives its final answer; null when none came in time.
  nlohmann::json call(const std::string& camera_or_bridge, const std::string& command,
                      nlohmann::json arguments = nlohmann::json::object(),
                      std::chrono::nanoseconds limit = 30s);
  // Sends plain text and gives the next answer on that command's topic.
  nlohmann::json call_plain(const std::string& camera_or_bridge, const std::string& command,
                            const std::string& payload, std::chrono::nanoseconds limit = 30s);
  [[nodiscard]] nlohmann::json retained_json(
      const std::string& topic) const;  // null when there is none
  [[nodiscard]] std::string retained_text(const std::string& topic) const;  // "" when there is none
  [[nodiscard]] std::string topic(const std::string& leaf, const std::string& uid = kUid) const;

  sim::SimNetwork net;
  FakeBroker broker;
  std::unique_ptr<FakePorts> ports;
  std::unique_ptr<FakeMqtt> mqtt;
  std::unique_ptr<bridge::Bridge> bridge;
  std::unique_ptr<Spy> spy;  // hears everything from before the bridge came, on MQTT 5
  std::unique_ptr<protocol::RendezvousServer> server;
  std::vector<std::unique_ptr<protocol::EmulatedCamera>> cameras;
  std::vector<sim::NodeId> camera_nodes;
  sim::NodeId server_node{};
  Options options;

 private:
  class BridgeClock;
  void pump_clock();
  protocol::TimePoint start_;
  std::unique_ptr<BridgeClock> clock_;
  std::optional<sim::NodeId> clock_node_;
  bool delivery_planned_ = false;
  std::uint64_t next_id_ = 1;
};

}  // namespace cam32100::testing
