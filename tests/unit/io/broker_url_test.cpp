#include "bridge/io/broker_url.hpp"

#include <gtest/gtest.h>

namespace cam32100::bridge {
namespace {

TEST(BrokerUrl, TakesHostAndPortApart) {
  const auto url = parse_broker_url("mqtt://broker.lan:1884");
  EXPECT_FALSE(url.tls);
  EXPECT_EQ(url.host, "broker.lan");
  EXPECT_EQ(url.port, "1884");
}

TEST(BrokerUrl, FillsInThePortOfItsScheme) {
  EXPECT_EQ(parse_broker_url("tcp://h").port, "1883");
  EXPECT_EQ(parse_broker_url("mqtts://h").port, "8883");
  EXPECT_TRUE(parse_broker_url("ssl://h").tls);
}

TEST(BrokerUrl, LeavesOutAPath) { EXPECT_EQ(parse_broker_url("mqtt://h:1/x/y").port, "1"); }

TEST(BrokerUrl, TakesTheBracketsOffAnIpv6HostAndPutsThemBack) {
  const auto url = parse_broker_url("mqtt://[::1]");
  EXPECT_EQ(url.host, "::1") << "the system knows no brackets";
  EXPECT_EQ(url.authority(), "[::1]:1883");
  EXPECT_EQ(parse_broker_url("mqtt://[fe80::1]:99").port, "99");
  EXPECT_EQ(parse_broker_url("mqtt://[fe80::1]:99").authority(), "[fe80::1]:99");
  EXPECT_EQ(parse_broker_url("mqtt://broker.lan").authority(), "broker.lan:1883");
}

TEST(BrokerUrl, GivesNoHostForWhatIsNotABroker) {
  EXPECT_TRUE(parse_broker_url("http://h").host.empty());
  EXPECT_TRUE(parse_broker_url("broker.lan:1883").host.empty());
  EXPECT_TRUE(parse_broker_url("").host.empty());
}

}  // namespace
}  // namespace cam32100::bridge
