// Short simulations of one session on a bad network.
#include "tests/sim/transport/conversation_on_a_network.hpp"

namespace cam32100::sim {
namespace {

using namespace std::chrono_literals;
using protocol::Errc;
using protocol::Operation;
using State = protocol::Session::State;

const LinkConfig kBad{.loss = 0.2, .duplicate = 0.05, .delay = 20ms, .jitter = 80ms};

TEST(SessionOnABadNetwork, CarriesTwoChannelsBothWaysOnceAndInOrder) {
  for (const auto seed : seeds(5)) {
    SCOPED_TRACE(::testing::Message() << "reproduce: CAM32100_SEED=" << seed);
    protocol::SessionConfig config;
    config.channel.first_index = 0xFF00;
    Conversation talk{seed, kBad, config};
    ASSERT_TRUE(talk.open());
    for (int i = 0; i < 200; ++i) {
      const std::string number = std::to_string(i) + ";";
      talk.say(0, "command " + number);
      talk.hear(0, "reply " + number + std::string(talk.net.random(3000), '.'));
      if (i % 4 == 0) talk.hear(1, "frame " + number + std::string(2000, '#'));
      talk.net.run_for(std::chrono::milliseconds{talk.net.random(200)});
    }
    EXPECT_TRUE(talk.net.run_until([&] { return talk.all_arrived(); }, 60s));
    talk.expect_everything_once_in_order();
    EXPECT_EQ(talk.session.state(), State::ready);
    EXPECT_LE(talk.net.peak("session"), config.channel.max_queued_bytes);
    EXPECT_LE(talk.net.peak("device"), 2 * config.channel.max_queued_bytes);
    // Each copy is lost, or its ACK is, in 36 % of all cases: 0.6 resends each, and as much again
    // for what reordering makes look lost.
    EXPECT_LT(talk.device.resent_drw(), 2 * talk.device.sent_drw());
  }
}

TEST(SessionOnABadNetwork, ResendsNothingOnAGoodOne) {
  Conversation talk{1, {.delay = 5ms}};
  ASSERT_TRUE(talk.open());
  for (int i = 0; i < 100; ++i) {
    talk.say(0, std::string(100, 'c'));
    talk.hear(0, std::string(20'000, 'r'));
    talk.net.run_for(100ms);
  }
  talk.expect_everything_once_in_order();
  EXPECT_EQ(talk.session.counters().resent, 0U);
  EXPECT_EQ(talk.device.resent_drw(), 0U);
  EXPECT_EQ(talk.session.counters().duplicates, 0U);
}

// A path whose round trip is long and hardly varies: no ACK is late because it is a little later
// than the last ones.
TEST(SessionOnABadNetwork, ResendsNextToNothingOnALongAndSteadyPath) {
  for (const auto seed : seeds(5)) {
    SCOPED_TRACE(::testing::Message() << "reproduce: CAM32100_SEED=" << seed);
    Conversation talk{seed, {.delay = 28500us, .jitter = 3ms}};  // 57 to 63 ms both ways
    ASSERT_TRUE(talk.open());
    for (int i = 0; i < 500; ++i) {
      talk.say(0, std::string(100, 'c'));
      talk.hear(0, std::string(200, 'r'));
      talk.net.run_for(200ms);
    }
    talk.expect_everything_once_in_order();
    EXPECT_LE(talk.session.counters().resent, 1U);
    EXPECT_LE(talk.device.resent_drw(), 1U);
  }
}

TEST(SessionOnABadNetwork, LosesNothingInAPartitionShorterThanTheSilenceTimeout) {
  Conversation talk{1, {.delay = 5ms}};
  ASSERT_TRUE(talk.open());
  talk.net.cut(talk.us, talk.them);
  talk.say(0, "into the void;");
  talk.hear(0, "likewise;");
  talk.net.run_for(8s);
  talk.net.heal(talk.us, talk.them);
  EXPECT_TRUE(talk.net.run_until([&] { return talk.all_arrived(); }, 3s));
  talk.expect_everything_once_in_order();
}

TEST(SessionOnABadNetwork, EndsInALongPartition) {
  Conversation talk{1, {.delay = 5ms}};
  ASSERT_TRUE(talk.open());
  talk.net.cut(talk.us, talk.them);
  EXPECT_TRUE(talk.net.run_until([&] { return talk.closed.has_value(); }, 11s));
  EXPECT_EQ(talk.closed->code, Errc::timed_out);
  EXPECT_EQ(talk.closed->operation, Operation::awaiting_traffic);
  EXPECT_FALSE(talk.session.deadline());
}

TEST(SessionOnABadNetwork, EndsAtOnceWhenOurClockCountedTheSleep) {
  Conversation talk{1, {.delay = 5ms}};
  ASSERT_TRUE(talk.open());
  talk.net.suspend(talk.us, 6h, SleepingClock::jumps);
  talk.net.run_for(6h + 1s);
  ASSERT_TRUE(talk.closed);
  EXPECT_EQ(talk.closed->operation, Operation::awaiting_traffic);
  EXPECT_FALSE(talk.device.has_client());
}

TEST(SessionOnABadNetwork, EndsInTenSecondsWhenOurClockStoodStillAndThePeerForgotUs) {
  Conversation talk{1, {.delay = 5ms}};
  ASSERT_TRUE(talk.open());
  talk.net.suspend(talk.us, 6h, SleepingClock::stands_still);
  talk.net.run_for(6h + 1s);
  EXPECT_FALSE(talk.closed) << "nothing has happened as far as we can see";
  talk.net.run_for(10s);
  ASSERT_TRUE(talk.closed);
  EXPECT_EQ(talk.closed->operation, Operation::awaiting_traffic);
}

TEST(SessionOnABadNetwork, EndsWhenThePeerMovesToAnotherAddress) {
  Conversation talk{1, {.delay = 5ms}};
  ASSERT_TRUE(talk.open());
  talk.net.move(talk.them, {{192, 168, 1, 77}, 20000});
  talk.net.run_for(11s);
  ASSERT_TRUE(talk.closed);
  EXPECT_EQ(talk.closed->code, Errc::timed_out);
  EXPECT_GT(talk.session.counters().unknown_senders, 0U) << "it spoke from there, unheard";
}

TEST(SessionOnABadNetwork, FreesTheDeviceByItsGoodbyeDespiteLoss) {
  unsigned freed = 0;
  for (const auto seed : seeds(20)) {
    Conversation talk{seed, {.delay = 5ms}};
    ASSERT_TRUE(talk.open());
    talk.net.set_all_links({.loss = 0.2, .delay = 5ms});
    talk.session.close(talk.net.now());
    talk.net.run_for(1s);
    EXPECT_EQ(talk.closed.value().code, Errc::closed_by_us);
    freed += talk.device.has_client() ? 0U : 1U;
  }
  EXPECT_GE(freed, 18U) << "three copies: one try in 125 fails";
}

TEST(SessionOnABadNetwork, OpensAgainstAPeerWhoseReadiesAreLost) {
  Conversation talk{3, {.delay = 5ms}};
  talk.net.set_link(talk.them, talk.us, {.loss = 0.9, .delay = 5ms});
  EXPECT_TRUE(talk.open());
}

TEST(SessionOnABadNetwork, WithstandsForgeriesWhileItTalks) {
  Conversation talk{7, kBad};
  ASSERT_TRUE(talk.open());
  const protocol::Address forger{{192, 168, 1, 66}, 6666};
  for (int i = 0; i < 200; ++i) {
    talk.hear(0, "reply " + std::to_string(i) + ";");
    protocol::Bytes forged(64);
    for (const protocol::Message& lie : std::initializer_list<protocol::Message>{
             protocol::Close{}, protocol::P2pRdy{protocol::Uid::parse("VSTB-668515-UZCPK").value()},
             protocol::Drw{0, static_cast<std::uint16_t>(i), protocol::as_bytes("forged")}}) {
      const auto size = protocol::encode(lie, forged);
      talk.net.inject(forger, kOurs, protocol::BytesView{forged}.first(size.value()));
    }
    talk.net.run_for(50ms);
  }
  EXPECT_TRUE(talk.net.run_until([&] { return talk.all_arrived(); }, 60s));
  talk.expect_everything_once_in_order();
  EXPECT_EQ(talk.session.counters().unknown_senders, 400U)
      << "P2P_RDY under our id may be the camera's, by another way";
}

}  // namespace
}  // namespace cam32100::sim
