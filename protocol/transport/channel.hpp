#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "protocol/wire/bytes.hpp"
#include "protocol/wire/message.hpp"
#include "protocol/wire/time.hpp"

namespace cam32100::protocol {

// a - b on the ring of 2^16, as a signed distance: > 0 when a is newer. The only comparison of indices.
[[nodiscard]] constexpr std::int16_t index_distance(std::uint16_t a, std::uint16_t b) noexcept {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(a - b));
}

struct ChannelConfig {
  std::size_t window = 64;                          // DRW in flight
  std::size_t max_queued_bytes = 256 * 1024;        // not yet acknowledged + not yet sent; send() refuses beyond
  std::size_t max_reorder_bytes = 128 * 1024;       // buffered ahead of a gap; beyond: dropped without ACK (vendor)
  std::size_t max_pending_acks = 4096;              // indices waiting to be acknowledged; older duplicates go first
  Duration min_resend{std::chrono::milliseconds{20}};
  Duration max_resend{std::chrono::seconds{2}};
  Duration first_resend{std::chrono::milliseconds{200}};  // before any round trip was measured
  unsigned max_resends = 20;                        // of one packet; then failed() is true
  std::uint16_t first_index = 0;                    // both directions start at 0; tests start near the wrap
};

// One DRW channel, both directions: a reliable ordered byte stream. Knows no session, cipher or peer.
class Channel {
 public:
  Channel(std::uint8_t id, const ChannelConfig& config);

  // --- sending
  // Appends to the stream; it is cut at 1024 bytes regardless of message ends. False: the cap would be
  // exceeded, nothing was queued.
  [[nodiscard]] bool send(BytesView bytes);
  void on_ack(TimePoint now, const DrwAck& ack);  // unknown and repeated indices are ignored
  // Writes the next DRW (plain, with header) that is due: a resend, or new data if the window has room.
  [[nodiscard]] std::optional<std::size_t> take_drw(TimePoint now, MutableBytesView out);
  [[nodiscard]] bool all_acknowledged() const noexcept;
  [[nodiscard]] bool failed() const noexcept;     // a packet was resent max_resends times without an ACK

  // --- receiving
  enum class Received {
    in_order,   // the caller consumes `data` now, then calls next_in_order() until it is empty
    buffered,   // ahead of a gap
    duplicate,  // already delivered or buffered; will be acknowledged again
    refused,    // reorder buffer full, or too far ahead: not acknowledged, the peer will resend
  };
  Received on_drw(TimePoint now, const Drw& drw);
  // What followed the gap. The view lives until the next call of on_drw() or next_in_order().
  [[nodiscard]] std::optional<BytesView> next_in_order();
  // Writes one DRW_ACK for up to 80 waiting indices; nullopt when none waits.
  [[nodiscard]] std::optional<std::size_t> take_ack(MutableBytesView out);
  // Forgets the receiving side: some firmwares restart audio indices at 0 [capture-free, aiopppp].
  void restart_receiving();

  [[nodiscard]] std::optional<TimePoint> deadline() const;  // next resend; nullopt when nothing is in flight
  [[nodiscard]] bool has_ack() const noexcept;
  [[nodiscard]] std::optional<Duration> smoothed_rtt() const noexcept;

  struct Counters {
    std::uint64_t sent = 0, resent = 0, received = 0, duplicates = 0, reordered = 0, refused = 0;
    std::size_t peak_queued_bytes = 0, peak_reorder_bytes = 0;
  };
  [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

 private:
  Counters counters_;
  // The owner of this file replaces this section.
};

}  // namespace cam32100::protocol
