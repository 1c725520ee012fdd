#include "camera_by_hand.hpp"

namespace cam32100::protocol {
namespace {

using CameraHandshake = CameraByHand;

TEST_F(CameraHandshake, AnswersALanSearchWithItsUid) {
  start();
  hand->send(kClient, kLanSearch);
  const auto sent = hand->take();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].to, kClient);
  EXPECT_EQ(sent[0].hex, kPunch);
  EXPECT_EQ(camera->snapshot().sessions, 0U);
}

TEST_F(CameraHandshake, CanBeToldNotToAnswerALanSearch) {
  config.answers_lan_search = false;
  start();
  hand->send(kClient, kLanSearch);
  EXPECT_TRUE(hand->take().empty());
}

TEST_F(CameraHandshake, AnswersPunchesWithFourReadyTenMillisecondsApart) {
  start();
  hand->send(kClient, kPunch);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{kReady});
  EXPECT_EQ(count(hand->pass(9ms), kReady), 0U);
  EXPECT_EQ(count(hand->pass(1ms), kReady), 1U);
  EXPECT_EQ(count(hand->pass(10ms), kReady), 1U);
  EXPECT_EQ(count(hand->pass(10ms), kReady), 1U);
  EXPECT_EQ(count(hand->pass(100ms), kReady), 0U);
}

TEST_F(CameraHandshake, RepeatsReadyUntilItHearsTraffic) {
  start();
  hand->send(kClient, kPunch);
  EXPECT_GE(count(hand->pass(2s), kReady), 8U);
  hand->send(kClient, kAlive);
  EXPECT_EQ(count(hand->pass(2s), kReady), 0U);
}

TEST_F(CameraHandshake, TakesFourPunchesForOneSession) {
  start();
  for (int i = 0; i < 4; ++i) hand->send(kClient, kPunch);
  EXPECT_EQ(count(hand->take(), kReady), 1U);
  EXPECT_EQ(camera->snapshot().sessions, 1U);
}

TEST_F(CameraHandshake, IgnoresThePunchOfAnotherUid) {
  start();
  hand->send(kClient, "f14100144241544400000000000262ca574f4e4a4d000000");  // capture 15
  hand->send(kClient, "f14100145848410000000000000003e24142434445000000");  // another check code
  hand->send(kClient, kReady);  // variant B is not its way
  EXPECT_TRUE(hand->pass(1s).empty());
  EXPECT_EQ(camera->snapshot().sessions, 0U);
}

TEST_F(CameraHandshake, WantsReadyFromTheClientInVariantB) {
  config.punch_variant_ready = true;
  start();
  hand->send(kClient, kPunch);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{kPunch});
  EXPECT_EQ(camera->snapshot().sessions, 0U);
  hand->send(kClient, kReady);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{kReady});
  EXPECT_EQ(camera->snapshot().sessions, 1U);
}

TEST_F(CameraHandshake, DoesNotPlayPingPongWithPunchesInVariantB) {
  config.punch_variant_ready = true;
  start();
  for (int i = 0; i < 50; ++i) hand->send(kClient, kPunch);
  EXPECT_EQ(hand->take().size(), 1U);
  hand->pass(100ms);
  hand->send(kClient, kPunch);
  EXPECT_EQ(hand->take().size(), 1U);
}

TEST_F(CameraHandshake, IsSilentWhenFullByDefault) {
  start();
  open();
  for (int i = 0; i < 3; ++i) hand->send(kOtherClient, kPunch);
  for (const auto& sent : hand->pass(2s)) EXPECT_EQ(sent.to, kClient);
  EXPECT_EQ(camera->snapshot().sessions, 1U);
}

TEST_F(CameraHandshake, CanCloseRightAfterReadyWhenFull) {
  config.refusal = RefusalForm::close_after_rdy;
  start();
  open();
  hand->send(kOtherClient, kPunch);
  EXPECT_EQ(hand->take_hex(), (std::vector<std::string>{kReady, kClose}));
  EXPECT_EQ(camera->snapshot().sessions, 1U);
}

TEST_F(CameraHandshake, OpensOneMoreToRefuseItByUsers) {
  config.refusal = RefusalForm::full_users;
  start();
  open();
  open(kOtherClient);
  EXPECT_EQ(camera->snapshot().sessions, 2U);
}

TEST_F(CameraHandshake, OpensOnlySoManySurplusSessions) {
  config.refusal = RefusalForm::full_users;
  start();
  for (std::uint16_t port = 1; port <= 100; ++port) hand->send({{192, 0, 2, 99}, port}, kPunch);
  EXPECT_LE(camera->snapshot().sessions, 17U);
}

TEST_F(CameraHandshake, TakesAsManySessionsAsAllowed) {
  config.max_sessions = 3;
  start();
  for (std::uint16_t port = 1; port <= 5; ++port) hand->send({{192, 0, 2, 99}, port}, kPunch);
  EXPECT_EQ(camera->snapshot().sessions, 3U);
}

TEST_F(CameraHandshake, HasRoomAgainAfterAClose) {
  start();
  open();
  hand->send(kClient, kClose);
  EXPECT_EQ(camera->snapshot().sessions, 0U);
  EXPECT_TRUE(hand->take().empty());  // a CLOSE is not answered
  open(kOtherClient);
}

TEST_F(CameraHandshake, SpeaksOnlyUnderItsKeyWhenItHasOne) {
  config.psk = "vstarcam2018";
  start(Cipher{"vstarcam2018"});
  ByHand plain{*camera};
  plain.send(kClient, kLanSearch);
  plain.send(kClient, kPunch);
  ByHand other_key{*camera, Cipher{"vstarcam2019"}};
  other_key.send(kClient, kLanSearch);
  EXPECT_TRUE(hand->take().empty());
  // LAN_SEARCH under vstarcam2018, as captured.
  camera->on_datagram(hand->now, kClient, ByHand::from_text("49b573d5"));
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{kPunch});
  hand->send(kClient, kPunch);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{kReady});
}

TEST_F(CameraHandshake, APlainCameraIgnoresEncryptedSearches) {
  start();
  camera->on_datagram(hand->now, kClient, ByHand::from_text("49b573d5"));
  EXPECT_TRUE(hand->take().empty());
}

TEST_F(CameraHandshake, ForgetsSessionsWithoutAWordAtAPowerCycle) {
  start();
  open();
  camera->power_cycle(hand->now);
  EXPECT_TRUE(hand->take().empty());
  EXPECT_EQ(camera->snapshot().sessions, 0U);
  hand->send(kClient, kAlive);
  EXPECT_TRUE(hand->take().empty());
  open(kOtherClient);
}

TEST_F(CameraHandshake, NeverAnswersGarbageOrUnusableAddresses) {
  start();
  for (const std::string hex :
       {"", "f1", "f13000", "f1300001", "a1000000", "f1ff0000", "f1410014", "f1100028"}) {
    hand->send(kClient, hex);
  }
  hand->send({{0, 0, 0, 0}, 5}, kLanSearch);
  hand->send({{255, 255, 255, 255}, 5}, kPunch);
  hand->send({{192, 0, 2, 1}, 0}, kLanSearch);
  EXPECT_TRUE(hand->pass(1s).empty());
  EXPECT_EQ(camera->snapshot().sessions, 0U);
  EXPECT_EQ(camera->snapshot().counters.malformed, 7U) << "all but the unknown code ff";
}

TEST_F(CameraHandshake, SurvivesEverySingleByteCorruptionOfItsPunch) {
  config.max_sessions = 1'000;
  start();
  const Bytes whole = ByHand::from_text(kPunch);
  // From another port each: a session is a source address.
  std::uint16_t port = 1;
  std::size_t undamaged = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      Bytes damaged = whole;
      damaged[at] = static_cast<std::byte>(value);
      undamaged += damaged == whole ? 1U : 0U;
      hand->send_bytes({kClient.ip, port++}, damaged);
      hand->take();
    }
  }
  EXPECT_EQ(undamaged, whole.size());
  EXPECT_EQ(camera->snapshot().sessions, undamaged);
}

}  // namespace
}  // namespace cam32100::protocol
