#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/direct_camera.hpp"
#include "bridge/io/embedded_mappings.hpp"
#include "mappings/abilities.hpp"
#include "mappings/printable.hpp"
#include "mappings/reply.hpp"

// A report to paste into an issue: what a camera is, how it was reached, what it answers. No UID
// beyond its prefix, no address, no value of a reply but those listed in kShown and those that
// speak of abilities.
namespace cam32100::bridge {

namespace {

using mappings::printable;
using nlohmann::ordered_json;

constexpr std::array<const char*, 7> kCommands{
    "check_credentials", "get_status",        "get_camera_params", "get_params",
    "get_misc",          "get_factory_param", "snapshot"};
constexpr std::array<std::string_view, 5> kShown{"firmware", "app_version", "device_type",
                                                 "device_subtype", "audio_encoder_mode"};

std::int64_t to_ms(protocol::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

ordered_json describe(const mappings::DeviceMapping& mapping, const std::string& command,
                      const mappings::CommandPlan& plan, DirectAnswer& answer,
                      nlohmann::json& told) {
  ordered_json line{{"cgi", plan.steps.front().request.cgi}, {"took_ms", to_ms(answer.took)}};
  if (const auto* failed = std::get_if<JobFailed>(&answer.event)) {
    line["error"] = std::string{mappings::to_text(failed->error.code)};
    return line;
  }
  auto* replied = std::get_if<JobReplied>(&answer.event);
  if (replied == nullptr || replied->replies.empty()) return line;
  line["bytes"] = replied->replies.front().body.size();
  char id[8] = {};
  std::snprintf(id, sizeof id, "0x%04x",
                static_cast<unsigned>(replied->replies.front().command_id));
  line["reply_id"] = id;
  const auto meaning = mappings::interpret(mapping, command, plan, std::move(replied->replies));
  if (meaning.result) line["result"] = *meaning.result;
  if (meaning.error) line["error"] = std::string{mappings::to_text(meaning.error->code)};
  if (!meaning.data.is_object()) return line;
  told.update(meaning.data);
  if (command == "snapshot") {
    line["width"] = meaning.data.value("width", nlohmann::json());
    line["height"] = meaning.data.value("height", nlohmann::json());
    return line;
  }
  line["values"] = meaning.data.size();
  ordered_json unknown = ordered_json::array();
  if (const auto other = meaning.data.find("other"); other != meaning.data.end()) {
    for (const auto& [name, value] : other->items()) unknown.push_back(name);
  }
  if (!unknown.empty()) line["unknown_names"] = std::move(unknown);
  return line;
}

std::string pairs_of(const ordered_json& object) {
  std::string out;
  for (const auto& [key, value] : object.items())
    out += (out.empty() ? "" : " ") + printable(key) + "=" + printable(value);
  return out;
}

void print_report(const ordered_json& report) {
  for (const auto& [key, value] : report.items()) {
    if (key == "requests") continue;
    if (key != "abilities") {
      std::printf("%-18s %s\n", key.c_str(), printable(value).c_str());
      continue;
    }
    for (const auto& [name, ability] : value.items())
      std::printf("%-18s %s\n", name.c_str(),
                  (ability.is_object() ? pairs_of(ability) : printable(ability)).c_str());
  }
  for (auto line : report.value("requests", ordered_json::array())) {
    const auto cgi = line.value("cgi", "");
    line.erase("cgi");
    std::printf("%-24s %s\n", printable(cgi).c_str(), pairs_of(line).c_str());
  }
}

void print(const ordered_json& report, bool as_json) {
  if (!as_json) return print_report(report);
  std::printf("%s\n", printable(report).c_str());
}

// What became of the search and the session. False: there is none.
bool describe_session(ordered_json& report, const DirectRun& run) {
  const auto opened = run.answers.find(1);
  if (opened == run.answers.end()) {
    report["session"] = "no answer";
    return false;
  }
  if (const auto* failed = std::get_if<JobFailed>(&opened->second.event)) {
    report["session"] = std::string{mappings::to_text(failed->error.code)};
    return false;
  }
  const auto* connected = std::get_if<JobConnected>(&opened->second.event);
  if (connected == nullptr) return false;
  const auto total = to_ms(opened->second.took);
  const auto handshake = run.confirmed.value("took_ms", std::int64_t{0});
  report["reached by"] = std::string{protocol::to_text(connected->path)};
  report["session"] = "open after " + std::to_string(total) + " ms";
  report["search_ms"] = std::max<std::int64_t>(to_ms(run.until_confirmed) - handshake, 0);
  report["connect_ms"] = handshake;
  report["cipher"] = run.confirmed.value("psk", "");
  report["handshake"] = run.confirmed.value("variant", "");
  return true;
}

int exit_code_of(const DirectRun& run, double timeout_s) {
  const auto opened = run.answers.find(1);
  if (opened != run.answers.end())
    if (const auto* failed = std::get_if<JobFailed>(&opened->second.event))
      return fail_with(failed->error);
  return fail_timed_out(timeout_s);
}

std::vector<Job> jobs_of(const mappings::DeviceMapping& mapping,
                         std::vector<mappings::CommandPlan>& plans) {
  std::vector<Job> jobs{{1, std::nullopt, ConnectJob{}}};
  for (const char* command : kCommands) {
    auto plan = mappings::translate(mapping, command, nlohmann::json::object(), {});
    plans.push_back(plan ? std::move(*plan) : mappings::CommandPlan{});
    jobs.push_back({jobs.size() + 1, std::nullopt, CgiJob{plans.back()}});
  }
  return jobs;
}

bool is_refused(const DirectRun& run) {
  return std::any_of(run.answers.begin(), run.answers.end(), [](const auto& one) {
    const auto* failed = std::get_if<JobFailed>(&one.second.event);
    return failed != nullptr && failed->error.code == mappings::ErrorCode::auth_failed;
  });
}

int probe(const DirectOptions& options, bool as_json) {
  const auto uid = parse_uid_option(options.uid);
  if (!uid) return kExitUsage;
  const auto& file = embedded_mappings().front();
  const auto mapping = mappings::DeviceMapping::load(file.text, file.file);
  if (!mapping) return kExitFailed;
  std::vector<mappings::CommandPlan> plans;
  auto run = run_jobs(options, *uid, jobs_of(*mapping, plans));
  ordered_json report{{"cam32100", CAM32100_VERSION},
                      {"prefix", std::string{uid->prefix()}},
                      {"known prefix", mapping->serves(uid->prefix())}};
  if (!describe_session(report, run)) {
    print(report, as_json);
    return exit_code_of(run, options.timeout_s);
  }
  report["dialect"] = "cgi (" + mapping->family() + ")";
  nlohmann::json told = nlohmann::json::object();
  ordered_json requests = ordered_json::array();
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (const auto answer = run.answers.find(i + 2); answer != run.answers.end())
      requests.push_back(describe(*mapping, kCommands[i], plans[i], answer->second, told));
  }
  for (const auto key : kShown) {
    if (const auto value = told.find(key); value != told.end()) report[std::string{key}] = *value;
  }
  report["abilities"] = mappings::abilities_told(told);
  report["requests"] = std::move(requests);
  print(report, as_json);
  if (!is_refused(run)) return kExitOk;
  std::fputs("cam32100: the camera refuses user or password; see --user, --password-file\n",
             stderr);
  return kExitFailed;
}

}  // namespace

void add_probe(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("probe", "Report what a camera is, without its id");
  auto options = std::make_shared<DirectOptions>();
  auto json = std::make_shared<bool>(false);
  add_camera_options(*command, *options);
  command->add_flag("--json", *json, "One JSON line");
  command->callback(
      [&line, options, json] { line.run = [options, json] { return probe(*options, *json); }; });
}

}  // namespace cam32100::bridge
