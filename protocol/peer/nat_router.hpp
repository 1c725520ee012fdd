#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "protocol/wire/bytes.hpp"
#include "protocol/wire/endpoint.hpp"

namespace cam32100::protocol {

// How a router lets others see and reach who stands behind it [RFC 3489].
enum class NatKind {
  full_cone,        // one port; once it is used anybody may write there
  restricted,       // one port; hosts that were written to may, from any of their ports
  port_restricted,  // one port; addresses that were written to may answer there
  symmetric,        // another port for each address that is written to; nobody else may use it
};

// The router in front of an endpoint. A port of its own is a door: for the symmetric kind the owner
// opens a socket for each, which the door drives; this router itself drives the first socket, which
// is the only one of the other kinds. A mapping lasts until kMost newer ones were used; a
// real router forgets it after a minute of silence, which keep-alive prevents.
class NatRouter final : public Endpoint {
 public:
  static constexpr std::size_t kMost = 64;
  static constexpr std::size_t kMostWaiting = 256;  // datagrams in a door; further ones are dropped
  using DoorId = std::uint64_t;

  NatRouter(Endpoint& inner, NatKind kind);  // `inner` must outlive it
  ~NatRouter() override;
  NatRouter(const NatRouter&) = delete;
  NatRouter& operator=(const NatRouter&) = delete;

  void on_datagram(TimePoint now, const Address& from, BytesView datagram) override;
  void on_time(TimePoint now) override { inner_.on_time(now); }
  [[nodiscard]] std::optional<TimePoint> deadline() const override { return inner_.deadline(); }
  [[nodiscard]] bool take_datagram(TimePoint now, Datagram& out) override;

  // Symmetric: takes what the endpoint has to say to the doors it leaves by. Then, before anything
  // else, the owner stops the sockets of closed doors, opens wanted ones, and wakes those that have
  // something to send.
  void sort(TimePoint now);
  [[nodiscard]] std::optional<DoorId> take_wanted_door();
  [[nodiscard]] std::optional<DoorId> take_closed_door();  // its Endpoint is gone already
  [[nodiscard]] Endpoint& door(DoorId id);
  [[nodiscard]] bool has_datagrams(DoorId id) const;

  struct Counters {
    std::uint64_t refused = 0;  // came from somebody who may not
    std::uint64_t dropped = 0;  // beyond kMostWaiting
  };
  [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

 private:
  class Door;
  [[nodiscard]] bool lets_in(const Address& from, const Address& peer) const noexcept;
  Door& door_to(const Address& peer);

  Endpoint& inner_;
  NatKind kind_;
  std::map<DoorId, std::unique_ptr<Door>> doors_;
  std::deque<DoorId> wanted_, closed_;
  DoorId next_id_ = 1;
  std::uint64_t uses_ = 0;
  Counters counters_;
};

}  // namespace cam32100::protocol
