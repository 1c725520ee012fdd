// Which relays are tried, and in which order.
#include "tests/unit/transport/relay_by_hand.hpp"

namespace cam32100::protocol {
namespace {

using namespace relay_wire;
using RelayClientChoice = RelayClientByHand;

TEST_F(RelayClientChoice, TriesTheFirstToAnswerAndThenTheNearestOfTheOthers) {
  config.servers.push_back({kServerB, {}});
  start();
  hand->take();
  hand->send(kServer, list({kRelay, kRelayB}));
  hand->take();
  hand->now += 50ms;
  hand->send(kRelay, kHelloAck);
  hand->send(kServerB, list({kRelayC}));
  hand->take();
  hand->now += 20ms;
  hand->send(kRelayB, kHelloAck);  // 70 ms away
  hand->now += 10ms;
  hand->send(kRelayC, kHelloAck);  // 30 ms away, though it answered last
  EXPECT_GE(count_to(hand->pass(config.impatience), kRelayC, kPort), 1U);
  const auto report = client->report();
  ASSERT_EQ(report.size(), 3U);
  EXPECT_EQ(report[0].relay, kRelay);
  EXPECT_EQ(report[1].relay, kRelayC);
  EXPECT_EQ(report[1].told_by, kServerB);
  EXPECT_FALSE(report[2].tried);
  EXPECT_EQ(report[2].rtt, Duration{70ms});
}

TEST_F(RelayClientChoice, TakesNoRelayForNearThatAnswersAfterItWasAskedAgain) {
  start();
  hand->take();
  hand->send(kServer, list({kRelay, kRelayB, kRelayC}));
  hand->take();
  hand->now += 40ms;
  hand->send(kRelay, kHelloAck);
  hand->now += 80ms;
  hand->send(kRelayB, kHelloAck);  // 120 ms away
  hand->pass(90ms);                // kRelayC is asked again at 200 ms
  hand->send(kRelayC, kHelloAck);  // to the first question: 210 ms away, not 10
  hand->pass(config.per_relay);
  const auto report = client->report();
  EXPECT_EQ(report[1].relay, kRelayB);
  EXPECT_EQ(report[2].rtt, Duration{210ms});
}

TEST_F(RelayClientChoice, GoesToTheNextWhenOneGivesNoPort) {
  start();
  hand->take();
  hand->send(kServer, list({kRelay, kRelayB}));
  hand->take();
  hand->send(kRelay, kHelloAck);
  hand->send(kRelayB, kHelloAck);
  const auto sent = hand->pass(config.impatience - 1ms);
  EXPECT_GE(count_to(sent, kRelay, kPort), 10U);
  EXPECT_EQ(count_to(sent, kRelayB, kPort), 0U);
  EXPECT_EQ(count_to(hand->pass(1ms), kRelayB, kPort), 1U);
  hand->send(kRelay, port_ack(34000));  // its time is up
  EXPECT_EQ(count(hand->pass(1s), "f180"), 0U);
  hand->send(kRelayB, port_ack(34000));
  hand->send({kRelayB.ip, 34000}, ready());
  const auto way = opened();
  ASSERT_TRUE(way.has_value());
  EXPECT_EQ(way->relay, kRelayB);
}

TEST_F(RelayClientChoice, TriesLastWhatCameToNothingLately) {
  config.poor = {kRelay};
  start();
  hand->take();
  hand->send(kServer, list({kRelay, kRelayB}));
  hand->take();
  hand->send_bytes(kRelayB, ByHand::from_text(kHelloAck));
  hand->now += 50ms;
  EXPECT_EQ(count_to(hand->take(), kRelayB, kPort), 1U);
  hand->send(kRelay, kHelloAck);
  EXPECT_GE(count_to(hand->pass(config.impatience), kRelay, kPort), 1U) << "but it is tried";
}

TEST_F(RelayClientChoice, WaitsLongerWhenThereIsNoOther) {
  start();
  hand->take();
  hand->send(kServer, list({kRelay}));
  hand->take();
  hand->send(kRelay, kHelloAck);
  hand->pass(config.per_relay - 1ms);
  hand->send(kRelay, port_ack(34000));
  EXPECT_GE(count(hand->take(), "f180"), 1U);
}

TEST_F(RelayClientChoice, GoesToTheNextWhenTheCameraDoesNotComeToOne) {
  start();
  hand->take();
  hand->send(kServer, list({kRelay, kRelayB}));
  hand->take();
  hand->send(kRelay, kHelloAck);
  hand->send(kRelayB, kHelloAck);
  hand->send(kRelay, port_ack(kWay.port));
  hand->send(kServer, kRequestOk);
  hand->pass(config.per_relay);
  EXPECT_STREQ(to_text(client->report()[0].stage), "ready");
  hand->send(kRelayB, port_ack(34000, "01020304"));
  const auto sent = hand->take();
  EXPECT_EQ(count_to(sent, kServer, request({kRelayB.ip, 34000}, "01020304")), 1U);
  EXPECT_EQ(count_to(sent, kWay, "f1"), 0U);
  hand->send(kWay, ready());  // too late: it has another relay
  EXPECT_FALSE(opened().has_value());
}

TEST_F(RelayClientChoice, TriesFourAtMost) {
  start();
  hand->take();
  std::vector<Address> relays;
  for (std::uint8_t i = 1; i <= 6; ++i) relays.push_back({{203, 0, 113, i}, 32100});
  hand->send(kServer, list(relays));
  hand->take();
  for (const Address& each : relays) hand->send(each, kHelloAck);
  const auto sent = hand->pass(config.timeout);
  std::size_t tried = 0;
  for (const Address& each : relays) tried += count_to(sent, each, kPort) > 0 ? 1U : 0U;
  EXPECT_EQ(tried, 4U);
  expect_failure(Errc::timed_out, Operation::awaiting_relay_port);
}

TEST_F(RelayClientChoice, FindsTheOneThatIsThereAmongEightBogusOnes) {
  config.servers.push_back({kServerB, {}});
  start();
  hand->take();
  std::vector<Address> bogus;
  for (std::uint8_t i = 1; i <= 8; ++i) bogus.push_back({{203, 0, 113, i}, 32100});
  hand->send(kServer, list(bogus));
  hand->send(kServerB, list({kRelay}));
  EXPECT_EQ(count(hand->take(), kHello), 9U);
  hand->send(kRelay, kHelloAck);
  EXPECT_EQ(count_to(hand->take(), kRelay, kPort), 1U);
}

TEST_F(RelayClientChoice, GreetsEachOfEightBogusOnesTenTimesAtMostAndGivesUp) {
  start();
  hand->take();
  std::vector<Address> bogus;
  for (std::uint8_t i = 1; i <= 8; ++i) bogus.push_back({{203, 0, 113, i}, 32100});
  hand->send(kServer, list(bogus));
  const auto sent = hand->pass(5s);
  for (const Address& each : bogus) {
    EXPECT_GE(count_to(sent, each, kHello), 2U);
    EXPECT_LE(count_to(sent, each, kHello), 10U);
  }
  expect_failure(Errc::timed_out, Operation::awaiting_relay_hello);
}

TEST_F(RelayClientChoice, GoesToNoAddressWhereNoRelayCanBe) {
  config.own.ips = {{192, 0, 2, 77}};
  start();
  hand->take();
  hand->send(kServer, list({{{0, 0, 0, 0}, 32100},
                            {{203, 0, 113, 1}, 0},
                            {{255, 255, 255, 255}, 32100},
                            {{224, 0, 0, 1}, 32100},
                            {{127, 0, 0, 1}, 32100},
                            {{192, 0, 2, 77}, 8080}}));
  EXPECT_EQ(client->counters().refused_addresses, 6U);
  expect_failure(Errc::no_relay, Operation::awaiting_relay_list);
}

TEST_F(RelayClientChoice, LetsAServerOfThisHostSendItToThisHost) {
  const Address ours{{192, 0, 2, 77}, 32100}, loopback{{127, 0, 0, 1}, 32100};
  config.own.ips = {ours.ip};
  for (const Address& server : {ours, loopback}) {
    config.servers = {{server, {}}};
    start();
    hand->take();
    hand->send(server, list({{loopback.ip, 33000}, {ours.ip, 33000}, {{0, 0, 0, 0}, 33000}}));
    EXPECT_EQ(count(hand->take(), kHello), 2U) << server.text();
    EXPECT_EQ(client->counters().refused_addresses, 1U);
  }
}

TEST_F(RelayClientChoice, KnowsARelayThatIsListedTwice) {
  config.servers.push_back({kServerB, {}});
  start();
  hand->take();
  hand->send(kServer, list({kRelay, kRelay}));
  hand->send(kServer, list({kRelay}));
  hand->send(kServerB, list({kRelay}));
  EXPECT_EQ(count(hand->take(), kHello), 1U);
  ASSERT_EQ(client->report().size(), 1U);
  EXPECT_EQ(client->report()[0].told_by, kServer);
  EXPECT_EQ(client->counters().refused_addresses, 0U);
}

TEST_F(RelayClientChoice, KnowsAServerThatIsConfiguredTwice) {
  config.servers.push_back(config.servers.front());
  start();
  EXPECT_EQ(hand->take().size(), 1U);
  hand->send(kServer, list({}));
  expect_failure(Errc::no_relay, Operation::awaiting_relay_list);
}

}  // namespace
}  // namespace cam32100::protocol
