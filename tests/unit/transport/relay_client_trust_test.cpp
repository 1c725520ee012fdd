// Whose word counts, and what is said of somebody else's session.
#include "tests/unit/transport/relay_by_hand.hpp"

namespace cam32100::protocol {
namespace {

using namespace relay_wire;
using RelayClientTrust = RelayClientByHand;

TEST_F(RelayClientTrust, TakesNoListOfARelayAndNoPortOfAServer) {
  start();
  hand->take();
  hand->send(kServer, list({kRelay}));
  hand->take();
  hand->send(kRelay, list({kRelayB}));
  EXPECT_TRUE(hand->take().empty());
  hand->send(kRelay, kHelloAck);
  hand->take();
  hand->send(kServer, port_ack(kWay.port));
  hand->send(kClient, port_ack(kWay.port));
  EXPECT_TRUE(hand->take().empty());
}

TEST_F(RelayClientTrust, CountsATellingThatIsNotItsOwnAsForgedAndStaysWhereItIs) {
  start();
  hand->take();
  hand->send(kServer, told(kWay));  // before anything was asked for
  EXPECT_EQ(client->counters().forged, 1U);
  bring_to_port();
  hand->pass(100ms);
  hand->send(kServer, told(kWay, "a1b2c3d5"));
  hand->send(kServer, told({kWay.ip, 34001}));
  hand->send(kServer, told({kRelayB.ip, kWay.port}));
  EXPECT_EQ(client->counters().forged, 4U);
  EXPECT_STREQ(to_text(client->report()[0].stage), "request");
  for (const Sent& each : hand->pass(2s)) {
    EXPECT_TRUE(each.to == kWay || each.to == kServer) << each.to.text();
    if (each.to == kWay) {
      EXPECT_EQ(each.hex, from_client());
    }
  }
}

TEST_F(RelayClientTrust, HearsATellingOfNobodyButItsServers) {
  start();
  bring_to_port();
  for (const Address& from : {kRelay, kWay, kClient}) hand->send(from, told(kWay));
  EXPECT_STREQ(to_text(client->report()[0].stage), "request");
  hand->send(kServer, told(kWay));
  EXPECT_STREQ(to_text(client->report()[0].stage), "ready");
  EXPECT_EQ(client->counters().forged, 0U);
}

TEST_F(RelayClientTrust, IsOpenedByItsOwnWayAlone) {
  start();
  bring_to_port();
  for (const Address& from : {kRelay, kServer, kClient, Address{kWay.ip, 34001}}) {
    hand->send(from, ready());
  }
  hand->send(kWay, ready(kOther));
  hand->send(kWay, kHelloAck);
  EXPECT_FALSE(client->finished());
  EXPECT_FALSE(client->take_event().has_value());
  hand->send(kWay, ready());
  EXPECT_TRUE(opened().has_value());
}

}  // namespace
}  // namespace cam32100::protocol
