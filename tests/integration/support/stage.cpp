#include "tests/integration/support/stage.hpp"

#include <gtest/gtest.h>

#include "tests/integration/support/secret_marker.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

EmulatorOptions with_secrets(EmulatorOptions options,
                             const std::optional<RendezvousServer>& server) {
  options.password = std::string{kSecretMarker} + "-camera";
  options.marker = kSecretMarker;
  if (server) options.servers.push_back(server->address());
  return options;
}

json patched(json config, const json& patch) {
  if (!patch.is_null()) config.merge_patch(patch);
  return config;
}

// Commands are ours, not the bridge's: a test may well put the marker into one. What the bridge
// says about them is not excepted: cam32100/<UID>/settings, cam32100/<UID>/response/set.
bool is_from_bridge(const std::string& topic) {
  const auto second = topic.find('/');
  const auto third = second == std::string::npos ? second : topic.find('/', second + 1);
  if (third == std::string::npos) return true;
  const auto level = topic.substr(third + 1, topic.find('/', third + 1) - third - 1);
  return level != "command" && level != "set";
}

}  // namespace

json stage_config(const std::string& broker_url, const std::string& mqtt_version,
                  const Emulator& camera, const testing::ScratchDirectory& scratch) {
  return {{"mqtt", {{"url", broker_url}, {"version", mqtt_version}}},
          {"cameras",
           {{{"uid", camera.uid()},
             {"name", "Porch"},
             {"alias", "porch"},
             {"password_file", "porch"}}}},
          {"lan", {{"targets", {camera.address()}}}},
          // No polling: a test that counts what the camera was asked counts its own requests only.
          {"timing", {{"status_poll_s", 0}, {"backoff_max_s", 1}, {"offline_grace_s", 1}}},
          {"motion", {{"poll_ms", 0}}},
          {"http", {{"listen", "127.0.0.1:0"}}},
          // Its payloads are looked for where they are the subject.
          {"homeassistant", {{"discovery", false}}},
          {"secrets", {{"directory", scratch / "secrets"}}},
          {"log", {{"level", "debug"}}},
          {"state_file", scratch / "state.json"}};
}

Stage::Stage(StageOptions options)
    : broker{loop, scratch, options.broker},
      server{options.with_server
                 ? std::optional<RendezvousServer>{std::in_place, loop, options.server_words}
                 : std::nullopt},
      camera{loop, with_secrets(options.camera, server)},
      tap{loop, broker, options.mqtt_version},
      bridge{loop, scratch,
             patched(stage_config(broker.url(), options.mqtt_version, camera, scratch),
                     options.config)},
      version{options.mqtt_version} {
  std::filesystem::create_directory(scratch / "secrets");
  scratch.write("secrets/porch", std::string{kSecretMarker} + "-camera\n");
  if (options.start_bridge) bridge.start();
}

Stage::~Stage() { expect_no_secret(); }

Tap& Stage::add_tap() {
  return *more_taps_.emplace_back(std::make_unique<Tap>(loop, broker, version));
}

bool Stage::wait_until_ready() {
  return tap.wait_until(bridge_topic("availability"), [](const Message& message) {
    return message.payload == "online";
  }) && wait_for_session("connected");
}

bool Stage::wait_for_session(const std::string& session) {
  return tap
      .wait_until(camera_topic("state"),
                  [&session](const Message& message) {
                    const auto state = message.json();
                    return state.is_object() && state.value("session", "") == session;
                  })
      .has_value();
}

std::string Stage::bridge_topic(const std::string& leaf) const { return "cam32100/bridge/" + leaf; }
std::string Stage::camera_topic(const std::string& leaf) const {
  return "cam32100/" + camera.uid() + "/" + leaf;
}

int Stage::publish(const Publication& publication) {
  return integration::publish(loop, broker, version, publication);
}

json Stage::ask(const std::string& command, json arguments) {
  return ask_on(camera_topic("command/" + command), camera_topic("response/" + command),
                std::move(arguments));
}

json Stage::ask_bridge(const std::string& command, json arguments) {
  return ask_on(bridge_topic("command/" + command), bridge_topic("response/" + command),
                std::move(arguments));
}

json Stage::ask_on(const std::string& topic, const std::string& answer_topic, json arguments) {
  const auto id = "ask-" + std::to_string(next_id_++);
  if (arguments.is_null()) arguments = json::object();
  arguments["id"] = id;
  const auto from = tap.end();
  publish(topic, arguments.dump());
  const auto answer = tap.wait_for(from, [&](const Message& message) {
    if (message.topic != answer_topic || message.retained) return false;
    const auto envelope = message.json();
    return envelope.is_object() && envelope.value("id", "") == id;
  });
  return answer ? answer->json() : json(nullptr);
}

json Stage::send(const std::string& topic, const std::string& payload,
                 const std::string& answer_topic) {
  const auto from = tap.end();
  publish(topic, payload);
  const auto answer = tap.wait_for(from, live_on_topic(answer_topic));
  return answer ? answer->json() : json(nullptr);
}

json Stage::retained(const std::string& topic) {
  const auto all = read_retained(loop, broker, version, topic);
  return all.empty() ? json(nullptr) : all.front().json();
}

void Stage::check_messages(Tap& of) {
  const auto& messages = of.messages();
  for (auto& next = checked_messages_[&of]; next < messages.size(); ++next) {
    const auto& message = messages[next];
    if (!is_from_bridge(message.topic)) continue;
    if (const auto leak = find_secret(message.topic + " " + message.payload))
      ADD_FAILURE() << "a secret on " << message.topic << ": ..." << *leak;
  }
}

void Stage::expect_no_secret() {
  check_messages(tap);
  for (const auto& one : more_taps_) check_messages(*one);
  if (const auto leak = find_secret(bridge.everything_it_wrote()))
    ADD_FAILURE() << "a secret in the bridge's log: ..." << *leak;
  if (const auto leak = find_secret(camera.everything_it_wrote()))
    ADD_FAILURE() << "a secret in what the emulator wrote: ..." << *leak;
}

std::string outcome_of(const json& answer) {
  if (!answer.is_object()) return "no answer";
  const auto status = answer.value("status", "no status");
  return status == "error" ? answer.at("error").value("code", "no code") : status;
}

}  // namespace cam32100::integration
