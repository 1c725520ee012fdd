// The rules that CameraConfig::strict holds clients to, each with what it spares: README, "Camera".
#include "camera_by_hand.hpp"

namespace cam32100::protocol {
namespace {

struct StrictCamera : CgiByHand {
  void SetUp() override { config.strict = true; }
  std::vector<StrictRule> breaches() const {
    std::vector<StrictRule> all;
    while (const auto breach = camera->take_breach()) all.push_back(breach->rule);
    return all;
  }
  static Bytes request() {
    Bytes block;
    append_request_block("GET /get_status.cgi?loginuse=admin&loginpas=888888&", block);
    return block;
  }
  // So long, answering each ALIVE or not.
  std::size_t closes_within(int seconds, bool answers) {
    std::size_t closes = 0;
    for (int i = 0; i < seconds; ++i) {
      hand->send(kClient, kAlive);  // traffic: it does not fall silent
      const auto sent = hand->pass(1s);
      closes += count(sent, kClose);
      if (answers && count(sent, kAlive) > 0) hand->send(kClient, kAliveAck);
    }
    return closes;
  }
};
using Rules = std::vector<StrictRule>;

TEST_F(StrictCamera, ServesWhoKeepsTheRulesForAsLongAsHeLikes) {
  start();
  open();
  EXPECT_EQ(result("get_status.cgi"), std::nullopt);  // a page has no result
  EXPECT_EQ(closes_within(300, true), 0U);
  EXPECT_EQ(camera->snapshot().sessions, 1U);
  EXPECT_EQ(breaches(), Rules{});
}

// VStarcam cameras expect an ALIVE_ACK at least every eleven ALIVE, and send CLOSE after that.
TEST_F(StrictCamera, ClosesWhenElevenAliveStayUnansweredWhateverElseComes) {
  start();
  open();
  EXPECT_EQ(closes_within(10, false), 0U);
  EXPECT_EQ(camera->snapshot().sessions, 1U);
  EXPECT_EQ(closes_within(3, false), 1U);
  EXPECT_EQ(camera->snapshot().sessions, 0U);
  EXPECT_EQ(breaches(), Rules{StrictRule::alive_answered});
  hand->send(kClient, kAliveAck);  // too late
  EXPECT_EQ(camera->snapshot().sessions, 0U);
}

TEST_F(StrictCamera, CountsUnansweredAliveAnewAfterEachAnswer) {
  start();
  open();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(closes_within(9, false), 0U);
    hand->send(kClient, kAliveAck);
  }
  EXPECT_EQ(breaches(), Rules{});
}

TEST_F(StrictCamera, OtherwiseTakesAnyTrafficForLife) {
  config.strict = false;
  start();
  open();
  EXPECT_EQ(closes_within(60, false), 0U);
  EXPECT_EQ(camera->snapshot().sessions, 1U);
}

// After a lost session a camera opens another one only for a fresh source port [C].
TEST_F(StrictCamera, OpensNoSecondSessionForASourcePort) {
  start();
  open();
  hand->send(kClient, kClose);
  for (int i = 0; i < 20; ++i) {
    hand->send(kClient, kPunch);
    EXPECT_TRUE(hand->pass(100ms).empty());
  }
  EXPECT_EQ(camera->snapshot().sessions, 0U);
  EXPECT_EQ(camera->take_breach(), (StrictBreach{StrictRule::fresh_port, kClient}));
  EXPECT_FALSE(camera->take_breach().has_value()) << "told once, however often he punches";
  Address fresh = kClient;
  ++fresh.port;
  open(fresh);
}

TEST_F(StrictCamera, OpensNoSecondSessionForALostOneEither) {
  start();
  open();
  hand->pass(11s);
  EXPECT_EQ(camera->snapshot().sessions, 0U);
  hand->send(kClient, kPunch);
  EXPECT_TRUE(hand->take().empty());
}

TEST_F(StrictCamera, OpensNoSecondSessionByVariantB) {
  config.punch_variant_ready = true;
  start();
  hand->send(kClient, kReady);
  EXPECT_EQ(camera->snapshot().sessions, 1U);
  hand->send(kClient, kClose);
  hand->take();
  hand->send(kClient, kPunch);
  hand->send(kClient, kReady);
  EXPECT_TRUE(hand->take().empty());
  EXPECT_EQ(camera->snapshot().sessions, 0U);
}

TEST_F(StrictCamera, ForgetsUsedPortsWithItsPower) {
  start();
  open();
  hand->send(kClient, kClose);
  camera->power_cycle(hand->now);
  open();
}

TEST_F(StrictCamera, RemembersTheNewestPortsOnly) {
  start();
  for (unsigned i = 0; i <= UsedPorts::kMost; ++i) {
    const Address next{{192, 0, 2, 10}, static_cast<std::uint16_t>(20'000 + i)};
    open(next);
    hand->send(next, kClose);
  }
  open({{192, 0, 2, 10}, 20'000});
  hand->send({{192, 0, 2, 10}, 20'001}, kPunch);
  EXPECT_TRUE(hand->take().empty());
}

TEST_F(StrictCamera, OtherwiseOpensAsOftenAsItIsAsked) {
  config.strict = false;
  start();
  for (int i = 0; i < 3; ++i) {
    open();
    hand->send(kClient, kClose);
  }
}

// D2 as an ACK's first byte stops video on VStarcam cameras [C]: here it acknowledges nothing.
TEST_F(StrictCamera, ReadsNoAckThatBeginsWithD2) {
  start();
  open();
  hand->send(kClient, drw(0, 0, request()));
  hand->take();
  hand->send(kClient, "f1d10006d20000010000");
  EXPECT_GE(count(hand->pass(1s), "f1d0"), 1U) << "it is sent again";
  EXPECT_EQ(breaches(), Rules{StrictRule::ack_magic});
  hand->send(kClient, "f1d10006d20000010000");
  EXPECT_EQ(breaches(), Rules{}) << "told once a session";
  hand->send(kClient, ack(0, 0));
  hand->take();
  EXPECT_EQ(count(hand->pass(3s), "f1d0"), 0U);
}

TEST_F(StrictCamera, OtherwiseReadsAnAckThatBeginsWithD2) {
  config.strict = false;
  start();
  open();
  hand->send(kClient, drw(0, 0, request()));
  hand->take();
  hand->send(kClient, "f1d10006d20000010000");
  EXPECT_EQ(count(hand->pass(3s), "f1d0"), 0U);
}

// A channel is a byte stream [C]: behind a hole there is nothing to read. A client that gives its
// resends new indices leaves one for ever.
TEST_F(StrictCamera, ServesNothingBehindAnIndexThatNeverCame) {
  start();
  open();
  hand->send(kClient, drw(0, 1, request()));
  hand->send(kClient, drw(0, 2, request()));
  EXPECT_EQ(closes_within(4, true), 0U);
  EXPECT_EQ(breaches(), Rules{}) << "resends may be on their way";
  closes_within(4, true);
  EXPECT_EQ(breaches(), Rules{StrictRule::missing_request});
  EXPECT_EQ(camera->snapshot().requests, 0U);
  hand->send(kClient, drw(0, 0, request()));  // it came after all
  EXPECT_EQ(camera->snapshot().requests, 3U);
}

TEST_F(StrictCamera, HoldsAGapThatWasFilledAgainstNobody) {
  start();
  open();
  for (std::uint16_t i = 0; i < 10; ++i) {
    hand->send(kClient, drw(0, static_cast<std::uint16_t>(2 * i + 1), request()));
    closes_within(1, true);
    hand->send(kClient, drw(0, static_cast<std::uint16_t>(2 * i), request()));
    closes_within(1, true);
  }
  EXPECT_EQ(breaches(), Rules{});
  EXPECT_EQ(camera->snapshot().requests, 20U);
}

TEST_F(StrictCamera, KeepsNoMoreBreachesThanItsCap) {
  config.max_sessions = 1000;
  start();
  for (unsigned i = 0; i < 100; ++i) {
    const Address next{{192, 0, 2, 10}, static_cast<std::uint16_t>(20'000 + i)};
    open(next);
    hand->send(next, kClose);
    hand->send(next, kPunch);
  }
  EXPECT_EQ(breaches().size(), 64U);
}

}  // namespace
}  // namespace cam32100::protocol
