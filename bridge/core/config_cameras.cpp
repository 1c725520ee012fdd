#include <array>
#include <map>
#include <utility>

#include "bridge/core/config_draft.hpp"
#include "bridge/core/json_text.hpp"

namespace cam32100::bridge {

namespace {

// "config.json: /cameras/0" as the place it was made from.
Place place_from(std::string_view where) {
  const auto colon = where.find(": /");
  if (colon == std::string_view::npos) return {std::string(where), {}};
  return {std::string(where.substr(0, colon)), std::string(where.substr(colon + 2))};
}

// What must be unique over all cameras, and where it stands.
class Taken {
 public:
  void claim(const CameraConfig& camera, const Place& uid_place, const Place& alias_place,
             Faults& faults) {
    if (!camera.uid.is_zero()) {
      const auto [found, fresh] = uids_.emplace(camera.uid, uid_place);
      if (!fresh) {
        faults.add(uid_place, "the camera " + camera.uid.redacted() + " stands already at " +
                                  found->second.text());
      }
    }
    if (!camera.alias.empty()) {
      const auto [found, fresh] = aliases_.emplace(camera.alias, alias_place);
      if (!fresh) {
        faults.add(alias_place, "the alias " + in_quotes(camera.alias) + " is taken already at " +
                                    found->second.text());
      }
    }
  }
  [[nodiscard]] bool has(const protocol::Uid& uid) const { return uids_.contains(uid); }

 private:
  std::map<protocol::Uid, Place> uids_;
  std::map<std::string, Place> aliases_;
};

// Over the file, under the environment and the command line.
void put_update(CameraDraft& draft, const nlohmann::json& update, const Place& place,
                Faults& faults) {
  for (const auto& [key, value] : update.items()) {
    const auto* const row = find_field(camera_fields(), key);
    const Origin* const given = draft.origin(key);
    if (row == nullptr || key == "uid" || (given != nullptr && given->layer > Layer::state))
      continue;
    put(draft, *row, value, {Layer::state, place.child(key)}, faults);
  }
}

// By camera, the last one counting; updates of cameras that are not configured any more are none.
std::map<protocol::Uid, std::size_t> updates_by_uid(const nlohmann::json& updates) {
  std::map<protocol::Uid, std::size_t> out;
  for (std::size_t i = 0; i < updates.size(); ++i) {
    const auto uid = protocol::Uid::parse(text_at(updates[i], "uid"));
    if (uid) out[*uid] = i;
  }
  return out;
}

}  // namespace

CameraConfig finish_camera(CameraDraft draft, const PasswordSources& from, Faults& faults,
                           Faults& password_faults) {
  require_keys(draft, camera_fields(), faults);
  CameraValues& camera = draft.values;
  using Form = PasswordKey::Form;
  const std::string password = camera.password.reveal();
  const std::array<PasswordKey, 3> keys{{
      {Form::text, "password", password, draft.origin("password")},
      {Form::file, "password_file", camera.password_file, draft.origin("password_file")},
      {Form::variable, "password_env", camera.password_env, draft.origin("password_env")},
  }};
  auto found = find_password(keys, from, password_faults);
  camera.password = std::move(found.secret);
  camera.password_source = std::move(found.source);
  if (camera.name.empty() && !camera.uid.is_zero()) camera.name = camera.uid.text();
  if (camera.psk.empty()) camera.psk = "auto";
  return std::move(camera);
}

void add_cameras(Config& config, std::vector<CameraDraft> configured, KeptCameras kept,
                 const ConfigSources& sources, Faults& faults) {
  const std::string directory = config.secrets.directory;
  const PasswordSources from{sources, directory};
  Taken taken;
  // The operator sees faults of the file at once; what was given over MQTT long ago and cannot be
  // read any more must not keep every other camera from working.
  const auto add = [&](CameraDraft draft, bool by_mqtt, bool from_state_file) {
    const Place uid_place = draft.place_of("uid");
    const Place alias_place = draft.place_of("alias");
    Faults trouble;
    CameraConfig camera = finish_camera(std::move(draft), from, faults, by_mqtt ? trouble : faults);
    if (!trouble.empty()) camera.trouble = std::move(trouble).take().sentences.front();
    camera.from_state_file = from_state_file;
    taken.claim(camera, uid_place, alias_place, faults);
    config.cameras.push_back(std::move(camera));
  };
  const auto updates = updates_by_uid(kept.updates);
  for (auto& draft : configured) {
    const auto update = updates.find(draft.values.uid);
    const bool updated = update != updates.end();
    if (updated) {
      put_update(draft, kept.updates[update->second], kept.updates_place.child(update->second),
                 faults);
    }
    add(std::move(draft), updated, false);
  }
  const Taken in_file = taken;
  for (auto& draft : kept.added) {
    // A camera that was added over MQTT and then written into the file is the file's.
    if (!in_file.has(draft.values.uid)) add(std::move(draft), true, true);
  }
}

boost::system::result<CameraConfig, ConfigErrors> parse_camera(
    const nlohmann::json& object, std::string_view where, const ConfigSources& sources,
    const std::string& secrets_directory) {
  Faults faults;
  CameraDraft draft = read_object(object, place_from(where), camera_fields(), faults);
  CameraConfig camera =
      finish_camera(std::move(draft), {sources, secrets_directory}, faults, faults);
  if (!faults.empty()) return std::move(faults).take();
  return camera;
}

boost::system::result<ServerSetConfig, ConfigErrors> parse_server(const nlohmann::json& object,
                                                                  std::string_view where) {
  Faults faults;
  ServerDraft draft = read_object(object, place_from(where), server_fields(), faults);
  ServerSetConfig servers = finish_server(std::move(draft), faults);
  if (!faults.empty()) return std::move(faults).take();
  return servers;
}

}  // namespace cam32100::bridge
