// The way to a relayed session, message by message.
#include "tests/unit/transport/relay_by_hand.hpp"

namespace cam32100::protocol {
namespace {

using namespace relay_wire;
using RelayClientFlow = RelayClientByHand;

TEST_F(RelayClientFlow, GoesFromTheListToTheOpenRelay) {
  start();
  const auto list_request = hand->take();
  ASSERT_EQ(list_request.size(), 1U);
  EXPECT_EQ(list_request[0].to, kServer);
  EXPECT_EQ(list_request[0].hex, "f16700145848410000000000000003e24b4d4d4542000000");

  hand->send(kServer,
             "f169001401000000"
             "0002647d327100cb0000000000000000");  // 203.0.113.50:32100
  const auto hello = hand->take();
  ASSERT_EQ(hello.size(), 1U);
  EXPECT_EQ(hello[0].to, kRelay);
  EXPECT_EQ(hello[0].hex, "f1700000");

  hand->now += 30ms;
  hand->send(kRelay, "f1710000");
  const auto port = hand->take();
  ASSERT_EQ(port.size(), 1U);
  EXPECT_EQ(port[0].to, kRelay);
  EXPECT_EQ(port[0].hex, "f1720000");

  hand->send(kRelay, "f1730008a1b2c3d484d00000");  // port 34000
  const auto asked = hand->take();
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].to, kServer);
  EXPECT_EQ(asked[0].hex,
            "f18000285848410000000000000003e24b4d4d4542000000"
            "0002d084327100cb0000000000000000a1b2c3d4");
  EXPECT_EQ(asked[1].to, kWay);
  EXPECT_EQ(asked[1].hex, "f183001ca1b2c3d45848410000000000000003e24b4d4d454200000000000000");

  hand->send(kServer, "f181000400000000");
  hand->send(kServer, "f18200140002d084327100cb0000000000000000a1b2c3d4");
  const auto packets = hand->pass(60ms);
  EXPECT_EQ(packets.size(), 4U);
  for (const Sent& each : packets) {
    EXPECT_EQ(each.to, kWay);
    EXPECT_EQ(each.hex, asked[1].hex);
  }

  hand->now += 10ms;
  hand->send(kWay, "f18400145848410000000000000003e24b4d4d4542000000");
  const auto way = opened();
  ASSERT_TRUE(way.has_value());
  EXPECT_EQ(way->relay, kRelay);
  EXPECT_EQ(way->address, kWay);
  EXPECT_EQ(way->took, 100ms);
  EXPECT_TRUE(client->finished());
  EXPECT_FALSE(client->deadline().has_value());
  EXPECT_TRUE(hand->take().empty());
}

TEST_F(RelayClientFlow, ReportsHowFarEachRelayWasBrought) {
  start();
  hand->take();
  hand->send(kServer, list({kRelayB, kRelay}));
  hand->take();
  hand->now += 25ms;
  hand->send(kRelay, kHelloAck);
  auto report = client->report();
  ASSERT_EQ(report.size(), 2U);
  EXPECT_EQ(report[0].relay, kRelay) << "the one that is tried goes first";
  EXPECT_EQ(report[0].told_by, kServer);
  EXPECT_EQ(report[0].rtt, Duration{25ms});
  EXPECT_TRUE(report[0].tried);
  EXPECT_STREQ(to_text(report[0].stage), "port");
  EXPECT_FALSE(report[1].tried);
  EXPECT_STREQ(to_text(report[1].stage), "hello");
  EXPECT_FALSE(report[1].rtt.has_value());

  hand->send(kRelay, port_ack(kWay.port));
  EXPECT_STREQ(to_text(client->report()[0].stage), "request");
  hand->send(kServer, kRequestOk);
  EXPECT_STREQ(to_text(client->report()[0].stage), "ready");
  hand->send(kWay, ready());
  EXPECT_STREQ(to_text(client->report()[0].stage), "open");
}

TEST_F(RelayClientFlow, AsksEachServerAndEachThirdTimeInTheOldWay) {
  config.servers.push_back({kServerB, {}});
  start();
  for (const std::string& form :
       {"f1670014" + kXha, "f1670014" + kXha, std::string{"f1680000"}, "f1670014" + kXha}) {
    const auto sent = hand->take();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0].to, kServer);
    EXPECT_EQ(sent[1].to, kServerB);
    for (const Sent& each : sent) EXPECT_EQ(each.hex, form);
    hand->now += config.repeat;
  }
}

TEST_F(RelayClientFlow, ShowsItsKeyButInEachThirdRound) {
  config.dsk = to_dsk("ABCDEFGHIJKLMNOPQRST").value();
  start();
  const std::string with_key =
      "f16a002c" + kXha + "4142434445464748494a4b4c4d4e4f505152535400000000";
  for (const std::string& form : {with_key, with_key, "f1670014" + kXha, with_key}) {
    EXPECT_EQ(hand->take_hex(), std::vector<std::string>{form});
    hand->now += config.repeat;
  }
}

TEST_F(RelayClientFlow, AsksNoServerAgainThatHasAnswered) {
  config.servers.push_back({kServerB, {}});
  start();
  hand->take();
  hand->send(kServer, list({kRelay}));
  const auto sent = hand->pass(2s);
  EXPECT_EQ(count_to(sent, kServer, "f1"), 0U);
  EXPECT_GE(count_to(sent, kServerB, "f167"), 2U);
}

TEST_F(RelayClientFlow, RepeatsWhatIsNotAnswered) {
  start();
  hand->take();
  hand->send(kServer, list({kRelay}));
  EXPECT_GE(count_to(hand->pass(1s), kRelay, kHello), 3U);
  hand->send(kRelay, kHelloAck);
  const auto ports = hand->pass(500ms);
  EXPECT_GE(count_to(ports, kRelay, kPort), 4U);
  EXPECT_EQ(count_to(ports, kRelay, kHello), 0U);
  hand->send(kRelay, port_ack(kWay.port));
  const auto requests = hand->pass(2s);
  EXPECT_GE(count_to(requests, kServer, request(kWay)), 4U);
  EXPECT_GE(count_to(requests, kWay, from_client()), 6U);
  EXPECT_EQ(count_to(requests, kRelay, kPort), 0U);
  hand->send(kServer, kRequestOk);
  EXPECT_GE(count_to(hand->pass(2s), kServer, request(kWay)), 3U)
      << "RLY_TO to the camera may be lost: only RLY_RDY shows that it is there";
}

TEST_F(RelayClientFlow, TakesTheFirstPortOfARelayThatGaveTwo) {
  start();
  bring_to_port();
  hand->take();
  hand->send(kRelay, port_ack(34002, "01020304"));
  const auto sent = hand->pass(1s);
  EXPECT_EQ(count_to(sent, kWay, from_client()), sent.size() - count(sent, request(kWay)));
}

TEST_F(RelayClientFlow, TakesNoPortZeroAndNoneOfARelayThatWasNotAsked) {
  start();
  hand->take();
  hand->send(kServer, list({kRelay, kRelayB}));
  hand->take();
  hand->send(kRelay, port_ack(kWay.port));  // before it was asked
  hand->send(kRelay, kHelloAck);
  hand->send(kRelay, port_ack(0));
  hand->send(kRelayB, port_ack(34000));
  const auto sent = hand->pass(1s);
  EXPECT_EQ(count(sent, "f180"), 0U);
  EXPECT_EQ(count(sent, "f183"), 0U);
}

TEST_F(RelayClientFlow, KnowsWhoConcernsIt) {
  start();
  EXPECT_TRUE(client->is_concerned_by(kServer));
  EXPECT_FALSE(client->is_concerned_by(kRelay));
  EXPECT_FALSE(client->is_concerned_by(kWay));
  bring_to_port();
  EXPECT_TRUE(client->is_concerned_by(kRelay));
  EXPECT_TRUE(client->is_concerned_by(kWay));
  EXPECT_FALSE(client->is_concerned_by(kClient));
  hand->send(kWay, ready());
  EXPECT_FALSE(client->is_concerned_by(kWay)) << "it is the session's from now on";
}

TEST_F(RelayClientFlow, SpeaksTheServersCipherToServersAndRelays) {
  const Cipher cipher{"vstarcam2018"};
  config.servers = {{kServer, cipher}};
  start(cipher);  // what is sent and heard is enciphered on its way
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{"f1670014" + kXha});
  hand->send(kServer, list({kRelay}));
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{kHello});
  hand->send(kRelay, kHelloAck);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{kPort});
  hand->send(kRelay, port_ack(kWay.port));
  EXPECT_EQ(hand->take_hex(), (std::vector<std::string>{request(kWay), from_client()}));
  hand->send(kWay, ready());
  EXPECT_TRUE(opened().has_value());
}

TEST_F(RelayClientFlow, UnderstandsPlainAnswersOfAServerThatWasAskedUnderAKey) {
  config.servers = {{kServer, Cipher{"vstarcam2018"}}};
  start();
  hand->send(kServer, list({kRelay}));
  Datagram out;
  ASSERT_TRUE(client->take_datagram(hand->now, out));
  EXPECT_EQ(out.to, kRelay);
  EXPECT_NE(to_hex(out.view()), kHello) << "not in plain text";
  hand->send(kRelay, kHelloAck);
  hand->send(kRelay, port_ack(kWay.port));
  hand->send(kWay, ready());
  EXPECT_TRUE(opened().has_value());
}

TEST_F(RelayClientFlow, CountsWhatNoKeyMakesAPacketOf) {
  start();
  bring_to_port();
  for (const char* const each : {"", "f1", "f2710000", "f1690014"}) {
    hand->send(kServer, each);
    hand->send(kRelay, each);
    hand->send(kClient, each);  // none of its business
  }
  EXPECT_EQ(client->counters().malformed, 8U);
  EXPECT_FALSE(client->finished());
}

}  // namespace
}  // namespace cam32100::protocol
