#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>

#include "bridge/io/udp_driver.hpp"
#include "protocol/peer/nat_router.hpp"

namespace cam32100::bridge {

// The sockets behind the doors of a symmetric router: each one's local port is the port that the
// world sees.
class NatSockets {
 public:
  // `first` drives the router itself.
  NatSockets(boost::asio::io_context& io, std::shared_ptr<DatagramBatch> batch,
             protocol::NatRouter& router, std::shared_ptr<UdpDriver> first,
             const protocol::Address& bind);

  void on_progress() { move(false); }  // of the first socket
  void stop();

 private:
  void move(bool by_door);
  void open(protocol::NatRouter::DoorId id);
  void close(protocol::NatRouter::DoorId id);

  boost::asio::io_context& io_;
  std::shared_ptr<DatagramBatch> batch_;
  protocol::NatRouter& router_;
  std::shared_ptr<UdpDriver> first_;
  protocol::Address bind_;
  std::map<protocol::NatRouter::DoorId, std::shared_ptr<UdpDriver>> drivers_;
  bool moving_ = false;
};

}  // namespace cam32100::bridge
