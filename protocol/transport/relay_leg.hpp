#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "protocol/wire/cipher.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/message.hpp"

namespace cam32100::protocol {

// What a relay gave with RLY_PORT_ACK: whoever shows it belongs to that session.
using MagicWord = std::array<std::byte, 4>;

enum class RelaySide : std::uint8_t { client = 0, device = 1 };  // as RLY_PKT says it

// One side's way into a relay: RLY_PKT with the magic word, four times 20 ms apart [vendor: four
// times; the spacing is ours], then twice a second, until RLY_RDY says that the other side is
// there, too, or the time is up. A relay takes early ones [eufy].
class RelayLeg {
 public:
  struct Config {
    Address relay;  // the port that was allocated, not the relay's own
    Cipher cipher;  // of the servers; the session itself goes under the camera's
    MagicWord word{};
    Uid uid;
    RelaySide side = RelaySide::client;
    Duration timeout{std::chrono::seconds{5}};
  };
  RelayLeg(TimePoint now, Config config);

  // RLY_RDY from the relay with our UID; from anybody else, or plain where a key is due but the
  // bytes make sense, is judged alike: the source decides. True once.
  [[nodiscard]] bool on_datagram(const Address& from, BytesView datagram);
  void burst(TimePoint now);  // news that the other side was told: four more
  void on_time(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> deadline() const;  // nullopt: ready or over
  [[nodiscard]] bool take_datagram(Datagram& out);

  [[nodiscard]] bool is_ready() const noexcept { return ready_; }
  [[nodiscard]] bool is_over() const noexcept { return over_; }  // the time is up
  [[nodiscard]] const Address& relay() const noexcept { return config_.relay; }
  [[nodiscard]] const MagicWord& word() const noexcept { return config_.word; }

 private:
  Config config_;
  TimePoint until_;
  TimePoint next_;
  unsigned burst_left_ = 0;
  bool waits_ = false;
  bool ready_ = false;
  bool over_ = false;
};

}  // namespace cam32100::protocol
