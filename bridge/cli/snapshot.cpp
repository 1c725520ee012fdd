#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/direct_camera.hpp"

namespace cam32100::bridge {

namespace {

bool write_picture(const std::string& path, const protocol::Bytes& picture) {
  if (path == "-") return std::fwrite(picture.data(), 1, picture.size(), stdout) == picture.size();
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "wb"),
                                                             &std::fclose};
  return file && std::fwrite(picture.data(), 1, picture.size(), file.get()) == picture.size() &&
         std::fflush(file.get()) == 0;
}

int snapshot(const DirectOptions& options, const std::string& output) {
  const auto uid = parse_uid_option(options.uid);
  if (!uid) return kExitUsage;
  mappings::CommandPlan plan;
  plan.kind = mappings::PlanKind::snapshot;
  plan.steps.push_back({{"snapshot.cgi", {}, true}, {}});
  auto answer = run_job(options, *uid, {1, std::nullopt, CgiJob{std::move(plan)}});
  if (!answer) return fail_timed_out(options.timeout_s);
  if (const auto* failed = std::get_if<JobFailed>(&*answer)) return fail_with(failed->error);
  const auto* replied = std::get_if<JobReplied>(&*answer);
  if (replied == nullptr || replied->replies.empty() ||
      !protocol::is_jpeg(replied->replies.front().body)) {
    std::fputs("cam32100: the camera sent no picture; wrong user or password?\n", stderr);
    return kExitFailed;
  }
  const auto& picture = replied->replies.front().body;
  if (!write_picture(output, picture)) {
    std::perror(("cam32100: " + output).c_str());
    return kExitFailed;
  }
  const auto size = protocol::jpeg_size(picture).value_or(protocol::JpegSize{});
  std::fprintf(stderr, "%s: %zu bytes, %ux%u\n", output.c_str(), picture.size(), size.width,
               size.height);
  return kExitOk;
}

}  // namespace

void add_snapshot(CLI::App& app, CommandLine& line) {
  auto* command =
      app.add_subcommand("snapshot", "Fetch one picture from a camera, without a broker");
  auto options = std::make_shared<DirectOptions>();
  auto output = std::make_shared<std::string>();
  add_camera_options(*command, *options);
  command->add_option("-o,--output", *output, "JPEG file to write; - for standard output")
      ->required()
      ->type_name("FILE");
  command->callback([&line, options, output] {
    line.run = [options, output] { return snapshot(*options, *output); };
  });
}

}  // namespace cam32100::bridge
