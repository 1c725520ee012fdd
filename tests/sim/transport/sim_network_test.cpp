// The simulator is itself a thing to trust: what it promises to the simulations.
#include <gmock/gmock.h>

#include "tests/sim/transport/conversation_on_a_network.hpp"

namespace cam32100::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Sends what it is told to, remembers what it got.
class Mailbox final : public Endpoint {
 public:
  void on_datagram(TimePoint now, const Address& from, protocol::BytesView datagram) override {
    arrivals.push_back(now);
    senders.push_back(from);
    texts.push_back(protocol::to_string(datagram));
  }
  void on_time(TimePoint now) override {
    woken.push_back(now);
    if (!stuck) wake.reset();
  }
  [[nodiscard]] std::optional<TimePoint> deadline() const override { return wake; }
  [[nodiscard]] bool take_datagram(TimePoint, protocol::Datagram& out) override {
    if (outgoing.empty()) return false;
    const auto& [to, text] = outgoing.front();
    out.to = to;
    out.size = text.size();
    const auto bytes = protocol::as_bytes(text);
    std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
    if (!endless) outgoing.erase(outgoing.begin());
    return true;
  }
  [[nodiscard]] std::uint32_t socket_generation() const override { return generation; }

  std::vector<std::pair<Address, std::string>> outgoing;
  std::vector<TimePoint> arrivals;
  std::vector<TimePoint> woken;
  std::vector<Address> senders;
  std::vector<std::string> texts;
  std::optional<TimePoint> wake;
  std::uint32_t generation = 0;
  bool stuck = false;
  bool endless = false;
};

const Address kA{{10, 0, 0, 1}, 1000};
const Address kB{{10, 0, 0, 2}, 2000};
const Address kC{{10, 0, 0, 3}, 3000};

class Network : public ::testing::Test {
 protected:
  NodeId in(SimNetwork& net, Mailbox& box, const Address& address) {
    return net.attach(box, address);
  }
  Mailbox a, b, c;
};

TEST_F(Network, DeliversAfterTheDelayFromTheSendersAddress) {
  SimNetwork net{1, {.delay = 30ms}};
  in(net, a, kA);
  in(net, b, kB);
  const TimePoint start = net.now();
  a.outgoing = {{kB, "hello"}};
  net.run_for(1s);
  EXPECT_THAT(b.texts, ElementsAre("hello"));
  EXPECT_THAT(b.senders, ElementsAre(kA));
  EXPECT_THAT(b.arrivals, ElementsAre(start + 30ms));
}

TEST_F(Network, DeliversNothingToNobody) {
  SimNetwork net{1};
  in(net, a, kA);
  in(net, b, kB);
  a.outgoing = {{kC, "hello"}, {Address{kB.ip, 1}, "other port"}};
  net.run_for(1s);
  EXPECT_THAT(b.texts, IsEmpty());
  EXPECT_EQ(net.counters().unreachable, 2U);
}

TEST_F(Network, LosesAndDuplicatesAsOftenAsItShould) {
  SimNetwork net{1, {.loss = 0.2, .duplicate = 0.1, .delay = 1ms}};
  in(net, a, kA);
  in(net, b, kB);
  for (int i = 0; i < 10'000; ++i) a.outgoing.push_back({kB, "x"});
  net.run_for(1s);
  EXPECT_NEAR(static_cast<double>(net.counters().lost), 2000, 200);
  EXPECT_NEAR(static_cast<double>(net.counters().duplicated), 800, 120);
  EXPECT_EQ(b.texts.size(), 10'000 - net.counters().lost + net.counters().duplicated);
}

TEST_F(Network, ReordersByJitterAndOnlyByJitter) {
  for (const Duration jitter : {Duration{0}, Duration{50ms}}) {
    Mailbox sender, receiver;
    SimNetwork net{1, {.delay = 10ms, .jitter = jitter}};
    in(net, sender, kA);
    in(net, receiver, kB);
    for (char ch = 'a'; ch <= 'z'; ++ch) sender.outgoing.push_back({kB, std::string(1, ch)});
    net.run_for(1s);
    ASSERT_THAT(receiver.texts, SizeIs(26));
    EXPECT_EQ(std::is_sorted(receiver.texts.begin(), receiver.texts.end()), jitter == 0ms);
  }
}

TEST_F(Network, BroadcastsToThoseWhoListen) {
  SimNetwork net{1};
  in(net, a, kA);
  net.listen_lan(in(net, b, kB));
  in(net, c, kC);
  a.outgoing = {{{{255, 255, 255, 255}, protocol::kLanPort}, "anybody?"},
                {{kB.ip, protocol::kLanPort}, "you?"}};
  net.run_for(1s);
  EXPECT_THAT(b.texts, ElementsAre("anybody?", "you?"));
  EXPECT_THAT(c.texts, IsEmpty());
}

TEST_F(Network, CutsAndHealsPairsAndSingleNodes) {
  SimNetwork net{1};
  const NodeId first = in(net, a, kA);
  const NodeId second = in(net, b, kB);
  in(net, c, kC);
  net.cut(second, first);
  a.outgoing = {{kB, "cut"}, {kC, "passes"}};
  net.run_for(1s);
  EXPECT_THAT(b.texts, IsEmpty());
  EXPECT_THAT(c.texts, ElementsAre("passes"));
  net.heal(first, second);
  net.cut_off(first);
  a.outgoing = {{kB, "cut off"}};
  net.run_for(1s);
  net.reconnect(first);
  a.outgoing = {{kB, "back"}};
  net.run_for(1s);
  EXPECT_THAT(b.texts, ElementsAre("back"));
}

TEST_F(Network, AppliesASingleLinkInItsDirectionOnly) {
  SimNetwork net{1};
  const NodeId first = in(net, a, kA);
  const NodeId second = in(net, b, kB);
  net.set_link(first, second, {.loss = 1.0});
  a.outgoing = {{kB, "there"}};
  b.outgoing = {{kA, "back"}};
  net.run_for(1s);
  EXPECT_THAT(b.texts, IsEmpty());
  EXPECT_THAT(a.texts, ElementsAre("back"));
}

TEST_F(Network, GivesANewPortForANewSocketAndLosesWhatWasUnderWayToTheOld) {
  SimNetwork net{1, {.delay = 100ms}};
  const NodeId first = in(net, a, kA);
  in(net, b, kB);
  a.outgoing = {{kB, "old"}};
  b.outgoing = {{kA, "to the old port"}};
  net.run_for(50ms);
  a.generation = 1;
  a.outgoing = {{kB, "new"}};
  net.run_for(1s);
  ASSERT_THAT(b.senders, SizeIs(2));
  EXPECT_EQ(b.senders[0], kA);
  EXPECT_EQ(b.senders[1], net.address(first));
  EXPECT_NE(b.senders[1].port, kA.port);
  EXPECT_EQ(b.senders[1].ip, kA.ip);
  EXPECT_THAT(a.texts, IsEmpty());
}

TEST_F(Network, FollowsAMoveAndADetachment) {
  SimNetwork net{1};
  in(net, a, kA);
  const NodeId second = in(net, b, kB);
  net.move(second, kC);
  a.outgoing = {{kB, "lost"}, {kC, "found"}};
  net.run_for(1s);
  EXPECT_THAT(b.texts, ElementsAre("found"));
  net.detach(second);
  b.wake = net.now() + 1s;
  a.outgoing = {{kC, "gone"}};
  net.run_for(5s);
  EXPECT_THAT(b.texts, SizeIs(1));
  EXPECT_THAT(b.woken, IsEmpty());
}

TEST_F(Network, WakesAtTheDeadlineAndNotBefore) {
  SimNetwork net{1};
  in(net, a, kA);
  const TimePoint due = net.now() + 2s;
  a.wake = due;
  net.run_until(due - 1ms);
  EXPECT_THAT(a.woken, IsEmpty());
  net.run_for(10s);
  EXPECT_THAT(a.woken, ElementsAre(due));
}

TEST_F(Network, ASleepingHostSeesNothingAndItsClockJumpsOrStandsStill) {
  for (const auto clock : {SleepingClock::jumps, SleepingClock::stands_still}) {
    Mailbox sleeper, other;
    SimNetwork net{1, {.delay = 1ms}};
    const NodeId node = in(net, sleeper, kA);
    in(net, other, kB);
    const TimePoint start = net.now();
    sleeper.wake = start + 10s;
    net.suspend(node, 1h, clock);
    other.outgoing = {{kA, "asleep?"}};
    net.run_for(1h + 1ms);
    EXPECT_THAT(sleeper.texts, IsEmpty());
    if (clock == SleepingClock::jumps) {
      EXPECT_THAT(sleeper.woken, ElementsAre(start + 1h));
      EXPECT_EQ(net.now(node), net.now());
    } else {
      EXPECT_THAT(sleeper.woken, IsEmpty());
      EXPECT_EQ(net.now(node), start + 1ms);
      net.run_for(10s);
      EXPECT_THAT(sleeper.woken, ElementsAre(start + 10s));
    }
    other.outgoing = {{kA, "awake"}};
    net.run_for(1s);
    EXPECT_THAT(sleeper.texts, ElementsAre("awake"));
  }
}

TEST_F(Network, LeapsOneClockWhileTheWorldGoesOn) {
  SimNetwork net{1};
  const NodeId node = in(net, a, kA);
  a.wake = net.now() + 1h;
  net.jump_clock(node, 2h);
  EXPECT_EQ(net.now(node), net.now() + 2h);
  const TimePoint before = net.now();
  net.run_for(1ms);
  EXPECT_THAT(a.woken, ElementsAre(before + 2h)) << "late, at the first look";
}

TEST_F(Network, RunsActionsAtTheirTimeAndDrainsAfterThem) {
  SimNetwork net{1, {.delay = 1ms}};
  in(net, a, kA);
  in(net, b, kB);
  const TimePoint start = net.now();
  net.after(5s, [&] { a.outgoing = {{kB, "timed"}}; });
  net.run_for(10s);
  EXPECT_THAT(b.arrivals, ElementsAre(start + 5s + 1ms));
}

TEST_F(Network, StopsAsSoonAsTheConditionHoldsOrTheLimitHasPassed) {
  SimNetwork net{1, {.delay = 30ms}};
  in(net, a, kA);
  in(net, b, kB);
  a.outgoing = {{kB, "x"}};
  const TimePoint start = net.now();
  EXPECT_TRUE(net.run_until([&] { return !b.texts.empty(); }, 10s));
  EXPECT_EQ(net.now(), start + 30ms);
  EXPECT_FALSE(net.run_until([] { return false; }, 10s));
  EXPECT_EQ(net.now(), start + 30ms + 10s);
}

TEST_F(Network, ReportsADeadlineThatDoesNotAdvance) {
  SimNetwork net{1};
  net.count_violations_silently();
  in(net, a, kA);
  a.wake = net.now() + 1s;
  a.stuck = true;
  net.run_for(1500ms);
  EXPECT_EQ(net.violations(), 1U);
}

TEST_F(Network, ReportsAnEndlessDrain) {
  SimNetwork net{1};
  net.count_violations_silently();
  in(net, a, kA);
  a.outgoing = {{kC, "again"}};
  a.endless = true;
  net.pump_all();
  EXPECT_EQ(net.violations(), 1U);
}

TEST_F(Network, ReportsNoViolationForHonestEndpoints) {
  SimNetwork net{1};
  net.count_violations_silently();
  in(net, a, kA);
  a.wake = net.now() + 1s;
  net.run_for(10s);
  EXPECT_EQ(net.violations(), 0U);
}

TEST_F(Network, KeepsTheLastDatagramsDecodedWithTheirFate) {
  SimNetwork net{1, {.delay = 1ms}};
  in(net, a, kA);
  in(net, b, kB);
  protocol::Bytes alive(4);
  ASSERT_TRUE(protocol::encode(protocol::Alive{}, alive));
  for (int i = 0; i < 60; ++i) a.outgoing.push_back({kB, protocol::to_string(alive)});
  net.run_for(1s);
  protocol::Cipher{"vstarcam2018"}.encrypt(alive);
  a.outgoing = {{kC, protocol::to_string(alive)}};
  net.run_for(1s);
  const auto lines = net.trace().lines(net.now());
  ASSERT_THAT(lines, SizeIs(50));
  EXPECT_THAT(lines[0], HasSubstr("delivered"));
  EXPECT_THAT(lines[0], HasSubstr("ALIVE"));
  EXPECT_THAT(lines[49], HasSubstr("unreachable"));
  EXPECT_THAT(lines[49], HasSubstr("ALIVE"));
  EXPECT_THAT(lines[49], HasSubstr("encrypted"));
}

TEST_F(Network, RemembersTheLargestReadingOfAGauge) {
  SimNetwork net{1};
  in(net, a, kA);
  std::size_t level = 7;
  net.gauge("level", [&] { return level; });
  net.pump_all();
  level = 3;
  net.pump_all();
  EXPECT_EQ(net.peak("level"), 7U);
}

std::uint64_t trace_of(std::uint64_t seed) {
  Conversation talk{seed, {.loss = 0.2, .duplicate = 0.05, .delay = 20ms, .jitter = 80ms}};
  EXPECT_TRUE(talk.open());
  for (int i = 0; i < 50; ++i) {
    talk.say(0, "command " + std::to_string(i));
    talk.hear(0, std::string(3000, 'r'));
    talk.net.run_for(100ms);
  }
  return talk.net.trace_hash();
}

TEST(SameSeed, GivesTheSameTrace) {
  for (const auto seed : seeds(5)) EXPECT_EQ(trace_of(seed), trace_of(seed)) << "seed " << seed;
}

TEST(SameSeed, GivesAnotherTraceThanAnotherSeed) { EXPECT_NE(trace_of(1), trace_of(2)); }

}  // namespace
}  // namespace cam32100::sim
