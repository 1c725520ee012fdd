#include "protocol/transport/session_events.hpp"

#include <algorithm>
#include <utility>

namespace cam32100::protocol {

namespace {

constexpr std::chrono::minutes kRememberedFor{1};

bool may_be_dropped(const SessionEvent& event) noexcept {
  return !std::holds_alternative<Ready>(event) && !std::holds_alternative<SessionClosed>(event);
}

}  // namespace

void SessionEvents::push(SessionEvent event, SessionCounters& counters) {
  if (waiting_.size() >= kMostWaiting) {
    // There is one Ready and one SessionClosed at most, so one that may go stands among the first.
    const auto oldest = waiting_.find_if(may_be_dropped);
    if (oldest != waiting_.end()) waiting_.erase(oldest);
    ++counters.dropped_events;
  }
  waiting_.push(std::move(event));
}

std::optional<SessionEvent> SessionEvents::take() { return waiting_.take(); }

bool NewsFilter::is_news(TimePoint now, const Address& from, std::uint8_t type) noexcept {
  if (forgotten_at_ && now >= *forgotten_at_) {
    count_ = 0;
    forgotten_at_.reset();
  }
  auto* const known = senders_.begin() + static_cast<std::ptrdiff_t>(count_);
  const bool is_known = std::any_of(senders_.begin(), known, [&](const Sender& each) {
    return each.from == from && each.type == type;
  });
  if (is_known || count_ == senders_.size()) return false;
  if (!forgotten_at_) forgotten_at_ = now + kRememberedFor;
  senders_[count_++] = Sender{from, type};
  return true;
}

}  // namespace cam32100::protocol
