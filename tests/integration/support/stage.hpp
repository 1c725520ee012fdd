#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/support/bridge_under_test.hpp"
#include "tests/integration/support/emulator.hpp"
#include "tests/integration/support/tap.hpp"

namespace cam32100::integration {

struct StageOptions {
  std::string mqtt_version = "5";  // of the bridge and of the clients
  BrokerOptions broker{};
  EmulatorOptions camera{};
  bool with_server = false;                 // a 32100 server that the camera logs in to
  std::vector<std::string> server_words{};  // of its command line
  nlohmann::json config = nullptr;          // merged over the configuration, as an RFC 7396 patch
  bool start_bridge = true;
};

// For a test that starts the bridge itself.
[[nodiscard]] inline StageOptions without_bridge() {
  StageOptions options;
  options.start_bridge = false;
  return options;
}

// A broker, a camera and a bridge, three processes of their own, and a subscriber that hears it
// all. The camera's password, and every secret that it tells, holds kSecretMarker.
class Stage {
 public:
  explicit Stage(StageOptions options = {});
  ~Stage();  // expect_no_secret() once more
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  // One more subscriber that hears it all: on a broker that was restarted, `tap` is dead.
  [[nodiscard]] Tap& add_tap();

  // Waits until the bridge is online and the camera's session is open.
  [[nodiscard]] bool wait_until_ready();
  [[nodiscard]] bool wait_for_session(const std::string& session);

  [[nodiscard]] std::string bridge_topic(const std::string& leaf) const;
  [[nodiscard]] std::string camera_topic(const std::string& leaf) const;

  int publish(const Publication& publication);
  int publish(const std::string& topic, const std::string& payload) {
    return publish({.topic = topic, .payload = payload});
  }

  // Sends a command with an id of its own to the camera (or to the bridge) and gives the live
  // answer with that id. null: none came in time.
  [[nodiscard]] nlohmann::json ask(const std::string& command, nlohmann::json arguments = {});
  [[nodiscard]] nlohmann::json ask_bridge(const std::string& command,
                                          nlohmann::json arguments = {});
  // Sends bytes as they are and gives the first live envelope on `answer_topic` after that.
  [[nodiscard]] nlohmann::json send(const std::string& topic, const std::string& payload,
                                    const std::string& answer_topic);

  // What the broker keeps on a topic for those who come later. null: nothing, or no JSON.
  [[nodiscard]] nlohmann::json retained(const std::string& topic);

  // Fails the running test when a secret stands in a message of any tap that the bridge sent, in
  // what it wrote or in what the emulator wrote. Looks only at messages that came since the last
  // call.
  void expect_no_secret();

  Loop loop;
  testing::ScratchDirectory scratch;
  Broker broker;
  std::optional<RendezvousServer> server;
  Emulator camera;
  Tap tap;
  BridgeUnderTest bridge;
  const std::string version;

 private:
  [[nodiscard]] nlohmann::json ask_on(const std::string& topic, const std::string& answer_topic,
                                      nlohmann::json arguments);

  void check_messages(Tap& of);

  std::size_t next_id_ = 1;
  std::vector<std::unique_ptr<Tap>> more_taps_;
  std::map<const Tap*, std::size_t> checked_messages_;
};

// The configuration of a stage before the patch. The camera has no address: it is found by a
// search of the one LAN target.
[[nodiscard]] nlohmann::json stage_config(const std::string& broker_url,
                                          const std::string& mqtt_version, const Emulator& camera,
                                          const testing::ScratchDirectory& scratch);

// The "code" of an error answer, "ok", or what else the answer is; for messages of failed tests.
[[nodiscard]] std::string outcome_of(const nlohmann::json& answer);

}  // namespace cam32100::integration
