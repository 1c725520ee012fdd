#include "protocol/wire/address.hpp"

#include <gtest/gtest.h>

#include "tests/unit/wire/hex.hpp"

namespace cam32100::protocol {
namespace {

TEST(Address, ParsesWithAndWithoutAPort) {
  EXPECT_EQ(*Address::parse("192.168.1.2:32108"), (Address{{192, 168, 1, 2}, 32108}));
  EXPECT_EQ(*Address::parse("0.0.0.0:0"), (Address{{0, 0, 0, 0}, 0}));
  EXPECT_EQ(*Address::parse("255.255.255.255:65535"), (Address{{255, 255, 255, 255}, 65535}));
  EXPECT_EQ(*Address::parse("10.0.0.1", kLanPort), (Address{{10, 0, 0, 1}, 32108}));
  EXPECT_EQ(*Address::parse("10.0.0.1:7", kLanPort), (Address{{10, 0, 0, 1}, 7}));
}

TEST(Address, SpellsWhatItParses) {
  for (const auto* text : {"192.168.1.2:32108", "0.0.0.0:0", "255.255.255.255:65535"}) {
    EXPECT_EQ(Address::parse(text)->text(), text);
  }
}

TEST(Address, RefusesEverythingElse) {
  for (const auto* text : {"",
                           ":",
                           "1",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.",
                           ".1.2.3",
                           "1..2.3",
                           "1.2.3.256",
                           "1.2.3.999999",
                           "1.2.3.4:",
                           "1.2.3.4:65536",
                           "1.2.3.4:-1",
                           "1.2.3.4:+1",
                           "1.2.3.4:1:2",
                           "1.2.3.4: 1",
                           " 1.2.3.4",
                           "1.2.3.4 ",
                           "01.2.3.4",
                           "1.2.3.04",
                           "1.2.3.4:080",
                           "a.b.c.d",
                           "camera.local:1",
                           "::1",
                           "1.2.3.4:999999",
                           "0x7f.0.0.1"}) {
    const auto address = Address::parse(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error(), Errc::bad_address) << text;
  }
}

TEST(Address, IsUsableWhenItNamesOneHostAndAPort) {
  EXPECT_TRUE(Address::parse("192.168.1.2:1")->is_usable());
  EXPECT_TRUE(Address::parse("223.255.255.255:65535")->is_usable());
  EXPECT_TRUE(Address::parse("240.0.0.1:1")->is_usable());
}

TEST(Address, IsNotUsableWhenAPeerCouldMakeUsShoutWithIt) {
  for (const auto* text : {"192.168.1.2:0", "0.0.0.0:32108", "255.255.255.255:32108",
                           "224.0.0.1:32108", "239.255.255.250:1900"}) {
    EXPECT_FALSE(Address::parse(text)->is_usable()) << text;
  }
}

TEST(Address, KnowsPrivateRangesToTheirEdges) {
  for (const auto* text : {"10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255",
                           "192.168.0.0", "192.168.255.255", "169.254.1.1", "127.0.0.1"}) {
    EXPECT_TRUE(Address::parse(text)->is_private()) << text;
  }
  for (const auto* text : {"9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0",
                           "192.167.255.255", "192.169.0.0", "169.253.1.1", "128.0.0.1"}) {
    EXPECT_FALSE(Address::parse(text)->is_private()) << text;
  }
  EXPECT_TRUE(Address::parse("127.1.2.3")->is_loopback());
  EXPECT_FALSE(Address::parse("126.255.255.255")->is_loopback());
}

TEST(SockAddr, IsReversedOnTheWire) {
  const auto bytes = hex("0002 6c7d 6528a8c0 0000000000000000");
  Reader in{bytes};
  const auto read = SockAddr::read(in);
  EXPECT_EQ(read.address.text(), "192.168.40.101:32108");
  EXPECT_EQ(read.family, 2);
  std::array<std::byte, 16> buffer{};
  Writer out{buffer};
  read.write(out);
  EXPECT_EQ(to_hex(buffer), to_hex(bytes));
}

TEST(SockAddr, HasABigEndianFormToo) {
  const auto bytes = hex("0200 7d6c c0a82865 0000000000000000");
  Reader in{bytes};
  const auto read = SockAddr::read_big_endian(in);
  EXPECT_EQ(read.address.text(), "192.168.40.101:32108");
  EXPECT_EQ(read.family, 2);
  std::array<std::byte, 16> buffer{};
  Writer out{buffer};
  read.write_big_endian(out);
  EXPECT_EQ(to_hex(buffer), to_hex(bytes));
}

TEST(SockAddr, ReadsTheAddressesOfTwoOtherCaptures) {
  const auto wan = hex("0002e40d252533b20000000000000000");
  Reader in{wan};
  EXPECT_EQ(SockAddr::read(in).address.text(), "178.51.37.37:3556");
  const auto lan = hex("0002f9ff65a8a8c00000000000000000");
  Reader other{lan};
  EXPECT_EQ(SockAddr::read(other).address.text(), "192.168.168.101:65529");
}

TEST(SockAddr, IsShortWhenItsZeroBytesAreMissing) {
  const auto bytes = hex("00026c7d6528a8c000000000000000");
  Reader in{bytes};
  static_cast<void>(SockAddr::read(in));
  EXPECT_FALSE(in.ok());
  Reader other{bytes};
  static_cast<void>(SockAddr::read_big_endian(other));
  EXPECT_FALSE(other.ok());
}

TEST(SockAddr, KeepsAZeroFamily) {
  std::array<std::byte, 16> buffer{};
  Writer out{buffer};
  SockAddr{*Address::parse("1.2.3.4:5"), 0}.write(out);
  EXPECT_EQ(to_hex(buffer), "00000500040302010000000000000000");
}

}  // namespace
}  // namespace cam32100::protocol
