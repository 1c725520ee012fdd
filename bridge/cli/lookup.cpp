#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/direct_camera.hpp"

namespace cam32100::bridge {

namespace {

std::string result_text(const protocol::ServerReport& report) {
  if (!report.result) return "no answer";
  switch (*report.result) {
    case protocol::ResultCode::ok:
      return "ok";
    case protocol::ResultCode::offline:
      return "offline";
    case protocol::ResultCode::invalid_uid:
      return "invalid_uid";
    case protocol::ResultCode::invalid_prefix:
      return "invalid_prefix";
    case protocol::ResultCode::invalid_dsk:
      return "invalid_dsk";
  }
  return "result " + std::to_string(static_cast<unsigned>(*report.result));
}

int print_reports(const JobLookedUp& found) {
  for (const auto& report : found.servers) {
    nlohmann::ordered_json out;
    out["server"] = report.server.text();
    out["result"] = result_text(report);
    out["addresses"] = nlohmann::json::array();
    for (const auto& address : report.addresses) out["addresses"].push_back(address.text());
    out["mapped_address"] =
        report.mapped ? nlohmann::json(report.mapped->text()) : nlohmann::json(nullptr);
    std::printf("%s\n", out.dump().c_str());
  }
  if (!found.verdict) return kExitOk;
  std::fprintf(stderr, "cam32100: %s\n", make_error_code(*found.verdict).message().c_str());
  return *found.verdict == protocol::Errc::timed_out ? kExitTimedOut : kExitFailed;
}

int lookup(const DirectOptions& options) {
  const auto uid = parse_uid_option(options.uid);
  if (!uid) return kExitUsage;
  if (options.servers.empty()) {
    std::fputs("cam32100: lookup asks servers: give at least one --server HOST[:PORT]\n", stderr);
    return kExitUsage;
  }
  DirectOptions wanted = options;
  wanted.servers_alone = true;
  auto answer = run_job(wanted, *uid, {1, std::nullopt, LookupJob{}});
  if (!answer) return fail_timed_out(options.timeout_s);
  if (const auto* failed = std::get_if<JobFailed>(&*answer)) return fail_with(failed->error);
  const auto* found = std::get_if<JobLookedUp>(&*answer);
  return found != nullptr ? print_reports(*found) : kExitFailed;
}

}  // namespace

void add_lookup(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("lookup", "Ask servers for a camera; a JSON line for each");
  auto options = std::make_shared<DirectOptions>();
  command->add_option("uid", options->uid, "Camera, e.g. VSTC-123456-ABCDE")
      ->required()
      ->type_name("UID");
  add_search_options(*command, *options);
  command->callback([&line, options] { line.run = [options] { return lookup(*options); }; });
}

}  // namespace cam32100::bridge
