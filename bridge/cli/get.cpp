#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/direct_camera.hpp"

namespace cam32100::bridge {

namespace {

struct GetOptions {
  DirectOptions direct;
  std::string path;
  double stream_s = 0;  // 0: the answer is printed instead
};

// The answer that was waited for, or the exit code for there being none.
struct GotAnswer {
  const protocol::Bytes* body = nullptr;
  int result = 0;
  int exit_code = kExitFailed;
};

GotAnswer answer_in(const DirectRun& run, double timeout_s) {
  if (run.answers.empty()) return {.exit_code = fail_timed_out(timeout_s)};
  const auto& event = run.answers.begin()->second.event;
  if (const auto* failed = std::get_if<JobFailed>(&event))
    return {.exit_code = fail_with(failed->error)};
  const auto* replied = std::get_if<JobReplied>(&event);
  if (replied == nullptr || replied->replies.empty()) return {};
  const auto& body = replied->replies.front().body;
  const int result = protocol::parse_cgi_text(body).result().value_or(0);
  return {&body, result, result == 0 ? kExitOk : kExitFailed};
}

std::vector<Job> job_of(const protocol::CgiRequest& request) {
  mappings::CommandPlan plan;
  plan.steps.push_back({request, {}});
  std::vector<Job> jobs;
  jobs.push_back({1, std::nullopt, CgiJob{std::move(plan)}});
  return jobs;
}

// What kept a stream from being a whole one, on standard error; false: nothing did.
bool tell_fault(const GetOptions& options, const DirectRun& run, const StreamWriter& writer) {
  if (writer.error()) {
    std::fprintf(stderr, "cam32100: standard output: %s, after %llu bytes of the stream\n",
                 writer.error().message().c_str(), static_cast<unsigned long long>(writer.bytes()));
  } else if (!run.stream_lost.empty()) {
    std::fprintf(stderr, "cam32100: wanted %.1f s of the stream, the session ended before: %s\n",
                 options.stream_s, run.stream_lost.c_str());
  } else if (writer.bytes() == 0) {
    std::fprintf(
        stderr,
        "cam32100: wanted video on channel 1 for %.1f s after %s, saw none (and %llu bytes "
        "of other channels); ask for another stream: "
        "\"/livestream.cgi?streamid=10&\", 0 on old models\n",
        options.stream_s, options.path.c_str(),
        static_cast<unsigned long long>(writer.other_bytes()));
  } else {
    return false;
  }
  return true;
}

int stream(const GetOptions& options, const protocol::Uid& uid,
           const protocol::CgiRequest& request) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that is gone is an error of write()
  StreamWriter writer{STDOUT_FILENO};
  const StreamWish wish{writer, std::chrono::duration_cast<protocol::Duration>(
                                    std::chrono::duration<double>(options.stream_s))};
  const auto run = run_jobs(options.direct, uid, job_of(request), &wish);
  const auto answer = answer_in(run, options.direct.timeout_s);
  if (answer.body == nullptr) return answer.exit_code;
  if (answer.result != 0) {
    std::fprintf(stderr,
                 "cam32100: wanted a stream by %s, the camera answered result=%d; see whether it "
                 "knows this request, and the password\n",
                 options.path.c_str(), answer.result);
    return kExitFailed;
  }
  const bool faulty = tell_fault(options, run, writer);
  if (writer.bytes() > 0) std::fprintf(stderr, "%s\n", writer.figures().dump().c_str());
  return faulty ? kExitFailed : kExitOk;
}

int get(const GetOptions& options) {
  const auto uid = parse_uid_option(options.direct.uid);
  if (!uid) return kExitUsage;
  const auto request = protocol::parse_request_text(options.path);
  if (!request) {
    std::fprintf(stderr, "cam32100: \"%s\": wanted /name.cgi?key=value&...\n",
                 options.path.c_str());
    return kExitUsage;
  }
  if (options.stream_s > 0) return stream(options, *uid, *request);
  const auto run = run_jobs(options.direct, *uid, job_of(*request));
  const auto answer = answer_in(run, options.direct.timeout_s);
  if (answer.body != nullptr) std::fwrite(answer.body->data(), 1, answer.body->size(), stdout);
  return answer.exit_code;
}

}  // namespace

void add_get(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("get", "Send one CGI request, print its raw answer");
  auto options = std::make_shared<GetOptions>();
  add_camera_options(*command, options->direct);
  command->add_option("path", options->path, "e.g. /get_status.cgi")->required()->type_name("PATH");
  command
      ->add_option("--stream", options->stream_s,
                   "Instead of the answer: the video after it, so long")
      ->check(CLI::Range(0.1, 3600.0).description(""))
      ->type_name("SECONDS");
  command->callback([&line, options] { line.run = [options] { return get(*options); }; });
}

}  // namespace cam32100::bridge
