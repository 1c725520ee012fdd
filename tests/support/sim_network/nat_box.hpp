#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/wire/address.hpp"
#include "protocol/wire/time.hpp"

namespace cam32100::sim {

// How a router maps and filters UDP, in the classes of RFC 3489, as people name them.
enum class NatKind {
  full_cone,        // one outside port for an inside one; whoever knows it may use it
  restricted,       // ... hosts that were written to may
  port_restricted,  // ... addresses with ports that were written to may
  symmetric,        // a new outside port for each address that is written to
};
[[nodiscard]] const char* to_text(NatKind kind) noexcept;

struct NatConfig {
  NatKind kind = NatKind::port_restricted;
  bool hairpins = false;           // passes on what insiders send to its own outside
  bool ports_in_sequence = false;  // symmetric: the next port is the next number; else far away
  protocol::Duration timeout{std::chrono::seconds{60}};  // of a mapping without traffic outwards
};

// One router's table. Time and addresses in, addresses out.
class NatBox {
 public:
  NatBox(std::array<std::uint8_t, 4> outside, NatConfig config, std::uint64_t seed)
      : outside_{outside}, config_{config}, random_{seed} {}

  [[nodiscard]] const std::array<std::uint8_t, 4>& outside() const noexcept { return outside_; }
  [[nodiscard]] const NatConfig& config() const noexcept { return config_; }
  // What the world sees as the source of a datagram from `inside` to `to`.
  [[nodiscard]] protocol::Address out(protocol::TimePoint now, const protocol::Address& inside,
                                      const protocol::Address& to);
  // Who gets a datagram from `from` to the outside port; nothing: it is dropped.
  [[nodiscard]] std::optional<protocol::Address> in(protocol::TimePoint now,
                                                    const protocol::Address& from,
                                                    std::uint16_t port);
  // The provider gave it another address, or it was restarted: every mapping is gone.
  void restart(std::array<std::uint8_t, 4> outside);

 private:
  struct Mapping {
    protocol::Address inside;
    std::optional<protocol::Address> to;  // symmetric
    std::uint16_t port = 0;
    std::set<protocol::Address> written_to;
    protocol::TimePoint last_out;
  };
  [[nodiscard]] bool is_used(std::uint16_t port) const;
  [[nodiscard]] std::uint16_t choose_port(std::uint16_t wish);
  void expire(protocol::TimePoint now);

  std::array<std::uint8_t, 4> outside_;
  NatConfig config_;
  std::uint64_t random_;
  std::uint16_t next_in_sequence_ = 30000;
  std::vector<Mapping> mappings_;
};

}  // namespace cam32100::sim
