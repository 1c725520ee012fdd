#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "bridge/core/config_draft.hpp"
#include "bridge/core/config_text.hpp"
#include "bridge/core/json_text.hpp"

namespace cam32100::bridge {

namespace {

using nlohmann::json;

constexpr int kVersion = 1;
// Far above what one camera, and all of them, retain. Surplus is left out, not refused: without the
// rest there would be no bridge at all.
constexpr std::size_t kMaxTopicsOfCamera = 200;
constexpr std::size_t kMaxBytesOfCamera = 64 * 1024;
constexpr std::size_t kMaxBytesOfTopics = 64 * 1024 * 1024;
constexpr std::size_t kMaxStateBytes = 128 * 1024 * 1024;  // cameras come on top
constexpr std::size_t kMaxTopicBytes = 65535;
constexpr std::size_t kMaxKeysOfState = 100;
constexpr std::size_t kMaxBytesOfKnown = 8 * 1024;  // of one camera; a real one has a fifth of it

class TopicCaps {
 public:
  void next_camera() noexcept { count_ = bytes_ = 0; }
  [[nodiscard]] bool take(const std::string& topic) noexcept {
    if (count_ == kMaxTopicsOfCamera || bytes_ + topic.size() > kMaxBytesOfCamera ||
        all_bytes_ + topic.size() > kMaxBytesOfTopics)
      return false;
    ++count_;
    bytes_ += topic.size();
    all_bytes_ += topic.size();
    return true;
  }

 private:
  std::size_t count_ = 0, bytes_ = 0;  // of this camera
  std::size_t all_bytes_ = 0;
};

json take_list(json& root, const char* key, std::size_t most, const Place& place, Faults& faults) {
  const auto found = root.find(key);
  if (found == root.end()) return json::array();
  const Place here = place.child(key);
  if (!found->is_array()) {
    faults.add(here, "is " + seen(*found, true) + ", wanted is a list of objects");
    return json::array();
  }
  if (found->size() > most) {
    faults.add(here, "has " + std::to_string(found->size()) + " elements, at most " +
                         std::to_string(most) + " are allowed");
    return json::array();
  }
  for (std::size_t i = 0; i < found->size(); ++i) {
    if (!(*found)[i].is_object()) {
      faults.add(here.child(i), "is " + seen((*found)[i], true) + ", wanted is an object");
    }
  }
  return std::move(*found);
}

void check_version(const json& root, const Place& place, Faults& faults) {
  const auto found = root.find("version");
  const Place here = place.child("version");
  if (found == root.end()) {
    faults.add(here, "is missing; this is not a state file, remove it or name another one");
  } else if (!found->is_number_integer() || *found < 1) {
    faults.add(here,
               "is " + seen(*found, false) + ", wanted is the number " + std::to_string(kVersion));
  } else if (*found > kVersion) {
    faults.add(here, "is " + seen(*found, false) +
                         ": written by a newer cam32100; this one reads up to " +
                         std::to_string(kVersion));
  }
}

std::string take_client_id(const json& root, const Place& place, Faults& faults) {
  const auto found = root.find("client_id");
  if (found == root.end()) return {};
  const auto* const row = find_field(root_fields(), "mqtt.client_id");
  if (const auto fault = refuse(row->setting, *found)) {
    faults.add(place.child("client_id"), *fault);
    return {};
  }
  return found->get<std::string>();
}

bool is_topic(const json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return !text.empty() && text.size() <= kMaxTopicBytes &&
         text.find_first_of(std::string_view("+#\0", 3)) == std::string::npos;
}

std::vector<std::string> take_topics(const json& list, const Place& place, Faults& faults) {
  std::vector<std::string> topics;
  if (!list.is_array()) {
    faults.add(place, "is " + seen(list, false) + ", wanted is a list of topics");
    return topics;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (is_topic(list[i])) {
      topics.push_back(list[i].get<std::string>());
    } else {
      faults.add(place.child(i),
                 "is " + seen(list[i], false) + ", wanted is a topic without wildcards");
    }
  }
  return topics;
}

void take_retained(const json& root, const Place& place, SavedState& state, Faults& faults) {
  const auto found = root.find("retained_topics");
  if (found == root.end()) return;
  const Place here = place.child("retained_topics");
  if (!found->is_object()) {
    faults.add(here, "is " + seen(*found, false) + ", wanted is an object");
    return;
  }
  TopicCaps caps;
  for (const auto& [key, list] : found->items()) {
    const auto uid = protocol::Uid::parse(key);
    if (!uid) {
      faults.add(here.child(key), "is not the id of a camera");
      continue;
    }
    auto& kept = state.retained_topics[uid->text()];
    caps.next_camera();
    for (auto& topic : take_topics(list, here.child(key), faults)) {
      if (caps.take(topic)) {
        kept.push_back(std::move(topic));
      } else {
        ++state.dropped_topics;
      }
    }
  }
}

void take_bridge_topics(const json& root, const Place& place, SavedState& state, Faults& faults) {
  const auto found = root.find("bridge_topics");
  if (found == root.end()) return;
  TopicCaps caps;
  for (auto& topic : take_topics(*found, place.child("bridge_topics"), faults)) {
    if (caps.take(topic)) {
      state.bridge_topics.push_back(std::move(topic));
    } else {
      ++state.dropped_topics;
    }
  }
}

json object_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? *found : json::object();
}

// What does not fit is left out: the camera tells it again.
void take_known(const json& root, SavedState& state) {
  const auto found = root.find("known");
  if (found == root.end() || !found->is_object()) return;
  for (const auto& [key, known] : found->items()) {
    const auto uid = protocol::Uid::parse(key);
    if (!uid || !known.is_object() || state.known.size() >= kMaxCameras) continue;
    json keys = json::array();
    if (const auto listed = known.find("state"); listed != known.end() && listed->is_array()) {
      for (const auto& name : *listed) {
        if (name.is_string() && keys.size() < kMaxKeysOfState) keys.push_back(name);
      }
    }
    const json kept{{"info", object_at(known, "info")},
                    {"settings", object_at(known, "settings")},
                    {"state", std::move(keys)}};
    state.known[uid->text()] = to_json_text(kept);
  }
}

void take_ways(const json& root, SavedState& state) {
  const auto found = root.find("ways");
  if (found == root.end() || !found->is_object()) return;
  for (const auto& [key, way] : found->items()) {
    const auto uid = protocol::Uid::parse(key);
    if (!uid || !way.is_object() || state.ways.size() >= kMaxCameras) continue;
    json clean = json::object();
    for (const char* name : {"address", "transport", "cipher"}) {
      const auto value = way.find(name);
      clean[name] = value != way.end() && value->is_string() ? *value : json("");
    }
    state.ways[uid->text()] = std::move(clean);
  }
}

void take_alarm_push(const json& root, SavedState& state) {
  const auto found = root.find("alarm_push");
  if (found == root.end() || !found->is_object()) return;
  for (const auto& [key, kept] : found->items()) {
    const auto uid = protocol::Uid::parse(key);
    if (!uid || !kept.is_object() || state.alarm_push.size() >= kMaxCameras) continue;
    json clean = json::object();
    for (const char* name : {"token", "enabled", "url"}) {
      const auto value = kept.find(name);
      clean[name] = value != kept.end() && value->is_string() ? *value : json("");
    }
    const auto set = kept.find("set");
    clean["set"] = set != kept.end() && set->is_boolean() && set->get<bool>();
    state.alarm_push[uid->text()] = std::move(clean);
  }
}

// A line for each camera, made one after the other: the values of all of them at once would take
// ten times the room of their text.
class StateText {
 public:
  explicit StateText(const SavedState& state) {
    std::size_t expected = 4096;
    for (const auto& [uid, told] : state.known) expected += told.size() + 1024;
    text_.reserve(expected);
  }
  void add(std::string_view name, std::string_view value) {
    text_ += text_.empty() ? "{\n" : ",\n";
    text_.append("\"").append(name).append("\": ").append(value);
  }
  template <class Map, class Write>
  void add_each(std::string_view name, const Map& map, Write write) {
    add(name, "{");
    const char* between = "\n";
    for (const auto& [uid, value] : map) {
      const std::string text = write(value);
      if (text.empty()) continue;
      text_.append(std::exchange(between, ",\n")).append("  \"").append(uid).append("\": ");
      text_ += text;
    }
    text_ += '}';
  }
  [[nodiscard]] std::string take() && { return std::move(text_ += "\n}\n"); }

 private:
  std::string text_;
};

}  // namespace

bool is_client_id_of(std::string_view instance, std::string_view client_id) {
  return client_id.size() > instance.size() + 1 && client_id.starts_with(instance) &&
         client_id[instance.size()] == '-';
}

std::string to_text(const SavedState& state) {
  StateText text{state};
  text.add("version", std::to_string(kVersion));
  for (const auto& [name, list] : {std::pair{"cameras", &state.cameras},
                                   {"updates", &state.updates},
                                   {"servers", &state.servers}})
    text.add(name, to_json_text(*list));
  text.add("client_id", to_json_text(state.client_id));
  // Nothing is written that could not be read again.
  TopicCaps caps;
  text.add_each("retained_topics", state.retained_topics, [&caps](const auto& topics) {
    caps.next_camera();
    json kept = json::array();
    std::copy_if(topics.begin(), topics.end(), std::back_inserter(kept),
                 [&caps](const std::string& topic) { return caps.take(topic); });
    return to_json_text(kept);
  });
  text.add("bridge_topics", to_json_text(state.bridge_topics));
  text.add_each("known", state.known, [](const std::string& told) {
    return told.size() <= kMaxBytesOfKnown ? told : std::string{};
  });
  text.add_each("ways", state.ways, to_json_text);
  text.add_each("alarm_push", state.alarm_push, to_json_text);
  return std::move(text).take();
}

boost::system::result<SavedState, ConfigErrors> parse_state(std::string_view text,
                                                            std::string_view file_name) {
  SavedState state;
  if (text.empty()) return state;
  Faults faults;
  const Place place{std::string(file_name), {}};
  auto root = read_json(text, place, faults, kMaxStateBytes);
  if (root && !root->is_object()) {
    faults.add(place, "is " + seen(*root, true) + ", wanted is an object");
  } else if (root) {
    check_version(*root, place, faults);
    state.cameras = take_list(*root, "cameras", kMaxCameras, place, faults);
    state.updates = take_list(*root, "updates", kMaxCameras, place, faults);
    state.servers = take_list(*root, "servers", kMaxServerSets, place, faults);
    state.client_id = take_client_id(*root, place, faults);
    take_retained(*root, place, state, faults);
    take_bridge_topics(*root, place, state, faults);
    take_known(*root, state);
    take_ways(*root, state);
    take_alarm_push(*root, state);
  }
  if (!faults.empty()) return std::move(faults).take();
  return state;
}

}  // namespace cam32100::bridge
