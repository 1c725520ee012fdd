#include "mappings/abilities.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace cam32100::mappings {
namespace {

struct Ability {
  std::string_view name;
  std::array<std::string_view, 4> keys;  // of mapped values; "" where there are fewer
};

constexpr std::array<Ability, 9> kAbilities{{
    {"picture", {"width", "height"}},
    {"ptz", {"ptz_speed", "ptz_run_times", "ptz_patrol_rate", "center_on_start"}},
    {"presets", {"preset_on_start", "ptz_preset_on_start", "preset_names_shown"}},
    {"ir", {"ir"}},
    {"sd", {"sd_status", "sd_total_mb"}},
    {"wifi", {"wifi_enable", "external_wifi"}},
    {"motion_detection", {"motion_detection", "motion_sensitivity"}},
    {"alarm_push", {"alarm_http", "support_alarm_center"}},
    {"audio", {"audio_encoder_mode", "adpcm_version", "input_volume", "output_volume"}},
}};

}  // namespace

nlohmann::ordered_json abilities_told(const nlohmann::json& values) {
  auto out = nlohmann::ordered_json::object();
  for (const auto& ability : kAbilities) {
    auto told = nlohmann::ordered_json::object();
    for (const auto key : ability.keys) {
      const auto found = values.find(std::string{key});
      if (key.empty() || found == values.end() || !found->is_primitive() || found->is_null())
        continue;
      told[std::string{key}] = *found;
    }
    out[std::string{ability.name}] = told.empty() ? nlohmann::ordered_json("not told") : told;
  }
  return out;
}

}  // namespace cam32100::mappings
