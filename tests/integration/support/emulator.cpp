#include "tests/integration/support/emulator.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "tests/integration/support/free_port.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

json event_of(const std::string& line, const char* event) {
  auto value = json::parse(line, nullptr, false);
  return value.is_object() && value.value("event", "") == event ? value : json(nullptr);
}

std::optional<std::size_t> wait_for_start(Process& process) {
  return process.wait_for_line(
      0, [](const std::string& line) { return !event_of(line, "started").is_null(); });
}

std::string started_address(Process& process, const char* what) {
  const auto index = wait_for_start(process);
  if (!index) throw std::runtime_error{std::string{what} + " does not start: " + process.errors()};
  return event_of(process.lines()[*index], "started").at("address").get<std::string>();
}

}  // namespace

Emulator::Emulator(Loop& loop, EmulatorOptions options)
    : loop_{loop}, options_{std::move(options)} {
  start();
}

void Emulator::start() {
  const bool keep_port = !address_.empty();
  for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
    const auto port =
        keep_port ? address_.substr(address_.find(':') + 1) : std::to_string(free_port(SOCK_DGRAM));
    process_.emplace(loop_, words_for(port));
    if (wait_for_start(*process_) || !process_->wait_for_exit()) break;
    if (process_->errors().find("Address already in use") == std::string::npos) break;
  }
  address_ = started_address(*process_, "emulate");
}

std::vector<std::string> Emulator::words_for(const std::string& port) const {
  std::vector<std::string> words{CAM32100_BINARY, "emulate",         "--uid",  options_.uid,
                                 "--bind",        "127.0.0.1",       "--port", port,
                                 "--password",    options_.password, "--psk",  options_.psk,
                                 "--control"};
  if (!options_.marker.empty()) words.insert(words.end(), {"--marker", options_.marker});
  for (const auto& server : options_.servers) words.insert(words.end(), {"--server", server});
  words.insert(words.end(), options_.more_words.begin(), options_.more_words.end());
  return words;
}

void Emulator::kill() { process_.reset(); }
void Emulator::raise_alarm(int status) {
  process_->write("alarm " + std::to_string(status) + "\n");
}
void Emulator::power_cycle() { process_->write("power_cycle\n"); }

json Emulator::wait_for_event(const char* event, const std::function<bool(const json&)>& good,
                              std::chrono::milliseconds limit) {
  const auto wanted = [&](const std::string& line) {
    const auto value = event_of(line, event);
    return value.is_object() && good(value);
  };
  const auto index = process_->wait_for_line(0, wanted, limit);
  return index ? event_of(process_->lines()[*index], event) : json(nullptr);
}

std::vector<json> Emulator::wait_for_started(std::size_t count) {
  std::vector<json> out;
  std::size_t from = 0;
  while (out.size() < count) {
    const auto index = process_->wait_for_line(
        from, [](const std::string& line) { return !event_of(line, "started").is_null(); });
    if (!index) break;
    out.push_back(event_of(process_->lines()[*index], "started"));
    from = *index + 1;
  }
  return out;
}

json Emulator::state() {
  const auto& lines = process_->lines();
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    auto value = event_of(*line, "state");
    if (!value.is_null()) return value;
  }
  return nullptr;
}

bool Emulator::wait_for_state(const std::function<bool(const json&)>& good,
                              std::chrono::milliseconds limit) {
  return loop_.run_until(
      [&] {
        const auto now = state();
        return now.is_object() && good(now);
      },
      limit);
}

std::vector<std::string> Emulator::requests() {
  const auto from = process_->lines().size();
  process_->write("requests\n");
  const auto index = process_->wait_for_line(
      from, [](const std::string& line) { return !event_of(line, "requests").is_null(); });
  if (!index) throw std::runtime_error{"emulate does not tell its requests"};
  return event_of(process_->lines()[*index], "requests")
      .at("requests")
      .get<std::vector<std::string>>();
}

std::vector<std::string> Emulator::requests_since(const std::vector<std::string>& before) {
  auto now = requests();
  // Only the last 64 are told: what is old is an end of `before`.
  for (std::size_t fresh = 0; fresh < now.size(); ++fresh) {
    const auto old = now.size() - fresh;
    if (old <= before.size() && std::equal(now.begin(), now.end() - static_cast<long>(fresh),
                                           before.end() - static_cast<long>(old)))
      return {now.end() - static_cast<long>(fresh), now.end()};
  }
  return now;
}

std::size_t Emulator::count_requests(const std::string& text) {
  const auto all = requests();
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const auto& request) {
    return request.find(text) != std::string::npos;
  }));
}

std::string Emulator::everything_it_wrote() const {
  return process_ ? process_->output() + process_->errors() : std::string{};
}

RendezvousServer::RendezvousServer(Loop& loop, std::vector<std::string> more_words)
    : process_{loop,
               [&] {
                 std::vector<std::string> words{CAM32100_BINARY, "server", "--json", "--bind",
                                                "127.0.0.1",     "--port", "0"};
                 words.insert(words.end(), more_words.begin(), more_words.end());
                 return words;
               }()},
      address_{started_address(process_, "server")} {}

bool RendezvousServer::wait_for_login(const std::string& uid) {
  return process_
      .wait_for_line(0,
                     [&uid](const std::string& line) {
                       const auto login = event_of(line, "login");
                       return login.is_object() && login.value("uid", "") == uid;
                     })
      .has_value();
}

}  // namespace cam32100::integration
