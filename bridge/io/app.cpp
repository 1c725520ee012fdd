#include "bridge/io/app.hpp"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
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
      process.stop();
    }
    wait_for_signals(signals, process);
  });
}

// The process replaces itself: same binary, same words, clean state.
int replace_self(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv("/proc/self/exe", arguments.data());
  std::perror("cam32100: restart");
  return 1;
}

}  // namespace

int run_app(const AppOptions& options) {
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
    restart = process.wants_restart();
  }
  return restart ? replace_self(options.command_line) : 0;
}

}  // namespace cam32100::bridge
