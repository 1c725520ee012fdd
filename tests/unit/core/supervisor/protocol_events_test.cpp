#include <gtest/gtest.h>

#include "bridge/core/supervisor_protocol_events.hpp"
#include "tests/unit/core/supervisor/support.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;
using protocol::Address;
using namespace std::chrono_literals;

const Address kServer{{203, 0, 113, 5}, 32100};
const Address kCamera{{192, 168, 1, 63}, 26101};

void expect_event(const std::optional<ProtocolEvent>& event, const std::string& type,
                  const json& fields) {
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, type);
  EXPECT_EQ(event->fields, fields);
}

TEST(ProtocolEvents, NameTheFieldsOfLookUps) {
  expect_event(
      to_protocol_event(protocol::LocatorEvent{protocol::HelloAnswered{kServer, kCamera, 2, 5ms}}),
      "stun",
      {{"server", "203.0.113.5:32100"}, {"mapped_address", "192.168.1.63:26101"}, {"nat_type", 2}});
  expect_event(to_protocol_event(protocol::LocatorEvent{protocol::LookupAnswered{
                   kServer, protocol::ResultCode::offline, {4, 1, 3}, 5ms}}),
               "lookup_ack",
               {{"server", "203.0.113.5:32100"},
                {"result", "offline"},
                {"result_code", 254},
                {"api_version", "4.1.3"}});
  expect_event(
      to_protocol_event(
          protocol::LocatorEvent{protocol::CandidateFound{kServer, kCamera, true, 5ms}}),
      "lookup",
      {{"server", "203.0.113.5:32100"}, {"address", "192.168.1.63:26101"}, {"kind", "lan"}});
}

TEST(ProtocolEvents, NameTheFieldsOfAnOpening) {
  protocol::Ready ready;
  ready.peer = kCamera;
  ready.uid_on_wire = test::test_uid();
  ready.ready_variant = true;
  ready.cipher_name = "vstarcam2018";
  ready.took = 312ms;
  expect_event(to_protocol_event(protocol::SessionEvent{ready}), "confirmed",
               {{"address", "192.168.1.63:26101"},
                {"uid_on_wire", "VSTC-123456-ABCDE"},
                {"variant", "rdy"},
                {"psk", "vstarcam2018"},
                {"took_ms", 312}});
}

TEST(ProtocolEvents, TellACloseByTheCameraFromALostConnection) {
  expect_event(
      to_protocol_event(protocol::SessionClosed{protocol::Errc::closed_by_peer, {}, 1s, 90500ms}),
      "close", {{"reason", "closed_by_peer"}, {"after_s", 90.5}});
  expect_event(to_protocol_event(protocol::SessionClosed{
                   protocol::Errc::timed_out, protocol::Operation::awaiting_traffic, 10s, 90s}),
               "lost_connection", {{"stage", "awaiting_traffic"}, {"silent_ms", 10000}});
}

TEST(ProtocolEvents, SayNothingOfSessionsThatNeverOpenedOrThatWeClosed) {
  using protocol::Errc;
  using protocol::Operation;
  EXPECT_FALSE(to_protocol_event(
      protocol::SessionClosed{Errc::timed_out, Operation::awaiting_punch, 8s, {}}));
  EXPECT_FALSE(to_protocol_event(
      protocol::SessionClosed{Errc::timed_out, Operation::awaiting_ready, 8s, {}}));
  EXPECT_FALSE(
      to_protocol_event(protocol::SessionClosed{Errc::closed_by_us, Operation::closing, 1s, 1s}));
  EXPECT_FALSE(to_protocol_event(protocol::LocatorEvent{protocol::LookupFinished{}}));
}

TEST(ProtocolEvents, ShowWhatNobodyUnderstood) {
  protocol::UnknownMessage message{kCamera, 0x99, {std::byte{0xf1}, std::byte{0x99}}};
  expect_event(to_protocol_event(protocol::SessionEvent{message}), "unknown_message",
               {{"code", 0x99}, {"hex", "f199"}, {"from", "192.168.1.63:26101"}});
  expect_event(to_protocol_event(protocol::SessionEvent{protocol::UnknownSender{kServer, 0x42}}),
               "unknown_sender", {{"from", "203.0.113.5:32100"}, {"code", 0x42}, {"count", 1}});
}

// A reply of the camera may hold a password, and nobody would find it in hex.
TEST(ProtocolEvents, ShowOnlyTheHeaderOfWhatCarriesReplies) {
  const protocol::Bytes drw(100, std::byte{0xd0});
  const protocol::UnknownMessage message{kCamera, 0xd0, drw};
  const auto event = to_protocol_event(protocol::SessionEvent{message});
  ASSERT_TRUE(event);
  EXPECT_EQ(event->fields["hex"], "d0d0d0d0d0d0d0d0");
}

TEST(ProtocolEvents, CountPackets) {
  expect_event(to_protocol_event(protocol::SessionEvent{protocol::AliveSeen{}}), "ping",
               {{"count", 1}});
  expect_event(to_protocol_event(protocol::SessionEvent{protocol::AliveAckSeen{}}), "pong",
               {{"count", 1}});
  expect_event(to_protocol_event(protocol::SessionEvent{protocol::AckSeen{0, {1, 2}}}), "ack",
               {{"count", 1}, {"channel", 0}, {"indices", {1, 2}}});
  expect_event(to_protocol_event(protocol::SessionEvent{protocol::PacketSeen{0, 7, 1024}}), "http",
               {{"index", 7}, {"bytes", 1024}});
  EXPECT_FALSE(to_protocol_event(protocol::SessionEvent{protocol::PacketSeen{1, 7, 1024}}))
      << "video is not http";
}

TEST(ProtocolEvents, SumUpAReply) {
  protocol::CgiReplied replied;
  replied.cgi = "check_user.cgi";
  replied.reply.body.resize(40);
  replied.took = 7ms;
  expect_event(complete_event(replied, 0), "complete",
               {{"cgi", "check_user.cgi"}, {"bytes", 40}, {"took_ms", 7}, {"result", 0}});
  EXPECT_TRUE(complete_event(replied, std::nullopt).fields.at("result").is_null());
}

TEST(ProtocolEvents, SpellEveryResultAndKeepANumberNobodyKnows) {
  EXPECT_EQ(to_text(protocol::ResultCode::ok), "ok");
  EXPECT_EQ(to_text(protocol::ResultCode::invalid_uid), "invalid_uid");
  EXPECT_EQ(to_text(protocol::ResultCode::invalid_prefix), "invalid_prefix");
  EXPECT_EQ(to_text(protocol::ResultCode::invalid_dsk), "invalid_dsk");
  EXPECT_EQ(to_text(static_cast<protocol::ResultCode>(0x17)), "0x17");
}

}  // namespace
}  // namespace cam32100::bridge
