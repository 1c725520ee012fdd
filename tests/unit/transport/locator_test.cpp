#include "tests/unit/transport/lookup_by_hand.hpp"

namespace cam32100::protocol {
namespace {

using namespace lookup_by_hand;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(Lookup, AsksEveryServerHelloAndForTheCamera) {
  const auto sent = drain(*locator, kStart);
  ASSERT_THAT(types(sent),
              ElementsAre(MessageType::HELLO, MessageType::P2P_REQ, MessageType::HELLO,
                          MessageType::P2P_REQ, MessageType::HELLO, MessageType::P2P_REQ));
  EXPECT_EQ(sent[1].to, kFirst);
  EXPECT_EQ(sent[3].to, kSecond);
  EXPECT_EQ(sent[1].as<P2pReq>().uid, uid());
  EXPECT_EQ(sent[1].as<P2pReq>().lan_address.address, kOurs);
}

TEST_F(Lookup, TellsThePortOfItsSocket) {
  config.lan_address.address.port = 0;
  start();
  locator->on_bound({{}, 45678});
  EXPECT_EQ(drain(*locator, kStart)[1].as<P2pReq>().lan_address.address,
            (Address{kOurs.ip, 45678}));
  config.lan_address.address = {};  // nothing is known: nothing is told
  start();
  locator->on_bound({{}, 45678});
  EXPECT_EQ(drain(*locator, kStart)[1].as<P2pReq>().lan_address.address, Address{});
}

TEST_F(Lookup, EncryptsForAServerWithAKey) {
  const Cipher key{"vstarcam2018"};
  config.servers = {{kFirst, key}};
  start();
  EXPECT_THAT(types(drain(*locator, kStart, key)),
              ElementsAre(MessageType::HELLO, MessageType::P2P_REQ));
  P2pReqAck ack;
  ack.result = ResultCode::offline;
  hear(kStart, kFirst, ack, key);
  EXPECT_EQ(verdict(), Errc::device_offline);
}

TEST_F(Lookup, AsksOneAddressUnderBothKeysOfTwoSets) {
  const Cipher right{"vstarcam2018"};
  const Cipher wrong{"camera"};
  for (const auto& keys : {std::pair{wrong, right}, std::pair{right, wrong}}) {
    config.servers = {{kFirst, keys.first}, {kFirst, keys.second}, {kFirst, keys.second}};
    start();
    EXPECT_THAT(drain(*locator, kStart, right), SizeIs(4));
    P2pReqAck ack;
    ack.result = ResultCode::offline;
    hear(kStart, kFirst, ack, right);
    EXPECT_EQ(locator->report().size(), 2U);
    EXPECT_EQ(locator->report()[keys.first == right ? 0 : 1].result, ResultCode::offline);
    EXPECT_EQ(locator->report()[keys.first == right ? 1 : 0].result, std::nullopt);
  }
}

TEST_F(Lookup, AcceptsAPlainAnswerFromAServerWithAKey) {
  config.servers = {{kFirst, Cipher{"vstarcam2018"}}};
  start();
  answer(kFirst, ResultCode::offline);
  EXPECT_EQ(verdict(), Errc::device_offline);
}

TEST_F(Lookup, RepeatsWhatWasNotAnswered) {
  (void)drain(*locator, kStart);
  hear(kStart + 5ms, kFirst, HelloAck{{kMapped, 2}});
  answer(kSecond, ResultCode::offline);
  locator->on_time(kStart + 1s);
  const auto sent = drain(*locator, kStart + 1s);
  EXPECT_THAT(types(sent), ElementsAre(MessageType::P2P_REQ, MessageType::HELLO, MessageType::HELLO,
                                       MessageType::P2P_REQ));
}

TEST_F(Lookup, RepeatsAnAcceptedRequestAsLongAsTheOwnerConnects) {
  config.servers = {{kFirst, {}}};
  start();
  (void)drain(*locator, kStart);
  answer(kFirst, ResultCode::ok);
  locator->on_time(kStart + 1s);
  EXPECT_THAT(types(drain(*locator, kStart + 1s)),
              ElementsAre(MessageType::HELLO, MessageType::P2P_REQ));
}

TEST_F(Lookup, SucceedsWhenAServerSaysOkAndGivesAnAddress) {
  config.servers = {{kFirst, {}}};
  start();
  (void)drain(*locator, kStart);
  answer(kFirst, ResultCode::ok);
  EXPECT_FALSE(locator->finished());
  punch_to(kFirst, kMapped);
  EXPECT_EQ(verdict(), std::nullopt);
  EXPECT_THAT(drain(*locator, kStart + 10ms), IsEmpty());
  locator->on_time(kStart + 1s);
  EXPECT_THAT(types(drain(*locator, kStart + 1s)),
              ElementsAre(MessageType::HELLO, MessageType::P2P_REQ))
      << "both sides are told again as long as we punch";
  locator->on_time(kStart + 5s);
  EXPECT_FALSE(locator->deadline());
  EXPECT_THAT(drain(*locator, kStart + 5s), IsEmpty());
}

TEST_F(Lookup, SaysHelloToSilentServersEvery200Ms) {
  (void)drain(*locator, kStart);
  hear(kStart + 5ms, kFirst, HelloAck{{kMapped, 2}, {}});
  locator->on_time(kStart + 200ms);
  const auto sent = drain(*locator, kStart + 200ms);
  EXPECT_THAT(types(sent), ElementsAre(MessageType::HELLO, MessageType::HELLO));
  EXPECT_EQ(sent[0].to, kSecond);
  EXPECT_EQ(sent[1].to, kThird);
}

// A server must not make us talk to services of our own host.
TEST_F(Lookup, RefusesOurOwnAddressesAndLoopback) {
  config.own.ips = {kOurs.ip};
  start();
  answer(kFirst, ResultCode::ok);
  punch_to(kFirst, {{127, 0, 0, 1}, 32108});
  punch_to(kFirst, {kOurs.ip, 8080});
  punch_to(kFirst, {{0, 0, 0, 0}, 32108});
  EXPECT_FALSE(locator->finished());
  EXPECT_EQ(locator->counters().refused_addresses, 3U);
  EXPECT_THAT(events<CandidateFound>(), IsEmpty());
}

TEST_F(Lookup, TakesThemFromAServerOnOurOwnHost) {
  const Address here{{127, 0, 0, 1}, kServerPort};
  config.servers = {{here, {}}};
  config.own.ips = {kOurs.ip};
  start();
  punch_to(here, {{127, 0, 0, 1}, 32108});
  punch_to(here, {kOurs.ip, 32108});
  EXPECT_THAT(events<CandidateFound>(), SizeIs(2));
}

TEST_F(Lookup, SucceedsWhenTheAddressComesBeforeTheAnswer) {
  punch_to(kFirst, kMapped);
  EXPECT_FALSE(locator->finished());
  answer(kFirst, ResultCode::ok);
  EXPECT_EQ(verdict(), std::nullopt);
}

TEST_F(Lookup, ReportsAddressesAfterItHasFinished) {
  answer(kFirst, ResultCode::ok);
  punch_to(kFirst, kMapped);
  (void)verdict();
  punch_to(kFirst, kCamera);
  const auto found = events<CandidateFound>();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].address, kCamera);
  EXPECT_TRUE(found[0].lan);
  EXPECT_EQ(found[0].server, kFirst);
}

TEST_F(Lookup, FailsAtOnceOnlyWhenAllServersRefuse) {
  answer(kFirst, ResultCode::invalid_uid);
  answer(kSecond, ResultCode::invalid_uid);
  EXPECT_FALSE(locator->finished());
  answer(kThird, ResultCode::invalid_uid);
  EXPECT_EQ(verdict(), Errc::invalid_uid);
}

TEST_F(Lookup, LetsOneServerDisagree) {
  answer(kFirst, ResultCode::invalid_uid);
  answer(kSecond, ResultCode::offline);
  answer(kThird, ResultCode::ok);
  EXPECT_FALSE(locator->finished());
  punch_to(kThird, kMapped);
  EXPECT_EQ(verdict(), std::nullopt);
}

TEST_F(Lookup, NamesTheMostTellingRefusal) {
  const std::vector<std::pair<std::vector<ResultCode>, Errc>> cases{
      {{ResultCode::offline, ResultCode::invalid_uid, ResultCode::invalid_prefix},
       Errc::device_offline},
      {{ResultCode::invalid_prefix, ResultCode::invalid_prefix, ResultCode::invalid_prefix},
       Errc::invalid_prefix},
      {{ResultCode::invalid_dsk, ResultCode::invalid_prefix, ResultCode::invalid_prefix},
       Errc::invalid_dsk},
  };
  for (const auto& [results, expected] : cases) {
    start();
    answer(kFirst, results[0]);
    answer(kSecond, results[1]);
    answer(kThird, results[2]);
    EXPECT_EQ(verdict(), expected);
  }
}

TEST_F(Lookup, TimesOutWhenNobodyAnswers) {
  (void)pass_time(*locator, kStart + 1min);
  const auto finished = events<LookupFinished>();
  ASSERT_THAT(finished, SizeIs(1));
  EXPECT_EQ(finished[0].error, Errc::timed_out);
  EXPECT_EQ(finished[0].operation, Operation::awaiting_lookup_ack);
}

TEST_F(Lookup, TimesOutWhenOkCameWithoutAnAddress) {
  answer(kFirst, ResultCode::ok);
  (void)pass_time(*locator, kStart + 1min);
  const auto finished = events<LookupFinished>();
  ASSERT_THAT(finished, SizeIs(1));
  EXPECT_EQ(finished[0].error, Errc::timed_out);
  EXPECT_EQ(finished[0].operation, Operation::awaiting_punch);
}

TEST_F(Lookup, SucceedsWhenTimeIsUpAndOnlyTheAnswerWasLost) {
  punch_to(kFirst, kCamera);
  EXPECT_FALSE(locator->finished()) << "a refusal may come yet";
  (void)pass_time(*locator, kStart + 1min);
  EXPECT_EQ(verdict(), std::nullopt);
}

TEST_F(Lookup, BelievesARefusalMoreThanAnAddressWithoutAnAnswer) {
  punch_to(kFirst, kCamera);
  answer(kSecond, ResultCode::offline);
  (void)pass_time(*locator, kStart + 1min);
  EXPECT_EQ(verdict(), Errc::device_offline);
}

TEST_F(Lookup, GivesTheRefusalOfThoseWhoAnsweredWhenTimeIsUp) {
  answer(kFirst, ResultCode::offline);
  (void)pass_time(*locator, kStart + 1min);
  EXPECT_EQ(verdict(), Errc::device_offline);
}

TEST_F(Lookup, IgnoresUnusableAddressesAndRepeats) {
  punch_to(kFirst, {{0, 0, 0, 0}, 32108});
  punch_to(kFirst, {{255, 255, 255, 255}, 32108});
  punch_to(kFirst, {{192, 168, 1, 20}, 0});
  EXPECT_THAT(events<CandidateFound>(), IsEmpty());
  punch_to(kFirst, kCamera);
  punch_to(kFirst, kCamera);
  EXPECT_THAT(events<CandidateFound>(), SizeIs(1));
}

TEST_F(Lookup, KeepsAtMostEightAddressesOfAServer) {
  for (std::uint8_t i = 1; i < 100; ++i) punch_to(kFirst, {{10, 1, 1, i}, 1000});
  EXPECT_THAT(events<CandidateFound>(), SizeIs(8));
  EXPECT_THAT(locator->report()[0].addresses, SizeIs(8));
  EXPECT_EQ(locator->counters().surplus_addresses, 91U);
}

TEST_F(Lookup, IgnoresDatagramsThatAreNotAServers) {
  EXPECT_TRUE(locator->is_server(kFirst));
  EXPECT_FALSE(locator->is_server(kStranger));
  answer(kStranger, ResultCode::invalid_uid);
  punch_to(kStranger, kCamera);
  EXPECT_FALSE(locator->take_event());
}

TEST_F(Lookup, IgnoresGarbageFromAServer) {
  locator->on_datagram(kStart, kFirst, as_bytes("garbage"));
  locator->on_datagram(kStart, kFirst, {});
  hear(kStart, kFirst, Alive{});
  EXPECT_FALSE(locator->take_event());
  EXPECT_EQ(locator->counters().malformed, 2U) << "ALIVE is readable, only not meant";
}

TEST_F(Lookup, ReportsWhatEachServerSaid) {
  hear(kStart + 3ms, kFirst, HelloAck{{kMapped, 2}});
  answer(kFirst, ResultCode::offline);
  const auto report = locator->report();
  ASSERT_THAT(report, SizeIs(3));
  EXPECT_EQ(report[0].mapped, kMapped);
  EXPECT_EQ(report[0].result, ResultCode::offline);
  EXPECT_EQ(report[0].took, 3ms);
  EXPECT_FALSE(report[1].took);
}

TEST_F(Lookup, BoundsItsEventsWhenAServerChangesItsMindForEver) {
  for (int i = 0; i < 5000; ++i) {
    answer(kFirst, i % 2 == 0 ? ResultCode::offline : ResultCode::ok);
  }
  (void)pass_time(*locator, kStart + 1min);
  std::size_t count = 0;
  bool finished = false;
  while (const auto event = locator->take_event()) {
    ++count;
    finished = finished || std::holds_alternative<LookupFinished>(*event);
  }
  EXPECT_LE(count, 257U);
  EXPECT_EQ(locator->counters().dropped_events, 5000U - 256U);
  EXPECT_TRUE(finished);
}

class Stun : public Lookup {
 protected:
  Stun() {
    config.uid.reset();
    start();
  }
  std::uint8_t nat_after(const std::vector<Address>& mapped) {
    start();
    const std::array servers{kFirst, kSecond, kThird};
    for (std::size_t i = 0; i < mapped.size(); ++i)
      hear(kStart, servers.at(i), HelloAck{{mapped[i], 2}});
    const auto answers = events<HelloAnswered>();
    return answers.empty() ? std::uint8_t{99} : answers.back().nat_type;
  }
};

TEST_F(Stun, SaysHelloAndNothingElse) {
  EXPECT_THAT(types(drain(*locator, kStart)),
              ElementsAre(MessageType::HELLO, MessageType::HELLO, MessageType::HELLO));
}

TEST_F(Stun, ClassifiesTheNat) {
  const Address other_port{kMapped.ip, 999};
  const Address other_ip{{203, 0, 113, 10}, 1234};
  EXPECT_EQ(nat_after({kMapped}), 0);
  EXPECT_EQ(nat_after({kOurs}), 1);
  EXPECT_EQ(nat_after({kMapped, kMapped}), 2);
  EXPECT_EQ(nat_after({kMapped, other_port}), 3);
  EXPECT_EQ(nat_after({kMapped, other_ip}), 4);
}

TEST_F(Stun, FinishesWhenAllHaveAnswered) {
  hear(kStart, kFirst, HelloAck{{kMapped, 2}});
  hear(kStart, kSecond, HelloAck{{kMapped, 2}});
  EXPECT_FALSE(locator->finished());
  hear(kStart, kThird, HelloAck{{kMapped, 2}});
  EXPECT_EQ(verdict(), std::nullopt);
}

TEST_F(Stun, IsContentWithOneAnswerWhenTimeIsUp) {
  hear(kStart, kFirst, HelloAck{{kMapped, 2}});
  (void)pass_time(*locator, kStart + 1min);
  EXPECT_EQ(verdict(), std::nullopt);
}

TEST_F(Stun, TimesOutWithoutAnyAnswer) {
  (void)pass_time(*locator, kStart + 1min);
  const auto finished = events<LookupFinished>();
  ASSERT_THAT(finished, SizeIs(1));
  EXPECT_EQ(finished[0].error, Errc::timed_out);
  EXPECT_EQ(finished[0].operation, Operation::awaiting_hello_ack);
}

TEST_F(Stun, IgnoresAnswersToAQuestionItDidNotAsk) {
  answer(kFirst, ResultCode::ok);
  punch_to(kFirst, kCamera);
  EXPECT_FALSE(locator->take_event());
}

}  // namespace
}  // namespace cam32100::protocol
