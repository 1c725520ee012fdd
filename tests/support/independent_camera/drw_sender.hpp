#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "protocol/wire/time.hpp"
#include "tests/support/independent_camera/wire_format.hpp"

namespace cam32100::independent {

using protocol::Duration;
using protocol::TimePoint;

// The device's half of one reliable channel, as the vendor does it: writes run together into chunks
// of 1024 bytes, a partial chunk waits for the next 40 ms tick, the window is a distance of 110
// indices, the oldest unacknowledged chunk goes out again every 500 ms, and an ACK sends every
// older one again at once. A resend repeats index and bytes. Messages to send are appended to the
// caller's `out`.
class DrwSender {
 public:
  static constexpr std::size_t kPendingLimit = std::size_t{4} * 1024 * 1024;

  // `first` is 0 on the wire; a test of the wrap begins close to 65535.
  explicit DrwSender(std::uint8_t channel, std::int64_t first = 0);

  // False: the limit of unsent bytes is reached and nothing of `data` was taken.
  [[nodiscard]] bool write(TimePoint now, BytesView data, std::vector<Bytes>& out);
  void on_ack(TimePoint now, std::span<const std::uint16_t> indices, std::vector<Bytes>& out,
              Complaints& complaints);
  void on_time(TimePoint now, std::vector<Bytes>& out);
  [[nodiscard]] std::optional<TimePoint> deadline() const;

  // An ALIVE came. `perfect`: a chunk that waits longer than `grace` is a violation now; otherwise
  // only if its ACK arrives later although the chunk was sent just once.
  void on_alive(TimePoint now, Duration grace, bool perfect, Complaints& complaints);

  [[nodiscard]] bool has_given_up() const {
    return has_given_up_;
  }  // 20 timed resends of one chunk
  [[nodiscard]] bool all_acknowledged() const { return unacked_.empty() && pending_.empty(); }
  [[nodiscard]] std::int64_t written() const { return written_; }  // bytes ever taken
  [[nodiscard]] std::int64_t acknowledged() const;                 // bytes without a hole

 private:
  struct Chunk {
    Bytes bytes;  // the whole message
    std::int64_t begins_at = 0;
    TimePoint last_sent;
    TimePoint first_sent;
    int sends = 0;
    int timed_resends = 0;
    bool overtaken_by_alive = false;
  };

  void cut(TimePoint now, std::vector<Bytes>& out);
  void send_chunk(TimePoint now, std::size_t size, std::vector<Bytes>& out);
  [[nodiscard]] bool window_is_open() const;
  static void resend(TimePoint now, Chunk& chunk, std::vector<Bytes>& out);

  std::uint8_t channel_;
  std::int64_t first_;
  std::int64_t next_;
  std::map<std::int64_t, Chunk> unacked_;
  std::deque<std::byte> pending_;
  std::int64_t written_ = 0;
  std::int64_t cut_ = 0;
  std::optional<TimePoint> flush_at_;
  bool has_given_up_ = false;
};

}  // namespace cam32100::independent
