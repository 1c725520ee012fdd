#pragma once

#include "protocol/transport/own_addresses.hpp"

namespace cam32100::bridge {

// What this host is called on its networks.
struct OwnHost {
  protocol::SockAddr lan_address;  // told to servers, so that two hosts behind one router can meet
  protocol::OwnAddresses addresses;  // nobody may send us there
  friend bool operator==(const OwnHost&, const OwnHost&) = default;
};

}  // namespace cam32100::bridge
