#include "bridge/io/interfaces.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace cam32100::bridge {

using protocol::Address;

namespace {

std::optional<Address> to_address(const sockaddr* in, std::uint16_t port) {
  if (in == nullptr || in->sa_family != AF_INET) return std::nullopt;
  Address out{{}, port};
  std::memcpy(out.ip.data(),
              &static_cast<const sockaddr_in*>(static_cast<const void*>(in))->sin_addr, 4);
  return out;
}

template <class Visit>
void for_each_interface(Visit visit) {
  ifaddrs* raw = nullptr;
  if (::getifaddrs(&raw) != 0) return;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all{raw, &::freeifaddrs};
  for (const ifaddrs* one = all.get(); one != nullptr; one = one->ifa_next) {
    if ((one->ifa_flags & IFF_UP) != 0) visit(*one);
  }
}

}  // namespace

std::optional<Address> broadcast_of(const ifaddrs& one) {
  auto address = to_address(one.ifa_broadaddr, protocol::kLanPort);
  const auto own = to_address(one.ifa_addr, protocol::kLanPort);
  const auto mask = to_address(one.ifa_netmask, protocol::kLanPort);
  if (!own || !mask || (address && address->ip != own->ip)) return address;
  address = own;
  for (std::size_t i = 0; i < address->ip.size(); ++i)
    address->ip[i] = static_cast<std::uint8_t>(own->ip[i] | ~mask->ip[i]);
  return address->ip == own->ip ? std::nullopt
                                : address;  // a host of its own: nobody else is there
}

std::vector<Address> spell_out_targets(const std::vector<std::string>& targets) {
  std::vector<Address> out;
  const auto add = [&out](const Address& address) {
    if (std::find(out.begin(), out.end(), address) == out.end()) out.push_back(address);
  };
  for (const auto& target : targets) {
    if (target != "broadcast") {
      if (const auto address = Address::parse(target, protocol::kLanPort)) add(*address);
      continue;
    }
    add({{255, 255, 255, 255}, protocol::kLanPort});
    for_each_interface([&add](const ifaddrs& one) {
      if ((one.ifa_flags & IFF_BROADCAST) == 0) return;
      if (const auto address = broadcast_of(one)) add(*address);
    });
  }
  return out;
}

Address own_lan_address() {
  Address own{{127, 0, 0, 1}, 0};
  bool found = false;
  for_each_interface([&](const ifaddrs& one) {
    if (found || (one.ifa_flags & IFF_LOOPBACK) != 0) return;
    if (const auto address = to_address(one.ifa_addr, 0)) {
      own = *address;
      found = true;
    }
  });
  return own;
}

OwnHost own_host() {
  OwnHost own;
  own.lan_address = {own_lan_address(), 2};
  for_each_interface([&own](const ifaddrs& one) {
    if (const auto address = to_address(one.ifa_addr, 0); address && !address->is_loopback())
      own.addresses.ips.push_back(address->ip);
  });
  return own;
}

}  // namespace cam32100::bridge
