#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "protocol/wire/bytes.hpp"
#include "protocol/wire/endpoint.hpp"

namespace cam32100::protocol {

// What happens to each datagram, on its way in and on its way out alike: a round trip has two
// delays. Chances are 0..1, each datagram by itself.
struct RoughConfig {
  double loss = 0;
  double duplicate = 0;  // comes twice, the second time with a lateness of its own
  double reorder = 0;    // comes `reorder_by` later than it should, so that others overtake it
  Duration delay{};
  Duration jitter{};  // 0..jitter is added to each: beyond the gap of two it reorders them, too
  Duration reorder_by{std::chrono::milliseconds{30}};
  std::size_t max_held_bytes = 512 * 1024;  // each way; beyond: dropped and counted
};

// A bad network in front of an endpoint. Same seed, same calls: same fate. Where nothing is rough
// it passes everything on at once and holds nothing.
class RoughNetwork final : public Endpoint {
 public:
  // `inner` must outlive it, and is called by it alone.
  RoughNetwork(Endpoint& inner, const RoughConfig& config, std::uint64_t seed);

  void on_datagram(TimePoint now, const Address& from, BytesView datagram) override;
  void on_time(TimePoint now) override;
  [[nodiscard]] std::optional<TimePoint> deadline() const override;
  [[nodiscard]] bool take_datagram(TimePoint now, Datagram& out) override;
  // Changes when the last datagram that was taken under the old number has left: late ones leave by
  // the old socket. What was on its way in to that socket is lost.
  [[nodiscard]] std::uint32_t socket_generation() const override;
  void on_bound(const Address& local) override { inner_.on_bound(local); }

  // Nothing passes before `until`, either way; the endpoint does not know. What is held still
  // comes.
  void cut(TimePoint until) noexcept { cut_until_ = until; }

  struct Counters {
    std::uint64_t in = 0, out = 0;  // that came to it, each way
    std::uint64_t lost = 0, duplicated = 0, reordered = 0, cut = 0;
    std::uint64_t overflowed = 0;  // beyond max_held_bytes
    std::uint64_t stale = 0;       // for a socket that is no more
  };
  [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

 private:
  struct Held {
    Address peer;
    Bytes bytes;
  };
  // By due time; those of one moment in the order they came.
  using Line = std::map<std::pair<TimePoint, std::uint64_t>, Held>;
  struct Way {
    Line line;
    std::size_t bytes = 0;
  };

  [[nodiscard]] bool chance(double probability) noexcept;
  [[nodiscard]] std::uint64_t random() noexcept;
  [[nodiscard]] bool passes(TimePoint now) noexcept;
  [[nodiscard]] Duration lateness() noexcept;
  void hold(Way& way, TimePoint due, const Address& peer, BytesView datagram);
  void deliver_due(TimePoint now);
  void release_due(TimePoint now);
  void follow_socket();
  [[nodiscard]] bool take_released(Datagram& out);
  [[nodiscard]] bool holds_outgoing() const noexcept {
    return !outgoing_.line.empty() || !released_.empty();
  }

  Endpoint& inner_;
  RoughConfig config_;
  std::uint64_t random_;
  Way incoming_, outgoing_;
  std::deque<Held> released_;  // outgoing ones whose time has come; their bytes count as held
  std::uint64_t order_ = 0;
  std::uint32_t generation_;
  TimePoint cut_until_ = TimePoint::min();
  Counters counters_;
};

}  // namespace cam32100::protocol
