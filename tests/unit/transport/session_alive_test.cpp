#include "tests/unit/transport/open_session.hpp"

namespace cam32100::protocol {
namespace {

using namespace std::chrono_literals;
using namespace conversation;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

TEST_F(OpenSession, AnswersEachAliveAtOnce) {
  open();
  hear(kStart, Alive{});
  EXPECT_THAT(types(drained(kStart)), ElementsAre(MessageType::ALIVE_ACK));
  EXPECT_THAT(drained(kStart), IsEmpty());
}

TEST_F(OpenSession, NeverAnswersAliveAck) {
  open();
  hear(kStart, AliveAck{});
  EXPECT_THAT(drained(kStart), IsEmpty());
  EXPECT_EQ(session->counters().alive_ack_in, 1U);
}

TEST_F(OpenSession, BoundsItsAnswersToAFloodOfAlives) {
  open();
  for (int i = 0; i < 10'000; ++i) hear(kStart, Alive{});
  EXPECT_THAT(drained(kStart), SizeIs(AllOf(Ge(1U), Le(16U))));
}

TEST_F(OpenSession, AcceptsAnAliveWithAJunkTail) {
  open();
  Bytes padded = bytes_of(Alive{});
  padded.resize(28, std::byte{0xAA});
  session->on_datagram(kStart, kCamera, padded);
  EXPECT_THAT(types(drained(kStart)), ElementsAre(MessageType::ALIVE_ACK));
}

TEST_F(OpenSession, SaysAliveAfterASecondOfSilence) {
  open();
  EXPECT_EQ(session->deadline(), kStart + 1s);
  session->on_time(kStart + 999ms);
  EXPECT_THAT(drained(kStart + 999ms), IsEmpty());
  session->on_time(kStart + 1s);
  EXPECT_THAT(types(drained(kStart + 1s)), ElementsAre(MessageType::ALIVE));
  EXPECT_EQ(session->deadline(), kStart + 2s);
}

TEST_F(OpenSession, DoesNotAskAPeerThatAsksEachSecondByItself) {
  open();
  auto at = kStart;
  for (int i = 0; i < 20; ++i) {
    hear(at, Alive{});
    EXPECT_THAT(types(drained(at)), ElementsAre(MessageType::ALIVE_ACK));
    if (i == 19) break;
    at += 1020ms;  // its timer is a little late
    session->on_time(at - 1ms);
    EXPECT_THAT(drained(at - 1ms), IsEmpty());
  }
  session->on_time(at + 1499ms);
  EXPECT_THAT(drained(at + 1499ms), IsEmpty());
  session->on_time(at + 1500ms);
  EXPECT_THAT(types(drained(at + 1500ms)), ElementsAre(MessageType::ALIVE)) << "it fell silent";
}

TEST_F(OpenSession, SaysNoAliveWhileThePeerTalks) {
  open();
  for (int i = 1; i <= 20; ++i) hear(kStart + i * 500ms, AliveAck{});
  EXPECT_EQ(session->deadline(), kStart + 11s);
  EXPECT_THAT(drained(kStart + 10s), IsEmpty());
}

TEST_F(OpenSession, TakesAnyValidPacketOfThePeerForLife) {
  open();
  Unknown odd;
  odd.type = 0x99;
  hear(kStart + 9s, odd);
  EXPECT_EQ(session->last_heard(), kStart + 9s);
  EXPECT_EQ(session->counters().unknown_messages, 1U);
}

TEST_F(OpenSession, DoesNotTakeGarbageOrStrangersForLife) {
  open();
  session->on_datagram(kStart + 9s, kCamera, as_bytes("garbage"));
  session->on_datagram(kStart + 9s, kCamera, {});
  hear(kStart + 9s, Alive{}, kStranger);
  EXPECT_EQ(session->last_heard(), kStart);
  EXPECT_EQ(session->counters().malformed, 2U);
  EXPECT_EQ(session->counters().unknown_senders, 1U);
}

}  // namespace
}  // namespace cam32100::protocol
