#include "protocol/transport/relay_leg.hpp"

#include "tests/unit/transport/conversation.hpp"

namespace cam32100::protocol {
namespace {

using namespace std::chrono_literals;
using namespace conversation;

const Address kAllocated{{203, 0, 113, 50}, 34000};
const Cipher kOfServers{"vstarcam2018"};

RelayLeg::Config leg_config(RelaySide side = RelaySide::client) {
  RelayLeg::Config config;
  config.relay = kAllocated;
  config.word = {std::byte{0xa1}, std::byte{0xb2}, std::byte{0xc3}, std::byte{0xd4}};
  config.uid = uid("XHA-000994-KMMEB");
  config.side = side;
  return config;
}

std::vector<std::string> taken(RelayLeg& leg, const Cipher& cipher = {}) {
  std::vector<std::string> all;
  Datagram out;
  while (all.size() < 100 && leg.take_datagram(out)) {
    EXPECT_EQ(out.to, kAllocated);
    cipher.decrypt(MutableBytesView{out.bytes}.first(out.size));
    all.push_back(to_hex(out.view()));
  }
  return all;
}

// When each datagram left, until `end`.
std::vector<Duration> times(RelayLeg& leg, TimePoint from, TimePoint end) {
  std::vector<Duration> all(taken(leg).size(), Duration{});
  while (leg.deadline() && *leg.deadline() <= end) {
    const TimePoint now = *leg.deadline();
    leg.on_time(now);
    EXPECT_TRUE(!leg.deadline() || *leg.deadline() > now);
    for (std::size_t i = taken(leg).size(); i > 0; --i) all.push_back(now - from);
  }
  return all;
}

TEST(RelayLeg, ShowsWordUidAndSide) {
  RelayLeg client{kStart, leg_config()};
  EXPECT_EQ(taken(client), std::vector<std::string>{"f183001ca1b2c3d4"
                                                    "5848410000000000000003e24b4d4d4542000000"
                                                    "00000000"});
  RelayLeg device{kStart, leg_config(RelaySide::device)};
  EXPECT_EQ(taken(device), std::vector<std::string>{"f183001ca1b2c3d4"
                                                    "5848410000000000000003e24b4d4d4542000000"
                                                    "01000000"});
}

TEST(RelayLeg, ComesFourTimesAtOnceAndThenTwiceASecond) {
  RelayLeg leg{kStart, leg_config()};
  EXPECT_EQ(times(leg, kStart, kStart + 1100ms),
            (std::vector<Duration>{0ms, 20ms, 40ms, 60ms, 560ms, 1060ms}));
}

TEST(RelayLeg, ComesFourTimesMoreAtTheNewsThatTheOtherSideWasTold) {
  RelayLeg leg{kStart, leg_config()};
  (void)times(leg, kStart, kStart + 300ms);
  leg.burst(kStart + 300ms);
  EXPECT_EQ(times(leg, kStart + 300ms, kStart + 500ms),
            (std::vector<Duration>{0ms, 20ms, 40ms, 60ms}));
}

TEST(RelayLeg, IsReadyOnceWhenItsRelaySaysSo) {
  RelayLeg leg{kStart, leg_config()};
  EXPECT_FALSE(leg.is_ready());
  EXPECT_TRUE(leg.on_datagram(kAllocated, bytes_of(RlyRdy{leg_config().uid, {}})));
  EXPECT_TRUE(leg.is_ready());
  EXPECT_FALSE(leg.on_datagram(kAllocated, bytes_of(RlyRdy{leg_config().uid, {}}))) << "once";
  EXPECT_FALSE(leg.deadline().has_value());
  leg.burst(kStart + 1s);
  leg.on_time(kStart + 1min);
  EXPECT_TRUE(taken(leg).empty());
  EXPECT_FALSE(leg.is_over());
}

TEST(RelayLeg, IsNotMadeReadyByAnybodyElseNorByAnotherUidNorByOtherMessages) {
  RelayLeg leg{kStart, leg_config()};
  const Bytes right = bytes_of(RlyRdy{leg_config().uid, {}});
  EXPECT_FALSE(leg.on_datagram({kAllocated.ip, 34001}, right));
  EXPECT_FALSE(leg.on_datagram({{203, 0, 113, 51}, 34000}, right));
  EXPECT_FALSE(leg.on_datagram(kAllocated, bytes_of(RlyRdy{uid("XHA-000995-KMMEB"), {}})));
  EXPECT_FALSE(leg.on_datagram(kAllocated, bytes_of(RlyRdy{uid("XHA-000994-ABCDE"), {}})));
  EXPECT_FALSE(leg.on_datagram(kAllocated, bytes_of(P2pRdy{leg_config().uid})));
  EXPECT_FALSE(leg.on_datagram(kAllocated, bytes_of(RlyHelloAck{})));
  EXPECT_FALSE(leg.on_datagram(kAllocated, Bytes{}));
  EXPECT_FALSE(leg.on_datagram(kAllocated, Bytes(2000, std::byte{0xF1})));
  for (std::size_t size = 0; size < right.size(); ++size) {
    EXPECT_FALSE(leg.on_datagram(kAllocated, BytesView{right}.first(size))) << size;
  }
  EXPECT_FALSE(leg.is_ready());
  EXPECT_TRUE(leg.deadline().has_value());
}

TEST(RelayLeg, SpeaksTheServersCipherAndUnderstandsPlainAnswersToo) {
  RelayLeg::Config config = leg_config();
  config.cipher = kOfServers;
  const Bytes said = bytes_of(RlyRdy{config.uid, {}});
  RelayLeg leg{kStart, config};
  ASSERT_EQ(taken(leg, kOfServers).size(), 1U);
  EXPECT_TRUE(leg.on_datagram(kAllocated, bytes_of(RlyRdy{config.uid, {}}, kOfServers)));
  RelayLeg other{kStart, config};
  EXPECT_TRUE(other.on_datagram(kAllocated, said));
  RelayLeg plain{kStart, leg_config()};
  EXPECT_FALSE(plain.on_datagram(kAllocated, bytes_of(RlyRdy{config.uid, {}}, kOfServers)));
}

TEST(RelayLeg, IsOverWhenTheTimeIsUp) {
  RelayLeg leg{kStart, leg_config()};
  (void)times(leg, kStart, kStart + 4999ms);
  EXPECT_FALSE(leg.is_over());
  (void)times(leg, kStart, kStart + 5s);
  EXPECT_TRUE(leg.is_over());
  EXPECT_FALSE(leg.deadline().has_value());
  EXPECT_FALSE(leg.on_datagram(kAllocated, bytes_of(RlyRdy{leg_config().uid, {}})));
  EXPECT_FALSE(leg.is_ready());
  leg.burst(kStart + 6s);
  EXPECT_TRUE(taken(leg).empty());
}

}  // namespace
}  // namespace cam32100::protocol
