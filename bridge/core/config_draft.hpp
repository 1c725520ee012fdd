#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/core/config_faults.hpp"
#include "bridge/core/config_table.hpp"

namespace cam32100::bridge {

// Who gave a value; later ones win.
enum class Layer { file, state, environment, command_line };

struct Origin {
  Layer layer = Layer::file;
  Place place;
};

// An object while its layers are put over each other.
template <class Values>
struct Draft {
  Place place;  // of the object itself
  Values values{};
  std::map<std::string_view, Origin>
      origins;  // by key; the table owns the keys. Refused values count too

  [[nodiscard]] const Origin* origin(std::string_view key) const {
    const auto found = origins.find(key);
    return found == origins.end() ? nullptr : &found->second;
  }
  [[nodiscard]] Place place_of(std::string_view key) const {
    const Origin* const given = origin(key);
    return given != nullptr ? given->place : place.child(key);
  }
};

using RootDraft = Draft<RootValues>;
using CameraDraft = Draft<CameraValues>;
using ServerDraft = Draft<ServerSetConfig>;

struct ConfigDraft {
  RootDraft root;
  std::vector<CameraDraft> cameras;
  std::vector<ServerDraft> servers;
};

template <class Values>
[[nodiscard]] const Field<Values>* find_field(std::span<const Field<Values>> fields,
                                              std::string_view key) {
  for (const auto& row : fields) {
    if (row.setting.key() == key) return &row;
  }
  return nullptr;
}

// Stores what is allowed; what is not becomes a fault and leaves the layer below as it was.
template <class Values>
void put(Draft<Values>& draft, const Field<Values>& row, const nlohmann::json& value, Origin origin,
         Faults& faults) {
  if (const auto fault = refuse(row.setting, value)) {
    faults.add(origin.place, *fault);
  } else {
    row.store(draft.values, value, row.setting);
  }
  draft.origins[row.setting.key()] = std::move(origin);
}

// Reads an object without levels below (a camera, a server set) in the file's form.
template <class Values>
[[nodiscard]] Draft<Values> read_object(const nlohmann::json& object, const Place& place,
                                        std::span<const Field<Values>> fields, Faults& faults) {
  Draft<Values> draft;
  draft.place = place;
  if (!object.is_object()) {
    faults.add(place, "is " + seen(object, true) + ", wanted is an object");
    for (const auto& row : fields) draft.origins[row.setting.key()] = {Layer::file, place};
    return draft;
  }
  for (const auto& [key, value] : object.items()) {
    const Place here = place.child(key);
    if (const auto* const row = find_field(fields, key)) {
      put(draft, *row, value, {Layer::file, here}, faults);
      continue;
    }
    std::vector<std::string> known;
    if (!faults.is_full()) {
      for (const auto& row : fields) known.emplace_back(row.setting.key());
    }
    faults.add(here, unknown("key", key, known));
  }
  return draft;
}

template <class Values>
void require_keys(const Draft<Values>& draft, std::span<const Field<Values>> fields,
                  Faults& faults) {
  for (const auto& row : fields) {
    if (row.setting.required && draft.origin(row.setting.key()) == nullptr) {
      faults.add(draft.place.child(row.setting.key()),
                 "is missing, wanted is " + std::string(row.setting.doc));
    }
  }
}

// --- one file each: from the sources to drafts, from drafts to the configuration.

void read_file(const ConfigSources& sources, ConfigDraft& draft, Faults& faults);
void read_environment(const ConfigSources& sources, ConfigDraft& draft, Faults& faults);
void read_overrides(const ConfigSources& sources, ConfigDraft& draft, Faults& faults);

// Where passwords that are not written out come from.
struct PasswordSources {
  const ConfigSources& sources;
  const std::string& directory;
};
struct FoundPassword {
  Secret secret;
  std::string source;  // "config", "file garden", "environment X", "command line"; "" = none
};
struct PasswordKey {
  enum class Form { text, file, variable } form;
  std::string_view key;
  const std::string& value;
  const Origin* origin;
};
// The one that is set in the highest layer; two in one layer are a fault, empty ones are not set.
[[nodiscard]] FoundPassword find_password(std::span<const PasswordKey> keys,
                                          const PasswordSources& from, Faults& faults);

// A password that cannot be had is one of `password_faults`, which may be `faults`.
[[nodiscard]] CameraConfig finish_camera(CameraDraft draft, const PasswordSources& from,
                                         Faults& faults, Faults& password_faults);
[[nodiscard]] ServerSetConfig finish_server(ServerDraft draft, Faults& faults);
// What the state file says of cameras.
struct KeptCameras {
  std::vector<CameraDraft> added;
  nlohmann::json updates = nlohmann::json::array();
  Place updates_place{};
};
// The configured ones with what was changed of them, then those of the state that are not
// configured as well.
void add_cameras(Config& config, std::vector<CameraDraft> configured, KeptCameras kept,
                 const ConfigSources& sources, Faults& faults);
void add_servers(Config& config, std::vector<ServerDraft> configured, std::vector<ServerDraft> kept,
                 Faults& faults);

}  // namespace cam32100::bridge
