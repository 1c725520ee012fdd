#include "bridge/io/interfaces.hpp"

#include <gtest/gtest.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <array>
#include <bit>
#include <cstring>

namespace cam32100::bridge {
namespace {

using Ip = std::array<std::uint8_t, 4>;

struct InterfaceAddress {
  explicit InterfaceAddress(Ip ip) {
    in.sin_family = AF_INET;
    std::memcpy(&in.sin_addr, ip.data(), ip.size());
  }
  sockaddr* get() { return std::bit_cast<sockaddr*>(&in); }
  sockaddr_in in{};
};

std::optional<Ip> broadcast(Ip own, Ip mask, Ip told) {
  InterfaceAddress address{own};
  InterfaceAddress netmask{mask};
  InterfaceAddress told_broadcast{told};
  ifaddrs interface {};
  interface.ifa_addr = address.get();
  interface.ifa_netmask = netmask.get();
  interface.ifa_broadaddr = told_broadcast.get();
  const auto found = broadcast_of(interface);
  if (!found) return std::nullopt;
  EXPECT_EQ(found->port, 32108);
  return found->ip;
}

TEST(Interfaces, AreSearchedWhereTheKernelSays) {
  EXPECT_EQ(broadcast({192, 168, 1, 5}, {255, 255, 255, 0}, {192, 168, 1, 255}),
            (Ip{192, 168, 1, 255}));
}

TEST(Interfaces, AreSearchedByTheirNetmaskWhenNoBroadcastWasSet) {
  EXPECT_EQ(broadcast({10, 3, 0, 1}, {255, 255, 255, 0}, {10, 3, 0, 1}), (Ip{10, 3, 0, 255}));
  EXPECT_EQ(broadcast({10, 3, 7, 1}, {255, 255, 252, 0}, {10, 3, 7, 1}), (Ip{10, 3, 7, 255}));
}

TEST(Interfaces, AreNotSearchedWhereNobodyElseIs) {
  EXPECT_EQ(broadcast({10, 3, 0, 1}, {255, 255, 255, 255}, {10, 3, 0, 1}), std::nullopt);
}

}  // namespace
}  // namespace cam32100::bridge
