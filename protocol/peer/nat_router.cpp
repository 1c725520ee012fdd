#include "protocol/peer/nat_router.hpp"

#include <algorithm>

namespace cam32100::protocol {

class NatRouter::Door final : public Endpoint {
 public:
  Door(NatRouter& router, const Address& peer) : router_{router}, peer_{peer} {}

  void on_datagram(TimePoint now, const Address& from, BytesView datagram) override {
    if (from == peer_) return router_.inner_.on_datagram(now, from, datagram);
    ++router_.counters_.refused;
  }
  void on_time(TimePoint /*now*/) override {}  // the first socket's driver tells the time
  [[nodiscard]] std::optional<TimePoint> deadline() const override { return std::nullopt; }
  [[nodiscard]] bool take_datagram(TimePoint /*now*/, Datagram& out) override {
    if (waiting_.empty()) return false;
    out.to = peer_;
    out.size = waiting_.front().size();
    std::copy(waiting_.front().begin(), waiting_.front().end(), out.bytes.begin());
    waiting_.pop_front();
    return true;
  }
  void put(BytesView datagram) {
    if (waiting_.size() >= kMostWaiting) {
      ++router_.counters_.dropped;
    } else {
      waiting_.emplace_back(datagram.begin(), datagram.end());
    }
  }
  [[nodiscard]] const Address& peer() const noexcept { return peer_; }
  [[nodiscard]] bool has_datagrams() const noexcept { return !waiting_.empty(); }
  std::uint64_t used = 0;  // when, in order of use

 private:
  NatRouter& router_;
  Address peer_;
  std::deque<Bytes> waiting_;
};

NatRouter::NatRouter(Endpoint& inner, NatKind kind) : inner_{inner}, kind_{kind} {}
NatRouter::~NatRouter() = default;

NatRouter::Door& NatRouter::door_to(const Address& peer) {
  const auto by_peer = [&peer](const auto& each) { return each.second->peer() == peer; };
  auto found = std::find_if(doors_.begin(), doors_.end(), by_peer);
  if (found == doors_.end()) {
    if (doors_.size() >= kMost) {
      const auto oldest = std::min_element(
          doors_.begin(), doors_.end(),
          [](const auto& a, const auto& b) { return a.second->used < b.second->used; });
      if (kind_ == NatKind::symmetric) closed_.push_back(oldest->first);
      doors_.erase(oldest);
    }
    const DoorId id = next_id_++;
    if (kind_ == NatKind::symmetric) wanted_.push_back(id);
    found = doors_.emplace(id, std::make_unique<Door>(*this, peer)).first;
  }
  found->second->used = ++uses_;
  return *found->second;
}

// At the first socket, for one who was written to by `peer`. Nobody is written to from that of a
// symmetric router, so nobody may answer there.
bool NatRouter::lets_in(const Address& from, const Address& peer) const noexcept {
  switch (kind_) {
    case NatKind::full_cone:
      return true;
    case NatKind::restricted:
      return from.ip == peer.ip;
    case NatKind::port_restricted:
      return from == peer;
    case NatKind::symmetric:
      return false;
  }
  return false;
}

void NatRouter::on_datagram(TimePoint now, const Address& from, BytesView datagram) {
  const bool known = std::any_of(doors_.begin(), doors_.end(), [&](const auto& each) {
    return lets_in(from, each.second->peer());
  });
  if (known) return inner_.on_datagram(now, from, datagram);
  ++counters_.refused;
}

bool NatRouter::take_datagram(TimePoint now, Datagram& out) {
  if (kind_ == NatKind::symmetric) return false;
  if (!inner_.take_datagram(now, out)) return false;
  door_to(out.to);
  return true;
}

void NatRouter::sort(TimePoint now) {
  Datagram out;
  while (kind_ == NatKind::symmetric && inner_.take_datagram(now, out))
    door_to(out.to).put(out.view());
}

std::optional<NatRouter::DoorId> NatRouter::take_wanted_door() {
  while (!wanted_.empty()) {
    const DoorId id = wanted_.front();
    wanted_.pop_front();
    if (doors_.contains(id)) return id;
  }
  return std::nullopt;
}

std::optional<NatRouter::DoorId> NatRouter::take_closed_door() {
  if (closed_.empty()) return std::nullopt;
  const DoorId id = closed_.front();
  closed_.pop_front();
  return id;
}

Endpoint& NatRouter::door(DoorId id) { return *doors_.at(id); }

bool NatRouter::has_datagrams(DoorId id) const {
  const auto found = doors_.find(id);
  return found != doors_.end() && found->second->has_datagrams();
}

}  // namespace cam32100::protocol
