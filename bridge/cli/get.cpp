#include <CLI/CLI.hpp>
#include <cstdio>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/direct_camera.hpp"

namespace cam32100::bridge {

namespace {

int get(const DirectOptions& options, const std::string& path) {
  const auto uid = parse_uid_option(options.uid);
  if (!uid) return kExitUsage;
  const auto request = protocol::parse_request_text(path);
  if (!request) {
    std::fprintf(stderr, "cam32100: \"%s\": wanted /name.cgi?key=value&...\n", path.c_str());
    return kExitUsage;
  }
  mappings::CommandPlan plan;
  plan.steps.push_back({*request, {}});
  auto answer = run_job(options, *uid, {1, std::nullopt, CgiJob{std::move(plan)}});
  if (!answer) return fail_timed_out(options.timeout_s);
  if (const auto* failed = std::get_if<JobFailed>(&*answer)) return fail_with(failed->error);
  const auto* replied = std::get_if<JobReplied>(&*answer);
  if (replied == nullptr || replied->replies.empty()) return kExitFailed;
  const auto& body = replied->replies.front().body;
  std::fwrite(body.data(), 1, body.size(), stdout);
  return protocol::parse_cgi_text(body).result().value_or(0) == 0 ? kExitOk : kExitFailed;
}

}  // namespace

void add_get(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("get", "Send one CGI request, print its raw answer");
  auto options = std::make_shared<DirectOptions>();
  auto path = std::make_shared<std::string>();
  add_camera_options(*command, *options);
  command->add_option("path", *path, "e.g. /get_status.cgi")->required()->type_name("PATH");
  command->callback(
      [&line, options, path] { line.run = [options, path] { return get(*options, *path); }; });
}

}  // namespace cam32100::bridge
