#include "protocol/peer/camera_session.hpp"

#include <set>

#include "camera_by_hand.hpp"

namespace cam32100::protocol {
namespace {

using CameraSessionTest = CgiByHand;

// get_status with admin/888888: 73 bytes of text.
const std::string kGetStatus =
    "f1d00055d1000000010a000049000000474554202f6765745f7374617475732e6367693f6c6f67696e7573653d6164"
    "6d"
    "696e266c6f67696e7061733d38383838383826757365723d61646d696e267077643d38383838383826";

TEST_F(CameraSessionTest, AnswersAKnownRequestByteForByte) {
  start();
  open();
  hand->send(kClient, kGetStatus);
  const auto sent = hand->take_hex();
  ASSERT_GE(sent.size(), 2U);
  EXPECT_EQ(sent[0], "f1d10006d10000010000");  // capture 13: the acknowledgement comes first
  ASSERT_TRUE(sent[1].starts_with("f1d0"));
  EXPECT_EQ(sent[1].substr(8, 16), "d1000000010a0160");  // index 0, block magic, id 6001
  EXPECT_EQ(sent[1].substr(28, 4), "0001");              // the flags of every captured reply
}

TEST_F(CameraSessionTest, AcknowledgesARepeatedPacketButAnswersItOnce) {
  start();
  open();
  hand->send(kClient, kGetStatus);
  hand->take();
  hand->send(kClient, kGetStatus);
  EXPECT_EQ(count(hand->take(), "f1d10006d10000010000"), 1U);
  EXPECT_EQ(camera->snapshot().requests, 1U);
}

TEST_F(CameraSessionTest, WaitsForTheMissingPacketOfARequest) {
  start();
  open();
  Bytes block;
  append_request_block("GET /get_status.cgi?loginuse=admin&loginpas=888888&", block);
  hand->send(kClient, drw(0, 1, BytesView{block}.subspan(20)));
  EXPECT_EQ(camera->snapshot().requests, 0U);
  hand->send(kClient, drw(0, 0, BytesView{block}.first(20)));
  EXPECT_EQ(camera->snapshot().requests, 1U);
}

TEST_F(CameraSessionTest, SendsAReplyAgainUntilItIsAcknowledged) {
  start();
  open();
  hand->send(kClient, kGetStatus);
  const std::string first = hand->take_hex().at(1);
  std::size_t again = 0;
  for (const auto& sent : hand->pass(1s))
    again += sent.hex == first ? 1U : 0U;  // same index, same bytes
  EXPECT_GE(again, 1U);
  hand->send(kClient, ack(0, 0));
  EXPECT_EQ(count(hand->pass(3s), first), 0U);
}

TEST_F(CameraSessionTest, AcknowledgesALengthThatIsWrongButNeverAnswersIt) {
  start();
  open();
  Bytes block;
  append_request_block("GET /get_status.cgi?loginuse=admin&loginpas=888888&", block);
  block[4] = std::byte{0x10};
  hand->send(kClient, drw(0, 0, block));
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{"f1d10006d10000010000"});
  EXPECT_EQ(camera->snapshot().requests, 0U);
  EXPECT_EQ(camera->snapshot().counters.unreadable_requests, 1U);
}

TEST_F(CameraSessionTest, AcknowledgesOtherChannelsAndDropsWhatTheyCarry) {
  start();
  open();
  hand->send(kClient, drw(3, 0, as_bytes("talk")));
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{"f1d10006d10300010000"});
}

TEST_F(CameraSessionTest, AnswersEveryAliveAtOnceAndNoAliveAck) {
  start();
  open();
  hand->send(kClient, kAlive);
  hand->send(kClient, kAlive);
  EXPECT_EQ(hand->take_hex(), (std::vector<std::string>{kAliveAck, kAliveAck}));
  hand->send(kClient, kAliveAck);
  EXPECT_TRUE(hand->take().empty());
}

TEST_F(CameraSessionTest, SendsAliveAboutOnceASecond) {
  start();
  open();
  std::size_t alive = 0;
  for (int i = 0; i < 10; ++i) {
    hand->send(kClient, kAliveAck);
    alive += count(hand->pass(1s), kAlive);
  }
  EXPECT_GE(alive, 9U);
  EXPECT_LE(alive, 10U);
}

TEST_F(CameraSessionTest, ClosesASessionThatFellSilent) {
  start();
  open();
  EXPECT_EQ(count(hand->pass(9s), kClose), 0U);
  EXPECT_EQ(camera->snapshot().sessions, 1U);
  EXPECT_EQ(count(hand->pass(1s), kClose), 1U);
  EXPECT_EQ(camera->snapshot().sessions, 0U);
  EXPECT_FALSE(camera->deadline().has_value());
}

TEST_F(CameraSessionTest, StaysOpenAsLongAsAnythingComes) {
  start();
  open();
  for (int i = 0; i < 20; ++i) {
    hand->pass(9s);
    hand->send(kClient, kAliveAck);
  }
  EXPECT_EQ(camera->snapshot().sessions, 1U);
}

TEST_F(CameraSessionTest, HonoursACloseOnlyFromTheSessionsAddress) {
  start();
  open();
  hand->send(kOtherClient, kClose);
  EXPECT_EQ(camera->snapshot().sessions, 1U);
  hand->send(kClient, kClose);
  EXPECT_EQ(camera->snapshot().sessions, 0U);
}

TEST_F(CameraSessionTest, AnswersNothingToWhoHasNoSession) {
  start();
  open();
  hand->send(kOtherClient, kGetStatus);
  hand->send(kOtherClient, kAlive);
  EXPECT_TRUE(hand->take().empty());
  EXPECT_EQ(camera->snapshot().requests, 0U);
}

TEST_F(CameraSessionTest, KeepsTheStreamsOfTwoClientsApart) {
  config.max_sessions = 2;
  start();
  open();
  open(kOtherClient);
  hand->send(kClient, kGetStatus);
  hand->send(kOtherClient, kGetStatus);
  std::size_t to_one = 0, to_other = 0;
  for (const auto& sent : hand->take()) {
    if (sent.hex.substr(8, 8) != "d1000000" || !sent.hex.starts_with("f1d0")) continue;
    (sent.to == kClient ? to_one : to_other) += 1;
  }
  EXPECT_EQ(to_one, 1U);
  EXPECT_EQ(to_other, 1U);
}

TEST_F(CameraSessionTest, DropsRepliesBeyondItsCapWhenTheClientAcknowledgesNothing) {
  constexpr std::size_t kPicture = 1'000'000;
  config.pictures = {Bytes(kPicture, std::byte{'x'})};
  start();
  open();
  Bytes block;
  append_request_block("GET /snapshot.cgi?loginuse=admin&loginpas=888888&", block);
  for (std::uint16_t i = 0; i < 60; ++i) {
    hand->send(kClient, drw(0, i, block));
    hand->take();
  }
  EXPECT_EQ(camera->snapshot().requests, 60U);
  EXPECT_GE(camera->snapshot().counters.dropped_replies, 50U);
  // Now everything is acknowledged: what was kept comes, and no more.
  std::set<std::string> indices;
  for (int quiet = 0; quiet < 3; ++quiet) {
    for (const auto& sent : hand->pass(500ms)) {
      if (!sent.hex.starts_with("f1d0")) continue;
      if (indices.insert(sent.hex.substr(12, 4)).second) quiet = 0;
      hand->send(kClient, "f1d10006d1000001" + sent.hex.substr(12, 4));
    }
  }
  EXPECT_GT(indices.size() * 1024, 7 * kPicture);
  EXPECT_LE(indices.size() * 1024, CameraSession::kMaxReplies + 2 * kPicture);
  hand->send(kClient, kClose);
  EXPECT_GE(camera->snapshot().counters.dropped_replies, 50U) << "kept when the session is gone";
}

TEST_F(CameraSessionTest, ComesBackFromARebootAfterTwoSeconds) {
  start();
  open();
  EXPECT_EQ(result("reboot.cgi"), 0);
  EXPECT_EQ(camera->snapshot().reboots, 0U);
  const auto going_down = hand->pass(300ms);
  EXPECT_EQ(count(going_down, kClose), 1U);
  EXPECT_EQ(camera->snapshot().reboots, 1U);
  EXPECT_EQ(camera->snapshot().sessions, 0U);
  hand->send(kOtherClient, kPunch);
  hand->send(kOtherClient, kLanSearch);
  EXPECT_TRUE(hand->pass(1999ms).empty());  // deaf while off
  hand->pass(1ms);
  open(kOtherClient);
}

}  // namespace
}  // namespace cam32100::protocol
