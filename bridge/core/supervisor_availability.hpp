#pragma once

#include <optional>

#include "protocol/wire/time.hpp"

namespace cam32100::bridge {

// Whether people may count on the camera. Online at once when it was seen (an open session, an
// answered look-up or LAN search); offline only after it was missed for the whole grace time, so
// that a reboot or a lost datagram does not flicker.
class Availability {
 public:
  // Each returns whether the verdict changed.
  bool seen(protocol::TimePoint now);
  bool missed(protocol::TimePoint now, protocol::Duration grace);
  bool on_time(protocol::TimePoint now, protocol::Duration grace);

  [[nodiscard]] bool is_online() const noexcept { return verdict_ == Verdict::online; }
  // False until the first verdict: at the start nobody knows yet.
  [[nodiscard]] bool is_offline() const noexcept { return verdict_ == Verdict::offline; }
  [[nodiscard]] std::optional<protocol::TimePoint> deadline(protocol::Duration grace) const;
  [[nodiscard]] std::optional<protocol::TimePoint> last_seen() const noexcept { return last_seen_; }

 private:
  enum class Verdict { unknown, online, offline };
  Verdict verdict_ = Verdict::unknown;
  std::optional<protocol::TimePoint> missing_since_;
  std::optional<protocol::TimePoint> last_seen_;
};

}  // namespace cam32100::bridge
