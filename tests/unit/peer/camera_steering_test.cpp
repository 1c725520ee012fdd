// What is done to a camera from outside the network.
#include "camera_by_hand.hpp"

namespace cam32100::protocol {
namespace {

using SteeredCamera = CgiByHand;
const char* const kPunchTo = "f14000100002409c0a0200c00000000000000000";  // 192.0.2.10:40000

TEST_F(SteeredCamera, RebootsAtOnceAsOnReboot) {
  start();
  open();
  camera->reboot(hand->now);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{kClose});
  EXPECT_EQ(camera->snapshot().reboots, 1U);
  camera->reboot(hand->now);
  EXPECT_EQ(camera->snapshot().reboots, 1U) << "it is off already";
  hand->send(kOtherClient, kPunch);
  EXPECT_TRUE(hand->pass(1999ms).empty());
  hand->pass(1ms);
  open(kOtherClient);
}

TEST_F(SteeredCamera, SaysCloseToEveryClientAndTakesNewOnes) {
  config.max_sessions = 2;
  start();
  open();
  open(kOtherClient);
  camera->close_sessions();
  EXPECT_EQ(count(hand->take(), kClose), 2U);
  EXPECT_EQ(camera->snapshot().sessions, 0U);
  open();
}

TEST_F(SteeredCamera, ShowsTheNetworkItJoined) {
  start();
  open();
  const auto before = camera->glance();
  camera->join_wifi("Barn \"2\"", -70);
  EXPECT_NE(camera->glance(), before);
  EXPECT_EQ(ask("get_params.cgi").value("wifi_ssid"), "Barn \"2\"");
  const auto networks = ask("get_wifi_scan_result.cgi");
  EXPECT_EQ(networks.value("ap_ssid[0]"), "Barn \"2\"");
  EXPECT_EQ(networks.value("ap_dbm0[0]"), "-70");
  EXPECT_EQ(result("restore_factory.cgi"), 0);
  hand->pass(3s);
  client = kOtherClient;
  next_index = expected = 0;
  open(kOtherClient);
  EXPECT_EQ(ask("get_params.cgi").value("wifi_ssid"), "home");
  EXPECT_EQ(ask("get_wifi_scan_result.cgi").value("ap_dbm0[0]"), "92");
}

TEST_F(SteeredCamera, MeetsNoClientWhenItIsToldNotTo) {
  config.servers = {{kServer, {}}};
  config.punches = false;
  start();
  hand->take();
  hand->send(kServer, kPunchTo);
  EXPECT_EQ(count(hand->pass(5s), kPunch), 0U);
}

}  // namespace
}  // namespace cam32100::protocol
