#include "bridge/cli/emulate_nat.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace cam32100::bridge {

NatSockets::NatSockets(boost::asio::io_context& io, std::shared_ptr<DatagramBatch> batch,
                       protocol::NatRouter& router, std::shared_ptr<UdpDriver> first,
                       const protocol::Address& bind)
    : io_{io},
      batch_{std::move(batch)},
      router_{router},
      first_{std::move(first)},
      bind_{bind.ip, 0} {}

void NatSockets::stop() {
  for (const auto& [id, driver] : drivers_) driver->stop();
  drivers_.clear();
}

// Called by each driver before it sends. What came by one door may have to leave by others, and may
// have changed the deadline, which the first one waits for.
void NatSockets::move(bool by_door) {
  if (std::exchange(moving_, true)) return;
  router_.sort(protocol::Clock::now());
  while (const auto id = router_.take_closed_door()) close(*id);
  while (const auto id = router_.take_wanted_door()) open(*id);
  const auto drivers = drivers_;
  for (const auto& [id, driver] : drivers) {
    if (router_.has_datagrams(id)) driver->wake();
  }
  if (by_door) first_->wake();
  moving_ = false;
}

// Out of descriptors: what leaves by it is lost until there is one.
void NatSockets::open(protocol::NatRouter::DoorId id) {
  const auto driver = std::make_shared<UdpDriver>(
      io_, batch_, router_.door(id), UdpDriver::Options{bind_, 0, true}, [this] { move(true); });
  drivers_.emplace(id, driver);
  driver->start();
}

void NatSockets::close(protocol::NatRouter::DoorId id) {
  const auto found = drivers_.find(id);
  if (found == drivers_.end()) return;
  found->second->stop();
  // It may be the one that calls us.
  boost::asio::post(io_, [gone = std::move(found->second)] {});
  drivers_.erase(found);
}

}  // namespace cam32100::bridge
