#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "protocol/wire/time.hpp"
#include "tests/support/independent_camera/wire_format.hpp"

namespace cam32100::independent {

using protocol::TimePoint;

// The device's receiving half of one reliable channel: index 0 first and then one more each time,
// later ones wait in a buffer of 128 KiB, duplicates are acknowledged again. ACKs leave when 17
// indices wait or 40 ms after the first of them.
class DrwReceiver {
 public:
  explicit DrwReceiver(std::uint8_t channel, std::int64_t first = 0);

  // Appends to `delivered` what became readable in order.
  void accept(TimePoint now, std::uint16_t index, BytesView data, Bytes& delivered,
              Complaints& complaints);
  // The ACK message, if one is due at `now`.
  [[nodiscard]] std::optional<Bytes> take_ack(TimePoint now);
  // Complains once about an index that stays missing for 30 s while later ones are here.
  void on_time(TimePoint now, Complaints& complaints);
  [[nodiscard]] std::optional<TimePoint> deadline() const;

 private:
  [[nodiscard]] bool repeats(std::int64_t index, BytesView data, Complaints& complaints) const;
  void queue_ack(TimePoint now, std::uint16_t index);
  void deliver(TimePoint now, Bytes& delivered);

  std::uint8_t channel_;
  std::int64_t first_;
  std::int64_t expected_;
  std::map<std::int64_t, Bytes> seen_;  // what waits, and the newest delivered ones for comparison
  std::size_t waiting_bytes_ = 0;
  std::vector<std::uint16_t> owed_;
  std::optional<TimePoint> ack_at_;
  std::optional<TimePoint> gap_is_fatal_at_;
};

}  // namespace cam32100::independent
