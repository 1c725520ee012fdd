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
using ::testing::UnorderedElementsAre;
using Received = Channel::Received;

// A packet whose data are its own text.
Received receive(Channel& channel, std::uint16_t index, std::string_view text = "x") {
  return channel.on_drw(kStart, drw(index, as_bytes(text)));
}

std::string rest(Channel& channel) {
  std::string all;
  while (const auto view = channel.next_in_order()) all += to_string(*view);
  return all;
}

std::vector<std::vector<std::uint16_t>> take_acks(Channel& channel) {
  std::vector<std::vector<std::uint16_t>> all;
  std::array<std::byte, kMaxDatagramBytes> out;
  while (const auto size = channel.take_ack(out)) {
    const auto packet = decode(BytesView{out}.first(*size)).value();
    all.push_back(acknowledged(std::get<DrwAck>(packet.message)));
  }
  return all;
}

TEST(ChannelReceiving, HandsPacketsInOrderStraightThrough) {
  Channel channel{0, {}};
  EXPECT_EQ(receive(channel, 0), Received::in_order);
  EXPECT_FALSE(channel.next_in_order());
  EXPECT_EQ(receive(channel, 1), Received::in_order);
  EXPECT_EQ(channel.counters().received, 2U);
}

TEST(ChannelReceiving, HoldsWhatIsAheadOfAGapAndDeliversItInOrder) {
  Channel channel{0, {}};
  EXPECT_EQ(receive(channel, 2, "c"), Received::buffered);
  EXPECT_EQ(receive(channel, 1, "b"), Received::buffered);
  EXPECT_FALSE(channel.next_in_order());
  EXPECT_EQ(receive(channel, 0, "a"), Received::in_order);
  EXPECT_EQ(rest(channel), "bc");
  EXPECT_EQ(receive(channel, 3, "d"), Received::in_order);
  EXPECT_EQ(channel.reorder_bytes(), 0U);
}

TEST(ChannelReceiving, OrdersAcrossTheWrap) {
  for (const std::uint16_t first : {std::uint16_t{0xFF00}, std::uint16_t{0xFFFE}}) {
    Channel channel{0, {.first_index = first}};
    std::string text;
    for (unsigned i = 0; i < 600; i += 2) {  // each pair swapped
      const auto index = static_cast<std::uint16_t>(first + i);
      const auto later = static_cast<std::uint16_t>(index + 1);
      ASSERT_EQ(receive(channel, later, "b"), Received::buffered);
      ASSERT_EQ(receive(channel, index, "a"), Received::in_order);
      ASSERT_EQ(rest(channel), "b");
      ASSERT_EQ(receive(channel, index), Received::duplicate);
    }
  }
}

TEST(ChannelReceiving, AcknowledgesADuplicateAgainAndDoesNotDeliverIt) {
  Channel channel{0, {}};
  ASSERT_EQ(receive(channel, 0), Received::in_order);
  EXPECT_THAT(take_acks(channel), ElementsAre(ElementsAre(0)));
  EXPECT_EQ(receive(channel, 0), Received::duplicate);
  EXPECT_THAT(take_acks(channel), ElementsAre(ElementsAre(0)));
  EXPECT_EQ(channel.counters().duplicates, 1U);
}

TEST(ChannelReceiving, TellsADuplicateOfAHeldPacket) {
  Channel channel{0, {}};
  ASSERT_EQ(receive(channel, 3, "first"), Received::buffered);
  EXPECT_EQ(receive(channel, 3, "other"), Received::duplicate);
  EXPECT_EQ(channel.reorder_bytes(), 5U);
  EXPECT_THAT(take_acks(channel), ElementsAre(ElementsAre(3, 3)));
}

TEST(ChannelReceiving, RefusesWithoutAckBeyondTheReorderCap) {
  Channel channel{0, {.max_reorder_bytes = 10}};
  EXPECT_EQ(receive(channel, 1, "123456"), Received::buffered);
  EXPECT_EQ(receive(channel, 2, "12345"), Received::refused);
  EXPECT_EQ(receive(channel, 3, "1234"), Received::buffered);
  EXPECT_THAT(take_acks(channel), ElementsAre(ElementsAre(1, 3)));
  EXPECT_EQ(channel.counters().refused, 1U);
  EXPECT_EQ(channel.counters().peak_reorder_bytes, 10U);
  EXPECT_EQ(receive(channel, 0, "a very long packet that fills the gap"), Received::in_order)
      << "the cap never blocks the gap itself";
}

TEST(ChannelReceiving, RefusesWhatIsTooFarAhead) {
  Channel channel{0, {}};
  EXPECT_EQ(receive(channel, 999), Received::buffered);
  EXPECT_EQ(receive(channel, 1000), Received::refused);
  EXPECT_EQ(receive(channel, 1024), Received::refused) << "not mistaken for index 0";
  EXPECT_EQ(receive(channel, 0x7FFF), Received::refused);
  EXPECT_THAT(take_acks(channel), ElementsAre(ElementsAre(999)));
}

TEST(ChannelReceiving, HoldsAsFarAheadAsItIsToldAcrossTheWrap) {
  for (const std::size_t farthest : {std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
    Channel channel{0, {.farthest_ahead = farthest, .first_index = 0xFF00}};
    const auto at = [](std::size_t ahead) { return static_cast<std::uint16_t>(0xFF00 + ahead); };
    EXPECT_EQ(receive(channel, at(farthest)), Received::refused) << farthest;
    for (std::size_t ahead = farthest - 1; ahead > 0; --ahead)
      ASSERT_EQ(receive(channel, at(ahead)), Received::buffered) << ahead;
    EXPECT_EQ(receive(channel, at(farthest - 1)),
              farthest == 1 ? Received::in_order : Received::duplicate);
    EXPECT_EQ(receive(channel, at(farthest)),
              farthest == 1 ? Received::in_order : Received::refused);
    if (farthest == 1) continue;
    EXPECT_EQ(receive(channel, at(0)), Received::in_order);
    std::size_t followed = 0;
    while (channel.next_in_order()) ++followed;
    EXPECT_EQ(followed, farthest - 1);
  }
}

TEST(ChannelReceiving, TakesHalfTheRingForThePast) {
  Channel channel{0, {}};
  EXPECT_EQ(receive(channel, 0x8000), Received::duplicate);
  EXPECT_EQ(receive(channel, 0xFFFF), Received::duplicate);
  EXPECT_EQ(receive(channel, 0), Received::in_order);
}

TEST(ChannelReceiving, AcknowledgesWithoutATimerAsSoonAsAsked) {
  Channel channel{3, {}};
  EXPECT_FALSE(channel.has_ack());
  (void)receive(channel, 0);
  EXPECT_TRUE(channel.has_ack());
  std::array<std::byte, kMaxDatagramBytes> out;
  const auto size = channel.take_ack(out);
  ASSERT_TRUE(size);
  EXPECT_EQ(to_hex(BytesView{out}.first(*size)), "f1d10006d10300010000");
  EXPECT_FALSE(channel.has_ack());
}

TEST(ChannelReceiving, HasNothingToAcknowledgeAtFirst) {
  Channel channel{0, {}};
  EXPECT_THAT(take_acks(channel), IsEmpty());
  EXPECT_FALSE(channel.deadline());
}

TEST(ChannelReceiving, PutsAtMost80IndicesIntoOneAck) {
  Channel channel{0, {}};
  for (std::uint16_t i = 0; i < 200; ++i) (void)receive(channel, i);
  const auto acks = take_acks(channel);
  ASSERT_THAT(acks, SizeIs(3));
  EXPECT_THAT(acks[0], SizeIs(80));
  EXPECT_THAT(acks[1], SizeIs(80));
  EXPECT_THAT(acks[2], SizeIs(40));
}

TEST(ChannelReceiving, DropsWaitingAcksOfDuplicatesFirst) {
  Channel channel{0, {.max_pending_acks = 4}};
  for (std::uint16_t i = 0; i < 3; ++i) (void)receive(channel, i);
  for (int i = 0; i < 100; ++i) (void)receive(channel, 1);
  (void)receive(channel, 3);
  EXPECT_THAT(take_acks(channel), ElementsAre(UnorderedElementsAre(0, 1, 2, 3)));
}

TEST(ChannelReceiving, KeepsItsAckCapWhenNothingIsEverTaken) {
  Channel channel{0, {.max_pending_acks = 100}};
  for (unsigned i = 0; i < 5000; ++i) (void)receive(channel, static_cast<std::uint16_t>(i));
  std::size_t waiting = 0;
  for (const auto& ack : take_acks(channel)) waiting += ack.size();
  EXPECT_EQ(waiting, 100U);
  EXPECT_EQ(channel.counters().dropped_acks, 4900U);
}

TEST(ChannelReceiving, AcceptsIndicesFromTheStartAfterARestart) {
  Channel channel{2, {}};
  for (std::uint16_t i = 0; i < 5; ++i) (void)receive(channel, i);
  (void)receive(channel, 7, "held");
  channel.restart_receiving();
  EXPECT_EQ(receive(channel, 0), Received::in_order);
  EXPECT_FALSE(channel.next_in_order());
  EXPECT_EQ(channel.reorder_bytes(), 0U);
  EXPECT_EQ(receive(channel, 7, "new"), Received::buffered) << "the old one is forgotten";
}

TEST(ChannelReceiving, WithoutARestartTheStartIsTheLongPast) {
  Channel channel{2, {}};
  for (std::uint16_t i = 0; i < 5; ++i) (void)receive(channel, i);
  EXPECT_EQ(receive(channel, 0), Received::duplicate);
}

TEST(ChannelReceiving, SurvivesAnOwnerThatDoesNotTakeWhatFollowsTheGap) {
  Channel channel{0, {}};
  (void)receive(channel, 1, "b");
  (void)receive(channel, 0, "a");
  EXPECT_EQ(receive(channel, 1, "b"), Received::duplicate);
  EXPECT_EQ(receive(channel, 2, "c"), Received::buffered);
  EXPECT_EQ(rest(channel), "bc");
}

}  // namespace
}  // namespace cam32100::protocol
