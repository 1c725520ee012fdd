#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/core/http_answer.hpp"
#include "mappings/error.hpp"
#include "protocol/transport/locator.hpp"
#include "protocol/wire/endpoint.hpp"

namespace cam32100::bridge {

// Both clocks, read once per handler by io: the core decides with `steady` and stamps with `wall`.
struct Moment {
  protocol::TimePoint steady;
  std::chrono::system_clock::time_point wall;
};

enum class LogLevel { debug, info, warning, error };
[[nodiscard]] std::string_view to_text(LogLevel level) noexcept;

struct LogRecord {
  LogLevel level = LogLevel::info;
  std::string logger;   // "bridge", "mqtt", "camera"
  std::string camera;   // shortened UID, or empty
  std::string message;  // no secret, no full UID
};

using EndpointId = std::uint64_t;

// What the MQTT client counts since the start.
struct MqttFacts {
  std::uint64_t published = 0;   // handed to the broker
  std::uint64_t dropped = 0;     // given up: the broker was away, or a queue full
  std::uint64_t waiting = 0;     // now, for their turn
  std::uint64_t in_flight = 0;   // now, for their acknowledgement
  std::uint64_t reconnects = 0;  // connections after the first
};

struct ProcessFacts {
  std::uint64_t rss_bytes = 0;
  MqttFacts mqtt{};
  std::map<std::string, std::uint64_t> http_refused{};  // by reason; see HttpServer
};

// What the process does for the core. Implemented by io/app and by fakes. Calls never block.
class BridgePorts {
 public:
  virtual ~BridgePorts() = default;
  // Gives the endpoint a UDP socket of its own. The driver calls Bridge::on_progress(id) after
  // everything it fed.
  virtual void open_endpoint(EndpointId id, protocol::Endpoint& endpoint) = 0;
  virtual void close_endpoint(EndpointId id) = 0;  // the endpoint is not touched after this returns
  virtual void wake_endpoint(EndpointId id) = 0;   // it has something to send or a new deadline
  // `host`: "name" or "name:port". Answer, exactly one, later or at once:
  // Bridge::on_resolved(question, addresses); no address when the name was not found.
  virtual void resolve(std::uint64_t question, std::string host) = 0;
  // Atomically, coalesced. What is on the disk: Bridge::on_state_saved(text).
  virtual void save_state(std::string json) = 0;
  // 32 hex digits that nobody can guess.
  [[nodiscard]] virtual std::string random_token() = 0;
  // `name`: a plain file name inside secrets.directory or the systemd credential directory. Errors:
  // forbidden (a path, a link out of it), bad_argument (no such file, empty).
  [[nodiscard]] virtual mappings::CommandResult<std::string> read_secret(std::string_view name) = 0;
  virtual void log(LogRecord record) = 0;
  virtual void set_log_level(LogLevel level) = 0;
  virtual void restart() = 0;  // clean stop, then exec of the same command line
  virtual void reload() = 0;   // read the config file again; answer: Bridge::on_reloaded
  [[nodiscard]] virtual ProcessFacts process_facts() const = 0;
  // To Bridge::on_http(), exactly one for each ticket.
  virtual void answer_http(std::uint64_t ticket, HttpAnswer answer) = 0;
};

}  // namespace cam32100::bridge
