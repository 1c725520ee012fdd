// The configuration read again, on request or by a signal.
#include <algorithm>
#include <utility>

#include "bridge/core/bridge_commands.hpp"
#include "bridge/core/json_result.hpp"
#include "bridge/core/json_text.hpp"

namespace cam32100::bridge {
namespace {

using mappings::ErrorCode;
using nlohmann::json;

constexpr auto kReloadLimit = std::chrono::seconds{10};

bool same_camera(const CameraConfig& a, const CameraConfig& b) {
  return a.name == b.name && a.alias == b.alias && a.user == b.user && a.password == b.password &&
         a.address == b.address && a.psk == b.psk && a.dsk == b.dsk && a.session == b.session &&
         a.presets == b.presets && a.without == b.without && a.ptz_invert == b.ptz_invert &&
         a.snapshot_interval_s == b.snapshot_interval_s;
}

// What the running process cannot take over: the connection to the broker, the names of all topics,
// and where it keeps its state.
bool needs_restart(const Config& before, const Config& after) {
  const json running = to_public_json(before)["mqtt"];
  json wanted = to_public_json(after)["mqtt"];
  // Where none is given, and the state file is not written yet, it is the id of this run.
  if (after.mqtt.client_id.empty()) wanted["client_id"] = running["client_id"];
  return running != wanted || before.mqtt.password != after.mqtt.password ||
         before.state_file != after.state_file ||
         before.homeassistant.status_topic != after.homeassistant.status_topic;
}

bool is_kept(const json& objects, const char* key, const std::string& value) {
  return std::any_of(objects.begin(), objects.end(),
                     [&](const json& object) { return text_at(object, key) == value; });
}

// The file may hold another password by now.
void read_password_again(BridgePorts& ports, CameraConfig& camera, const json& kept) {
  const std::string name = text_at(kept, "password_file");
  if (name.empty()) return;
  const auto secret = ports.read_secret(name);
  camera.trouble = secret ? std::string{} : secret.error().message;
  if (secret) camera.password = Secret{*secret};
}

}  // namespace

void BridgeCommands::reload(RequestNumber number) {
  if (reloads_.size() >= kMaxReloads) {
    answers_.fail(number,
                  {ErrorCode::rate_limited, "a reload is under way", {{"retry_after_ms", 1000}}});
    return;
  }
  reloads_.push_back(number);
  if (reloads_.size() > 1) return;
  context_.agenda.set({Task::reload_limit, 0}, context_.now.steady + kReloadLimit);
  context_.ports.reload();
}

void BridgeCommands::on_reload_limit() {
  for (const auto number : std::exchange(reloads_, {})) {
    answers_.fail(number,
                  {ErrorCode::timeout, "the configuration could not be read in time", nullptr});
  }
}

void BridgeCommands::on_stop() {
  for (const auto number : std::exchange(reloads_, {})) {
    answers_.fail(number, {ErrorCode::shutting_down, "the bridge is stopping", nullptr});
  }
}

void BridgeCommands::on_reloaded(boost::system::result<Config, ConfigErrors> loaded) {
  context_.agenda.cancel({Task::reload_limit, 0});
  const auto waiting = std::exchange(reloads_, {});
  if (!loaded) {
    const auto error = refusal_of(loaded.error(), "the configuration was not taken over: ");
    context_.log(LogLevel::error, "bridge", {}, error.message);
    for (const auto number : waiting) answers_.fail(number, error);
    return;
  }
  json changes;
  take_config(std::move(*loaded), changes);
  context_.log(LogLevel::info, "bridge", {}, "configuration read again");
  if (changes["restart_required"] == true)
    context_.log(
        LogLevel::warning, "bridge", {},
        "what changed in mqtt, state_file or homeassistant.status_topic is taken over by a "
        "restart only");
  events_.bridge_event("config_reloaded", changes);
  for (const auto number : waiting) answers_.succeed(number, changes);
}

void BridgeCommands::take_config(Config config, json& changes) {
  changes = {{"restart_required", needs_restart(context_.config, config)},
             {"added", json::array()},
             {"changed", json::array()},
             {"removed", json::array()}};
  auto cameras = std::exchange(config.cameras, {});
  auto servers = std::exchange(config.servers, {});
  config.mqtt = context_.config.mqtt;  // until the restart
  config.state_file = context_.config.state_file;
  config.homeassistant.status_topic = context_.config.homeassistant.status_topic;
  auto before = std::exchange(context_.config, std::move(config));
  context_.config.cameras = std::move(before.cameras);
  context_.config.servers = std::move(before.servers);
  if (!context_.config.snapshot.retain) {
    for (const auto& [uid, camera] : context_.cameras.all()) events_.withdraw_pictures(*camera);
  }
  context_.journal.set_level(context_.config.log.level);
  context_.ports.set_log_level(context_.config.log.level);
  take_servers(std::move(servers));
  take_cameras(std::move(cameras), changes);
  discovery_.reconsider();
  info_.publish_info();
}

void BridgeCommands::take_servers(std::vector<ServerSetConfig> servers) {
  // What was added or removed over MQTT a moment ago may not have reached the state file yet.
  std::erase_if(servers, [this](const auto& set) {
    return set.from_state_file && !is_kept(context_.saved.servers, "name", set.name);
  });
  for (const auto& old : context_.config.servers) {
    const bool listed = std::any_of(servers.begin(), servers.end(),
                                    [&old](const auto& set) { return set.name == old.name; });
    if (old.from_state_file && !listed && is_kept(context_.saved.servers, "name", old.name))
      servers.push_back(old);
  }
  context_.servers.assign(servers);
  context_.ask_names();
  context_.config.servers = std::move(servers);
}

void BridgeCommands::take_cameras(std::vector<CameraConfig> cameras, json& changes) {
  std::erase_if(cameras, [this](const auto& camera) {
    return camera.from_state_file && !is_kept(context_.saved.cameras, "uid", camera.uid.text());
  });
  for (const auto& old : context_.config.cameras) {
    const bool listed = std::any_of(cameras.begin(), cameras.end(),
                                    [&old](const auto& camera) { return camera.uid == old.uid; });
    if (old.from_state_file && !listed && is_kept(context_.saved.cameras, "uid", old.uid.text()))
      cameras.push_back(old);
  }
  // What was changed over MQTT a moment ago may not have reached the state file yet either.
  for (auto& camera : cameras) {
    const auto uid = camera.uid.text();
    const CameraEntry* running = context_.cameras.by_uid(uid);
    if (running == nullptr) continue;
    for (const auto* objects : {&context_.saved.cameras, &context_.saved.updates}) {
      for (const auto& object : *objects) {
        if (text_at(object, "uid") != uid) continue;
        apply_keys(camera, running->config, object);
        read_password_again(context_.ports, camera, object);
      }
    }
  }
  std::vector<std::string> gone;
  for (const auto& [uid, entry] : context_.cameras.all()) {
    const bool listed =
        std::any_of(cameras.begin(), cameras.end(),
                    [&uid = uid](const auto& camera) { return camera.uid.text() == uid; });
    if (!listed && !entry->leaving) gone.push_back(uid);
  }
  for (const auto& uid : gone) {
    CameraEntry& camera = *context_.cameras.by_uid(uid);
    if (!jobs_.restore_push(camera)) roster_.remove(camera);
    changes["removed"].push_back(uid);
  }
  context_.config.cameras = cameras;
  for (auto& camera : cameras) {
    const std::string uid = camera.uid.text();
    CameraEntry* entry = context_.cameras.by_uid(uid);
    if (entry != nullptr && entry->leaving) {
      roster_.remove(*entry);  // it is wanted again
      entry = nullptr;
    }
    if (entry == nullptr) {
      greet(roster_.start(std::move(camera)));
      changes["added"].push_back(uid);
    } else if (!same_camera(entry->config, camera)) {
      roster_.change(*entry, std::move(camera));
      changes["changed"].push_back(uid);
    } else {
      entry->config.from_state_file = camera.from_state_file;
      roster_.reconfigure(*entry);  // timing and servers
    }
    if (entry != nullptr) jobs_.arrange_push(*entry);
  }
}

}  // namespace cam32100::bridge
