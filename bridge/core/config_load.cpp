#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "bridge/core/config_draft.hpp"
#include "bridge/core/config_text.hpp"
#include "mappings/topics.hpp"

namespace cam32100::bridge {

namespace {

using nlohmann::json;
using Names = std::vector<std::string>;

constexpr std::string_view kVariablePrefix = "CAM32100_";
// Read by the command line, not keys: where the file is, password and device key of `get` and
// `snapshot`.
constexpr std::string_view kReservedVariables[] = {"CAM32100_CONFIG", "CAM32100_PASSWORD",
                                                   "CAM32100_DSK"};

bool begins_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// The names one level below `prefix` ("" or "mqtt."): for messages about unknown keys.
Names names_below(std::string_view prefix) {
  Names names;
  for (const Setting& setting : all_settings()) {
    if (!begins_with(setting.path, prefix)) continue;
    const std::string_view rest = setting.path.substr(prefix.size());
    std::string name(rest.substr(0, rest.find_first_of(".[")));
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  }
  return names;
}

bool is_section(const std::string& path) {
  return std::ranges::any_of(
      root_fields(), [&](const auto& row) { return begins_with(row.setting.path, path + "."); });
}

template <class Values>
void read_list(const json& list, const Place& place, std::span<const Field<Values>> fields,
               std::size_t most, std::vector<Draft<Values>>& into, Faults& faults) {
  if (!list.is_array()) {
    faults.add(place, "is " + seen(list, true) + ", wanted is a list of objects");
    return;
  }
  if (list.size() > most) {
    faults.add(place, "has " + std::to_string(list.size()) + " elements, at most " +
                          std::to_string(most) + " are allowed");
    return;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    into.push_back(read_object(list[i], place.child(i), fields, faults));
  }
}

// A server alone, host or init string, stands for the set that has just that one.
json spelled_out_servers(const json& value) {
  const auto set = [](const json& host) {
    return host.is_string() ? json{{"hosts", json::array({host})}} : host;
  };
  if (value.is_string()) return json::array({set(value)});
  if (!value.is_array() || value.size() > kMaxServerSets) return value;
  json sets = json::array();
  for (const json& each : value) sets.push_back(set(each));
  return sets;
}

void read_section(const json& object, const std::string& prefix, const Place& place,
                  ConfigDraft& draft, Faults& faults) {
  for (const auto& [key, value] : object.items()) {
    const Place here = place.child(key);
    const bool plain = key.find('.') == std::string::npos;
    const std::string path = prefix + key;
    if (const auto* const row = plain ? find_field(root_fields(), path) : nullptr) {
      put(draft.root, *row, value, {Layer::file, here}, faults);
    } else if (path == "cameras") {
      read_list(value, here, camera_fields(), kMaxCameras, draft.cameras, faults);
    } else if (path == "servers") {
      read_list(spelled_out_servers(value), here, server_fields(), kMaxServerSets, draft.servers,
                faults);
    } else if (!plain || !is_section(path)) {
      faults.add(here, unknown("key", key, faults.is_full() ? Names{} : names_below(prefix)));
    } else if (!value.is_object()) {
      faults.add(here, "is " + seen(value, true) + ", wanted is an object");
    } else {
      read_section(value, path + ".", here, draft, faults);  // as deep as the table
    }
  }
}

// --- one value given by its path: environment and command line

struct PlainValue {
  std::string_view text;
  Layer layer;
  Place place;
};

template <class Values>
bool put_plain(Draft<Values>& draft, std::span<const Field<Values>> fields, std::string_view key,
               const PlainValue& given, Faults& faults) {
  const auto* const row = find_field(fields, key);
  if (row == nullptr) return false;
  const auto value = read_plain(row->setting, given.text, given.place, faults);
  if (value) {
    put(draft, *row, *value, {given.layer, given.place}, faults);
  } else {
    draft.origins[row->setting.key()] = {given.layer, given.place};
  }
  return true;
}

// "cameras.0.uid": an index one past the end adds an object, so that a list can be given without a
// file.
template <class Values>
bool put_element(std::vector<Draft<Values>>& list, std::span<const Field<Values>> fields,
                 std::string_view rest, std::string_view name, std::size_t most,
                 const PlainValue& given, Faults& faults) {
  const auto dot = rest.find('.');
  if (dot == std::string_view::npos) return false;
  std::size_t index = 0;
  const auto [end, ec] = std::from_chars(rest.data(), rest.data() + dot, index);
  if (ec != std::errc{} || end != rest.data() + dot || index >= most) return false;
  const std::string_view key = rest.substr(dot + 1);
  if (find_field(fields, key) == nullptr) return false;
  // Variables come sorted as text, 10 before 2; gaps are found when the drafts are finished.
  while (list.size() <= index) {
    list.emplace_back();
    list.back().place = Place{given.place.source, {}}.child(name).child(list.size() - 1);
  }
  return put_plain(list[index], fields, key, given, faults);
}

// A list as a whole takes the place of what was there: in the file's form, or one server in a word.
template <class Values>
void put_list(std::vector<Draft<Values>>& list, std::span<const Field<Values>> fields,
              std::size_t most, const PlainValue& given, Faults& faults) {
  if (!mappings::is_valid_utf8(given.text)) {
    faults.add(given.place, "is not valid UTF-8");
    return;
  }
  json value = std::string{given.text};
  if (begins_with(given.text, "[") || begins_with(given.text, "{")) {
    value = json::parse(given.text, nullptr, false);
    if (value.is_discarded()) {
      faults.add(given.place, "is no JSON, wanted is a list of objects");
      return;
    }
  }
  list.clear();
  if constexpr (std::is_same_v<Values, ServerSetConfig>) value = spelled_out_servers(value);
  read_list(value, given.place, fields, most, list, faults);
}

bool put_path(ConfigDraft& draft, std::string_view path, const PlainValue& given, Faults& faults) {
  if (begins_with(path, "cameras.")) {
    return put_element(draft.cameras, camera_fields(), path.substr(8), "cameras", kMaxCameras,
                       given, faults);
  }
  if (begins_with(path, "servers.")) {
    return put_element(draft.servers, server_fields(), path.substr(8), "servers", kMaxServerSets,
                       given, faults);
  }
  if (path == "cameras") {
    put_list(draft.cameras, camera_fields(), kMaxCameras, given, faults);
    return true;
  }
  if (path == "servers") {
    put_list(draft.servers, server_fields(), kMaxServerSets, given, faults);
    return true;
  }
  return put_plain(draft.root, root_fields(), path, given, faults);
}

// Every path as a user would type it; lists with index 0.
Names dotted_paths() {
  Names paths;
  for (const Setting& setting : all_settings()) {
    std::string path(setting.path);
    if (const auto bracket = path.find("[]"); bracket != std::string::npos)
      path.replace(bracket, 2, ".0");
    paths.push_back(std::move(path));
  }
  return paths;
}

// "mqtt.url" -> "CAM32100_MQTT__URL".
std::string variable_of(std::string_view path) {
  std::string name(kVariablePrefix);
  for (const char c : path) {
    if (c == '.') {
      name += "__";
    } else {
      name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return name;
}

// "CAM32100_MQTT__URL" -> "mqtt.url"; nothing that variable_of() would not give back.
std::string path_of(std::string_view variable) {
  std::string path;
  for (std::size_t i = kVariablePrefix.size(); i < variable.size(); ++i) {
    const char c = variable[i];
    if (c == '_' && i + 1 < variable.size() && variable[i + 1] == '_') {
      path += '.';
      ++i;
    } else {
      path += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return variable_of(path) == variable ? path : std::string{};
}

// The whole list would fill a screen: name it only when one name is near.
std::string unknown_path(std::string_view what, std::string_view name, const Names& known) {
  std::string sentence = unknown(what, name, known);
  if (sentence.find("did you mean") != std::string::npos) return sentence;
  return "unknown " + std::string(what) + "; config.example.json shows every key";
}

}  // namespace

void read_file(const ConfigSources& sources, ConfigDraft& draft, Faults& faults) {
  const Place place{sources.file_name.empty() ? "config file" : sources.file_name, {}};
  draft.root.place = place;
  if (sources.file_text.empty()) return;
  const auto root = read_json(sources.file_text, place, faults);
  if (!root) return;
  if (!root->is_object()) {
    faults.add(place, "is " + seen(*root, true) + ", wanted is an object");
    return;
  }
  read_section(*root, "", place, draft, faults);
}

void read_environment(const ConfigSources& sources, ConfigDraft& draft, Faults& faults) {
  for (const auto& [name, value] : sources.environment) {
    if (!begins_with(name, kVariablePrefix) ||
        std::find(std::begin(kReservedVariables), std::end(kReservedVariables), name) !=
            std::end(kReservedVariables))
      continue;
    const PlainValue given{value, Layer::environment, {name, {}}};
    if (put_path(draft, path_of(name), given, faults)) continue;
    Names known;
    if (!faults.is_full()) known = dotted_paths();
    for (std::string& path : known) path = variable_of(path);
    faults.add(given.place, unknown_path("variable", name, known));
  }
}

void read_overrides(const ConfigSources& sources, ConfigDraft& draft, Faults& faults) {
  for (const auto& [path, value] : sources.overrides) {
    const PlainValue given{value, Layer::command_line, {"option " + path, {}}};
    if (put_path(draft, path, given, faults)) continue;
    faults.add(given.place, unknown_path("key", path, faults.is_full() ? Names{} : dotted_paths()));
  }
}

}  // namespace cam32100::bridge
