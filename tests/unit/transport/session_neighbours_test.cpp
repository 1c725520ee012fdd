// Ports beside a candidate: a symmetric router shows us another one than it showed the server.
#include <gmock/gmock.h>

#include <set>

#include "tests/unit/transport/conversation.hpp"

namespace cam32100::protocol {
namespace {

using namespace std::chrono_literals;
using namespace conversation;
using ::testing::IsEmpty;

const Address kFar{{203, 0, 113, 7}, 20000};

class SessionNeighbours : public ::testing::Test {
 protected:
  SessionNeighbours() {
    config.uid = uid();
    config.ciphers = {{"first", Cipher{"one"}}, {"plain", Cipher{}}};
    session.emplace(kStart, config, 1, recorder);
  }
  // The ports of `ip`, other than the candidate's, that are punched until `end`.
  std::multiset<std::uint16_t> beside(const Address& candidate, TimePoint end) {
    std::multiset<std::uint16_t> ports;
    for (const Sent& each : drain(*session, end - 1ms)) note(each, candidate, ports);
    for (const Sent& each : pass_time(*session, end)) note(each, candidate, ports);
    return ports;
  }
  static void note(const Sent& sent, const Address& candidate,
                   std::multiset<std::uint16_t>& ports) {
    if (sent.to.ip != candidate.ip || sent.to.port == candidate.port) return;
    EXPECT_EQ(sent.bytes, bytes_of(PunchPkt{uid()}, Cipher{"one"})) << "under the likeliest key";
    ports.insert(sent.to.port);
  }
  SessionConfig config;
  Recorder recorder;
  std::optional<Session> session;
};

TEST_F(SessionNeighbours, ArePunchedThreeToEachSideWhenNothingWasHeardInTime) {
  session->add_candidate(kStart, kFar, Path::p2p);
  EXPECT_THAT(beside(kFar, kStart + 749ms), IsEmpty());
  EXPECT_EQ(beside(kFar, kStart + 750ms),
            (std::multiset<std::uint16_t>{19997, 19998, 19999, 20001, 20002, 20003}));
  EXPECT_THAT(beside(kFar, kStart + 999ms), IsEmpty());
  EXPECT_EQ(beside(kFar, kStart + 1s).size(), 6U);
}

TEST_F(SessionNeighbours, AreOnlyThoseOfPublicCandidatesThatAServerTold) {
  const Address lan{{192, 168, 1, 20}, 20000}, direct{{203, 0, 113, 8}, 20000};
  session->add_candidate(kStart, lan, Path::p2p);
  session->add_candidate(kStart, direct, Path::direct);
  session->add_candidate(kStart, {{203, 0, 113, 9}, 20000}, Path::lan);
  for (const Sent& each : pass_time(*session, kStart + 5s)) EXPECT_EQ(each.to.port, 20000);
}

TEST_F(SessionNeighbours, StayWithinThePortsThereAre) {
  const Address low{{203, 0, 113, 8}, 2}, high{{203, 0, 113, 9}, 65535};
  session->add_candidate(kStart, low, Path::p2p);
  session->add_candidate(kStart, high, Path::p2p);
  std::multiset<std::uint16_t> lows, highs;
  for (const Sent& each : pass_time(*session, kStart + 750ms)) {
    note(each, low, lows);
    note(each, high, highs);
  }
  EXPECT_EQ(lows, (std::multiset<std::uint16_t>{1, 3, 4, 5}));
  EXPECT_EQ(highs, (std::multiset<std::uint16_t>{65532, 65533, 65534}));
}

TEST_F(SessionNeighbours, AreLeftAloneOnceAnybodyWasHeard) {
  session->add_candidate(kStart, kFar, Path::p2p);
  (void)drain(*session, kStart);
  session->on_datagram(kStart + 1s, {{203, 0, 113, 7}, 20009}, bytes_of(PunchPkt{uid()}));
  for (const Sent& each : pass_time(*session, kStart + 5s)) {
    EXPECT_TRUE(each.to.port == 20000 || each.to.port == 20009) << each.to.text();
  }
}

TEST_F(SessionNeighbours, ArePunchedAllTheSameWhenAnotherCameraPunchesUs) {
  session->add_candidate(kStart, kFar, Path::p2p);
  (void)drain(*session, kStart);
  session->on_datagram(kStart + 1s, kStranger, bytes_of(PunchPkt{uid("VSTB-668516-UZCPK")}));
  EXPECT_EQ(beside(kFar, kStart + 2s).size(), 6U);
}

TEST_F(SessionNeighbours, OpenTheSessionWhenTheCameraAnswersFromOne) {
  session->add_candidate(kStart, kFar, Path::p2p);
  (void)pass_time(*session, kStart + 2s);
  const Address near{kFar.ip, 20002};
  session->on_datagram(kStart + 2100ms, near, bytes_of(P2pRdy{uid()}));
  const auto ready = events_of<Ready>(*session);
  ASSERT_EQ(ready.size(), 1U);
  EXPECT_EQ(ready[0].peer, near);
  EXPECT_EQ(ready[0].path, Path::p2p);
}

}  // namespace
}  // namespace cam32100::protocol
