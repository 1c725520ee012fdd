#include "bridge/cli/emulate_script.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "bridge/core/config_text.hpp"

namespace cam32100::bridge {

namespace {

using nlohmann::json;
using protocol::Duration;
using protocol::TimePoint;

constexpr std::size_t kMostScriptBytes = 1U << 20U;
constexpr std::size_t kMostSteps = 1000;
constexpr std::size_t kLongestSsid = 32;  // IEEE 802.11

struct SecondsRange {
  double low, high;
  const char* text;
};
constexpr SecondsRange kMoment{0, 2'592'000, "a number of 0 to 2592000 (seconds, 30 days)"};
constexpr SecondsRange kSpan{0.1, 2'592'000, "a number of 0.1 to 2592000 (seconds, 30 days)"};
constexpr std::array<std::string_view, 6> kVerbs{"motion", "quiet", "reboot",
                                                 "close",  "wifi",  "vanish"};
constexpr std::array<std::string_view, 4> kCommonKeys{"at_s", "do", "uid", "repeat_s"};

// One step's object, member by member. Each want_*() adds a fault where it gives nothing.
class StepReader {
 public:
  StepReader(const json& step, const Place& place, Faults& faults)
      : step_{step}, place_{place}, faults_{faults} {}

  std::optional<Duration> want_seconds(const char* key, const SecondsRange& range) {
    const json* value = member(key, range.text);
    if (value == nullptr) return std::nullopt;
    if (value->is_number()) {
      const auto seconds = value->get<double>();
      if (seconds >= range.low && seconds <= range.high)
        return std::chrono::duration_cast<Duration>(std::chrono::duration<double>{seconds});
    }
    return fault(key, *value, range.text);
  }
  std::optional<std::string_view> want_verb() {
    const auto wanted = one_of(kVerbs);
    const json* value = member("do", wanted.c_str());
    if (value == nullptr) return std::nullopt;
    if (value->is_string()) {
      const auto* const found = std::find(kVerbs.begin(), kVerbs.end(), value->get<std::string>());
      if (found != kVerbs.end()) return *found;
    }
    return fault("do", *value, wanted.c_str());
  }
  std::optional<std::string> want_ssid() {
    constexpr const char* kWanted = "a text of 1 to 32 bytes";
    const json* value = member("ssid", kWanted);
    if (value == nullptr) return std::nullopt;
    if (value->is_string()) {
      auto text = value->get<std::string>();
      if (!text.empty() && text.size() <= kLongestSsid) return text;
    }
    return fault("ssid", *value, kWanted);
  }
  std::optional<int> want_rssi() {
    constexpr const char* kWanted =
        "a whole number of -100 to 100 (dBm when negative, else percent)";
    const json* value = member("rssi", kWanted);
    if (value == nullptr) return std::nullopt;
    if (value->is_number_integer()) {
      const auto number = value->get<double>();
      if (number >= -100 && number <= 100) return static_cast<int>(number);
    }
    return fault("rssi", *value, kWanted);
  }
  std::optional<protocol::Uid> want_uid(std::span<const protocol::Uid> cameras) {
    constexpr const char* kWanted = "the UID of an emulated camera";
    const json* value = member("uid", kWanted);
    if (value == nullptr) return std::nullopt;
    if (value->is_string()) {
      const auto uid = protocol::Uid::parse(value->get<std::string>());
      if (uid && std::find(cameras.begin(), cameras.end(), *uid) != cameras.end()) return *uid;
    }
    return fault("uid", *value, kWanted);
  }
  [[nodiscard]] bool has(const char* key) const { return step_.contains(key); }
  // Every member must be one that this kind of step knows.
  bool knows_all(std::initializer_list<std::string_view> own) {
    std::vector<std::string> known{kCommonKeys.begin(), kCommonKeys.end()};
    known.insert(known.end(), own.begin(), own.end());
    bool good = true;
    for (const auto& [key, value] : step_.items()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      faults_.add(place_.child(key), unknown("key", key, known));
      good = false;
    }
    return good;
  }

 private:
  const json* member(const char* key, const char* wanted) {
    const auto found = step_.find(key);
    if (found != step_.end()) return &*found;
    faults_.add(place_.child(key), std::string{"is missing, wanted "} + wanted);
    return nullptr;
  }
  std::nullopt_t fault(const char* key, const json& value, const char* wanted) {
    faults_.add(place_.child(key), "saw " + seen(value, false) + ", wanted " + wanted);
    return std::nullopt;
  }

  const json& step_;
  const Place& place_;
  Faults& faults_;
};

std::optional<ScriptAction> read_action(StepReader& in) {
  const auto verb = in.want_verb();
  if (!verb) return std::nullopt;
  if (*verb == "wifi") {
    const bool known = in.knows_all({"ssid", "rssi"});
    auto ssid = in.want_ssid();
    const auto rssi = in.want_rssi();
    if (!known || !ssid || !rssi) return std::nullopt;
    return ScriptWifi{std::move(*ssid), *rssi};
  }
  if (*verb == "vanish") {
    const bool known = in.knows_all({"for_s"});
    const auto length = in.want_seconds("for_s", kSpan);
    if (!known || !length) return std::nullopt;
    return ScriptVanish{*length};
  }
  if (!in.knows_all({})) return std::nullopt;
  if (*verb == "motion") return ScriptMotion{};
  if (*verb == "quiet") return ScriptQuiet{};
  if (*verb == "reboot") return ScriptReboot{};
  return ScriptClose{};
}

std::optional<ScriptStep> read_step(const json& value, const Place& place,
                                    std::span<const protocol::Uid> cameras, Faults& faults) {
  if (!value.is_object()) {
    faults.add(place, "saw " + seen(value, false) + ", wanted an object with at_s and do");
    return std::nullopt;
  }
  StepReader in{value, place, faults};
  ScriptStep step;
  const auto at = in.want_seconds("at_s", kMoment);
  auto action = read_action(in);
  bool good = at && action;
  if (in.has("repeat_s")) {
    step.repeat = in.want_seconds("repeat_s", kSpan);
    good = good && step.repeat;
  }
  if (in.has("uid")) {
    step.uid = in.want_uid(cameras);
    good = good && step.uid;
  }
  if (!good) return std::nullopt;
  step.at = *at;
  step.action = std::move(*action);
  return step;
}

}  // namespace

std::string_view to_text(const ScriptAction& action) noexcept { return kVerbs.at(action.index()); }

std::optional<std::vector<ScriptStep>> read_script(std::string_view text, const std::string& file,
                                                   std::span<const protocol::Uid> cameras,
                                                   Faults& faults) {
  const Place place{file, ""};
  const auto script = read_json(text, place, faults, kMostScriptBytes);
  if (!script) return std::nullopt;
  if (!script->is_array() || script->size() > kMostSteps) {
    faults.add(place, "saw " + seen(*script, false) + ", wanted a list of at most " +
                          std::to_string(kMostSteps) + " steps");
    return std::nullopt;
  }
  std::vector<ScriptStep> steps;
  for (std::size_t i = 0; i < script->size() && !faults.is_full(); ++i) {
    if (auto step = read_step((*script)[i], place.child(i), cameras, faults))
      steps.push_back(std::move(*step));
  }
  if (steps.size() < script->size()) return std::nullopt;
  return steps;
}

ScriptRun::ScriptRun(std::vector<ScriptStep> steps, TimePoint start) : steps_{std::move(steps)} {
  for (const auto& step : steps_) due_.emplace_back(start + step.at);
}

std::optional<TimePoint> ScriptRun::deadline() const {
  std::optional<TimePoint> next;
  for (const auto& due : due_) protocol::earliest(next, due);
  return next;
}

const ScriptStep* ScriptRun::take_due(TimePoint now) {
  const auto next = deadline();
  if (!next || *next > now) return nullptr;
  const auto index =
      static_cast<std::size_t>(std::find(due_.begin(), due_.end(), next) - due_.begin());
  const ScriptStep& step = steps_[index];
  due_[index].reset();
  if (step.repeat) due_[index] = *next + *step.repeat * ((now - *next) / *step.repeat + 1);
  return &step;
}

}  // namespace cam32100::bridge
