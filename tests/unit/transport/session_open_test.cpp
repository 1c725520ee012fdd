#include <gmock/gmock.h>

#include "tests/unit/transport/conversation.hpp"

namespace cam32100::protocol {
namespace {

using namespace std::chrono_literals;
using namespace conversation;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const Cipher kVstarcam{"vstarcam2018"};
const Address kWan{{203, 0, 113, 7}, 20000};

class SessionOpening : public ::testing::Test {
 protected:
  static SessionConfig plain_config() {
    SessionConfig config;
    config.uid = uid();
    config.ciphers = {{"plain", Cipher{}}};
    return config;
  }
  Session make(const SessionConfig& config = plain_config()) {
    return Session{kStart, config, 1, recorder};
  }
  static void hear(Session& session, TimePoint now, const Address& from, const Message& message,
                   const Cipher& cipher = {}) {
    session.on_datagram(now, from, bytes_of(message, cipher));
  }
  Recorder recorder;
};

TEST_F(SessionOpening, PunchesACandidateAtOnceAndEachInterval) {
  Session session = make();
  session.add_candidate(kStart, kCamera, Path::direct);
  const auto first = drain(session, kStart);
  ASSERT_THAT(types(first), ElementsAre(MessageType::PUNCH_PKT));
  EXPECT_EQ(first[0].to, kCamera);
  EXPECT_EQ(first[0].as<PunchPkt>().uid, uid());
  EXPECT_EQ(session.deadline(), kStart + 100ms);
  EXPECT_THAT(types(pass_time(session, kStart + 1s)),
              AllOf(SizeIs(10), Each(MessageType::PUNCH_PKT)));
}

TEST_F(SessionOpening, PunchesUnderEachCipherUntilOneDecodes) {
  SessionConfig config = plain_config();
  config.ciphers.push_back({"vstarcam2018", kVstarcam});
  Session session = make(config);
  session.add_candidate(kStart, kCamera, Path::lan);
  const auto plain = drain(session, kStart);
  ASSERT_THAT(plain, SizeIs(2));
  EXPECT_EQ(plain[0].bytes, bytes_of(PunchPkt{uid()}));
  EXPECT_EQ(plain[1].bytes, bytes_of(PunchPkt{uid()}, kVstarcam));

  hear(session, kStart + 10ms, kCamera, PunchPkt{uid()}, kVstarcam);
  (void)drain(session, kStart + 10ms);
  session.on_time(kStart + 100ms);
  const auto after = drain(session, kStart + 100ms, kVstarcam);
  EXPECT_THAT(types(after), ElementsAre(MessageType::PUNCH_PKT))
      << "only under the key it answered with";

  hear(session, kStart + 110ms, kCamera, P2pRdy{uid()}, kVstarcam);
  const auto ready = events_of<Ready>(session);
  ASSERT_THAT(ready, SizeIs(1));
  EXPECT_EQ(ready[0].cipher_name, "vstarcam2018");
  EXPECT_THAT(types(drain(session, kStart + 110ms, kVstarcam)), ElementsAre(MessageType::ALIVE));
}

TEST_F(SessionOpening, DoesNotUnderstandACipherItWasNotGiven) {
  Session session = make();
  session.add_candidate(kStart, kCamera, Path::lan);
  hear(session, kStart, kCamera, P2pRdy{uid()}, kVstarcam);
  EXPECT_EQ(session.state(), Session::State::connecting);
  EXPECT_EQ(session.counters().malformed, 1U);
}

TEST_F(SessionOpening, EchoesAPunchFromAnybodyWithOurUidAtOnce) {
  Session session = make();
  session.add_candidate(kStart, kCamera, Path::p2p);
  (void)drain(session, kStart);
  hear(session, kStart + 5ms, kStranger, PunchPkt{uid()});
  const auto sent = drain(session, kStart + 5ms);
  ASSERT_THAT(types(sent), ElementsAre(MessageType::PUNCH_PKT));
  EXPECT_EQ(sent[0].to, kStranger);
}

TEST_F(SessionOpening, DoesNotAnswerAPunchForAnotherUid) {
  Session session = make();
  hear(session, kStart, kCamera, PunchPkt{uid("VSTB-668516-UZCPK")});
  EXPECT_THAT(drain(session, kStart), IsEmpty());
  EXPECT_EQ(session.counters().unknown_senders, 1U);
}

TEST_F(SessionOpening, BoundsItsEchoesSoThatTwoEchoersComeToRest) {
  Session session = make();
  for (int i = 0; i < 1000; ++i) hear(session, kStart, kCamera, PunchPkt{uid()});
  EXPECT_THAT(drain(session, kStart), SizeIs(4));
}

TEST_F(SessionOpening, AnswersReadyWhenNoneCameWithin200Milliseconds) {
  Session session = make();
  hear(session, kStart, kCamera, PunchPkt{uid()});
  EXPECT_THAT(types(drain(session, kStart)), ElementsAre(MessageType::PUNCH_PKT));
  EXPECT_THAT(types(pass_time(session, kStart + 199ms)), Not(Contains(MessageType::P2P_RDY)));
  EXPECT_THAT(types(pass_time(session, kStart + 200ms)), Contains(MessageType::P2P_RDY));
  session.add_candidate(kStart + 210ms, kCamera, Path::lan);
  hear(session, kStart + 210ms, kCamera, P2pRdy{uid()});
  const auto ready = events_of<Ready>(session);
  ASSERT_THAT(ready, SizeIs(1));
  EXPECT_TRUE(ready[0].ready_variant);
}

TEST_F(SessionOpening, DoesNotAnswerReadyWhenOneCameInTime) {
  Session session = make();
  hear(session, kStart, kCamera, PunchPkt{uid()});
  (void)drain(session, kStart);
  session.add_candidate(kStart + 150ms, kCamera, Path::lan);
  hear(session, kStart + 150ms, kCamera, P2pRdy{uid()});
  const auto ready = events_of<Ready>(session);
  ASSERT_THAT(ready, SizeIs(1));
  EXPECT_FALSE(ready[0].ready_variant);
  EXPECT_THAT(types(drain(session, kStart + 200ms)), ElementsAre(MessageType::ALIVE));
}

TEST_F(SessionOpening, LocksThePeerByItsReadyAndSaysAlive) {
  Session session = make();
  session.add_candidate(kStart, kCamera, Path::lan);
  (void)drain(session, kStart);
  const Address other_port{kCamera.ip, 19674};
  hear(session, kStart + 30ms, other_port, P2pRdy{uid()});
  EXPECT_EQ(session.state(), Session::State::ready);
  EXPECT_EQ(session.peer(), other_port);
  const auto sent = drain(session, kStart + 30ms);
  ASSERT_THAT(types(sent), ElementsAre(MessageType::ALIVE));
  EXPECT_EQ(sent[0].to, other_port);
  const auto ready = events_of<Ready>(session);
  ASSERT_THAT(ready, SizeIs(1));
  EXPECT_EQ(ready[0].peer, other_port);
  EXPECT_EQ(ready[0].path, Path::lan);
  EXPECT_EQ(ready[0].uid_on_wire, uid());
  EXPECT_EQ(ready[0].took, 30ms);
  EXPECT_EQ(ready[0].cipher_name, "plain");
}

TEST_F(SessionOpening, AcceptsTheLongReadyOfBateCameras) {
  SessionConfig config = plain_config();
  config.uid = uid("BATE-692065-IURQM");
  Session session = make(config);
  Bytes capture;  // length field 20, 28 bytes sent
  ASSERT_TRUE(
      from_hex("f14200144241544500000000000a8f61495552514d0000000000000000000000", capture));
  session.add_candidate(kStart, kCamera, Path::lan);
  session.on_datagram(kStart, kCamera, capture);
  EXPECT_EQ(session.state(), Session::State::ready);
}

TEST_F(SessionOpening, IgnoresAReadyWithAnotherUid) {
  Session session = make();
  session.add_candidate(kStart, kCamera, Path::direct);
  hear(session, kStart, kCamera, P2pRdy{uid("VSTB-668516-UZCPK")});
  EXPECT_EQ(session.state(), Session::State::connecting);
  EXPECT_FALSE(session.peer());
  EXPECT_THAT(events_of<Ready>(session), IsEmpty());
}

// The session would send it the password.
TEST_F(SessionOpening, OpensWithNobodyWhoIsNotACandidate) {
  Session session = make();
  hear(session, kStart, kCamera, P2pRdy{uid()});
  EXPECT_EQ(session.state(), Session::State::connecting) << "nobody is, yet";
  session.add_candidate(kStart, kCamera, Path::lan);
  hear(session, kStart, kStranger, PunchPkt{uid()});
  hear(session, kStart, kStranger, P2pRdy{uid()});
  EXPECT_EQ(session.state(), Session::State::connecting) << "a punch makes no candidate";
  EXPECT_EQ(session.counters().unknown_senders, 2U);
  hear(session, kStart, {kCamera.ip, 4242}, P2pRdy{uid()});
  EXPECT_EQ(session.state(), Session::State::ready) << "a router may choose another port";
}

TEST_F(SessionOpening, NeverChangesToAStrangerInTheSameBatch) {
  Session session = make();
  session.add_candidate(kStart, kWan, Path::p2p);
  hear(session, kStart, kWan, P2pRdy{uid()});
  hear(session, kStart, {{192, 168, 1, 66}, 1}, P2pRdy{uid()});  // nearer, by its address
  EXPECT_EQ(session.peer(), kWan);
}

TEST_F(SessionOpening, TakesRepeatedReadiesAsOne) {
  Session session = make();
  session.add_candidate(kStart, kCamera, Path::lan);
  for (int i = 0; i < 4; ++i) hear(session, kStart, kCamera, P2pRdy{uid()});
  EXPECT_THAT(events_of<Ready>(session), SizeIs(1));
  EXPECT_THAT(types(drain(session, kStart)), ElementsAre(MessageType::ALIVE));
  hear(session, kStart + 20ms, kCamera, P2pRdy{uid()});
  EXPECT_THAT(types(drain(session, kStart + 20ms)), ElementsAre(MessageType::ALIVE))
      << "a device repeats it until it sees traffic";
  EXPECT_THAT(events_of<Ready>(session), IsEmpty());
}

TEST_F(SessionOpening, PrefersTheLanWhenBothWaitInOneBatch) {
  Session session = make();
  session.add_candidate(kStart, kWan, Path::p2p);
  session.add_candidate(kStart, kCamera, Path::lan);
  hear(session, kStart, kWan, P2pRdy{uid()});
  hear(session, kStart, kCamera, P2pRdy{uid()});
  const auto ready = events_of<Ready>(session);
  ASSERT_THAT(ready, SizeIs(1));
  EXPECT_EQ(ready[0].peer, kCamera);
  EXPECT_EQ(ready[0].path, Path::lan);
}

TEST_F(SessionOpening, KeepsTheFirstReadyWhenTheLanComesInALaterBatch) {
  Session session = make();
  session.add_candidate(kStart, kWan, Path::p2p);
  session.add_candidate(kStart, kCamera, Path::lan);
  hear(session, kStart, kWan, P2pRdy{uid()});
  (void)drain(session, kStart);
  hear(session, kStart, kCamera, P2pRdy{uid()});
  EXPECT_EQ(session.peer(), kWan);
  EXPECT_EQ(session.counters().unknown_senders, 0U) << "it is the camera, by another way";
}

TEST_F(SessionOpening, KeepsTheLanWhenThePublicAddressComesSecond) {
  Session session = make();
  session.add_candidate(kStart, kWan, Path::p2p);
  session.add_candidate(kStart, kCamera, Path::lan);
  hear(session, kStart, kCamera, P2pRdy{uid()});
  hear(session, kStart, kWan, P2pRdy{uid()});
  EXPECT_EQ(session.peer(), kCamera);
}

TEST_F(SessionOpening, DoesNotLeaveAPeerThatHasAlreadyTalked) {
  Session session = make();
  session.add_candidate(kStart, kWan, Path::p2p);
  session.add_candidate(kStart, kCamera, Path::lan);
  hear(session, kStart, kWan, P2pRdy{uid()});
  hear(session, kStart, kWan, drw(0, as_bytes("x")));
  hear(session, kStart, kCamera, P2pRdy{uid()});
  EXPECT_EQ(session.peer(), kWan);
}

TEST_F(SessionOpening, IgnoresCloseAndDataBeforeThereIsAPeer) {
  Session session = make();
  session.add_candidate(kStart, kCamera, Path::direct);
  hear(session, kStart, kCamera, Close{});
  hear(session, kStart, kCamera, drw(0, as_bytes("x")));
  EXPECT_EQ(session.state(), Session::State::connecting);
  EXPECT_EQ(recorder.calls, 0U);
  EXPECT_EQ(session.counters().unknown_senders, 2U);
}

TEST_F(SessionOpening, IgnoresUnusableRepeatedAndSurplusCandidates) {
  SessionConfig config = plain_config();
  config.max_candidates = 3;
  Session session = make(config);
  session.add_candidate(kStart, {{0, 0, 0, 0}, 32108}, Path::p2p);
  session.add_candidate(kStart, {{255, 255, 255, 255}, 32108}, Path::p2p);
  session.add_candidate(kStart, {{192, 168, 1, 9}, 0}, Path::p2p);
  EXPECT_THAT(drain(session, kStart), IsEmpty());
  for (int i = 0; i < 2; ++i) session.add_candidate(kStart, kCamera, Path::p2p);
  EXPECT_THAT(drain(session, kStart), SizeIs(1));
  for (std::uint8_t i = 100; i < 110; ++i) {
    session.add_candidate(kStart, {{192, 168, 1, i}, 32108}, Path::p2p);
  }
  EXPECT_THAT(drain(session, kStart), SizeIs(2));
}

TEST_F(SessionOpening, KeepsItsCandidatesWhenManyStrangersPunch) {
  Session session = make();
  for (std::uint8_t i = 1; i < 200; ++i)
    hear(session, kStart, {{10, 0, 0, i}, 1000}, PunchPkt{uid()});
  EXPECT_THAT(drain(session, kStart), SizeIs(16));
  session.add_candidate(kStart, kCamera, Path::lan);
  const auto sent = drain(session, kStart);
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].to, kCamera);
}

TEST_F(SessionOpening, TimesOutAwaitingAPunchWhenNobodyAnswers) {
  Session session = make();
  session.add_candidate(kStart, kCamera, Path::direct);
  (void)pass_time(session, kStart + 1min);
  const auto closed = events_of<SessionClosed>(session);
  ASSERT_THAT(closed, SizeIs(1));
  EXPECT_EQ(closed[0].code, Errc::timed_out);
  EXPECT_EQ(closed[0].operation, Operation::awaiting_punch);
  EXPECT_EQ(closed[0].silent, 8s);
  EXPECT_EQ(closed[0].open_for, 0s);
  EXPECT_FALSE(session.deadline());
  EXPECT_EQ(session.state(), Session::State::closed);
}

TEST_F(SessionOpening, TimesOutAwaitingReadyWhenOnlyPunchesCame) {
  Session session = make();
  hear(session, kStart + 1s, kCamera, PunchPkt{uid()});
  (void)pass_time(session, kStart + 1min);
  const auto closed = events_of<SessionClosed>(session);
  ASSERT_THAT(closed, SizeIs(1));
  EXPECT_EQ(closed[0].operation, Operation::awaiting_ready);
}

TEST_F(SessionOpening, HasADeadlineEvenWithoutCandidates) {
  Session session = make();
  EXPECT_EQ(session.deadline(), kStart + 8s);
  EXPECT_THAT(drain(session, kStart), IsEmpty());
}

TEST_F(SessionOpening, TimesOutAtOnceWhenTheClockLeapsHours) {
  Session session = make();
  session.add_candidate(kStart, kCamera, Path::direct);
  session.on_time(kStart + 9h);
  EXPECT_THAT(events_of<SessionClosed>(session), SizeIs(1));
  EXPECT_THAT(drain(session, kStart + 9h), IsEmpty());
}

TEST_F(SessionOpening, SurvivesEveryTruncationAndEveryFlippedByteOfAReady) {
  const Bytes ready = bytes_of(P2pRdy{uid()});
  for (std::size_t size = 0; size < ready.size(); ++size) {
    Session session = make();
    session.on_datagram(kStart, kCamera, BytesView{ready}.first(size));
    EXPECT_EQ(session.state(), Session::State::connecting) << size;
  }
  for (std::size_t i = 4; i < ready.size(); ++i) {
    Session session = make();
    Bytes damaged = ready;
    damaged[i] ^= std::byte{0x20};
    session.on_datagram(kStart, kCamera, damaged);
    EXPECT_EQ(session.state(), Session::State::connecting) << i;
  }
}

TEST_F(SessionOpening, SendsWhatWasQueuedWhileConnectingOnceItIsReady) {
  Session session = make();
  session.add_candidate(kStart, kCamera, Path::direct);
  ASSERT_TRUE(session.send(kStart, 0, as_bytes("GET /get_status.cgi?")));
  EXPECT_THAT(types(drain(session, kStart)), ElementsAre(MessageType::PUNCH_PKT));
  hear(session, kStart + 1ms, kCamera, P2pRdy{uid()});
  EXPECT_THAT(types(drain(session, kStart + 1ms)),
              ElementsAre(MessageType::DRW, MessageType::ALIVE));
}

TEST(PathText, NamesEachPath) {
  EXPECT_STREQ(to_text(Path::direct), "direct");
  EXPECT_STREQ(to_text(Path::lan), "lan");
  EXPECT_STREQ(to_text(Path::p2p), "p2p");
  EXPECT_STREQ(to_text(Path::relay), "relay");
}

}  // namespace
}  // namespace cam32100::protocol
