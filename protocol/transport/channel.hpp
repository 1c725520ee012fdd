#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/transport/byte_ring.hpp"
#include "protocol/transport/resend_timer.hpp"
#include "protocol/wire/bytes.hpp"
#include "protocol/wire/message.hpp"
#include "protocol/wire/time.hpp"

namespace cam32100::protocol {

// a - b on the ring of 2^16, as a signed distance: > 0 when a is newer. The only comparison of
// indices.
[[nodiscard]] constexpr std::int16_t index_distance(std::uint16_t a, std::uint16_t b) noexcept {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(a - b));
}

struct ChannelConfig {
  std::size_t window = 64;  // DRW in flight, oldest unacknowledged to newest: 1..4096
  std::size_t max_queued_bytes =
      256 * 1024;  // not yet acknowledged + not yet sent; send() refuses beyond
  std::size_t max_reorder_bytes =
      128 * 1024;  // buffered ahead of a gap; beyond: dropped without ACK (vendor)
  // How far ahead of a gap a packet may be, 1..4096: beyond it nothing honest is in flight, the
  // vendor's window is 128 [reference state machine: 1000].
  std::size_t farthest_ahead = 1000;
  std::size_t max_pending_acks =
      4096;  // indices waiting to be acknowledged; older duplicates go first
  Duration min_resend{std::chrono::milliseconds{20}};
  Duration max_resend{std::chrono::seconds{2}};
  Duration first_resend{std::chrono::milliseconds{200}};  // before any round trip was measured
  unsigned max_resends = 20;                              // of one packet; then failed() is true
  std::uint16_t first_index = 0;  // both directions start at 0; tests start near the wrap
};

// One DRW channel, both directions: a reliable ordered byte stream. Knows no session, cipher or
// peer.
class Channel {
 public:
  Channel(std::uint8_t id, const ChannelConfig& config);

  // --- sending
  // Appends to the stream; it is cut at 1024 bytes regardless of message ends. False: the cap would
  // be exceeded, nothing was queued.
  [[nodiscard]] bool send(BytesView bytes);
  void on_ack(TimePoint now, const DrwAck& ack);  // unknown and repeated indices are ignored
  // Writes the next DRW (plain, with header) that is due: a resend, or new data if the window has
  // room.
  [[nodiscard]] std::optional<std::size_t> take_drw(TimePoint now, MutableBytesView out);
  // Gives up on packets that were due before `now` and schedules their resend; take_drw() does the
  // same first. After it deadline() is later than `now` or absent.
  void on_time(TimePoint now);
  [[nodiscard]] bool all_acknowledged() const noexcept;
  [[nodiscard]] bool failed()
      const noexcept;  // a packet was resent max_resends times without an ACK

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

  [[nodiscard]] std::optional<TimePoint> deadline()
      const;  // next resend; nullopt when nothing is in flight
  [[nodiscard]] bool has_ack() const noexcept;
  [[nodiscard]] std::optional<Duration> smoothed_rtt() const noexcept;
  [[nodiscard]] std::size_t queued_bytes() const noexcept;  // not yet acknowledged and not yet sent
  [[nodiscard]] std::size_t unsent_bytes() const noexcept;  // wait for room in the window
  [[nodiscard]] std::size_t room() const noexcept;          // bytes that send() would take now
  [[nodiscard]] std::size_t reorder_bytes() const noexcept;  // held ahead of a gap

  struct Counters {
    std::uint64_t sent = 0, resent = 0, received = 0, duplicates = 0, reordered = 0, refused = 0;
    std::uint64_t dropped_acks = 0;  // beyond max_pending_acks: the peer resends and asks again
    std::size_t peak_queued_bytes = 0, peak_reorder_bytes = 0;
  };
  [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

 private:
  // One DRW in flight: a stretch of the sent stream that keeps its index and its bytes until
  // acknowledged.
  struct InFlight {
    std::size_t size = 0;
    TimePoint sent_at;
    TimePoint due;            // resent then
    std::uint64_t order = 0;  // of its latest transmission among all transmissions
    unsigned resends = 0;
    unsigned newer_acks = 0;  // packets sent after it and acknowledged before it
    bool acknowledged = false;
    bool lost = false;  // waits to be resent
  };
  struct Held {
    Bytes bytes;
    bool present = false;
  };

  [[nodiscard]] std::size_t in_flight() const noexcept {
    return static_cast<std::size_t>(next_ - base_);
  }
  [[nodiscard]] InFlight& slot(std::uint64_t sequence) noexcept {
    return slots_[sequence & (slots_.size() - 1)];
  }
  [[nodiscard]] std::uint16_t wire_index(std::uint64_t sequence) const noexcept;
  [[nodiscard]] bool acknowledge(TimePoint now, std::uint16_t index);
  void make_room_in_flight();
  void find_overtaken(std::uint64_t newest);
  void mark_lost(InFlight& packet) noexcept;
  void release_acknowledged() noexcept;
  void find_next_due() noexcept;
  std::size_t write_drw(TimePoint now, std::uint64_t sequence, std::size_t offset,
                        MutableBytesView out);
  Received hold(std::uint16_t index, BytesView data);
  void queue_ack(std::uint16_t index, bool again);

  ChannelConfig config_;
  std::uint8_t id_;
  bool failed_ = false;

  // Sending. Sequence numbers do not wrap; their low 16 bits, from first_index, are the wire's
  // index.
  std::uint64_t window_;
  ByteRing stream_;              // unacknowledged, then unsent bytes
  std::size_t sent_bytes_ = 0;   // of stream_: in flight
  std::vector<InFlight> slots_;  // a ring of a power of two that doubles until it holds window_
  std::uint64_t base_ = 0;       // oldest in flight
  std::uint64_t next_ = 0;       // first never sent
  std::uint64_t transmissions_ = 0;
  std::size_t lost_ = 0;  // packets marked lost
  std::optional<TimePoint> next_due_;
  ResendTimer timer_;
  std::vector<std::uint64_t> acknowledged_orders_;  // of the ACK being read

  // Receiving
  std::uint16_t expected_;
  std::vector<Held> held_;  // a ring by index, made at the first gap
  std::size_t held_count_ = 0;
  std::size_t held_bytes_ = 0;
  Bytes delivering_;          // behind the view that next_in_order() gave
  std::vector<Bytes> spare_;  // buffers to use again
  IndexRing fresh_acks_;
  IndexRing repeated_acks_;  // for duplicates

  Counters counters_;
};

}  // namespace cam32100::protocol
