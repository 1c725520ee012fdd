// One relayed session: both sides come with the word, and what one sends goes to the other.
#include "relay_port_by_hand.hpp"

namespace cam32100::protocol {
namespace {

using namespace relay_wire;
using RelayPortSides = RelayPortByHand;

TEST_F(RelayPortSides, TellsBothSidesOnceBothHaveCome) {
  for (const bool client_first : {true, false}) {
    start();
    hand->send(client_first ? kClient : kFromDevice, client_first ? from_client() : from_device());
    EXPECT_TRUE(hand->take().empty());
    EXPECT_FALSE(port->is_open());
    hand->send(client_first ? kFromDevice : kClient, client_first ? from_device() : from_client());
    const auto sent = hand->take();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(count(sent, "f18400145848410000000000000003e24b4d4d4542000000"), 2U);
    EXPECT_NE(sent[0].to, sent[1].to);
    EXPECT_EQ(port->client(), kClient);
    EXPECT_EQ(port->device(), kFromDevice);
    EXPECT_EQ(port->uid(), uid_of("XHA-000994-KMMEB"));
  }
}

TEST_F(RelayPortSides, TellsWhoeverComesAgainThatBothAreThere) {
  open();
  hand->send(kClient, from_client());
  const auto sent = hand->take();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].to, kClient);
  EXPECT_EQ(sent[0].hex, ready());
}

TEST_F(RelayPortSides, PassesEverythingOnUnread) {
  open();
  for (const std::string hex : {"f1e00000", "00", "a1b2c3d4", "f1d00006d1000000aabb"}) {
    hand->send(kClient, hex);
    hand->send(kFromDevice, hex + "ff");
    const auto sent = hand->take();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0].to, kFromDevice);
    EXPECT_EQ(sent[0].hex, hex);
    EXPECT_EQ(sent[1].to, kClient);
    EXPECT_EQ(sent[1].hex, hex + "ff");
  }
  EXPECT_EQ(port->counters().datagrams, 8U);
  EXPECT_EQ(port->counters().bytes, 2U * (4 + 1 + 4 + 10) + 4);
  EXPECT_EQ(port->counters().strangers, 0U);
}

TEST_F(RelayPortSides, PassesNothingOnBeforeBothAreThere) {
  start();
  hand->send(kClient, from_client());
  hand->send(kClient, kAlive);
  hand->send(kFromDevice, kAlive);
  EXPECT_TRUE(hand->take().empty());
  EXPECT_EQ(port->counters().strangers, 2U);
  hand->send(kFromDevice, from_device());
  EXPECT_EQ(count(hand->take(), kAlive), 0U);
}

TEST_F(RelayPortSides, LetsNobodyInWithAnotherWord) {
  start();
  hand->send(kClient, from_client());
  hand->send(kFromDevice, from_device("a1b2c3d5"));
  hand->send(kFromDevice, from_device("00000000"));
  EXPECT_FALSE(port->is_open());
  EXPECT_TRUE(hand->take().empty());
  EXPECT_EQ(port->counters().strangers, 2U);
}

TEST_F(RelayPortSides, LetsNobodyInForAnotherUid) {
  start();
  hand->send(kClient, from_client());
  hand->send(kFromDevice, from_device(kWord, kOther));
  EXPECT_FALSE(port->is_open());
  start();
  port->expect(uid_of("XHA-000995-KMMEB"));  // as RLY_REQ said
  hand->send(kClient, from_client());
  EXPECT_FALSE(port->client().has_value());
  hand->send(kClient, from_client(kWord, kOther));
  EXPECT_EQ(port->client(), kClient);
}

TEST_F(RelayPortSides, OpensForNobodyUntilItsDeviceMayBeAskedFor) {
  config.admits = nullptr;
  start();
  hand->send(kClient, relay_wire::from_client());
  hand->send(kFromDevice, relay_wire::from_device());
  send_bytes(kClient, 10);
  EXPECT_TRUE(hand->take().empty());
  EXPECT_FALSE(port->is_open());
  // RLY_REQ came after the first RLY_PKT: the next of each is answered.
  port->expect(uid_of("XHA-000994-KMMEB"));
  EXPECT_TRUE(port->is_open());
  hand->send(kClient, relay_wire::from_client());
  hand->send(kFromDevice, relay_wire::from_device());
  EXPECT_EQ(hand->take_hex(), (std::vector<std::string>{relay_wire::ready(), relay_wire::ready()}));
  send_bytes(kClient, 10);
  EXPECT_EQ(hand->take().size(), 1U);
}

TEST_F(RelayPortSides, OpensForADeviceThatMayComeUnasked) {
  config.admits = [](const Uid& uid) { return uid == uid_of("XHA-000994-KMMEB"); };
  open();
  EXPECT_TRUE(port->is_open());
}

TEST_F(RelayPortSides, KeepsThirdPartiesOut) {
  open();
  for (const std::string& hex : {std::string{kAlive}, std::string{kClose}, ready(), kPort,
                                 from_client("a1b2c3d5"), from_device(kWord, kOther)}) {
    hand->send(kThird, hex);
  }
  hand->send({kClient.ip, 40001}, kAlive);  // our client's host, another socket
  EXPECT_TRUE(hand->take().empty());
  EXPECT_EQ(port->counters().strangers, 7U);
  EXPECT_EQ(port->client(), kClient);
  EXPECT_EQ(port->device(), kFromDevice);
}

TEST_F(RelayPortSides, TakesNoAddressForBothSides) {
  start();
  hand->send(kClient, from_client());
  hand->send(kClient, from_device());
  EXPECT_FALSE(port->is_open());
  EXPECT_TRUE(hand->take().empty());
  hand->send(kFromDevice, from_device());
  EXPECT_TRUE(port->is_open());
  hand->send(kClient, from_device());
  EXPECT_EQ(port->device(), kFromDevice);
}

TEST_F(RelayPortSides, FollowsASideThatShowsTheWordFromANewAddress) {
  open();
  const Address rebound{kClient.ip, 50000};
  hand->send(rebound, kAlive);
  EXPECT_TRUE(hand->take().empty()) << "not without the word";
  hand->send(rebound, from_client());
  EXPECT_EQ(count(hand->take(), ready()), 2U);
  hand->send(kFromDevice, kAlive);
  hand->send(kClient, kAliveAck);
  hand->send(rebound, kAliveAck);
  const auto sent = hand->take();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].to, rebound);
  EXPECT_EQ(sent[1].to, kFromDevice);
  EXPECT_EQ(port->counters().strangers, 2U) << "the old address is nobody now";
}

TEST_F(RelayPortSides, AnswersEachSideInTheFormItCame) {
  config.cipher = Cipher{"vstarcam2018"};
  for (const bool client_is_plain : {true, false}) {
    start();
    ByHand sealed{*port, config.cipher};
    (client_is_plain ? *hand : sealed).send(kClient, from_client());
    (client_is_plain ? sealed : *hand).send(kFromDevice, from_device());
    const auto sent = hand->take();
    ASSERT_EQ(sent.size(), 2U);
    for (const Sent& each : sent) {
      EXPECT_EQ(each.hex == ready(), (each.to == kClient) == client_is_plain) << each.to.text();
    }
  }
}

}  // namespace
}  // namespace cam32100::protocol
