// How the way to a camera is found.
#include <gtest/gtest.h>

#include "tests/sim/core/camera_world.hpp"

namespace cam32100::bridge::test {
namespace {

using mappings::ErrorCode;
using protocol::Path;

class Connecting : public ::testing::TestWithParam<CameraKind> {
 protected:
  [[nodiscard]] static WorldOptions options() {
    WorldOptions made;
    made.kind = GetParam();
    return made;
  }
};
INSTANTIATE_TEST_SUITE_P(BothCameras, Connecting,
                         ::testing::Values(CameraKind::emulated, CameraKind::independent),
                         [](const auto& param) { return to_text(param.param); });

TEST_P(Connecting, ByAKnownAddress) {
  auto made = options();
  made.lan = false;
  made.address = true;
  World world{made};
  ASSERT_TRUE(world.run_until_connected());
  EXPECT_EQ(world.status().path, Path::direct);
  EXPECT_EQ(world.status().address, kCameraAddress) << "the camera answers from its session port";
  EXPECT_TRUE(world.status().available);
  EXPECT_EQ(world.status().reason, "");
}

// Neither LAN search nor server: where it was in an earlier run is the first place to look.
TEST_P(Connecting, WhereItWasInAnEarlierRun) {
  auto made = options();
  made.lan = false;
  made.adjust = [](SupervisorConfig& config) {
    config.known_way = KnownWay{kCameraAddress, Path::lan, "plain"};
  };
  World world{made};
  ASSERT_TRUE(world.run_until_connected());
  EXPECT_EQ(world.status().path, Path::lan);
}

TEST_P(Connecting, OnTheLan) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected(2s));
  EXPECT_EQ(world.status().path, Path::lan);
  EXPECT_EQ(world.heard.availability, std::vector<bool>{true});
}

TEST_P(Connecting, UnderAKey) {
  auto made = options();
  made.camera.psk = "vstarcam2018";
  World world{made};
  ASSERT_TRUE(world.run_until_connected());
  EXPECT_EQ(world.status().cipher_name, "configured");
}

TEST_P(Connecting, ToACameraThatWantsP2pRdyFirst) {
  auto made = options();
  made.camera.opens_on_ready = true;
  World world{made};
  ASSERT_TRUE(world.run_until_connected());
  const auto confirmed =
      std::find_if(world.heard.protocol_events.begin(), world.heard.protocol_events.end(),
                   [](const ProtocolEvent& event) { return event.type == "confirmed"; });
  ASSERT_NE(confirmed, world.heard.protocol_events.end());
  EXPECT_EQ(confirmed->fields.at("variant"), "rdy");
}

TEST_P(Connecting, NotToACameraUnderAKeyWeDoNotHave) {
  auto made = options();
  made.camera.psk = "vstarcam2018";
  made.adjust = [](SupervisorConfig& config) { config.ciphers = {{"plain", protocol::Cipher{}}}; };
  World world{made};
  EXPECT_FALSE(world.run_until_connected(30s));
  EXPECT_EQ(world.status().last_error->code, ErrorCode::camera_offline);
}

// The independent camera would rightly complain of being punched for another one.
TEST(ConnectingByMistake, NamesTheKeyACameraAnswersUnderWhenPskIsAnother) {
  WorldOptions made;
  made.camera.psk = "vstarcam2018";
  made.adjust = [](SupervisorConfig& config) {
    config.ciphers = {{"camera", protocol::Cipher{"camera"}}, {"plain", {}}};
    config.other_ciphers = {{"plain", {}}, {"vstarcam2018", protocol::Cipher{"vstarcam2018"}}};
  };
  World world{made};
  EXPECT_FALSE(world.run_until_connected(10s));
  ASSERT_TRUE(world.status().last_error);
  EXPECT_EQ(world.status().last_error->code, ErrorCode::connect_timeout);
  EXPECT_EQ(world.status().last_error->detail["cipher"], "vstarcam2018");
}

// Who asks is not made to wait for the end of the attempt to hear it.
TEST(ConnectingByMistake, NamesTheKeyToWhoeverGivesUpMeanwhile) {
  WorldOptions made;
  made.camera.psk = "vstarcam2018";
  made.adjust = [](SupervisorConfig& config) {
    config.ciphers = {{"camera", protocol::Cipher{"camera"}}};
    config.other_ciphers = {{"vstarcam2018", protocol::Cipher{"vstarcam2018"}}};
  };
  World world{made};
  world.submit({1, 2s, ConnectJob{}});
  ASSERT_TRUE(world.run_until_answered(1, 3s));
  ASSERT_TRUE(world.heard.failures.contains(1));
  EXPECT_EQ(world.heard.failures.at(1).detail["cipher"], "vstarcam2018");
}

TEST(ConnectingByMistake, NamesTheKeyOfACameraAtAnotherPort) {
  WorldOptions made;
  made.camera.psk = "vstarcam2018";
  made.lan = false;
  made.adjust = [](SupervisorConfig& config) {
    config.address = kCameraAddress;
    config.ciphers = {{"camera", protocol::Cipher{"camera"}}};
    config.other_ciphers = {{"vstarcam2018", protocol::Cipher{"vstarcam2018"}}};
  };
  World world{made};
  EXPECT_FALSE(world.run_until_connected(10s));
  ASSERT_TRUE(world.status().last_error);
  EXPECT_EQ(world.status().last_error->detail["cipher"], "vstarcam2018");
}

TEST(ConnectingByMistake, NotToACameraOfAnotherId) {
  WorldOptions made;
  made.address = true;
  made.adjust = [](SupervisorConfig& config) {
    config.uid = protocol::Uid::parse("VSTC-654321-ZZZZZ").value();
  };
  World world{made};
  EXPECT_FALSE(world.run_until_connected(30s));
  EXPECT_FALSE(world.status().available) << "another camera's answer proves nothing";
  for (const ProtocolEvent& event : world.heard.protocol_events) {
    EXPECT_NE(event.type, "unknown_sender") << "neighbours answering our own broadcast are no news";
  }
}

TEST_P(Connecting, SendsTheRequestInTheCallThatAsks) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(3s);
  const auto before = world.supervisor->counters().datagrams_out;
  world.supervisor->submit(world.net.now(world.us), {1, std::nullopt, CgiJob{status_plan()}});
  protocol::Datagram out;
  EXPECT_TRUE(world.supervisor->take_datagram(world.net.now(world.us), out));
  EXPECT_GT(out.size, 60U) << "the GET, not an ALIVE";
  EXPECT_EQ(world.supervisor->counters().datagrams_out, before + 1);
}

TEST_P(Connecting, SaysAlreadyToASecondConnect) {
  World world{options()};
  world.submit({1, std::nullopt, ConnectJob{}});
  ASSERT_TRUE(world.run_until_answered(1));
  EXPECT_FALSE(world.heard.connects.at(1).already);
  EXPECT_EQ(world.heard.connects.at(1).address, kCameraAddress);
  EXPECT_EQ(world.heard.connects.at(1).attempts.at(0).at("stage"), "lan");
  world.submit({2, std::nullopt, ConnectJob{}});
  ASSERT_TRUE(world.heard.connects.contains(2));
  EXPECT_TRUE(world.heard.connects.at(2).already);
  EXPECT_EQ(world.heard.connects.at(2).attempts, world.heard.connects.at(1).attempts);
}

TEST_P(Connecting, AnotherWayWhenAsked) {
  auto made = options();
  made.address = true;
  World world{made};
  ASSERT_TRUE(world.run_until_connected());
  const Path first = *world.status().path;
  const Path other = first == Path::lan ? Path::direct : Path::lan;
  world.submit({1, std::nullopt, ConnectJob{std::nullopt, other}});
  // The camera may need its silence time-out to notice the CLOSE that got lost; here nothing is
  // lost.
  ASSERT_TRUE(world.run_until_answered(1));
  ASSERT_TRUE(world.heard.connects.contains(1));
  EXPECT_EQ(world.heard.connects.at(1).path, other);
  EXPECT_FALSE(world.heard.connects.at(1).already);
}

TEST_P(Connecting, AnotherWayEvenWhileJobsKeepComing) {
  auto made = options();
  made.address = true;
  World world{repeating(made)};
  ASSERT_TRUE(world.run_until_connected());
  const Path other = *world.status().path == Path::lan ? Path::direct : Path::lan;
  for (int i = 0; i < 8; ++i) (void)world.submit(status_plan());
  world.submit({900, std::nullopt, ConnectJob{std::nullopt, other}});
  JobId last = 0;
  for (int i = 0; i < 6; ++i) last = world.submit(brightness_plan(i));
  ASSERT_TRUE(world.run_until_answered(last));
  EXPECT_TRUE(world.heard.connects.contains(900));
  EXPECT_TRUE(world.heard.failures.empty());
}

TEST_P(Connecting, FailsByAWayThatDoesNotExist) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.submit(
      {1, std::nullopt, ConnectJob{protocol::Address{{192, 168, 1, 99}, 32108}, std::nullopt}});
  ASSERT_TRUE(world.run_until_answered(1));
  EXPECT_TRUE(world.heard.failed_with(1, ErrorCode::camera_offline));
  EXPECT_TRUE(world.run_until_connected(60s)) << "afterwards it goes its usual way again";
}

TEST(ConnectingByLookUp, FindsACameraBehindAServer) {
  WorldOptions made;
  made.lan = false;
  made.server = true;
  World world{made};
  ASSERT_TRUE(world.run_until_connected());
  EXPECT_EQ(world.status().path, Path::p2p);
  std::vector<std::string> types;
  for (const ProtocolEvent& event : world.heard.protocol_events) types.push_back(event.type);
  for (const std::string type : {"stun", "lookup_ack", "lookup", "confirmed"}) {
    EXPECT_NE(std::find(types.begin(), types.end(), type), types.end()) << type;
  }
}

TEST(ConnectingByLookUp, SaysWhatTheServersSayOfAnUnknownId) {
  WorldOptions made;
  made.lan = false;
  made.server = true;
  made.adjust = [](SupervisorConfig& config) {
    config.uid = protocol::Uid::parse("VSTC-123456-WRONG").value();
  };
  World world{made};
  world.submit({1, std::nullopt, LookupJob{}});
  const JobId job = 2;
  world.submit({job, std::nullopt, CgiJob{status_plan()}});
  ASSERT_TRUE(world.run_until_answered(1));
  EXPECT_EQ(world.heard.lookups.at(1).verdict, protocol::Errc::invalid_uid);
  ASSERT_TRUE(world.run_until_answered(job));
  EXPECT_TRUE(world.heard.failed_with(job, ErrorCode::lookup_failed));
}

TEST(ConnectingByLookUp, AnswersALookUpWithEveryServer) {
  WorldOptions made;
  made.server = true;
  made.adjust = [](SupervisorConfig& config) {
    config.servers.push_back({{{203, 0, 113, 9}, 32100}, {}});
  };
  World world{made};
  ASSERT_TRUE(world.run_until_connected());
  world.submit({1, std::nullopt, LookupJob{}});
  ASSERT_TRUE(world.run_until_answered(1));
  const auto& report = world.heard.lookups.at(1);
  EXPECT_FALSE(report.verdict) << "found";
  ASSERT_EQ(report.servers.size(), 2U);
  EXPECT_EQ(report.servers[0].addresses.front(), kCameraAddress);
  EXPECT_FALSE(report.servers[1].result) << "the silent one is listed too";
  EXPECT_EQ(world.session(), CameraSession::connected) << "a look-up does not disturb the session";
}

TEST(ConnectingByLookUp, PrefersWhateverIsReadyFirst) {
  WorldOptions made;
  made.server = true;
  made.address = true;
  World world{made};
  // The server is far away.
  world.net.set_link(world.us, world.server_node, {.delay = 300ms});
  ASSERT_TRUE(world.run_until_connected());
  EXPECT_NE(world.status().path, Path::p2p);
}

TEST(Viewers, TwoAreServedByACameraThatAllowsTwo) {
  WorldOptions made;
  made.camera.max_sessions = 2;
  World world{made};
  world.let_in_another_viewer();
  ASSERT_TRUE(world.run_until_connected());
  ASSERT_TRUE(world.net.run_until(
      [&] { return world.other_viewer->status().session == CameraSession::connected; }, 10s));
  const JobId mine = world.submit(status_plan());
  world.other_viewer->submit(world.net.now(world.other), {1, std::nullopt, CgiJob{status_plan()}});
  ASSERT_TRUE(world.run_until_answered(mine));
  EXPECT_TRUE(world.heard.replies.contains(mine));
  world.net.run_for(60s);
  EXPECT_EQ(world.session(), CameraSession::connected);
  EXPECT_EQ(world.other_viewer->status().session, CameraSession::connected);
}

}  // namespace
}  // namespace cam32100::bridge::test
