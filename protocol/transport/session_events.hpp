#pragma once

#include <array>
#include <optional>

#include "protocol/transport/session.hpp"
#include "protocol/wire/fifo.hpp"

namespace cam32100::protocol {

// What a session tells its owner: at most 256 events wait. Beyond, the oldest is dropped that is
// neither Ready nor SessionClosed.
class SessionEvents {
 public:
  static constexpr std::size_t kMostWaiting = 256;

  void push(SessionEvent event, SessionCounters& counters);
  [[nodiscard]] std::optional<SessionEvent> take();

 private:
  Fifo<SessionEvent> waiting_;
};

// Datagrams that are worth telling of but may come in floods, from strangers or unreadable: the
// same sender and type is told once, and no more than 16 of them in a minute. The counters count
// all.
class NewsFilter {
 public:
  [[nodiscard]] bool is_news(TimePoint now, const Address& from, std::uint8_t type) noexcept;

 private:
  static constexpr std::size_t kRemembered = 16;
  struct Sender {
    Address from;
    std::uint8_t type = 0;
  };
  std::array<Sender, kRemembered> senders_{};
  std::size_t count_ = 0;
  std::optional<TimePoint> forgotten_at_;
};

}  // namespace cam32100::protocol
