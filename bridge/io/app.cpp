#include "bridge/io/app.hpp"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "bridge/io/bridge_process.hpp"
#include "bridge/io/embedded_mappings.hpp"
#include "bridge/io/log.hpp"

namespace cam32100::bridge {

namespace {

namespace asio = boost::asio;

void wait_for_signals(asio::signal_set& signals, BridgeProcess& process) {
  signals.async_wait([&](const boost::system::error_code& ec, int number) {
    if (ec) return;
    if (number == SIGHUP) {
      process.read_config_again();
    } else {
      process.end();
    }
    wait_for_signals(signals, process);
  });
}

std::string own_binary() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::string{} : path.string();
}

// The process replaces itself: same words, clean state. `binary` is where it was started from;
// after an upgrade of the package the new program is there, while /proc/self/exe is the old,
// deleted one.
int replace_self(const std::string& binary, const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  if (!binary.empty()) ::execv(binary.c_str(), arguments.data());
  ::execv("/proc/self/exe", arguments.data());
  std::perror("cam32100: restart");
  return 1;
}

}  // namespace

int run_app(const AppOptions& options) {
  const auto binary = own_binary();  // now: its name changes when it is deleted
  auto loaded = read_config(options.place);
  if (!loaded) {
    for (const auto& sentence : loaded.error().sentences)
      std::fprintf(stderr, "cam32100: %s\n", sentence.c_str());
    return 1;
  }
  const auto& file = embedded_mappings().front();
  auto mapping = mappings::DeviceMapping::load(file.text, file.file);
  if (!mapping) {
    std::fprintf(stderr, "cam32100: %s\n", mapping.error().message.c_str());
    return 1;
  }
  start_logging(loaded->config.log.level);
  bool restart = false;
  {
    asio::io_context io{1};
    BridgeProcess process{io, options.place, std::move(*loaded), std::move(*mapping)};
    asio::signal_set signals{io, SIGTERM, SIGINT, SIGHUP};
    wait_for_signals(signals, process);
    process.start();
    io.run();
    io.restart();
    io.poll();  // a SIGTERM that came together with the end
    restart = process.wants_restart();
  }
  return restart ? replace_self(binary, options.command_line) : 0;
}

}  // namespace cam32100::bridge
