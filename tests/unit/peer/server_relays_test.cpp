// The server as a relay: lists, words and ports.
#include "server_as_relay.hpp"

namespace cam32100::protocol {
namespace {

using namespace relay_wire;
using ServerRelays = ServerAsRelay;

TEST_F(ServerRelays, ListItselfFirstToWhoeverAsks) {
  start();
  const std::string list_of_two = list({kOurRelay, kFriend});
  EXPECT_EQ(list_of_two.size(), 2U * (4 + 4 + 2 * 16));
  for (const std::string& form : {std::string{"f1680000"}, "f1670014" + kBatc,
                                  "f1670014" + numbered(kBatc, 7), "f16a002c" + kBatc + kDsk}) {
    EXPECT_EQ(answer_to(form, kHome), std::vector<std::string>{list_of_two}) << form;
  }
}

TEST_F(ServerRelays, ListNothingWhenThereIsNone) {
  config.relay_address.reset();
  config.other_relays.clear();
  start();
  EXPECT_EQ(answer_to("f1670014" + kBatc), std::vector<std::string>{"f169000400000000"});
  EXPECT_TRUE(answer_to(kHello).empty());
  EXPECT_TRUE(answer_to(kPort).empty());
  EXPECT_FALSE(server->take_wanted_port().has_value());
}

TEST_F(ServerRelays, ListEightAtMost) {
  config.other_relays.assign(20, kFriend);
  start();
  const auto sent = answer_to("f1670014" + kBatc, kHome);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(sent[0].starts_with("f169008408000000"));
}

TEST_F(ServerRelays, AnswerHelloAndGiveAPortOnceItsSocketIsOpen) {
  start();
  EXPECT_EQ(answer_to(kHello), std::vector<std::string>{kHelloAck});
  const std::string word = allocate(kHome);
  EXPECT_EQ(word.size(), 8U);
  EXPECT_EQ(server->counters().relays_allocated, 1U);
}

TEST_F(ServerRelays, GiveOneSourceTheSameWordAndPortAgain) {
  start();
  const std::string word = allocate(kHome);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(answer_to(kPort, kHome), std::vector<std::string>{port_ack(kGiven, word)});
  }
  EXPECT_FALSE(server->take_wanted_port().has_value());
  EXPECT_NE(allocate({kHome.ip, 40001}, 33001), word) << "another socket, another session";
}

TEST_F(ServerRelays, GiveANewOneOnceTheFirstIsInUse) {
  start();
  log_in();
  const std::string word = allocate(kHome);
  open_session(word);
  EXPECT_EQ(server->counters().relays_opened, 1U);
  EXPECT_NE(allocate(kHome, 33001), word);
}

TEST_F(ServerRelays, GiveOneAddressFourThatNobodyCameTo) {
  start();
  for (std::uint16_t i = 0; i < 4; ++i) {
    (void)allocate({kHome.ip, static_cast<std::uint16_t>(40000 + i)},
                   static_cast<std::uint16_t>(33000 + i));
  }
  EXPECT_TRUE(answer_to(kPort, {kHome.ip, 40009}).empty());
  EXPECT_FALSE(server->take_wanted_port().has_value());
  EXPECT_EQ(server->counters().relays_refused, 1U);
  (void)allocate({{192, 168, 1, 6}, 40000}, 33009);  // another address may
}

TEST_F(ServerRelays, GiveOneAddressNoMoreThanItsShareHoweverManyAreInUse) {
  config.relay.max_of_one = 3;
  start();
  log_in();
  for (std::uint16_t i = 0; i < 3; ++i) {
    open_session(allocate({kHome.ip, static_cast<std::uint16_t>(40000 + i)}));
  }
  EXPECT_EQ(server->counters().relays_opened, 3U);
  EXPECT_TRUE(answer_to(kPort, {kHome.ip, 40009}).empty());
  EXPECT_FALSE(server->take_wanted_port().has_value());
  (void)allocate({{192, 168, 1, 6}, 40000}, 33009);  // another address may
}

TEST_F(ServerRelays, GiveNoMoreThanThereMayBe) {
  config.relay.max_sessions = 2;
  start();
  (void)allocate({{192, 168, 1, 5}, 40000});
  (void)allocate({{192, 168, 1, 6}, 40000});
  EXPECT_TRUE(answer_to(kPort, {{192, 168, 1, 7}, 40000}).empty());
  EXPECT_FALSE(server->take_wanted_port().has_value());
  EXPECT_EQ(server->counters().relays_refused, 1U);
  // The first is over, its socket closed: there is room again.
  hand->now += config.relay.opening_time;
  server->relay_port(ports[0]).on_time(hand->now);
  EXPECT_TRUE(server->port_progressed(hand->now, ports[0]));
  EXPECT_FALSE(server->port_progressed(hand->now, ports[0])) << "it is said once";
  EXPECT_EQ(server->take_ended_port(), ports[0]);
  EXPECT_FALSE(server->take_ended_port().has_value());
  server->forget_port(ports[0]);
  (void)allocate({{192, 168, 1, 7}, 40000});
}

TEST_F(ServerRelays, TellNobodyWhenThereIsNoSocket) {
  start();
  EXPECT_TRUE(answer_to(kPort, kHome).empty());
  server->port_failed(server->take_wanted_port().value());
  EXPECT_TRUE(hand->take().empty());
  EXPECT_EQ(server->counters().relays_refused, 1U);
  (void)allocate(kHome);  // it may ask again
}

}  // namespace
}  // namespace cam32100::protocol
