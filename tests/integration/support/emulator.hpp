#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/support/process.hpp"

namespace cam32100::integration {

struct EmulatorOptions {
  std::string uid = "VSTC-123456-ABCDE";
  std::string password = "888888";
  std::string psk = "plain";
  std::string marker{};
  std::vector<std::string> servers{};
  std::vector<std::string> more_words{};  // e.g. "--variant-b"
};

// `cam32100 emulate` on a free loopback port, steered through its standard input.
class Emulator {
 public:
  Emulator(Loop& loop, EmulatorOptions options);

  void start();  // on the port it had before, if any
  void kill();   // without a word to anybody
  void raise_alarm(int status);
  void power_cycle();

  [[nodiscard]] const std::string& uid() const noexcept { return options_.uid; }
  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  // The first line of such an event that `good` accepts, come or to come; null: none came.
  [[nodiscard]] nlohmann::json wait_for_event(
      const char* event, const std::function<bool(const nlohmann::json&)>& good,
      std::chrono::milliseconds limit = kPatience);
  // So many cameras of its, each {"uid", "address", ...}; fewer when no more came.
  [[nodiscard]] std::vector<nlohmann::json> wait_for_started(std::size_t count);
  // The newest state that it told.
  [[nodiscard]] nlohmann::json state();
  [[nodiscard]] bool wait_for_state(const std::function<bool(const nlohmann::json&)>& good,
                                    std::chrono::milliseconds limit = kPatience);
  // The last 64 requests it was asked, oldest first, e.g. "GET /get_status.cgi?".
  [[nodiscard]] std::vector<std::string> requests();
  // Those that came after `before` was taken.
  [[nodiscard]] std::vector<std::string> requests_since(const std::vector<std::string>& before);
  // How many of them contain a text.
  [[nodiscard]] std::size_t count_requests(const std::string& text);
  [[nodiscard]] std::string everything_it_wrote() const;

 private:
  [[nodiscard]] std::vector<std::string> words_for(const std::string& port) const;

  Loop& loop_;
  EmulatorOptions options_;
  std::string address_;  // "127.0.0.1:port" after the first start
  std::optional<Process> process_;
};

// `cam32100 server` on a free loopback port.
class RendezvousServer {
 public:
  RendezvousServer(Loop& loop, std::vector<std::string> more_words = {});
  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  [[nodiscard]] bool wait_for_login(const std::string& uid);

 private:
  Process process_;
  std::string address_;
};

}  // namespace cam32100::integration
