// A session's way in through a relay.
#include <gmock/gmock.h>

#include "tests/unit/transport/session_by_relay.hpp"

namespace cam32100::protocol {
namespace {

using namespace std::chrono_literals;
using namespace conversation;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(SessionByRelay, AsksForSignsOfLifeUnderEachKeyAndAgain) {
  start();
  for (const TimePoint now : {kStart, kStart + config.punch_interval}) {
    session->on_time(now);
    const auto sent = drain(*session, now);
    ASSERT_THAT(sent, SizeIs(3));
    for (std::size_t i = 0; i < sent.size(); ++i) {
      EXPECT_EQ(sent[i].to, kByRelay);
      EXPECT_EQ(sent[i].bytes, bytes_of(Alive{}, config.ciphers[i].cipher));
    }
  }
}

TEST_F(SessionByRelay, FindsTheKeyThatTheCameraAnswersUnder) {
  start();
  (void)drain(*session, kStart);
  hear(kByRelay, AliveAck{}, Cipher{"two"});
  const auto ready = events_of<Ready>(*session);
  ASSERT_THAT(ready, SizeIs(1));
  EXPECT_EQ(ready[0].cipher_name, "second");
  EXPECT_EQ(ready[0].peer, kByRelay);
  EXPECT_EQ(ready[0].path, Path::relay);
  EXPECT_EQ(ready[0].uid_on_wire, uid());
  EXPECT_FALSE(ready[0].ready_variant);
  (void)session->send(kStart, 0, bytes_of("hello"));
  const auto sent = drain(*session, kStart, Cipher{"two"});
  EXPECT_THAT(types(sent), ElementsAre(MessageType::DRW, MessageType::ALIVE));
  EXPECT_EQ(sent[0].to, kByRelay);
}

TEST_F(SessionByRelay, IsOpenedByTheCamerasAliveAndAnswersIt) {
  start();
  (void)drain(*session, kStart);
  hear(kByRelay, Alive{}, Cipher{"one"});
  EXPECT_THAT(types(drain(*session, kStart, Cipher{"one"})),
              ElementsAre(MessageType::ALIVE_ACK, MessageType::ALIVE));
}

TEST_F(SessionByRelay, IsOpenedByDataWhichIsNotLost) {
  start();
  const Bytes data = bytes_of("early");
  hear(kByRelay, drw(0, data));
  EXPECT_EQ(session->state(), Session::State::ready);
  EXPECT_EQ(recorder.text[0], "early");
}

TEST_F(SessionByRelay, IsOpenedByReadyWithItsUidAndNotWithAnother) {
  start();
  hear(kByRelay, P2pRdy{uid("VSTB-668516-UZCPK")});
  EXPECT_EQ(session->state(), Session::State::connecting);
  EXPECT_EQ(session->counters().unknown_senders, 1U);
  EXPECT_THAT(events_of<Ready>(*session), IsEmpty());
  hear(kByRelay, P2pRdy{uid()});
  EXPECT_EQ(session->state(), Session::State::ready);
}

TEST_F(SessionByRelay, IsNotOpenedByWhatTheRelayItselfSaysNorByRiddles) {
  start();
  hear(kByRelay, RlyRdy{uid(), {}});
  hear(kByRelay, PunchPkt{uid("VSTB-668516-UZCPK")});
  session->on_datagram(kStart, kByRelay, Bytes(64, std::byte{0x5A}));
  session->on_datagram(kStart, kByRelay, Bytes{});
  Bytes unknown = bytes_of(Alive{});
  unknown[1] = std::byte{0xEE};
  session->on_datagram(kStart, kByRelay, unknown);
  EXPECT_EQ(session->state(), Session::State::connecting);
  EXPECT_EQ(session->counters().malformed, 3U);
}

TEST_F(SessionByRelay, GivesUpWhenOnlySilenceComesThroughTheRelay) {
  start();
  const auto sent = pass_time(*session, kStart + config.connect_timeout);
  EXPECT_EQ(session->state(), Session::State::closed);
  const auto closed = events_of<SessionClosed>(*session);
  ASSERT_THAT(closed, SizeIs(1));
  EXPECT_EQ(closed[0].code, Errc::timed_out);
  ASSERT_FALSE(sent.empty());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(sent[i].bytes, bytes_of(Alive{}, config.ciphers[i % 3].cipher));
  }
}

TEST_F(SessionByRelay, KeepsToItsFirstRelayAndTakesNoUnusableOne) {
  session.emplace(kStart, config, 1, recorder);
  session->add_relay(kStart, {{0, 0, 0, 0}, 34000});
  EXPECT_THAT(drain(*session, kStart), IsEmpty());
  session->add_relay(kStart, kByRelay);
  session->add_relay(kStart, kForger);
  for (const Sent& each : drain(*session, kStart)) EXPECT_EQ(each.to, kByRelay);
  hear(kForger, AliveAck{});
  EXPECT_EQ(session->state(), Session::State::connecting);
}

TEST_F(SessionByRelay, PrefersADirectWayThatAnswersInTheSameBatch) {
  start();
  session->add_candidate(kStart, kPublicCamera, Path::p2p);
  (void)drain(*session, kStart);
  hear(kByRelay, AliveAck{}, Cipher{"one"});
  hear(kPublicCamera, P2pRdy{uid()}, Cipher{"one"});
  const auto ready = events_of<Ready>(*session);
  ASSERT_THAT(ready, SizeIs(1));
  EXPECT_EQ(ready[0].peer, kPublicCamera);
  EXPECT_EQ(ready[0].path, Path::p2p);
  const auto sent = drain(*session, kStart, Cipher{"one"});
  ASSERT_THAT(types(sent), ElementsAre(MessageType::ALIVE, MessageType::CLOSE));
  EXPECT_EQ(sent[0].to, kPublicCamera);
  EXPECT_EQ(sent[1].to, kByRelay) << "the camera's place there is free again";
}

TEST_F(SessionByRelay, TakesLeaveOfTheRelayWhenADirectWayCameFirst) {
  start();
  session->add_candidate(kStart, kPublicCamera, Path::p2p);
  (void)drain(*session, kStart);
  hear(kPublicCamera, P2pRdy{uid()});
  hear(kByRelay, AliveAck{});
  EXPECT_EQ(session->peer(), kPublicCamera);
  std::size_t goodbyes = 0;
  for (const Sent& each : pass_time(*session, kStart + 5s)) {
    if (each.to != kByRelay) continue;
    EXPECT_EQ(each.type(), MessageType::CLOSE);
    ++goodbyes;
  }
  EXPECT_EQ(goodbyes, 1U);
}

TEST_F(SessionByRelay, StaysOnceTheBatchHasEndedOrDataCame) {
  start_open();
  session->on_time(kStart);
  hear(kPublicCamera, P2pRdy{uid()});
  EXPECT_EQ(session->peer(), kByRelay);

  start();
  const Bytes data = bytes_of("data");
  hear(kByRelay, drw(0, data));
  hear(kPublicCamera, P2pRdy{uid()});
  EXPECT_EQ(session->peer(), kByRelay);
}

}  // namespace
}  // namespace cam32100::protocol
