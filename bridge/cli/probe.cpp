#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/direct_camera.hpp"
#include "bridge/io/embedded_mappings.hpp"
#include "mappings/reply.hpp"

// A report to paste into an issue: what a camera is, how it was reached, what it answers. No UID
// beyond its prefix, no address, no value of a reply but those listed in kShown.
namespace cam32100::bridge {

namespace {

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
                      ordered_json& shown) {
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
  for (const auto key : kShown) {
    if (const auto value = meaning.data.find(key); value != meaning.data.end())
      shown[std::string{key}] = *value;
  }
  return line;
}

void print_report(const ordered_json& report) {
  for (const auto& [key, value] : report.items()) {
    if (key == "requests") continue;
    std::printf("%-14s %s\n", key.c_str(),
                value.is_string() ? value.get<std::string>().c_str() : value.dump().c_str());
  }
  for (const auto& line : report.value("requests", ordered_json::array())) {
    std::printf("%-24s", line.value("cgi", "").c_str());
    for (const auto& [key, value] : line.items()) {
      if (key != "cgi") std::printf(" %s=%s", key.c_str(), value.dump().c_str());
    }
    std::printf("\n");
  }
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

int probe(const DirectOptions& options, bool as_json) {
  const auto uid = parse_uid_option(options.uid);
  if (!uid) return kExitUsage;
  const auto& file = embedded_mappings().front();
  const auto mapping = mappings::DeviceMapping::load(file.text, file.file);
  if (!mapping) return kExitFailed;
  std::vector<mappings::CommandPlan> plans;
  auto run = run_jobs(options, *uid, jobs_of(*mapping, plans));
  const auto opened = run.answers.find(1);
  ordered_json report{{"cam32100", CAM32100_VERSION},
                      {"prefix", std::string{uid->prefix()}},
                      {"known prefix", mapping->serves(uid->prefix())}};
  if (opened == run.answers.end() || !std::holds_alternative<JobConnected>(opened->second.event)) {
    const auto* failed =
        opened == run.answers.end() ? nullptr : std::get_if<JobFailed>(&opened->second.event);
    report["session"] = failed != nullptr ? std::string{mappings::to_text(failed->error.code)}
                                          : std::string{"no answer"};
    as_json ? void(std::printf("%s\n", report.dump().c_str())) : print_report(report);
    return failed != nullptr ? fail_with(failed->error) : fail_timed_out(options.timeout_s);
  }
  const auto& connected = std::get<JobConnected>(opened->second.event);
  report["reached by"] = std::string{protocol::to_text(connected.path)};
  report["session"] = "open after " + std::to_string(to_ms(opened->second.took)) + " ms";
  report["cipher"] = run.confirmed.value("psk", "");
  report["handshake"] = run.confirmed.value("variant", "");
  report["dialect"] = "cgi (" + mapping->family() + ")";
  ordered_json requests = ordered_json::array();
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (const auto answer = run.answers.find(i + 2); answer != run.answers.end())
      requests.push_back(describe(*mapping, kCommands[i], plans[i], answer->second, report));
  }
  report["requests"] = std::move(requests);
  as_json ? void(std::printf("%s\n", report.dump().c_str())) : print_report(report);
  return kExitOk;
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
