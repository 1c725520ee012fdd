#include <gmock/gmock.h>

#include "protocol/transport/channel.hpp"
#include "tests/unit/transport/conversation.hpp"

namespace cam32100::protocol {
namespace {

using namespace std::chrono_literals;
using namespace conversation;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Packet16 {
  std::uint16_t index;
  Bytes data;
};

std::vector<Packet16> take_all(Channel& channel, TimePoint now) {
  std::vector<Packet16> all;
  std::array<std::byte, kMaxDatagramBytes> out;
  while (const auto size = channel.take_drw(now, out)) {
    const auto packet = decode(BytesView{out}.first(*size)).value();
    const Drw& taken = std::get<Drw>(packet.message);
    all.push_back({taken.index, {taken.data.begin(), taken.data.end()}});
  }
  return all;
}

std::vector<std::uint16_t> indices_of(const std::vector<Packet16>& packets) {
  std::vector<std::uint16_t> all;
  for (const auto& packet : packets) all.push_back(packet.index);
  return all;
}

void acknowledge(Channel& channel, TimePoint now, const std::vector<std::uint16_t>& which) {
  const Bytes raw = indices(which);
  DrwAck ack;
  ack.indices = raw;
  channel.on_ack(now, ack);
}

// One packet each.
void send_packets(Channel& channel, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const Bytes block(kMaxDrwData, static_cast<std::byte>('a' + i % 26));
    ASSERT_TRUE(channel.send(block));
  }
}

TEST(IndexDistance, IsSignedAcrossTheWrap) {
  EXPECT_EQ(index_distance(0, 0xFFFF), 1);
  EXPECT_EQ(index_distance(0xFFFF, 0), -1);
  EXPECT_EQ(index_distance(0x7FFF, 0), 0x7FFF);
  EXPECT_EQ(index_distance(0x8000, 0), -0x8000);
  EXPECT_EQ(index_distance(5, 0xFFF0), 21);
}

// Room for what is in flight is made as it is needed: what is on its way keeps its place.
TEST(ChannelSending, KeepsWhatIsInFlightWhileItsRoomGrows) {
  Channel channel{0, {.window = 11, .first_index = 0xFFFC}};
  send_packets(channel, 4);
  EXPECT_THAT(indices_of(take_all(channel, kStart)), ElementsAre(0xFFFC, 0xFFFD, 0xFFFE, 0xFFFF));
  acknowledge(channel, kStart + 1ms, {0xFFFC, 0xFFFE});
  send_packets(channel, 12);
  const auto more = take_all(channel, kStart + 1ms);
  ASSERT_THAT(more, SizeIs(8)) << "eleven in flight, from the oldest to the newest";
  EXPECT_EQ(more.front().index, 0);
  EXPECT_EQ(more.back().index, 7);
  acknowledge(channel, kStart + 2ms, {5, 6, 7});  // 0xFFFD was overtaken by them
  const auto again = take_all(channel, kStart + 2ms);
  ASSERT_FALSE(again.empty());
  EXPECT_EQ(again.front().index, 0xFFFD);
  EXPECT_EQ(to_string(again.front().data), std::string(kMaxDrwData, 'b'));
}

TEST(ChannelSending, GathersSmallWritesIntoOnePacket) {
  Channel channel{0, {}};
  ASSERT_TRUE(channel.send(bytes_of("GET /a")));
  ASSERT_TRUE(channel.send(bytes_of("GET /b")));
  const auto sent = take_all(channel, kStart);
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(to_string(sent[0].data), "GET /aGET /b");
}

TEST(ChannelSending, CutsTheStreamAt1024BytesWhateverTheMessages) {
  Channel channel{0, {}};
  ASSERT_TRUE(channel.send(Bytes(1500, std::byte{1})));
  ASSERT_TRUE(channel.send(Bytes(1500, std::byte{2})));
  const auto sent = take_all(channel, kStart);
  ASSERT_THAT(sent, SizeIs(3));
  EXPECT_THAT(sent[0].data, SizeIs(1024));
  EXPECT_THAT(sent[1].data, SizeIs(1024));
  EXPECT_THAT(sent[2].data, SizeIs(952));
  EXPECT_EQ(sent[1].data.front(), std::byte{1});
  EXPECT_EQ(sent[1].data.back(), std::byte{2});
}

TEST(ChannelSending, SendsNothingForNothing) {
  Channel channel{0, {}};
  ASSERT_TRUE(channel.send({}));
  EXPECT_THAT(take_all(channel, kStart), IsEmpty());
  EXPECT_FALSE(channel.deadline());
  EXPECT_TRUE(channel.all_acknowledged());
}

TEST(ChannelSending, NumbersPacketsAcrossTheWrap) {
  Channel channel{0, {.first_index = 0xFFFE}};
  send_packets(channel, 4);
  EXPECT_THAT(indices_of(take_all(channel, kStart)), ElementsAre(0xFFFE, 0xFFFF, 0, 1));
  acknowledge(channel, kStart + 1ms, {0xFFFE, 0xFFFF, 0, 1});
  EXPECT_TRUE(channel.all_acknowledged());
}

TEST(ChannelSending, StopsAtTheWindowUntilTheOldestIsAcknowledged) {
  Channel channel{0, {.window = 4}};
  send_packets(channel, 6);
  EXPECT_THAT(indices_of(take_all(channel, kStart)), ElementsAre(0, 1, 2, 3));
  acknowledge(channel, kStart + 1ms, {1});
  EXPECT_THAT(take_all(channel, kStart + 1ms), IsEmpty());
  acknowledge(channel, kStart + 1ms, {0});
  EXPECT_THAT(indices_of(take_all(channel, kStart + 1ms)), ElementsAre(4, 5));
}

TEST(ChannelSending, RefusesWhatExceedsItsCapAndKeepsTheRest) {
  Channel channel{0, {.max_queued_bytes = 100}};
  ASSERT_TRUE(channel.send(Bytes(60, std::byte{1})));
  EXPECT_FALSE(channel.send(Bytes(41, std::byte{2})));
  EXPECT_TRUE(channel.send(Bytes(40, std::byte{3})));
  EXPECT_FALSE(channel.send(Bytes(1, std::byte{4})));
  EXPECT_THAT(take_all(channel, kStart)[0].data, SizeIs(100));
  EXPECT_FALSE(channel.send(Bytes(1, std::byte{4}))) << "in flight counts too";
  acknowledge(channel, kStart, {0});
  EXPECT_TRUE(channel.send(Bytes(100, std::byte{4})));
  EXPECT_EQ(channel.counters().peak_queued_bytes, 100U);
}

TEST(ChannelSending, ResendsTheSameIndexAndTheSameBytes) {
  Channel channel{0, {}};
  ASSERT_TRUE(channel.send(bytes_of("first")));
  const auto first = take_all(channel, kStart);
  ASSERT_TRUE(channel.send(bytes_of("later")));
  const auto later = take_all(channel, kStart + 1ms);
  const auto again = take_all(channel, *channel.deadline());
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].index, first[0].index);
  EXPECT_EQ(to_string(again[0].data), "first");
  EXPECT_EQ(channel.counters().resent, 1U);
}

TEST(ChannelSending, DoesNotResendBeforeTheDeadline) {
  Channel channel{0, {.first_resend = 200ms}};
  ASSERT_TRUE(channel.send(bytes_of("x")));
  (void)take_all(channel, kStart);
  EXPECT_EQ(channel.deadline(), kStart + 200ms);
  EXPECT_THAT(take_all(channel, kStart + 199ms), IsEmpty());
  EXPECT_THAT(take_all(channel, kStart + 200ms), SizeIs(1));
}

TEST(ChannelSending, WaitsLongerAfterEachUnansweredResendUpToTheMaximum) {
  Channel channel{0, {.max_resend = 1s, .first_resend = 200ms}};
  ASSERT_TRUE(channel.send(bytes_of("x")));
  TimePoint now = kStart;
  (void)take_all(channel, now);
  std::vector<Duration> waits;
  for (int i = 0; i < 5; ++i) {
    waits.push_back(*channel.deadline() - now);
    now = *channel.deadline();
    ASSERT_THAT(take_all(channel, now), SizeIs(1));
  }
  EXPECT_THAT(waits, ElementsAre(200ms, 400ms, 800ms, 1s, 1s));
}

TEST(ChannelSending, ItsDeadlineAdvancesWithoutADrain) {
  Channel channel{0, {}};
  send_packets(channel, 3);
  (void)take_all(channel, kStart);
  for (int i = 0; i < 10; ++i) {
    const TimePoint due = *channel.deadline();
    channel.on_time(due);
    ASSERT_GT(*channel.deadline(), due);
  }
}

TEST(ChannelSending, LearnsTheRoundTripAndResendsByIt) {
  Channel channel{0, {.min_resend = 20ms, .first_resend = 500ms}};
  TimePoint now = kStart;
  for (std::uint16_t i = 0; i < 30; ++i) {
    ASSERT_TRUE(channel.send(bytes_of("x")));
    (void)take_all(channel, now);
    now += 10ms;
    acknowledge(channel, now, {i});
  }
  EXPECT_EQ(channel.smoothed_rtt(), 10ms);
  ASSERT_TRUE(channel.send(bytes_of("x")));
  (void)take_all(channel, now);
  EXPECT_EQ(*channel.deadline() - now, 20ms) << "the configured minimum";
}

TEST(ChannelSending, MeasuresNothingFromAResentPacket) {
  Channel channel{0, {.first_resend = 200ms}};
  ASSERT_TRUE(channel.send(bytes_of("x")));
  (void)take_all(channel, kStart);
  (void)take_all(channel, kStart + 200ms);
  acknowledge(channel, kStart + 201ms, {0});
  EXPECT_TRUE(channel.all_acknowledged());
  EXPECT_FALSE(channel.smoothed_rtt());
}

TEST(ChannelSending, IgnoresARoundTripOfHoursAfterTheHostSlept) {
  Channel channel{0, {}};
  ASSERT_TRUE(channel.send(bytes_of("x")));
  (void)take_all(channel, kStart);
  acknowledge(channel, kStart + 5h, {0});
  EXPECT_TRUE(channel.all_acknowledged());
  EXPECT_FALSE(channel.smoothed_rtt());
}

TEST(ChannelSending, ResendsAtOnceWhenThreeNewerPacketsWereAcknowledged) {
  Channel channel{0, {}};
  send_packets(channel, 5);
  (void)take_all(channel, kStart);
  acknowledge(channel, kStart + 5ms, {1, 2, 3});
  EXPECT_THAT(indices_of(take_all(channel, kStart + 5ms)), ElementsAre(0));
  EXPECT_THAT(take_all(channel, kStart + 5ms), IsEmpty()) << "once";
}

TEST(ChannelSending, TakesTwoNewerAcksForMereReordering) {
  Channel channel{0, {}};
  send_packets(channel, 5);
  (void)take_all(channel, kStart);
  acknowledge(channel, kStart + 5ms, {1, 3});
  EXPECT_THAT(take_all(channel, kStart + 5ms), IsEmpty());
  acknowledge(channel, kStart + 6ms, {1, 3});
  EXPECT_THAT(take_all(channel, kStart + 6ms), IsEmpty()) << "repeated ACKs count once";
}

TEST(ChannelSending, DoesNotResendAgainForAcksOfPacketsSentBeforeTheResend) {
  Channel channel{0, {}};
  send_packets(channel, 8);
  (void)take_all(channel, kStart);
  acknowledge(channel, kStart + 5ms, {1, 2, 3});
  ASSERT_THAT(take_all(channel, kStart + 5ms), SizeIs(1));
  acknowledge(channel, kStart + 6ms, {4, 5, 6, 7});
  EXPECT_THAT(take_all(channel, kStart + 6ms), IsEmpty());
}

TEST(ChannelSending, IgnoresAcksOfIndicesItNeverSent) {
  Channel channel{0, {}};
  send_packets(channel, 2);
  (void)take_all(channel, kStart);
  acknowledge(channel, kStart, {2, 3, 0x8000, 0xFFFF, 17});
  EXPECT_FALSE(channel.all_acknowledged());
  EXPECT_EQ(channel.queued_bytes(), 2 * kMaxDrwData);
  EXPECT_FALSE(channel.smoothed_rtt());
}

TEST(ChannelSending, IgnoresRepeatedAndEmptyAcks) {
  Channel channel{0, {}};
  send_packets(channel, 2);
  (void)take_all(channel, kStart);
  acknowledge(channel, kStart, {1, 1, 1});
  acknowledge(channel, kStart, {});
  EXPECT_EQ(channel.queued_bytes(), 2 * kMaxDrwData);
  acknowledge(channel, kStart, {0});
  acknowledge(channel, kStart, {0});
  EXPECT_TRUE(channel.all_acknowledged());
}

TEST(ChannelSending, FailsWhenAPacketWasResentAsOftenAsAllowed) {
  Channel channel{0, {.max_resends = 3}};
  ASSERT_TRUE(channel.send(bytes_of("x")));
  (void)take_all(channel, kStart);
  for (int i = 0; i < 3; ++i) {
    ASSERT_FALSE(channel.failed());
    ASSERT_THAT(take_all(channel, *channel.deadline()), SizeIs(1));
  }
  EXPECT_FALSE(channel.failed()) << "the last copy still has its time";
  channel.on_time(*channel.deadline());
  EXPECT_TRUE(channel.failed());
  EXPECT_FALSE(channel.deadline());
}

TEST(ChannelSending, DoesNotFailWhenTheLastCopyIsAcknowledged) {
  Channel channel{0, {.max_resends = 1}};
  ASSERT_TRUE(channel.send(bytes_of("x")));
  (void)take_all(channel, kStart);
  ASSERT_THAT(take_all(channel, *channel.deadline()), SizeIs(1));
  const TimePoint due = *channel.deadline();
  acknowledge(channel, due - 1ms, {0});
  channel.on_time(due);
  EXPECT_FALSE(channel.failed());
}

TEST(ChannelSending, WritesNothingIntoABufferThatIsTooSmall) {
  Channel channel{0, {}};
  ASSERT_TRUE(channel.send(bytes_of("x")));
  std::array<std::byte, 100> small;
  EXPECT_FALSE(channel.take_drw(kStart, small));
  EXPECT_THAT(take_all(channel, kStart), SizeIs(1)) << "and loses nothing by it";
}

}  // namespace
}  // namespace cam32100::protocol
