#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <cstdio>
#include <istream>
#include <random>
#include <sstream>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/descriptor_limit.hpp"
#include "bridge/cli/direct_camera.hpp"
#include "bridge/cli/emulate_camera.hpp"
#include "bridge/cli/emulate_options.hpp"
#include "bridge/cli/emulate_script.hpp"
#include "bridge/io/state_file.hpp"

namespace cam32100::bridge {

namespace {

namespace asio = boost::asio;

using Cameras = std::vector<std::unique_ptr<RunningCamera>>;

void obey(const std::string& line, Cameras& cameras, asio::io_context& io) {
  std::istringstream words{line};
  std::string verb;
  words >> verb;
  if (verb == "quit") return io.stop();
  int status = 0;
  words >> status;
  for (const auto& camera : cameras) {
    if (verb == "alarm") camera->raise_alarm(status);
    if (verb == "power_cycle") camera->power_cycle();
    if (verb == "requests") camera->print_requests();
  }
}

// Lines on standard input steer the cameras: "alarm 1", "power_cycle", "requests", "quit".
struct Control {
  explicit Control(asio::io_context& io) : input{io} {}

  asio::posix::stream_descriptor input;
  asio::streambuf buffer{4096};
  void read(Cameras& cameras, asio::io_context& io) {
    asio::async_read_until(input, buffer, '\n',
                           [&](const boost::system::error_code& ec, std::size_t) {
                             if (ec) return;  // closed: nobody steers any more, the cameras stay
                             std::istream in{&buffer};
                             std::string line;
                             std::getline(in, line);
                             obey(line, cameras, io);
                             read(cameras, io);
                           });
  }
};

// Plays the steps of --script to the cameras they name.
class ScriptPlayer {
 public:
  ScriptPlayer(asio::io_context& io, std::vector<ScriptStep> steps, Cameras& cameras)
      : timer_{io}, run_{std::move(steps), protocol::Clock::now()}, cameras_{cameras} {}

  void wait() {
    const auto next = run_.deadline();
    if (!next) return;
    timer_.expires_at(*next);
    timer_.async_wait([this](const boost::system::error_code& ec) {
      if (ec) return;
      while (const auto* step = run_.take_due(protocol::Clock::now())) perform(*step);
      wait();
    });
  }

 private:
  void perform(const ScriptStep& step) {
    for (const auto& camera : cameras_) {
      if (!step.uid || *step.uid == camera->uid()) camera->perform(step.action);
    }
  }

  asio::steady_timer timer_;
  ScriptRun run_;
  Cameras& cameras_;
};

std::vector<ScriptStep> script_of(const std::string& file, const std::vector<CameraPlan>& plans) {
  if (file.empty()) return {};
  std::string text;
  if (const auto error = read_text_file(file, text))
    throw EmulateFault{file + ": " + error.message()};
  if (text.empty()) throw EmulateFault{file + ": no such file, or nothing in it"};
  std::vector<protocol::Uid> uids;
  uids.reserve(plans.size());
  for (const auto& plan : plans) uids.push_back(plan.config.uid);
  Faults faults;
  auto steps = read_script(text, file, uids, faults);
  if (steps) return std::move(*steps);
  std::string all;
  for (const auto& sentence : std::move(faults).take().sentences)
    all += (all.empty() ? "" : "\ncam32100: ") + sentence;
  throw EmulateFault{all};
}

int run_cameras(const EmulateOptions& options, std::vector<CameraPlan> plans,
                std::vector<ScriptStep> steps) {
  if (!allow_descriptors(plans.size())) return kExitFailed;
  const auto servers = resolve_servers(options.servers);
  if (!servers) return kExitFailed;
  asio::io_context io{1};
  const auto batch = make_datagram_batch();
  Cameras cameras;
  for (auto& plan : plans) {
    plan.config.servers = *servers;
    cameras.push_back(std::make_unique<RunningCamera>(io, batch, std::move(plan)));
  }
  // None says that it is there before all have their addresses.
  for (const auto& camera : cameras) camera->start();
  ScriptPlayer player{io, std::move(steps), cameras};
  player.wait();
  Control control{io};
  if (options.control) {
    control.input.assign(::dup(STDIN_FILENO));
    control.read(cameras, io);
  }
  asio::signal_set signals{io, SIGTERM, SIGINT};
  signals.async_wait([&](const boost::system::error_code& ec, int) {
    if (!ec) io.stop();
  });
  io.run();
  return kExitOk;
}

int emulate(const EmulateOptions& options) {
  try {
    auto plans = plan_cameras(options, options.seed ? *options.seed : std::random_device{}());
    auto steps = script_of(options.script, plans);
    return run_cameras(options, std::move(plans), std::move(steps));
  } catch (const EmulateFault& fault) {
    std::fprintf(stderr, "cam32100: %s\n", fault.what.c_str());
    return kExitUsage;
  }
}

}  // namespace

void add_emulate(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("emulate", "Be VStarcam cameras; prints JSON lines");
  auto options = std::make_shared<EmulateOptions>();
  add_emulate_options(*command, *options);
  command->callback([&line, options] { line.run = [options] { return emulate(*options); }; });
}

}  // namespace cam32100::bridge
