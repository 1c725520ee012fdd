#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bridge/core/config_faults.hpp"
#include "protocol/wire/time.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::bridge {

struct ScriptMotion {};
struct ScriptQuiet {};
struct ScriptReboot {};
struct ScriptClose {};
struct ScriptWifi {
  std::string ssid;
  int rssi = 0;
};
struct ScriptVanish {
  protocol::Duration length{};
};
using ScriptAction =
    std::variant<ScriptMotion, ScriptQuiet, ScriptReboot, ScriptClose, ScriptWifi, ScriptVanish>;
[[nodiscard]] std::string_view to_text(const ScriptAction& action) noexcept;  // as "do" says it

struct ScriptStep {
  protocol::Duration at{};                   // since the start
  std::optional<protocol::Duration> repeat;  // then again each so often
  std::optional<protocol::Uid> uid;          // one camera; else all
  ScriptAction action;
};

// The steps of a file's text, in its order. Every fault names file and JSON pointer, what was seen
// and what is allowed; `cameras`: whom "uid" may name. nullopt: a fault was added.
[[nodiscard]] std::optional<std::vector<ScriptStep>> read_script(
    std::string_view text, const std::string& file, std::span<const protocol::Uid> cameras,
    Faults& faults);

// Which step is due when. A loop that was held up gets a repeated step once, not once for each time
// it missed.
class ScriptRun {
 public:
  ScriptRun(std::vector<ScriptStep> steps, protocol::TimePoint start);

  [[nodiscard]] std::optional<protocol::TimePoint> deadline() const;
  // The earliest that is due, of one moment in the file's order; nullptr: none. Lives as long as
  // this.
  [[nodiscard]] const ScriptStep* take_due(protocol::TimePoint now);

 private:
  std::vector<ScriptStep> steps_;
  std::vector<std::optional<protocol::TimePoint>> due_;  // of each; none: over
};

}  // namespace cam32100::bridge
