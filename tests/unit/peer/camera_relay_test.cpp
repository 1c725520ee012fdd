// The camera's side of a relay: who may send it there, and how sessions open there.
#include <set>

#include "camera_by_hand.hpp"
#include "tests/unit/transport/relay_wire.hpp"

namespace cam32100::protocol {
namespace {

using namespace relay_wire;

const Address kRelayWay{{203, 0, 113, 50}, 34000};

struct CameraRelay : CameraByHand {
  void SetUp() override { config.servers = {{kServer, {}}}; }
  void start_logged_in() {
    start();
    hand->take();
    hand->send(kServer, "f111000400000000");
  }
  void go_to(const Address& relay = kRelayWay) {
    hand->send(kServer, told(relay));
    ASSERT_EQ(count_to(hand->take(), relay), 1U);
  }
  static std::size_t count_to(const std::vector<Sent>& sent, const Address& to) {
    return static_cast<std::size_t>(
        std::count_if(sent.begin(), sent.end(), [&](const Sent& each) { return each.to == to; }));
  }
};

TEST_F(CameraRelay, GoesWhereItsServerSendsIt) {
  start_logged_in();
  hand->send(kServer, "f18200140002d084327100cb0000000000000000a1b2c3d4");
  const auto sent = hand->take();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].to, kRelayWay);
  EXPECT_EQ(sent[0].hex, "f183001ca1b2c3d45848410000000000000003e24b4d4d454200000001000000");
  const auto more = hand->pass(1s);
  EXPECT_GE(count(more, from_device()), 4U);
  EXPECT_EQ(count_to(more, kRelayWay), count(more, from_device()));
}

TEST_F(CameraRelay, GoesNowhereAtTheWordOfOthers) {
  start_logged_in();
  open();
  for (const Address& from : {kClient, kOtherClient, kRelayWay, Address{kServer.ip, 32101}}) {
    hand->send(from, told(kRelayWay));
  }
  EXPECT_EQ(count(hand->pass(2s), "f183"), 0U);
}

TEST_F(CameraRelay, GoesNowhereUnusableNorWhenItTakesNoRelays) {
  start_logged_in();
  hand->send(kServer, told({{0, 0, 0, 0}, 34000}));
  hand->send(kServer, told({kRelayWay.ip, 0}));
  hand->send(kServer, told({{255, 255, 255, 255}, 34000}));
  EXPECT_EQ(count(hand->pass(2s), "f183"), 0U);
  config.takes_relays = false;
  start_logged_in();
  hand->send(kServer, told(kRelayWay));
  EXPECT_EQ(count(hand->pass(2s), "f183"), 0U);
}

TEST_F(CameraRelay, GivesUpAfterFiveSeconds) {
  start_logged_in();
  go_to();
  hand->pass(5s);
  EXPECT_EQ(count(hand->pass(5s), "f183"), 0U);
  hand->send(kRelayWay, ready());
  EXPECT_EQ(camera->snapshot().sessions, 0U);
}

TEST_F(CameraRelay, GoesOnceThoughSeveralServersSayTheSame) {
  config.servers.push_back({{{198, 51, 100, 2}, 32100}, {}});
  start_logged_in();
  hand->send(kServer, told(kRelayWay));
  hand->send({{198, 51, 100, 2}, 32100}, told(kRelayWay));
  EXPECT_EQ(count_to(hand->take(), kRelayWay), 1U);
  hand->send(kServer, told(kRelayWay, "01020304"));  // another client's word
  EXPECT_EQ(count(hand->take(), from_device("01020304")), 1U);
}

TEST_F(CameraRelay, GoesToEightAtMostTheOldestGivesWay) {
  start_logged_in();
  for (std::uint16_t i = 0; i < 20; ++i) {
    hand->send(kServer, told({kRelayWay.ip, static_cast<std::uint16_t>(34000 + i)}));
  }
  std::set<std::uint16_t> ports;
  for (const Sent& each : hand->pass(2s)) {
    if (each.to.ip == kRelayWay.ip) ports.insert(each.to.port);
  }
  EXPECT_EQ(ports,
            (std::set<std::uint16_t>{34012, 34013, 34014, 34015, 34016, 34017, 34018, 34019}));
}

TEST_F(CameraRelay, OpensItsSessionWhenTheRelaySaysReadyAndSaysItNotItself) {
  start_logged_in();
  go_to();
  hand->send(kRelayWay, ready());
  EXPECT_EQ(camera->snapshot().sessions, 1U);
  const auto sent = hand->pass(500ms);
  EXPECT_EQ(count(sent, kReady), 0U);
  EXPECT_EQ(count(sent, "f183"), 0U);
  hand->send(kRelayWay, kAlive);
  EXPECT_EQ(count_to(hand->take(), kRelayWay), 1U);
}

TEST_F(CameraRelay, SaysReadyThroughTheRelayWhenToldToDoSo) {
  config.says_ready_by_relay = true;
  start_logged_in();
  go_to();
  hand->send(kRelayWay, ready());
  const auto sent = hand->take();
  EXPECT_EQ(count(sent, kReady), 1U);
  EXPECT_EQ(count_to(sent, kRelayWay), sent.size());
}

TEST_F(CameraRelay, OpensNothingForReadyOfOthersNorForAnotherUid) {
  start_logged_in();
  hand->send(kRelayWay, ready());  // it was not sent there
  go_to();
  hand->send(kClient, ready());
  hand->send({kRelayWay.ip, 34001}, ready());
  hand->send(kServer, ready());
  hand->send(kRelayWay, ready(kOther));
  EXPECT_EQ(camera->snapshot().sessions, 0U);
  EXPECT_GE(count(hand->pass(1s), from_device()), 2U) << "it goes on";
}

TEST_F(CameraRelay, RefusesInSilenceWhenItIsFull) {
  start_logged_in();
  open();
  go_to();
  hand->send(kRelayWay, ready());
  EXPECT_EQ(count_to(hand->pass(1s), kRelayWay), 0U);
  EXPECT_EQ(camera->snapshot().sessions, 1U);
}

TEST_F(CameraRelay, ClosesAtOnceWhenItIsFullWithoutReadyThroughTheRelay) {
  config.refusal = RefusalForm::close_after_rdy;
  start_logged_in();
  open();
  go_to();
  hand->send(kRelayWay, ready());
  std::vector<std::string> to_relay;
  for (const Sent& each : hand->take()) {
    if (each.to == kRelayWay) to_relay.push_back(each.hex);
  }
  EXPECT_EQ(to_relay, std::vector<std::string>{kClose});
  EXPECT_EQ(camera->snapshot().sessions, 1U);
}

TEST_F(CameraRelay, OpensASurplusSessionWhenItIsFullWithoutReadyThroughTheRelay) {
  config.refusal = RefusalForm::full_users;
  start_logged_in();
  open();
  go_to();
  hand->send(kRelayWay, ready());
  EXPECT_EQ(count(hand->take(), kReady), 0U);
  EXPECT_EQ(camera->snapshot().sessions, 2U);
}

TEST_F(CameraRelay, ForgetsItsRelaysWhenThePowerGoes) {
  start_logged_in();
  go_to();
  camera->power_cycle(hand->now);
  EXPECT_EQ(count(hand->pass(2s), "f183"), 0U);
}

TEST_F(CameraRelay, PunchesBesideAPublicClientLateAndNotWhenToldNotTo) {
  for (const bool tries : {true, false}) {
    config.tries_neighbours = tries;
    start_logged_in();
    hand->send(kServer, "f14000100002409c0a0200c00000000000000000");  // 192.0.2.10:40000
    hand->send(kServer, "f14000100002409c0501a8c00000000000000000");  // 192.168.1.5:40000
    for (const Sent& each : hand->pass(1900ms))
      EXPECT_EQ(each.to.port, each.to == kServer ? 32100 : 40000);
    std::set<std::uint16_t> ports;
    for (const Sent& each : hand->pass(200ms)) {
      if (each.to.ip == kClient.ip) ports.insert(each.to.port);
      if (each.to.ip != kClient.ip && each.to != kServer) {
        EXPECT_EQ(each.to.port, 40000) << "a private one has no neighbours";
      }
    }
    EXPECT_EQ(ports.size(), tries ? 7U : 1U);
  }
}

}  // namespace
}  // namespace cam32100::protocol
