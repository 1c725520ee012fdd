#include "camera_by_hand.hpp"

namespace cam32100::protocol {
namespace {

// XHA-000994-KMMEB, NT 0, version 4.1.3, 192.168.1.63:32108
const char* const kLogin =
    "f11000285848410000000000000003e24b4d4d45420000000004010300026c7d3f01a8c00000000000000000";
const char* const kOk = "f111000400000000";
const Address kSecondServer{{198, 51, 100, 2}, 32100};

struct CameraLogin : CameraByHand {
  void SetUp() override {
    config.servers = {{kServer, {}}};
    config.lan_address.address = {{192, 168, 1, 63}, 32108};
  }
};

TEST_F(CameraLogin, GreetsAndLogsInAtOnce) {
  start();
  const auto sent = hand->take();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].hex, "f1000000");
  EXPECT_EQ(sent[1].hex, kLogin);
  EXPECT_EQ(sent[1].to, kServer);
  EXPECT_FALSE(camera->snapshot().logged_in);
  hand->send(kServer, kOk);
  EXPECT_TRUE(camera->snapshot().logged_in);
}

TEST_F(CameraLogin, RepeatsItsLoginEveryInterval) {
  start();
  hand->take();
  hand->send(kServer, kOk);
  EXPECT_TRUE(hand->pass(9999ms).empty());
  EXPECT_EQ(count(hand->pass(1ms), kLogin), 1U);
}

TEST_F(CameraLogin, TriesEveryTwoSecondsWhileNobodyAnswers) {
  start();
  EXPECT_EQ(count(hand->pass(10s), kLogin), 6U);  // at 0, 2, ... 10
  EXPECT_FALSE(camera->snapshot().logged_in);
}

TEST_F(CameraLogin, IsLoggedOutAfterThreeUnansweredLogins) {
  start();
  hand->take();
  hand->send(kServer, kOk);
  hand->pass(14s);  // due at 10, 12, 14
  EXPECT_TRUE(camera->snapshot().logged_in);
  hand->pass(2s);
  EXPECT_FALSE(camera->snapshot().logged_in);
}

TEST_F(CameraLogin, IsNotLoggedInByARefusal) {
  start();
  hand->take();
  hand->send(kServer, "f1110004fd000000");
  EXPECT_FALSE(camera->snapshot().logged_in);
  EXPECT_EQ(count(hand->pass(10s), kLogin), 1U);  // it goes on asking, without hurry
}

TEST_F(CameraLogin, ListensToNoOneElseForServerMessages) {
  start();
  hand->take();
  hand->send(kOtherClient, kOk);
  EXPECT_FALSE(camera->snapshot().logged_in);
  hand->send(kOtherClient, "f14000100002409c0a0200c00000000000000000");
  EXPECT_TRUE(hand->take().empty());
}

TEST_F(CameraLogin, LogsInToEachServerInItsOwnForm) {
  config.servers.push_back({kSecondServer, Cipher{"vstarcam2018"}});
  start();
  Datagram out;
  std::map<Address, std::string> hello;
  while (camera->take_datagram(hand->now, out)) hello.emplace(out.to, to_hex(out.view()));
  EXPECT_EQ(hello[kServer], "f1000000");
  EXPECT_EQ(hello[kSecondServer], "4985f1a0");
}

TEST_F(CameraLogin, PunchesTheClientAServerTellsItOf) {
  start();
  hand->take();
  hand->send(kServer, kOk);
  hand->send(kServer, "f14000100002409c0a0200c00000000000000000");  // 192.0.2.10:40000
  const auto sent = hand->pass(1s);
  EXPECT_GE(count(sent, kPunch), 10U);
  for (const auto& each : sent) EXPECT_EQ(each.to, kClient);
  hand->send(kClient, kPunch);  // the client's echo opens the session
  EXPECT_EQ(count(hand->take(), kReady), 1U);
  EXPECT_EQ(count(hand->pass(500ms), kPunch), 0U);
}

TEST_F(CameraLogin, GivesUpPunchingAfterFiveSeconds) {
  start();
  hand->take();
  hand->send(kServer, kOk);
  hand->send(kServer, "f14000100002409c0a0200c00000000000000000");
  hand->pass(5s);
  EXPECT_EQ(count(hand->pass(4s), kPunch), 0U);
}

TEST_F(CameraLogin, NeverPunchesUnusableAddressesNorMoreThanItsCap) {
  start();
  hand->take();
  hand->send(kServer, "f14000100002000000000000000000000000000000");
  hand->send(kServer, "f14000100002409cffffffff0000000000000000");
  EXPECT_EQ(count(hand->take(), kPunch), 0U);
  for (unsigned i = 1; i <= 40; ++i) {
    hand->send(kServer, "f1400010000240" + std::string(1, "0123456789abcdef"[i % 16]) + "c" +
                            hex16(0x0A00 + i) + "00c00000000000000000");
  }
  hand->take();
  EXPECT_EQ(count(hand->pass(100ms), kPunch), 16U);
}

TEST_F(CameraLogin, LogsInAnewAfterAPowerCycle) {
  start();
  hand->take();
  hand->send(kServer, kOk);
  camera->power_cycle(hand->now);
  EXPECT_FALSE(camera->snapshot().logged_in);
  const auto sent = hand->take();
  EXPECT_EQ(count(sent, "f1000000"), 1U);
  EXPECT_EQ(count(sent, kLogin), 1U);
}

}  // namespace
}  // namespace cam32100::protocol
