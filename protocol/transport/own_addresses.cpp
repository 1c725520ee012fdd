#include "protocol/transport/own_addresses.hpp"

#include <algorithm>

namespace cam32100::protocol {

bool OwnAddresses::hold(const Address& address) const noexcept {
  return std::find(ips.begin(), ips.end(), address.ip) != ips.end();
}

bool may_send_us_to(const Address& target, const Address& told_by,
                    const OwnAddresses& own) noexcept {
  if (!target.is_usable()) return false;
  const auto is_here = [&own](const Address& each) { return each.is_loopback() || own.hold(each); };
  return !is_here(target) || is_here(told_by);
}

}  // namespace cam32100::protocol
