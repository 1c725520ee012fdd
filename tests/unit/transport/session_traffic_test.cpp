#include <gmock/gmock.h>

#include "tests/unit/transport/open_session.hpp"

namespace cam32100::protocol {
namespace {

using namespace std::chrono_literals;
using namespace conversation;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(OpenSession, DeliversTheStreamOfEachChannelInOrder) {
  open();
  hear(kStart, drw(1, as_bytes("world"), 0));
  hear(kStart, drw(0, as_bytes("video"), 1));
  hear(kStart, drw(0, as_bytes("hello "), 0));
  hear(kStart, drw(2, as_bytes("!"), 0));
  EXPECT_EQ(recorder.text[0], "hello world!");
  EXPECT_EQ(recorder.text[1], "video");
  EXPECT_EQ(session->counters().reordered, 1U);
}

TEST_F(OpenSession, DeliversNothingTwice) {
  open();
  for (int i = 0; i < 3; ++i) hear(kStart, drw(0, as_bytes("once")));
  EXPECT_EQ(recorder.text[0], "once");
  EXPECT_EQ(session->counters().duplicates, 2U);
  const auto sent = drained(kStart);
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_THAT(acknowledged(sent[0].as<DrwAck>()), ElementsAre(0, 0, 0)) << "but acknowledges again";
}

TEST_F(OpenSession, AcknowledgesABatchTogetherAndBeforeAllElse) {
  open();
  ASSERT_TRUE(session->send(kStart, 0, as_bytes("GET")));
  session->on_time(kStart + 1s);  // ALIVE is due
  hear(kStart + 1s, Alive{});
  for (std::uint16_t i = 0; i < 100; ++i) hear(kStart + 1s, drw(i, as_bytes("x")));
  hear(kStart + 1s, drw(0, as_bytes("v"), 1));
  const auto sent = drained(kStart + 1s);
  EXPECT_THAT(types(sent),
              ElementsAre(MessageType::DRW_ACK, MessageType::DRW_ACK, MessageType::DRW_ACK,
                          MessageType::ALIVE_ACK, MessageType::DRW, MessageType::ALIVE));
  EXPECT_EQ(sent[0].as<DrwAck>().count(), 80U);
  EXPECT_EQ(sent[1].as<DrwAck>().count(), 20U);
  EXPECT_EQ(sent[2].as<DrwAck>().channel, 1U);
}

TEST_F(OpenSession, HasNoTimerForAcks) {
  open();
  const auto before = session->deadline();
  hear(kStart, drw(0, as_bytes("x")));
  EXPECT_EQ(session->deadline(), before);
  EXPECT_THAT(types(drained(kStart)), ElementsAre(MessageType::DRW_ACK));
  EXPECT_THAT(drained(kStart), IsEmpty());
}

TEST_F(OpenSession, ResendsARequestUntilItIsAcknowledged) {
  open();
  ASSERT_TRUE(session->send(kStart, 0, as_bytes("GET")));
  const Bytes first = drained(kStart).at(0).bytes;
  EXPECT_EQ(session->deadline(), kStart + 200ms);
  const auto again = pass_time(*session, kStart + 200ms);
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].bytes, first);
  EXPECT_EQ(session->counters().resent, 1U);
  const Bytes raw = indices({0});
  DrwAck ack;
  ack.indices = raw;
  hear(kStart + 210ms, ack);
  EXPECT_THAT(types(pass_time(*session, kStart + 5s)), Not(Contains(MessageType::DRW)));
  EXPECT_EQ(session->queued_bytes(), 0U);
}

TEST_F(OpenSession, UnderstandsTheAckOfCapture13AndOfOldApps) {
  for (const char* hex : {"f1d10006d10000010000", "f1d10006d20000010000"}) {
    open();
    ASSERT_TRUE(session->send(kStart, 0, as_bytes("GET")));
    (void)drained(kStart);
    Bytes ack;
    ASSERT_TRUE(from_hex(hex, ack));
    session->on_datagram(kStart + 12ms, kCamera, ack);
    EXPECT_EQ(session->queued_bytes(), 0U);
    EXPECT_EQ(session->rtt(), 12ms);
  }
}

TEST_F(OpenSession, IgnoresForgedAcksDataAndReadies) {
  open();
  ASSERT_TRUE(session->send(kStart, 0, as_bytes("GET")));
  (void)drained(kStart);
  const Bytes raw = indices({0});
  DrwAck ack;
  ack.indices = raw;
  hear(kStart, ack, kStranger);
  hear(kStart, drw(0, as_bytes("forged")), kStranger);
  hear(kStart, P2pRdy{uid()}, kStranger);
  EXPECT_EQ(session->queued_bytes(), 3U);
  EXPECT_EQ(recorder.calls, 0U);
  EXPECT_EQ(session->peer(), kCamera);
  EXPECT_THAT(drained(kStart), IsEmpty());
  EXPECT_EQ(session->counters().unknown_senders, 2U) << "P2P_RDY under our id may be the camera's";
}

TEST_F(OpenSession, TellsEachStrangerOnceWithItsType) {
  open();
  for (int i = 0; i < 5; ++i) hear(kStart, Close{}, kStranger);
  hear(kStart, Alive{}, kStranger);
  const auto told = events_of<UnknownSender>(*session);
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(told[0].from, kStranger);
  EXPECT_EQ(told[0].type, 0xF0);
  EXPECT_EQ(told[1].type, 0xE0);
}

TEST_F(OpenSession, KeepsAFloodOfForgedSendersInFixedMemory) {
  open();
  for (unsigned i = 0; i < 50'000; ++i) {
    const Address from{{10, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8),
                        static_cast<std::uint8_t>(i)},
                       1234};
    hear(kStart, Close{}, from);
  }
  EXPECT_EQ(session->counters().unknown_senders, 50'000U);
  EXPECT_THAT(events_of<UnknownSender>(*session), SizeIs(16));
  hear(kStart + 1min, Close{}, kStranger);
  EXPECT_THAT(events_of<UnknownSender>(*session), SizeIs(1)) << "and is told of again later";
}

TEST_F(OpenSession, GivesTheHeadOfAnUnknownMessage) {
  open();
  const Bytes body(300, std::byte{7});
  Unknown odd;
  odd.type = 0x99;
  odd.body = body;
  hear(kStart, odd);
  const auto told = events_of<UnknownMessage>(*session);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].type, 0x99);
  EXPECT_THAT(told[0].head, SizeIs(256));
  EXPECT_EQ(told[0].from, kCamera);
  EXPECT_EQ(session->state(), Session::State::ready);
}

TEST_F(OpenSession, TellsWhatItCannotReadOnceOfAType) {
  open();
  const Bytes nine = [] {
    Bytes bytes = bytes_of(drw(0, as_bytes("x")));
    bytes[5] = std::byte{8};
    return bytes;
  }();
  for (int i = 0; i < 100; ++i) session->on_datagram(kStart, kCamera, nine);
  session->on_datagram(kStart, kCamera, as_bytes("no packet"));
  const auto told = events_of<UnknownMessage>(*session);
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(told[0].type, 0xD0);
  EXPECT_EQ(to_hex(told[0].head), to_hex(nine));
  EXPECT_EQ(told[0].from, kCamera);
  EXPECT_EQ(told[1].type, 0);
  EXPECT_EQ(to_string(told[1].head), "no packet");
  EXPECT_EQ(session->counters().malformed, 101U);
  session->on_datagram(kStart + 1min, kCamera, nine);
  EXPECT_THAT(events_of<UnknownMessage>(*session), SizeIs(1)) << "and again later";
}

TEST_F(OpenSession, TellsNoMoreThanSixteenUnreadableDatagramsAMinute) {
  open();
  for (unsigned type = 0; type < 256; ++type) {
    Bytes cut = bytes_of(drw(0, as_bytes("x")));
    cut[1] = static_cast<std::byte>(type);
    cut[3] = std::byte{0xFF};  // longer than it is
    session->on_datagram(kStart, kCamera, cut);
  }
  EXPECT_THAT(events_of<UnknownMessage>(*session), SizeIs(16));
  EXPECT_EQ(session->counters().malformed, 256U);
  EXPECT_EQ(session->counters().unknown_messages, 0U);
}

TEST_F(OpenSession, ShowsWhatItCannotReadDeciphered) {
  const Cipher cipher{"vstarcam2019"};
  SessionConfig config = make_config();
  config.ciphers = {{"vstarcam2019", cipher}};
  session.emplace(kStart, config, 1, recorder);
  session->add_candidate(kStart, kCamera, Path::lan);
  session->on_datagram(kStart, kCamera, bytes_of(P2pRdy{uid()}, cipher));
  Bytes cut = bytes_of(PunchTo{});
  cut.resize(10);
  const std::string plain = to_hex(cut);
  cipher.encrypt(cut);
  session->on_datagram(kStart, kCamera, cut);
  const auto told = events_of<UnknownMessage>(*session);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].type, 0x40);
  EXPECT_EQ(to_hex(told[0].head), plain);
}

TEST_F(OpenSession, CapsItsEventsAndCountsWhatItDropped) {
  open();
  Unknown odd;
  odd.type = 0x99;
  for (int i = 0; i < 1000; ++i) hear(kStart, odd);
  session->close(kStart);
  (void)pass_time(*session, kStart + 1min);
  std::size_t unknown = 0;
  std::size_t closed = 0;
  while (const auto event = session->take_event()) {
    unknown += std::holds_alternative<UnknownMessage>(*event) ? 1U : 0U;
    closed += std::holds_alternative<SessionClosed>(*event) ? 1U : 0U;
  }
  EXPECT_EQ(unknown + closed, 256U);
  EXPECT_EQ(closed, 1U);
  EXPECT_EQ(session->counters().dropped_events, 745U);
}

TEST_F(OpenSession, TellsPacketsOnlyWhenAsked) {
  open();
  hear(kStart, Alive{});
  hear(kStart, drw(0, as_bytes("x")));
  EXPECT_FALSE(session->take_event());

  SessionConfig config = make_config();
  config.packet_events = true;
  open(config);
  hear(kStart, Alive{});
  hear(kStart, AliveAck{});
  hear(kStart, drw(0, as_bytes("four"), 2));
  const Bytes raw = indices({4, 5});
  DrwAck ack;
  ack.indices = raw;
  hear(kStart, ack);
  EXPECT_TRUE(std::holds_alternative<AliveSeen>(session->take_event().value()));
  EXPECT_TRUE(std::holds_alternative<AliveAckSeen>(session->take_event().value()));
  const auto packet = std::get<PacketSeen>(session->take_event().value());
  EXPECT_EQ(packet.channel, 2U);
  EXPECT_EQ(packet.bytes, 4U);
  EXPECT_THAT(std::get<AckSeen>(session->take_event().value()).indices, ElementsAre(4, 5));
}

TEST_F(OpenSession, RefusesToQueueBeyondTheCap) {
  SessionConfig config = make_config();
  config.channel.max_queued_bytes = 1000;
  open(config);
  EXPECT_TRUE(session->send(kStart, 0, Bytes(1000)));
  const auto refused = session->send(kStart, 0, Bytes(1));
  EXPECT_EQ(refused.error(), make_error_code(Errc::queue_full));
  EXPECT_TRUE(session->send(kStart, 1, Bytes(1000))) << "each channel has its own";
}

TEST_F(OpenSession, RefusesAChannelThatDoesNotExist) {
  open();
  EXPECT_EQ(session->send(kStart, 8, Bytes(1)).error(), make_error_code(Errc::bad_length));
}

TEST_F(OpenSession, CountsADatagramForAChannelThatDoesNotExistAsMalformed) {
  open();
  Bytes nine = bytes_of(drw(0, as_bytes("x")));
  nine[5] = std::byte{8};
  session->on_datagram(kStart, kCamera, nine);
  EXPECT_EQ(session->counters().malformed, 1U);
  EXPECT_EQ(session->state(), Session::State::ready);
}

TEST_F(OpenSession, CountsADatagramBeyondTheMaximumAsMalformed) {
  open();
  Bytes large = bytes_of(Alive{});
  large.resize(kMaxDatagramBytes + 1);
  session->on_datagram(kStart, kCamera, large);
  EXPECT_EQ(session->counters().malformed, 1U);
  EXPECT_THAT(drained(kStart), IsEmpty());
}

TEST_F(OpenSession, DoesNothingOnEarlyOrSpuriousTime) {
  open();
  for (int i = 0; i < 100; ++i) session->on_time(kStart + i * 1ms);
  EXPECT_THAT(drained(kStart + 100ms), IsEmpty());
  EXPECT_EQ(session->deadline(), kStart + 1s);
}

TEST_F(OpenSession, DeliversAnEncryptedStream) {
  const Cipher cipher{"vstarcam2019"};
  SessionConfig config = make_config();
  config.ciphers = {{"vstarcam2019", cipher}};
  session.emplace(kStart, config, 1, recorder);
  session->add_candidate(kStart, kCamera, Path::lan);
  session->on_datagram(kStart, kCamera, bytes_of(P2pRdy{uid()}, cipher));
  session->on_datagram(kStart, kCamera, bytes_of(drw(0, as_bytes("secret")), cipher));
  EXPECT_EQ(recorder.text[0], "secret");
  EXPECT_THAT(types(drain(*session, kStart, cipher)),
              ElementsAre(MessageType::DRW_ACK, MessageType::ALIVE));
}

}  // namespace
}  // namespace cam32100::protocol
