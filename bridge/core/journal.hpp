#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "bridge/core/outbox.hpp"
#include "bridge/core/ports.hpp"

namespace cam32100::bridge {

// Log lines: to the process log and to bridge/log. The same line again within kWindow is only
// counted and comes once more at its end with the count; beyond kLinesPerSecond lines are left out
// and their number told.
class Journal {
 public:
  static constexpr protocol::Duration kWindow = std::chrono::seconds{10};
  static constexpr unsigned kLinesPerSecond = 20;
  static constexpr std::size_t kMaxRemembered = 64;

  Journal(BridgePorts& ports, Outbox& outbox, std::string topic, LogLevel level)
      : ports_{ports}, outbox_{outbox}, topic_{std::move(topic)}, level_{level} {}

  void set_level(LogLevel level) noexcept {
    level_ = level;
  }  // of bridge/log; the process log has its own
  [[nodiscard]] LogLevel level() const noexcept { return level_; }

  // UIDs in `message` are shortened. `uid` may be empty; on MQTT it stands whole in its own field.
  void write(const Moment& now, LogLevel level, std::string_view logger, std::string_view uid,
             std::string_view message);
  // A line that stands in the process log already: for bridge/log alone.
  void relay(const Moment& now, LogLevel level, std::string_view logger, std::string_view message);
  void on_time(const Moment& now);
  [[nodiscard]] std::optional<protocol::TimePoint> deadline() const;

 private:
  enum class Reach { both, mqtt };
  struct Line {
    LogLevel level = LogLevel::info;
    std::string logger, uid, message;
    Reach reach = Reach::both;
    friend auto operator<=>(const Line&, const Line&) = default;
  };
  struct Repeats {
    protocol::TimePoint since;
    std::uint64_t count = 0;
  };
  void take(const Moment& now, Line line);
  void emit(const Moment& now, const Line& line, std::uint64_t count);
  void put_out(const Moment& now, const Line& line, std::uint64_t count);
  void forget_oldest(const Moment& now);

  BridgePorts& ports_;
  Outbox& outbox_;
  std::string topic_;
  LogLevel level_;
  std::map<Line, Repeats> lately_;
  std::optional<protocol::TimePoint> second_;  // start of the second that is being counted
  unsigned in_second_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace cam32100::bridge
