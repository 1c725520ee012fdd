// How asking for a relay ends, and that it does whatever is said to it.
#include <random>

#include "tests/unit/transport/relay_by_hand.hpp"

namespace cam32100::protocol {
namespace {

using namespace relay_wire;
using RelayClientEnd = RelayClientByHand;

TEST_F(RelayClientEnd, EndsAtOnceWithoutAServer) {
  config.servers = {{{{0, 0, 0, 0}, 32100}, {}}};  // not usable
  start();
  client->on_time(hand->now);
  expect_failure(Errc::timed_out, Operation::awaiting_relay_list);
}

TEST_F(RelayClientEnd, WaitsForAListUntilTheTimeIsUp) {
  start();
  hand->pass(config.timeout - 1ms);
  EXPECT_FALSE(client->finished());
  hand->pass(1ms);
  expect_failure(Errc::timed_out, Operation::awaiting_relay_list);
}

TEST_F(RelayClientEnd, KnowsThatThereIsNoRelayOnceEveryServerSaidSo) {
  config.servers.push_back({kServerB, {}});
  start();
  hand->take();
  hand->send(kServer, list({}));
  EXPECT_FALSE(client->finished()) << "the other may know one";
  hand->send(kServerB, list({}));
  expect_failure(Errc::no_relay, Operation::awaiting_relay_list);
}

TEST_F(RelayClientEnd, SaysNoRelayWhenOneServerKnewNoneAndTheOtherNothing) {
  config.servers.push_back({kServerB, {}});
  start();
  hand->take();
  hand->send(kServer, list({}));
  hand->pass(config.timeout);
  expect_failure(Errc::no_relay, Operation::awaiting_relay_list);
}

TEST_F(RelayClientEnd, SaysThatNoRelayAnswered) {
  config.servers.push_back({kServerB, {}});  // silent: it might list a better one
  start();
  hand->take();
  hand->send(kServer, list({kRelay}));
  hand->pass(config.timeout - 1ms);
  EXPECT_FALSE(client->finished());
  hand->pass(1ms);
  expect_failure(Errc::timed_out, Operation::awaiting_relay_hello);
}

TEST_F(RelayClientEnd, SaysThatNoPortWasGiven) {
  start();
  hand->take();
  hand->send(kServer, list({kRelay}));
  hand->take();
  hand->send(kRelay, kHelloAck);
  hand->pass(config.per_relay);
  expect_failure(Errc::timed_out, Operation::awaiting_relay_port);
}

TEST_F(RelayClientEnd, SaysThatNoServerPassedItsRequestOn) {
  start();
  bring_to_port();
  hand->pass(config.per_relay);
  expect_failure(Errc::timed_out, Operation::awaiting_relay_ack);
}

TEST_F(RelayClientEnd, SaysThatTheCameraDidNotCome) {
  start();
  bring_to_port();
  hand->send(kServer, kRequestOk);
  hand->pass(config.per_relay);
  expect_failure(Errc::timed_out, Operation::awaiting_relay_ready);
}

TEST_F(RelayClientEnd, GivesTheReasonAtOnceWhenTheServersRefuse) {
  const std::vector<std::pair<const char*, Errc>> reasons{{"ff", Errc::invalid_uid},
                                                          {"fe", Errc::device_offline},
                                                          {"fd", Errc::invalid_prefix},
                                                          {"fc", Errc::invalid_dsk},
                                                          {"7f", Errc::refused}};
  config.servers.push_back({kServerB, {}});
  for (const auto& [code, reason] : reasons) {
    start();
    bring_to_port();
    hand->send(kServer, "f1810004" + std::string{code} + "000000");
    EXPECT_FALSE(client->finished()) << "the other server may know better";
    hand->send(kServerB, "f1810004" + std::string{code} + "000000");
    const auto report = client->report();
    ASSERT_EQ(report.size(), 1U);
    EXPECT_EQ(report[0].refusal, static_cast<ResultCode>(std::stoi(code, nullptr, 16)));
    expect_failure(reason, Operation::awaiting_relay_ack);
  }
}

TEST_F(RelayClientEnd, GivesTheMostTellingOfSeveralReasons) {
  config.servers.push_back({kServerB, {}});
  start();
  bring_to_port();
  hand->send(kServer, "f1810004fd000000");   // it does not serve such cameras
  hand->send(kServerB, "f1810004fe000000");  // it knows this one
  expect_failure(Errc::device_offline, Operation::awaiting_relay_ack);
}

TEST_F(RelayClientEnd, LetsOneServerThatAcceptsOutweighOneThatRefuses) {
  config.servers.push_back({kServerB, {}});
  start();
  bring_to_port();
  hand->send(kServer, "f1810004fe000000");
  hand->send(kServerB, kRequestOk);
  EXPECT_FALSE(client->finished());
  hand->send(kWay, ready());
  EXPECT_TRUE(opened().has_value());
}

TEST_F(RelayClientEnd, HearsNoRefusalBeforeItAskedAndNoneOfARelay) {
  start();
  hand->take();
  hand->send(kServer, "f1810004fe000000");
  bring_to_port();
  hand->send(kRelay, "f1810004fe000000");
  hand->send(kWay, "f1810004fe000000");
  EXPECT_FALSE(client->finished());
}

TEST_F(RelayClientEnd, StaysEndedWhateverComes) {
  start();
  hand->take();
  hand->send(kServer, list({}));
  expect_failure(Errc::no_relay, Operation::awaiting_relay_list);
  hand->send(kServer, list({kRelay}));
  hand->send(kRelay, kHelloAck);
  EXPECT_TRUE(hand->pass(1min).empty());
  EXPECT_TRUE(client->report().empty());
}

TEST_F(RelayClientEnd, IsBoundedUnderAFloodOfLists) {
  config.servers.push_back({kServerB, {}});
  start();
  hand->take();
  std::size_t hellos = 0;
  for (unsigned i = 0; i < 2000; ++i) {
    std::vector<Address> relays;
    for (unsigned k = 0; k < 8; ++k) {
      relays.push_back(
          {{203, 0, static_cast<std::uint8_t>(i >> 5U), static_cast<std::uint8_t>(i << 3U | k)},
           static_cast<std::uint16_t>(1024 + i)});
    }
    hand->send(kServer, list(relays));
    if (i % 100 == 0) hellos += count(hand->take(), kHello);
  }
  EXPECT_EQ(client->report().size(), 16U);
  EXPECT_EQ(hellos, 16U);
  EXPECT_EQ(client->counters().refused_addresses, 16'000U - 16U);
  EXPECT_LE(count(hand->pass(config.timeout), kHello), 160U);
  expect_failure(Errc::timed_out, Operation::awaiting_relay_hello);
}

// Whatever servers, relays and strangers say: each deadline lies after the one before, what is sent
// stays in bounds, and it ends in time. ByHand fails when a deadline does not move on.
TEST_F(RelayClientEnd, MovesOnAndEndsWhateverIsSaid) {
  config.servers.push_back({kServerB, {}});
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    std::mt19937_64 random{seed};
    config.per_relay = std::chrono::milliseconds{random() % 6000};
    config.repeat = std::chrono::milliseconds{random() % 700};
    start();
    const TimePoint began = hand->now;
    const std::vector<Address> sources{kServer, kServerB, kRelay, kRelayB, kRelayC, kWay, kClient};
    const std::vector<std::string> words{list({kRelay, kRelayB}),
                                         list({kRelayC, kRelay}),
                                         list({}),
                                         kHelloAck,
                                         port_ack(kWay.port),
                                         port_ack(34001),
                                         told(kWay),
                                         told({kRelayB.ip, 34001}),
                                         "f1810004fe000000",
                                         kRequestOk,
                                         ready(kOther),
                                         "f1690004ff000000"};
    while (!client->finished() && hand->now < began + 1h) {
      hand->send(sources[random() % sources.size()], words[random() % words.size()]);
      EXPECT_LE(hand->pass(std::chrono::milliseconds{random() % 300}).size(), 1000U);
    }
    EXPECT_TRUE(client->finished());
    EXPECT_LE(hand->now, began + config.timeout + 300ms);
    EXPECT_LE(client->report().size(), 16U);
    ASSERT_FALSE(HasFailure());
  }
}

}  // namespace
}  // namespace cam32100::protocol
