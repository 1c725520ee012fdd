// Who can change or end a session that goes through a relay.
#include <gmock/gmock.h>

#include "tests/unit/transport/session_by_relay.hpp"

namespace cam32100::protocol {
namespace {

using namespace std::chrono_literals;
using namespace conversation;
using ::testing::SizeIs;

using SessionByRelayTrust = SessionByRelay;

TEST_F(SessionByRelayTrust, IsNotChangedByForgeriesWhileItConnects) {
  start();
  session->add_candidate(kStart, kPublicCamera, Path::p2p);
  (void)drain(*session, kStart);
  const Bytes data = bytes_of("forged");
  for (const Address& from : {kForger, kPublicCamera}) {
    hear(from, RlyRdy{uid(), {}});
    hear(from, Close{});
    hear(from, drw(0, data));
    hear(from, AliveAck{});
    hear(from, PunchTo{{kForger, 2}, {}});
    hear(from, RlyTo{{kForger, 2}, {}, {}});
  }
  EXPECT_EQ(session->state(), Session::State::connecting);
  EXPECT_EQ(recorder.calls, 0U);
  for (const Sent& each : pass_time(*session, kStart + 1s)) EXPECT_NE(each.to, kForger);
}

TEST_F(SessionByRelayTrust, IsNotChangedByForgeriesOnceItIsOpen) {
  start_open();
  const Bytes data = bytes_of("forged");
  const std::size_t before = recorder.calls;
  for (const Address& from : {kForger, kPublicCamera, Address{kByRelay.ip, 34001}}) {
    hear(from, RlyRdy{uid(), {}});
    hear(from, Close{});
    hear(from, drw(0, data));
    hear(from, P2pRdy{uid()});
    hear(from, PunchPkt{uid()});
    hear(from, PunchTo{{kForger, 2}, {}});
    hear(from, RlyTo{{kForger, 2}, {}, {}});
  }
  EXPECT_EQ(session->state(), Session::State::ready);
  EXPECT_EQ(session->peer(), kByRelay);
  EXPECT_EQ(recorder.calls, before);
  EXPECT_EQ(session->counters().unknown_senders, 15U)
      << "PUNCH_PKT and P2P_RDY under our id may be the camera's, by another way";
  for (const Sent& each : pass_time(*session, kStart + 2s)) EXPECT_EQ(each.to, kByRelay);
  // The relay's own words are no news either.
  hear(kByRelay, RlyRdy{uid(), {}});
  hear(kByRelay, PunchTo{{kForger, 2}, {}});
  EXPECT_EQ(session->state(), Session::State::ready);
}

TEST_F(SessionByRelayTrust, IsClosedByTheCameraThroughTheRelay) {
  start_open();
  hear(kByRelay, Close{});
  EXPECT_EQ(session->state(), Session::State::closed);
  const auto closed = events_of<SessionClosed>(*session);
  ASSERT_THAT(closed, SizeIs(1));
  EXPECT_EQ(closed[0].code, Errc::closed_by_peer);
}

TEST_F(SessionByRelayTrust, IsRefusedByACloseThatComesFirst) {
  start();
  hear(kByRelay, Close{});
  const auto closed = events_of<SessionClosed>(*session);
  ASSERT_THAT(closed, SizeIs(1));
  EXPECT_EQ(closed[0].code, Errc::refused);
}

}  // namespace
}  // namespace cam32100::protocol
