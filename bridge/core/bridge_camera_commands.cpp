// camera/add, camera/update, camera/remove, camera/list.
#include <algorithm>
#include <utility>

#include "bridge/core/bridge_commands.hpp"
#include "bridge/core/camera_commands.hpp"
#include "bridge/core/json_result.hpp"
#include "bridge/core/json_text.hpp"

namespace cam32100::bridge {
namespace {

using mappings::CommandError;
using mappings::CommandResult;
using mappings::ErrorCode;
using nlohmann::json;

constexpr const char* kPasswordKeys[] = {"password", "password_file", "password_env"};

json* of_camera(json& objects, const std::string& uid) {
  for (auto& object : objects) {
    if (text_at(object, "uid") == uid) return &object;
  }
  return nullptr;
}

// Where the state file keeps what is changed of this camera.
json& kept_object(SavedState& saved, const CameraConfig& camera, const std::string& uid) {
  json& objects = camera.from_state_file ? saved.cameras : saved.updates;
  if (json* known = of_camera(objects, uid)) return *known;
  return objects.emplace_back(json{{"uid", uid}});
}

}  // namespace

void apply_keys(CameraConfig& camera, const CameraConfig& given, const json& keys) {
  if (keys.contains("name")) camera.name = given.name;
  if (keys.contains("alias")) camera.alias = given.alias;
  if (keys.contains("user")) camera.user = given.user;
  if (keys.contains("address")) camera.address = given.address;
  if (keys.contains("psk")) camera.psk = given.psk;
  if (keys.contains("dsk")) camera.dsk = given.dsk;
  if (keys.contains("session")) camera.session = given.session;
  if (keys.contains("presets")) camera.presets = given.presets;
  if (keys.contains("without")) camera.without = given.without;
  if (keys.contains("ptz_invert")) camera.ptz_invert = given.ptz_invert;
  if (keys.contains("snapshot_interval_s")) camera.snapshot_interval_s = given.snapshot_interval_s;
  if (keys.contains("password") || keys.contains("password_file")) {
    camera.password = given.password;
    camera.password_source = given.password_source;
    camera.trouble = given.trouble;
  }
}

CommandResult<CameraConfig> BridgeCommands::parse_payload_camera(const Arguments& arguments,
                                                                 const char* where) const {
  const auto uid = arguments.find("uid");
  if (uid == arguments.end() || !uid->is_string()) {
    return CommandError{ErrorCode::bad_argument, "uid is missing", {{"argument", "uid"}}};
  }
  if (arguments.contains("password") && !context_.config.mqtt.allow_plain_secrets) {
    return CommandError{ErrorCode::forbidden,
                        "a password in a payload needs mqtt.allow_plain_secrets; use password_file",
                        {{"argument", "password"}}};
  }
  // A name that read_secret() refuses keeps its own code (forbidden), which the config's sentence
  // would hide.
  if (const auto file = arguments.find("password_file");
      file != arguments.end() && file->is_string()) {
    const auto secret = context_.ports.read_secret(file->get<std::string>());
    if (!secret) return secret.error();
  }
  ConfigSources sources;
  sources.read_secret = [this](const std::string&, const std::string& name) {
    return context_.ports.read_secret(name);
  };
  auto camera = parse_camera(arguments, where, sources, context_.config.secrets.directory);
  if (!camera) return refusal_of(camera.error());
  if (auto fault = unsafe_credentials({camera->user, camera->password.reveal()})) return *fault;
  return std::move(*camera);
}

std::optional<CommandError> BridgeCommands::alias_taken(const std::string& alias,
                                                        const CameraEntry* by) const {
  const CameraEntry* other = alias.empty() ? nullptr : context_.cameras.by_typed(alias);
  if (other == nullptr || other == by) return std::nullopt;
  return CommandError{
      ErrorCode::bad_argument, "another camera has this alias", {{"argument", "alias"}}};
}

BridgeCommands::Outcome BridgeCommands::add_camera(const Arguments& arguments) {
  auto config = parse_payload_camera(arguments, "camera/add");
  if (!config) return config.error();
  const std::string uid = config->uid.text();
  if (context_.cameras.by_uid(uid) != nullptr) {
    return CommandError{ErrorCode::bad_argument,
                        "this camera is configured already; use camera/update",
                        {{"argument", "uid"}}};
  }
  if (auto taken = alias_taken(config->alias, nullptr)) return std::move(*taken);
  if (context_.config.cameras.size() >= kMaxCameras) {
    return CommandError{ErrorCode::bad_argument,
                        "there are " + std::to_string(kMaxCameras) +
                            " cameras already, the most that one bridge keeps",
                        {{"limit", kMaxCameras}}};
  }
  config->from_state_file = true;
  json object = arguments;
  object["uid"] = uid;
  context_.saved.cameras.push_back(std::move(object));
  context_.save_soon();
  context_.config.cameras.push_back(*config);
  CameraEntry& camera = roster_.start(std::move(*config));
  greet(camera);
  return success({{"uid", uid},
                  {"name", camera.config.name.empty() ? uid : camera.config.name},
                  {"kept", is_kept_over_restarts()}});
}

void BridgeCommands::greet(CameraEntry& camera) {
  // Topics of an earlier life are its own again, and go when it goes.
  const auto stale = context_.stale.extract(camera.uid);
  const bool was_stale = !stale.empty();
  if (was_stale) camera.held_topics.insert(stale.mapped().begin(), stale.mapped().end());
  events_.restore(camera, nullptr,
                  context_.outbox.is_live() ? TreeReading::whole : TreeReading::none);
  discovery_.note_change(camera);
  context_.cameras_changed();
  events_.bridge_event("camera_added", {{"uid", camera.uid}, {"name", camera.config.name}});
  if (was_stale || context_.outbox.is_live()) info_.publish_info();
}

BridgeCommands::Outcome BridgeCommands::update_camera(const Arguments& arguments) {
  const std::string text = text_at(arguments, "uid");
  CameraEntry* camera = context_.cameras.by_typed(text);
  if (camera == nullptr) return unknown_camera(text);
  json given = arguments;
  given["uid"] = camera->uid;
  auto parsed = parse_payload_camera(given, "camera/update");
  if (!parsed) return parsed.error();
  if (given.size() < 2) {
    return CommandError{ErrorCode::bad_argument,
                        "nothing to change; name at least one key beside uid", nullptr};
  }
  if (given.contains("alias")) {
    if (auto taken = alias_taken(parsed->alias, camera)) return std::move(*taken);
  }
  CameraConfig config = camera->config;
  apply_keys(config, *parsed, given);
  json& saved = kept_object(context_.saved, config, camera->uid);
  if (given.contains("password") || given.contains("password_file")) {
    for (const char* key : kPasswordKeys) saved.erase(key);
  }
  saved.update(given);
  context_.save_soon();
  for (auto& each : context_.config.cameras) {
    if (each.uid == config.uid) each = config;
  }
  roster_.change(*camera, std::move(config));
  info_.publish_info();
  return success({{"uid", camera->uid}, {"kept", is_kept_over_restarts()}});
}

BridgeCommands::Outcome BridgeCommands::remove_camera(const Arguments& arguments) {
  const std::string text = text_at(arguments, "uid");
  CameraEntry* camera = context_.cameras.by_typed(text);
  if (camera == nullptr) return unknown_camera(text);
  if (!camera->config.from_state_file) {
    return CommandError{
        ErrorCode::forbidden,
        "this camera stands in the config file and would be back after a restart; remove it there "
        "and send reload",
        {{"uid", camera->uid}}};
  }
  const std::string uid = camera->uid;
  for (auto object = context_.saved.cameras.begin(); object != context_.saved.cameras.end();) {
    const bool same = text_at(*object, "uid") == uid;
    object = same ? context_.saved.cameras.erase(object) : object + 1;
  }
  context_.save_soon();
  std::erase_if(context_.config.cameras,
                [camera](const auto& each) { return each.uid == camera->config.uid; });
  if (jobs_.restore_push(*camera)) return success({{"uid", uid}, {"alarm_url", "being put back"}});
  roster_.remove(*camera);
  info_.publish_info();
  return success({{"uid", uid}});
}

BridgeCommands::Outcome BridgeCommands::list_cameras() const {
  json list = json::array();
  for (const auto& [uid, camera] : context_.cameras.all()) {
    const auto& config = camera->config;
    json entry{
        {"uid", uid},
        {"name", config.name.empty() ? uid : config.name},
        {"user", config.user},
        {"password_from", config.password.empty() ? json(nullptr) : json(config.password_source)},
        {"address", config.address ? json(config.address->text()) : json(nullptr)},
        {"session", to_text(camera->status.session)},
        {"session_mode", config.session == SessionMode::on_demand ? "on_demand" : "always"},
        {"availability", availability_of(*camera)},
        {"from", config.from_state_file ? "mqtt" : "config"}};
    if (!config.alias.empty()) entry["alias"] = config.alias;
    if (!config.trouble.empty()) entry["trouble"] = config.trouble;
    list.push_back(std::move(entry));
  }
  return success({{"cameras", std::move(list)}});
}

}  // namespace cam32100::bridge
