#include <algorithm>
#include <chrono>

#include "mappings/translate.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

// Without a dead-man stop a lost "stop" would leave the camera turning until its end switch.
constexpr milliseconds kDeadMan{10'000};

PlanStep decoder_step(int command, bool one_step, milliseconds pause_before) {
  PlanStep step;
  step.request.cgi = "decoder_control.cgi";
  step.request.parameters = {{"command", std::to_string(command)},
                             {"onestep", one_step ? "1" : "0"}};
  step.pause_before = pause_before;
  return step;
}

// The lasting moves (those with a stop) take step or ms; the others neither.
std::optional<CommandError> check_duration(const std::string& name, const MoveSpec& move,
                                           const json& arguments) {
  const bool step = arguments.value("step", false);
  const bool has_ms = arguments.contains("ms");
  if (step && has_ms) {
    return bad_argument("ms", "cannot be given with \"step\": a step has its own length");
  }
  if (step && !move.one_step) return bad_argument("step", "does not apply to \"" + name + '"');
  if (has_ms && !move.stop) return bad_argument("ms", "does not apply to \"" + name + '"');
  return std::nullopt;
}

}  // namespace

CommandResult<CommandPlan> translate_ptz(const DeviceMapping& mapping, const CommandSpec& spec,
                                         const json& arguments) {
  const auto name = arguments.at("move").get<std::string>();
  const MoveSpec& move = mapping.data().moves.find(name)->second;
  if (auto error = check_duration(name, move, arguments)) return *std::move(error);

  CommandPlan plan;
  plan.kind = PlanKind::ptz;
  plan.echo = json{{"move", name}};
  const bool step = arguments.value("step", false);
  plan.steps.push_back(decoder_step(move.start, step, milliseconds{0}));
  if (step) plan.echo["step"] = true;
  if (step || !move.stop) return plan;

  const auto& fallback = spec.arguments.find("ms")->second.fallback;
  const json ms = arguments.contains("ms") ? arguments.at("ms") : fallback;
  const milliseconds length{ms.is_number_integer() ? ms.get<std::int64_t>() : 0};
  plan.echo["ms"] = length.count();
  if (length.count() == 0) {
    plan.dead_man = decoder_step(*move.stop, false, kDeadMan);
  } else {
    plan.steps.push_back(decoder_step(*move.stop, false, length));
  }
  return plan;
}

std::string inverted_move(std::string_view move, const Inversion& inversion) {
  std::string out;
  while (!move.empty()) {
    const auto end = std::min(move.find('_'), move.size());
    std::string_view word = move.substr(0, end);
    if (inversion.horizontal && (word == "left" || word == "right"))
      word = word == "left" ? "right" : "left";
    if (inversion.vertical && (word == "up" || word == "down")) word = word == "up" ? "down" : "up";
    out.append(word);
    if (end < move.size()) out += '_';
    move.remove_prefix(std::min(end + 1, move.size()));
  }
  return out;
}

}  // namespace cam32100::mappings
