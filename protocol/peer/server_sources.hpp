#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>

#include "protocol/wire/address.hpp"
#include "protocol/wire/time.hpp"

namespace cam32100::protocol {

struct SourceLimits {
  double lookups_per_s =
      20;  // of one address: P2P_REQ, LIST_REQ, RLY_REQ, RLY_PORT; twice in a burst
  double unknown_per_min =
      10;  // of one address: UIDs that are not here, or have another check code
  // Devices of one address: so many, and so many new ones a minute; twice in a burst. A house has a
  // few, a shop a hundred. Not of private addresses that are trusted: a LAN's server serves it.
  std::size_t devices = 256;
  double new_devices_per_min = 60;
  // Private addresses need to prove nothing: routers let nobody outside write them on a datagram.
  bool trust_private = true;
  std::size_t max_sources = 65'536;  // beyond it the one silent for longest is forgotten
};

// What the server owes and allows each IPv4 address. Anybody can write a sender's address on a
// datagram, so an address that has proved nothing never gets more bytes than came from it: the
// server cannot be turned against it. Proven is who showed what only our answer could tell it.
class ServerSources {
 public:
  explicit ServerSources(SourceLimits limits) : limits_{limits} {}

  void on_received(TimePoint now, const Address& from, std::size_t bytes);
  // Whether an answer of that size may go; it is paid for then.
  [[nodiscard]] bool may_answer(TimePoint now, const Address& to, std::size_t bytes);
  [[nodiscard]] bool may_ask(TimePoint now, const Address& from);          // one more question
  [[nodiscard]] bool may_ask_unknown(TimePoint now, const Address& from);  // about who is not here
  // One device more beside those that are `there`.
  [[nodiscard]] bool may_add_device(TimePoint now, const Address& from, std::size_t there);
  void prove(TimePoint now, const Address& from);  // for ten minutes

  [[nodiscard]] std::size_t size() const noexcept { return sources_.size(); }

 private:
  using Ip = std::array<std::uint8_t, 4>;
  struct Bucket {
    double tokens = 0;
    TimePoint filled;
  };
  struct Source {
    std::size_t credit = 0;
    Bucket questions, unknown, new_devices;
    TimePoint proven_until;
    std::list<Ip>::iterator place;  // in by_use_
  };
  Source& source(TimePoint now, const Address& from);
  static bool take(Bucket& bucket, TimePoint now, double per_second, double most);

  SourceLimits limits_;
  std::map<Ip, Source> sources_;
  std::list<Ip> by_use_;  // least recently heard first
};

}  // namespace cam32100::protocol
