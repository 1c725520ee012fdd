#pragma once

#include <cstddef>
#include <deque>
#include <string_view>

#include "protocol/wire/address.hpp"

namespace cam32100::protocol {

// What a strict camera holds against a client. Where the rules come from: protocol/README.md.
enum class StrictRule {
  fresh_port,       // a second session from the source port of an earlier one: not opened
  alive_answered,   // eleven ALIVE in a row without ALIVE_ACK: CLOSE
  ack_magic,        // a DRW_ACK that begins with D2: not read
  missing_request,  // an index of channel 0 never came: nothing behind it is served
};
[[nodiscard]] std::string_view to_text(StrictRule rule) noexcept;

struct StrictBreach {
  StrictRule rule{};
  Address client;
  friend bool operator==(const StrictBreach&, const StrictBreach&) = default;
};

// The client addresses that had a session. Of the newest kMost only: an ephemeral port comes round.
class UsedPorts {
 public:
  static constexpr std::size_t kMost = 256;

  void add(const Address& client);
  [[nodiscard]] bool contains(const Address& client) const noexcept;
  // True the first time for an address that it contains: whoever punches does so ten times a
  // second.
  [[nodiscard]] bool tell_once(const Address& client) noexcept;
  void clear() noexcept { used_.clear(); }

 private:
  struct Used {
    Address client;
    bool told = false;
  };
  std::deque<Used> used_;
};

}  // namespace cam32100::protocol
