#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/support/process.hpp"
#include "tests/unit/io/scratch_directory.hpp"

namespace cam32100::integration {

struct BrokerOptions {
  // Lines of the listener in mosquitto's configuration; the default lets everybody in.
  std::string listener = "allow_anonymous true\n";
  std::string general{};                    // lines before the listener, e.g. "persistence true"
  std::string scheme = "mqtt";              // of url()
  std::vector<std::string> client_words{};  // what mosquitto_pub and _sub need to get in
};

// A private mosquitto on a free port of the loopback address.
class Broker {
 public:
  Broker(Loop& loop, const testing::ScratchDirectory& scratch, BrokerOptions options = {});

  // On the port it had before, if any. Throws when it does not come up.
  void start();
  void kill();    // SIGKILL: connections break without a word
  void stop();    // SIGTERM: writes its database, if it keeps one
  void freeze();  // SIGSTOP: connections stay and nobody answers
  [[nodiscard]] bool is_running() const noexcept { return process_.has_value(); }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] pid_t pid() const { return process_.value().pid(); }  // throws when it is down
  [[nodiscard]] std::string url() const;
  // Host, port and credentials for a mosquitto client, followed by `more`.
  [[nodiscard]] std::vector<std::string> client(const std::string& program,
                                                const std::string& version) const;
  [[nodiscard]] std::string log() const { return process_ ? process_->errors() : std::string{}; }

 private:
  [[nodiscard]] bool try_to_start();

  Loop& loop_;
  const testing::ScratchDirectory& scratch_;
  BrokerOptions options_;
  std::uint16_t port_ = 0;
  std::optional<Process> process_;
};

}  // namespace cam32100::integration
