#include <gmock/gmock.h>

#include "tests/unit/transport/conversation.hpp"

namespace cam32100::protocol {
namespace {

using namespace std::chrono_literals;
using namespace conversation;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class SessionEnding : public ::testing::Test {
 protected:
  SessionEnding() {
    config.uid = uid();
    session.emplace(kStart, config, 1, recorder);
  }
  void open() {
    session->add_candidate(kStart, kCamera, Path::lan);
    hear(kStart, P2pRdy{uid()});
    (void)drain(*session, kStart);
    EXPECT_THAT(events_of<Ready>(*session), SizeIs(1));
  }
  void hear(TimePoint now, const Message& message, const Address& from = kCamera) {
    session->on_datagram(now, from, bytes_of(message));
  }
  SessionClosed closed() {
    const auto events = events_of<SessionClosed>(*session);
    EXPECT_THAT(events, SizeIs(1));
    EXPECT_EQ(session->state(), Session::State::closed);
    return events.empty() ? SessionClosed{} : events.front();
  }

  SessionConfig config;
  Recorder recorder;
  std::optional<Session> session;
};

TEST_F(SessionEnding, SaysCloseThreeTimesWithinTheGrace) {
  open();
  session->close(kStart);
  EXPECT_EQ(session->state(), Session::State::closing);
  auto sent = drain(*session, kStart);
  for (auto& later : pass_time(*session, kStart + 300ms)) sent.push_back(std::move(later));
  EXPECT_THAT(types(sent), ElementsAre(MessageType::CLOSE, MessageType::CLOSE, MessageType::CLOSE));
  const SessionClosed event = closed();
  EXPECT_EQ(event.code, Errc::closed_by_us);
  EXPECT_EQ(event.operation, Operation::closing);
  EXPECT_EQ(event.open_for, 300ms);
  EXPECT_FALSE(session->deadline());
}

TEST_F(SessionEnding, AcknowledgesWhatItReceivedBeforeItSaysClose) {
  open();
  hear(kStart, drw(0, as_bytes("x")));
  ASSERT_TRUE(session->send(kStart, 0, as_bytes("never sent")));
  session->close(kStart);
  EXPECT_THAT(types(drain(*session, kStart)),
              ElementsAre(MessageType::DRW_ACK, MessageType::CLOSE));
}

TEST_F(SessionEnding, DeliversNothingAfterClose) {
  open();
  session->close(kStart);
  hear(kStart + 1ms, drw(0, as_bytes("late")));
  EXPECT_EQ(recorder.calls, 0U);
  EXPECT_EQ(session->send(kStart, 0, as_bytes("x")).error(), make_error_code(Errc::closed_by_us));
}

TEST_F(SessionEnding, EndsAtOnceWhenNobodyWasThereToSayCloseTo) {
  session->add_candidate(kStart, kCamera, Path::direct);
  session->close(kStart);
  EXPECT_EQ(closed().code, Errc::closed_by_us);
  EXPECT_THAT(drain(*session, kStart), IsEmpty());
  EXPECT_FALSE(session->deadline());
}

TEST_F(SessionEnding, EndsAtOnceWhenThePeerClosesToo) {
  open();
  session->close(kStart);
  hear(kStart + 10ms, Close{});
  EXPECT_EQ(closed().code, Errc::closed_by_us);
}

TEST_F(SessionEnding, TakesASecondCloseForTheFirst) {
  open();
  session->close(kStart);
  (void)drain(*session, kStart);
  session->close(kStart + 10ms);
  EXPECT_THAT(drain(*session, kStart + 10ms), IsEmpty());
  (void)pass_time(*session, kStart + 1min);
  session->close(kStart + 1min);
  EXPECT_EQ(closed().open_for, 300ms);
}

TEST_F(SessionEnding, EndsWhenThePeerClosesAndDoesNotReply) {
  open();
  hear(kStart + 1s, Alive{});
  (void)drain(*session, kStart + 1s);
  hear(kStart + 2s, Close{});
  const SessionClosed event = closed();
  EXPECT_EQ(event.code, Errc::closed_by_peer);
  EXPECT_EQ(event.open_for, 2s);
  EXPECT_THAT(drain(*session, kStart + 2s), IsEmpty());
  EXPECT_FALSE(session->deadline());
  EXPECT_EQ(session->send(kStart + 3s, 0, as_bytes("x")).error(),
            make_error_code(Errc::closed_by_peer));
}

TEST_F(SessionEnding, IgnoresACloseFromAnotherAddressOrPort) {
  open();
  hear(kStart, Close{}, kStranger);
  hear(kStart, Close{}, Address{kCamera.ip, 4711});
  EXPECT_EQ(session->state(), Session::State::ready);
  EXPECT_EQ(session->counters().unknown_senders, 2U);
}

TEST_F(SessionEnding, IsRefusedWhenCloseFollowsReadyDirectly) {
  session->add_candidate(kStart, kCamera, Path::lan);
  for (int i = 0; i < 4; ++i) hear(kStart, P2pRdy{uid()});
  hear(kStart + 5ms, Close{});
  const SessionClosed event = closed();
  EXPECT_EQ(event.code, Errc::refused);
}

TEST_F(SessionEnding, IsNotRefusedWhenThereWasTrafficBeforeTheClose) {
  session->add_candidate(kStart, kCamera, Path::lan);
  hear(kStart, P2pRdy{uid()});
  hear(kStart, AliveAck{});
  hear(kStart + 5ms, Close{});
  EXPECT_EQ(closed().code, Errc::closed_by_peer);
}

TEST_F(SessionEnding, TellsReadyBeforeClosedWhenBothCameInOneBatch) {
  session->add_candidate(kStart, kCamera, Path::lan);
  hear(kStart, P2pRdy{uid()});
  hear(kStart, Close{});
  EXPECT_TRUE(std::holds_alternative<Ready>(session->take_event().value()));
  EXPECT_TRUE(std::holds_alternative<SessionClosed>(session->take_event().value()));
}

TEST_F(SessionEnding, TimesOutAfterTenSecondsOfSilence) {
  open();
  const auto sent = pass_time(*session, kStart + 9999ms);
  EXPECT_THAT(types(sent), Each(MessageType::ALIVE));
  EXPECT_EQ(session->state(), Session::State::ready);
  session->on_time(kStart + 10s);
  const SessionClosed event = closed();
  EXPECT_EQ(event.code, Errc::timed_out);
  EXPECT_EQ(event.operation, Operation::awaiting_traffic);
  EXPECT_EQ(event.silent, 10s);
  // A camera that still hears us has its place back.
  EXPECT_THAT(types(drain(*session, kStart + 10s)), ElementsAre(MessageType::CLOSE));
}

TEST_F(SessionEnding, StaysOpenWhenThePeerSpeaksInTime) {
  open();
  hear(kStart + 9s, AliveAck{});
  (void)pass_time(*session, kStart + 18s);
  EXPECT_EQ(session->state(), Session::State::ready);
}

TEST_F(SessionEnding, TimesOutAwaitingAnAckThoughThePeerIsAlive) {
  open();
  ASSERT_TRUE(session->send(kStart, 0, as_bytes("GET")));
  (void)drain(*session, kStart);
  TimePoint now = kStart;
  for (; session->state() == Session::State::ready && now < kStart + 5min; now += 500ms) {
    hear(now, AliveAck{});
    (void)pass_time(*session, now + 500ms);
  }
  const SessionClosed event = closed();
  EXPECT_EQ(event.code, Errc::timed_out);
  EXPECT_EQ(event.operation, Operation::awaiting_ack);
  EXPECT_EQ(session->counters().resent, 20U);
}

// A datagram may wake the owner first: then it is the sending that finds out.
TEST_F(SessionEnding, IsDueAtOnceWhenSendingFindsOutThatNoAckCame) {
  config.channel.max_resends = 0;
  session.emplace(kStart, config, 1, recorder);
  open();
  ASSERT_TRUE(session->send(kStart, 0, as_bytes("GET")));
  (void)drain(*session, kStart);
  hear(kStart + 200ms, AliveAck{});
  EXPECT_THAT(events_of<SessionClosed>(*session), IsEmpty());
  (void)drain(*session, kStart + 200ms);
  ASSERT_EQ(session->deadline(), kStart + 200ms);
  session->on_time(kStart + 200ms);
  EXPECT_EQ(closed().operation, Operation::awaiting_ack);
  EXPECT_FALSE(session->deadline());
}

TEST_F(SessionEnding, EndsThoughTheAckComesAfterSendingFoundOutThatNoneCame) {
  config.channel.max_resends = 0;
  session.emplace(kStart, config, 1, recorder);
  open();
  ASSERT_TRUE(session->send(kStart, 0, as_bytes("GET")));
  (void)drain(*session, kStart);
  (void)drain(*session, kStart + 200ms);
  const Bytes first(2);  // index 0
  DrwAck ack;
  ack.indices = first;
  hear(kStart + 200ms, ack);
  (void)drain(*session, kStart + 200ms);
  session->on_time(kStart + 200ms);
  EXPECT_EQ(closed().operation, Operation::awaiting_ack);
  EXPECT_FALSE(session->deadline());
}

TEST_F(SessionEnding, TimesOutOnceWhenTheClockLeapsHours) {
  open();
  ASSERT_TRUE(session->send(kStart, 0, as_bytes("GET")));
  session->on_time(kStart + 7h);
  EXPECT_EQ(closed().operation, Operation::awaiting_traffic);
  EXPECT_THAT(types(drain(*session, kStart + 7h)), Not(Contains(MessageType::DRW)));
}

TEST_F(SessionEnding, StaysClosed) {
  open();
  hear(kStart, Close{});
  (void)closed();
  session->add_candidate(kStart + 1s, kCamera, Path::lan);
  hear(kStart + 1s, P2pRdy{uid()});
  hear(kStart + 1s, drw(0, as_bytes("x")));
  session->add_candidate(kStart + 1s, kCamera, Path::lan);
  session->on_time(kStart + 1h);
  EXPECT_EQ(session->state(), Session::State::closed);
  EXPECT_FALSE(session->take_event());
  EXPECT_THAT(drain(*session, kStart + 1h), IsEmpty());
  EXPECT_EQ(recorder.calls, 0U);
}

TEST_F(SessionEnding, HasNoEndlessDeadlineWithSenselessSettings) {
  config.punch_interval = config.ready_after_punch = config.alive_after = 0ms;
  config.silence_timeout = config.connect_timeout = 20ms;
  config.close_grace = 0ms;
  config.channel.min_resend = config.channel.max_resend = config.channel.first_resend = 0ms;
  session.emplace(kStart, config, 1, recorder);
  session->add_candidate(kStart, kCamera, Path::lan);
  hear(kStart, PunchPkt{uid()});
  (void)pass_time(*session, kStart + 5ms);
  session->add_candidate(kStart + 5ms, kCamera, Path::lan);
  hear(kStart + 5ms, P2pRdy{uid()});
  ASSERT_TRUE(session->send(kStart + 5ms, 0, as_bytes("x")));
  (void)pass_time(*session, kStart + 10ms);
  session->close(kStart + 10ms);
  (void)pass_time(*session, kStart + 1s);
  EXPECT_EQ(closed().code, Errc::closed_by_us);
}

}  // namespace
}  // namespace cam32100::protocol
