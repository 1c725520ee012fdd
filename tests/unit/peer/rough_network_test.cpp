#include "protocol/peer/rough_network.hpp"

#include <deque>
#include <map>
#include <set>

#include "by_hand.hpp"

namespace cam32100::protocol {
namespace {

// Says what it is told to, and remembers what it heard and when.
struct Parrot final : Endpoint {
  struct Heard {
    TimePoint when;
    Address from;
    unsigned number = 0;
  };
  std::vector<Heard> heard;
  std::deque<Datagram> to_say;
  std::optional<TimePoint> wants;  // its own deadline
  std::uint32_t generation = 0;

  static Bytes numbered(unsigned number, std::size_t size = 4) {
    Bytes bytes(std::max<std::size_t>(size, 4));
    Writer{bytes}.u32_be(number);
    return bytes;
  }
  static unsigned number_of(BytesView bytes) {
    Reader in{bytes};
    return in.u32_be();
  }
  void say(unsigned number, std::size_t size = 4) {
    Datagram datagram;
    datagram.to = kClient;
    const auto bytes = numbered(number, size);
    std::copy(bytes.begin(), bytes.end(), datagram.bytes.begin());
    datagram.size = bytes.size();
    to_say.push_back(datagram);
  }
  void on_datagram(TimePoint now, const Address& from, BytesView datagram) override {
    heard.push_back({now, from, number_of(datagram)});
  }
  void on_time(TimePoint now) override {
    if (wants && now >= *wants) wants.reset();
  }
  [[nodiscard]] std::optional<TimePoint> deadline() const override { return wants; }
  [[nodiscard]] bool take_datagram(TimePoint, Datagram& out) override {
    if (to_say.empty()) return false;
    out = to_say.front();
    to_say.pop_front();
    return true;
  }
  [[nodiscard]] std::uint32_t socket_generation() const override { return generation; }
};

struct RoughNetworkTest : ::testing::Test {
  Parrot parrot;
  RoughConfig config;
  std::optional<RoughNetwork> network;
  TimePoint now{1h};

  void start(std::uint64_t seed = 1) { network.emplace(parrot, config, seed); }
  void send_in(unsigned number) { network->on_datagram(now, kClient, Parrot::numbered(number)); }
  std::vector<unsigned> taken() {
    std::vector<unsigned> out;
    Datagram datagram;
    while (network->take_datagram(now, datagram)) {
      EXPECT_EQ(datagram.to, kClient);
      out.push_back(Parrot::number_of(datagram.view()));
    }
    return out;
  }
  // Goes from deadline to deadline; the contract's demand on each is tested on the way.
  std::vector<unsigned> pass(Duration time) {
    const TimePoint end = now + time;
    auto out = taken();
    for (auto due = network->deadline(); due && *due <= end; due = network->deadline()) {
      now = std::max(now, *due);
      network->on_time(now);
      const auto next = network->deadline();
      EXPECT_TRUE(!next || *next > now) << "the deadline does not move on";
      if (next && *next <= now) break;
      for (const unsigned each : taken()) out.push_back(each);
    }
    now = end;
    return out;
  }
  std::vector<unsigned> heard() const {
    std::vector<unsigned> out;
    for (const auto& each : parrot.heard) out.push_back(each.number);
    return out;
  }
};

std::vector<unsigned> upto(unsigned count) {
  std::vector<unsigned> out(count);
  for (unsigned i = 0; i < count; ++i) out[i] = i;
  return out;
}

TEST_F(RoughNetworkTest, PassesEverythingAtOnceWhereNothingIsRough) {
  start();
  for (unsigned i = 0; i < 100; ++i) {
    send_in(i);
    parrot.say(i);
  }
  EXPECT_EQ(heard(), upto(100));
  EXPECT_EQ(taken(), upto(100));
  EXPECT_FALSE(network->deadline().has_value());
}

TEST_F(RoughNetworkTest, HasTheEndpointsOwnDeadlineToo) {
  config.delay = 50ms;
  start();
  parrot.wants = now + 20ms;
  send_in(1);
  EXPECT_EQ(network->deadline(), now + 20ms);
  pass(20ms);
  EXPECT_FALSE(parrot.wants.has_value()) << "it was told the time";
  EXPECT_EQ(network->deadline(), now + 30ms);
}

TEST_F(RoughNetworkTest, DelaysBothWaysAndKeepsTheOrder) {
  config.delay = 50ms;
  start();
  const auto began = now;
  for (unsigned i = 0; i < 50; ++i) {
    send_in(i);
    parrot.say(i);
    EXPECT_TRUE(taken().empty());
    now += 900us;
    network->on_time(now);
  }
  EXPECT_EQ(pass(50ms), upto(50));
  EXPECT_EQ(heard(), upto(50));
  EXPECT_EQ(parrot.heard.front().when, began + 50ms);
  EXPECT_EQ(parrot.heard.front().from, kClient);
  EXPECT_FALSE(network->deadline().has_value());
}

TEST_F(RoughNetworkTest, IsNeverEarlyAndNeverLaterThanDelayAndJitter) {
  config.delay = 20ms;
  config.jitter = 80ms;
  start(7);
  std::map<unsigned, TimePoint> sent;
  for (unsigned i = 0; i < 1000; ++i) {
    sent[i] = now;
    send_in(i);
    pass(10ms);
  }
  pass(1s);
  ASSERT_EQ(parrot.heard.size(), 1000U);
  Duration sum{};
  for (const auto& each : parrot.heard) {
    const auto late = each.when - sent[each.number];
    EXPECT_GE(late, 20ms);
    EXPECT_LE(late, 100ms);
    sum += late;
  }
  EXPECT_NEAR(std::chrono::duration<double>(sum).count() / 1000, 0.060, 0.004);
  EXPECT_NE(heard(), upto(1000)) << "jitter beyond the gap reorders";
}

TEST_F(RoughNetworkTest, LosesAndDoublesAsManyAsItWasTold) {
  config.loss = 0.2;
  config.duplicate = 0.1;
  start(3);
  for (unsigned i = 0; i < 10'000; ++i) {
    send_in(i);
    parrot.say(i);
  }
  const auto out = pass(1s);
  for (const auto& came : {heard(), out}) {
    const std::set<unsigned> different{came.begin(), came.end()};
    // Four standard deviations: sqrt(10000 * 0.2 * 0.8) = 40, sqrt(8000 * 0.1 * 0.9) = 27.
    EXPECT_NEAR(static_cast<double>(different.size()), 8000, 160);
    EXPECT_NEAR(static_cast<double>(came.size() - different.size()), 800, 110);
  }
  EXPECT_EQ(network->counters().in, 10'000U);
  EXPECT_EQ(network->counters().out, 10'000U);
  EXPECT_EQ(network->counters().lost + network->counters().overflowed + heard().size() +
                out.size() - network->counters().duplicated,
            20'000U)
      << "each is accounted for";
}

TEST_F(RoughNetworkTest, LosesAllOrNothingAtTheEnds) {
  config.loss = 1;
  start();
  for (unsigned i = 0; i < 100; ++i) send_in(i);
  EXPECT_TRUE(heard().empty());
  EXPECT_EQ(network->counters().lost, 100U);
}

TEST_F(RoughNetworkTest, LetsOthersOvertakeWhatItReorders) {
  config.reorder = 0.1;
  start(5);
  for (unsigned i = 0; i < 2000; ++i) {
    parrot.say(i);
    send_in(i);
    pass(1ms);
  }
  pass(1s);
  const auto came = heard();
  ASSERT_EQ(came.size(), 2000U);
  std::size_t overtaken = 0;
  unsigned newest = 0;
  for (const unsigned each : came) {
    overtaken += each < newest ? 1U : 0U;
    newest = std::max(newest, each);
  }
  EXPECT_NEAR(static_cast<double>(overtaken), 200, 54);  // four times sqrt(2000 * 0.1 * 0.9)
}

TEST_F(RoughNetworkTest, DoesTheSameUnderTheSameSeedAndOtherThingsUnderAnother) {
  config = {.loss = 0.3, .duplicate = 0.2, .reorder = 0.2, .delay = 5ms, .jitter = 40ms};
  const auto fate = [this](std::uint64_t seed) {
    parrot.heard.clear();
    start(seed);
    for (unsigned i = 0; i < 300; ++i) {
      send_in(i);
      pass(3ms);
    }
    pass(1s);
    return heard();
  };
  const auto first = fate(11);
  EXPECT_EQ(fate(11), first);
  EXPECT_NE(fate(12), first);
}

TEST_F(RoughNetworkTest, HoldsNoMoreThanItsCapAndCountsWhatItDrops) {
  config.delay = 10s;
  config.max_held_bytes = 5000;
  start();
  for (unsigned i = 0; i < 10; ++i) {
    parrot.say(i, 1000);
    network->on_datagram(now, kClient, Parrot::numbered(i, 1000));
  }
  EXPECT_TRUE(taken().empty());
  EXPECT_EQ(network->counters().overflowed, 10U) << "five each way";
  EXPECT_EQ(pass(10s), upto(5)) << "the oldest are kept";
  EXPECT_EQ(heard(), upto(5));
  parrot.say(9, 1000);
  EXPECT_TRUE(taken().empty());
  EXPECT_EQ(pass(10s), std::vector<unsigned>{9}) << "what has left makes room";
}

TEST_F(RoughNetworkTest, CutsBothWaysForATime) {
  start();
  network->cut(now + 5s);
  send_in(0);
  parrot.say(0);
  EXPECT_TRUE(taken().empty());
  EXPECT_TRUE(heard().empty());
  EXPECT_EQ(network->counters().cut, 2U);
  now += 5s;
  send_in(1);
  parrot.say(1);
  EXPECT_EQ(taken(), std::vector<unsigned>{1});
  EXPECT_EQ(heard(), std::vector<unsigned>{1});
}

// What was taken under the old number leaves by the old socket, however late it is; what is on its
// way to that socket never arrives.
TEST_F(RoughNetworkTest, ChangesTheSocketBehindTheLastOfTheOldOne) {
  config.delay = 50ms;
  start();
  parrot.say(1);
  send_in(1);
  EXPECT_TRUE(taken().empty());
  parrot.generation = 1;
  parrot.say(2);
  EXPECT_EQ(network->socket_generation(), 0U);
  now += 50ms;
  Datagram out;
  ASSERT_TRUE(network->take_datagram(now, out));
  EXPECT_EQ(Parrot::number_of(out.view()), 1U);
  EXPECT_EQ(network->socket_generation(), 1U) << "the last one has left";
  EXPECT_EQ(pass(50ms), std::vector<unsigned>{2});
  EXPECT_TRUE(heard().empty());
  EXPECT_EQ(network->counters().stale, 1U);
}

}  // namespace
}  // namespace cam32100::protocol
