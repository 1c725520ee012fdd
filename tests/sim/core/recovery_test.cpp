// What a supervisor does when the world changes under it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/core/camera_world.hpp"

namespace cam32100::bridge::test {
namespace {

using ::testing::HasSubstr;

class Recovery : public ::testing::TestWithParam<CameraKind> {
 protected:
  [[nodiscard]] static WorldOptions options() {
    WorldOptions made;
    made.kind = GetParam();
    return made;
  }
};
INSTANTIATE_TEST_SUITE_P(BothCameras, Recovery,
                         ::testing::Values(CameraKind::emulated, CameraKind::independent),
                         [](const auto& param) { return to_text(param.param); });

TEST_P(Recovery, FromACameraThatWasSwitchedOffAndOn) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  world.history.clear();
  world.camera->power_cycle(world.net.now());
  ASSERT_TRUE(
      world.net.run_until([&] { return world.session() != CameraSession::connected; }, 20s));
  EXPECT_EQ(world.status().reason, "timed_out, awaiting_traffic");
  ASSERT_TRUE(world.run_until_connected(5s));
  EXPECT_EQ(world.heard.availability, std::vector<bool>{true}) << "no flicker";
  const auto lost =
      std::find_if(world.heard.protocol_events.begin(), world.heard.protocol_events.end(),
                   [](const ProtocolEvent& event) { return event.type == "lost_connection"; });
  ASSERT_NE(lost, world.heard.protocol_events.end());
  EXPECT_EQ(lost->fields.at("stage"), "awaiting_traffic");
}

TEST_P(Recovery, SaysOfflineOfACameraThatStaysAwayAndOnlineWhenItIsBack) {
  World world{disturbed(options())};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  world.net.cut_off(world.them);
  world.net.run_for(35s);
  EXPECT_EQ(world.heard.availability, std::vector<bool>{true}) << "10 s to notice, 30 s of grace";
  world.net.run_for(10s);
  EXPECT_EQ(world.heard.availability, (std::vector<bool>{true, false}));
  EXPECT_TRUE(world.run_until(CameraSession::offline, 60s));
  world.net.run_for(2h);
  world.net.reconnect(world.them);
  ASSERT_TRUE(world.run_until_connected(90s))
      << "endless retry, at most a minute and an attempt apart";
  EXPECT_EQ(world.heard.availability, (std::vector<bool>{true, false, true}));
  world.net.run_for(15s);
  EXPECT_EQ(world.status().retries, 0U);
  EXPECT_FALSE(world.status().last_error);
}

TEST_P(Recovery, FindsACameraAtItsNewAddress) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  world.net.move(world.them, {{192, 168, 1, 77}, 30111});
  world.camera->power_cycle(world.net.now());
  ASSERT_TRUE(
      world.net.run_until([&] { return world.session() != CameraSession::connected; }, 20s));
  EXPECT_EQ(world.status().reason, "timed_out, awaiting_traffic");
  ASSERT_TRUE(world.run_until_connected(20s));
  EXPECT_EQ(world.status().address, (protocol::Address{{192, 168, 1, 77}, 30111}));
}

TEST_P(Recovery, FindsACameraWhoseSessionPortChangedBehindAKnownAddress) {
  auto made = options();
  made.lan = false;
  made.address = true;
  World world{made};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  world.net.move(world.them, {kCameraAddress.ip, 30111});
  world.camera->power_cycle(world.net.now());
  ASSERT_TRUE(
      world.net.run_until([&] { return world.session() != CameraSession::connected; }, 20s));
  EXPECT_EQ(world.status().reason, "timed_out, awaiting_traffic");
  EXPECT_TRUE(world.run_until_connected(20s));
}

TEST_P(Recovery, BacksOffFromACameraWhoseSessionsNeverProveThemselves) {
  World world{options()};
  Duration longest{};
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(world.run_until_connected(90s));
    world.camera->power_cycle(world.net.now());  // before it answered anything
    ASSERT_TRUE(
        world.net.run_until([&] { return world.session() != CameraSession::connected; }, 20s));
    const auto lost = world.net.now();
    const auto generation = world.supervisor->socket_generation();
    ASSERT_TRUE(world.net.run_until(
        [&] { return world.supervisor->socket_generation() != generation; }, 90s));
    longest = std::max(longest, world.net.now() - lost);
  }
  EXPECT_EQ(world.status().retries, 8U);
  EXPECT_GE(longest, 48s);
  ASSERT_TRUE(world.run_until_connected(90s));
  world.net.run_for(15s);
  EXPECT_EQ(world.status().retries, 0U);
}

WorldOptions on_demand_by_server() {
  WorldOptions made;
  made.lan = false;
  made.server = true;
  made.adjust = [](SupervisorConfig& config) {
    config.on_demand = true;
    config.idle_logout = 2s;
  };
  return made;
}

TEST(RecoveryByServer, AfterTheServerForgotEveryLogin) {
  World world{on_demand_by_server()};
  const JobId before = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(before));
  ASSERT_TRUE(world.run_until(CameraSession::idle, 10s));
  world.net.move(world.them, {{198, 51, 100, 77}, 30111});  // the last address leads nowhere
  world.restart_server();
  const JobId during = world.submit(status_plan());  // the camera's next login is due later
  ASSERT_TRUE(world.run_until_answered(during));
  EXPECT_TRUE(world.heard.failed_with(during, mappings::ErrorCode::camera_offline));
  EXPECT_EQ(world.status().reason, "device_offline, awaiting_lookup_ack");
  world.net.run_for(10s);  // a login interval
  const JobId after = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(after));
  EXPECT_TRUE(world.heard.replies.contains(after));
  EXPECT_EQ(world.status().reason, "");
}

TEST(RecoveryByServer, DoesNotNeedItsLoginsWhereTheCameraIsWhereItWas) {
  World world{on_demand_by_server()};
  const JobId before = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(before));
  ASSERT_TRUE(world.run_until(CameraSession::idle, 10s));
  world.restart_server();
  const JobId during = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(during, 1s));
  EXPECT_TRUE(world.heard.replies.contains(during));
}

TEST(RecoveryByServer, OfAnAddressThatOnlyTheServerKnows) {
  WorldOptions made;
  made.lan = false;
  made.server = true;
  World world{made};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  world.net.move(world.them, {{198, 51, 100, 77}, 30111});
  world.camera->power_cycle(world.net.now());
  ASSERT_TRUE(
      world.net.run_until([&] { return world.session() != CameraSession::connected; }, 20s));
  EXPECT_EQ(world.status().reason, "timed_out, awaiting_traffic");
  ASSERT_TRUE(world.run_until_connected(90s));
  EXPECT_EQ(world.status().address, (protocol::Address{{198, 51, 100, 77}, 30111}));
}

TEST(RecoveryByServer, DoesNotNeedTheServersOnceConnected) {
  WorldOptions made;
  made.lan = false;
  made.server = true;
  World world{made};
  ASSERT_TRUE(world.run_until_connected());
  world.net.cut_off(world.server_node);
  world.net.run_for(1h);
  EXPECT_EQ(world.session(), CameraSession::connected);
}

TEST(RecoveryFromReboot, ComesBackByItselfAndSaysThatTheCameraClosed) {
  World world{{}};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  const JobId reboot = world.submit(plan_of(mappings::PlanKind::change, "reboot.cgi"));
  ASSERT_TRUE(world.run_until_answered(reboot));
  EXPECT_TRUE(world.heard.replies.contains(reboot));
  ASSERT_TRUE(
      world.net.run_until([&] { return world.session() != CameraSession::connected; }, 20s));
  EXPECT_THAT(world.status().reason, HasSubstr("closed_by_peer"));
  EXPECT_NE(world.session(), CameraSession::busy) << "an ended session is no refusal";
  ASSERT_TRUE(world.run_until_connected(20s));
  EXPECT_EQ(world.heard.availability, std::vector<bool>{true});
}

}  // namespace
}  // namespace cam32100::bridge::test
