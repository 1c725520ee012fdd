// Moves and their stops: a camera must never be left moving.
#include <gtest/gtest.h>

#include "tests/sim/core/camera_world.hpp"

namespace cam32100::bridge::test {
namespace {

using mappings::ErrorCode;

constexpr int kLeft = 4;  // 5 stops it
constexpr int kUp = 0;    // 1 stops it

class Ptz : public ::testing::TestWithParam<CameraKind> {
 protected:
  [[nodiscard]] static WorldOptions options() {
    WorldOptions made;
    made.kind = GetParam();
    made.camera.max_sessions = 1;
    return made;
  }
};
INSTANTIATE_TEST_SUITE_P(BothCameras, Ptz,
                         ::testing::Values(CameraKind::emulated, CameraKind::independent),
                         [](const auto& param) { return to_text(param.param); });

// The decoder_control commands the camera executed.
std::vector<int> commands(const World& world) {
  std::vector<int> all;
  for (const std::string& text : world.camera->requests()) {
    const auto at = text.find("command=");
    if (text.find("decoder_control") != std::string::npos && at != std::string::npos) {
      all.push_back(std::stoi(text.substr(at + 8)));
    }
  }
  return all;
}

TEST_P(Ptz, StopsAMoveAfterItsTime) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  const JobId job = world.submit(move_plan(kLeft, 400ms));
  world.net.run_for(300ms);
  EXPECT_EQ(commands(world), std::vector<int>{kLeft});
  EXPECT_FALSE(world.heard.answers.contains(job));
  world.net.run_for(200ms);
  EXPECT_EQ(commands(world), (std::vector<int>{kLeft, kLeft + 1}));
  EXPECT_TRUE(world.heard.replies.contains(job));
}

TEST_P(Ptz, LetsANewerMoveEndAnOlderOne) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  const JobId first = world.submit(move_plan(kLeft, 5s));
  world.net.run_for(1s);
  const JobId second = world.submit(move_plan(kUp, 400ms));
  EXPECT_TRUE(world.heard.failed_with(first, ErrorCode::superseded));
  ASSERT_TRUE(world.run_until_answered(second));
  EXPECT_EQ(commands(world), (std::vector<int>{kLeft, kLeft + 1, kUp, kUp + 1}));
  world.net.run_for(10s);
  EXPECT_EQ(commands(world).size(), 4U);
}

TEST_P(Ptz, DoesNotLetAReadEndAMove) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  const JobId move = world.submit(move_plan(kLeft, 2s));
  const JobId read = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(read, 500ms)) << "nor wait for it";
  EXPECT_FALSE(world.heard.answers.contains(move));
  EXPECT_EQ(commands(world), std::vector<int>{kLeft});
}

TEST_P(Ptz, SendsTheStopEvenIfTheJobTimedOut) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  const JobId job = world.submit(move_plan(kLeft, 3s), 1s);
  ASSERT_TRUE(world.run_until_answered(job));
  EXPECT_TRUE(world.heard.failed_with(job, ErrorCode::timeout));
  world.net.run_for(5s);
  EXPECT_EQ(commands(world), (std::vector<int>{kLeft, kLeft + 1}));
  EXPECT_EQ(world.heard.answers.at(job), 1);
}

TEST_P(Ptz, SendsTheDeadMansStopUnlessAnotherMoveCame) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  const JobId endless = world.submit(endless_move_plan(kLeft, 10s));
  ASSERT_TRUE(world.run_until_answered(endless));
  world.net.run_for(11s);
  EXPECT_EQ(commands(world), (std::vector<int>{kLeft, kLeft + 1}));
  (void)world.submit(endless_move_plan(kLeft, 10s));
  world.net.run_for(5s);
  (void)world.submit(move_plan(kUp, 100ms));
  world.net.run_for(20s);
  EXPECT_EQ(commands(world), (std::vector<int>{kLeft, kLeft + 1, kLeft, kUp, kUp + 1}));
}

TEST_P(Ptz, SendsAnOwedStopOnTheNextSession) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  const JobId job = world.submit(move_plan(kLeft, 8s));
  world.net.run_for(1s);
  ASSERT_EQ(commands(world), std::vector<int>{kLeft});
  world.camera->power_cycle(world.net.now());  // its sessions are gone; suppose the motor is not
  ASSERT_TRUE(world.run_until_answered(job, 30s));
  ASSERT_TRUE(world.heard.failed_with(job, ErrorCode::session_lost));
  EXPECT_EQ(world.heard.failures.at(job).detail.at("executed"), "unknown");
  world.net.run_for(15s);
  EXPECT_EQ(commands(world), (std::vector<int>{kLeft, kLeft + 1}));
}

TEST_P(Ptz, SendsThePendingStopBeforeItLeaves) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  const JobId job = world.submit(move_plan(kLeft, 8s));
  world.net.run_for(1s);
  world.supervisor->shut_down(world.net.now(world.us));
  world.drain();
  EXPECT_TRUE(world.heard.failed_with(job, ErrorCode::shutting_down));
  world.net.pump(world.us);
  ASSERT_TRUE(world.net.run_until([&] { return world.supervisor->is_shut_down(); }, 1500ms));
  EXPECT_EQ(commands(world), (std::vector<int>{kLeft, kLeft + 1}));
  world.net.run_for(1s);
  EXPECT_EQ(world.camera->sessions(), 0U);
}

TEST_P(Ptz, SendsTheDeadMansStopBeforeADisconnect) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  (void)world.submit(endless_move_plan(kLeft, 10s));
  world.net.run_for(1s);
  world.submit({900, std::nullopt, DisconnectJob{}});
  world.net.run_for(2s);
  EXPECT_EQ(commands(world), (std::vector<int>{kLeft, kLeft + 1}));
  EXPECT_EQ(world.camera->sessions(), 0U);
}

TEST_P(Ptz, ReplacesOnlyWaitingAndPausingMoves) {
  World world{options()};
  ASSERT_TRUE(world.run_until_connected());
  world.net.set_all_links({.delay = 200ms});
  mappings::CommandPlan step = move_plan(kLeft, 0ms);
  step.steps.pop_back();
  const JobId under_way = world.submit(step);  // no pause: its only request is out
  const JobId waiting = world.submit(step);
  const JobId newest = world.submit(step);
  ASSERT_TRUE(world.run_until_answered(newest));
  EXPECT_TRUE(world.heard.replies.contains(under_way));
  EXPECT_TRUE(world.heard.failed_with(waiting, ErrorCode::superseded));
  EXPECT_TRUE(world.heard.replies.contains(newest));
}

// Behind a picture the answers come late: moves and their stops must not pile up in the exchange.
// (The independent camera would take so many equal moves for resends under new indices.)
TEST(PtzBurst, HasItsLastMoveTakenHoweverLateTheAnswersAre) {
  World world{WorldOptions{}};
  ASSERT_TRUE(world.run_until_connected());
  world.net.set_all_links({.delay = 200ms});
  std::vector<JobId> moves;
  for (int i = 0; i < 100; ++i) {
    moves.push_back(world.submit(move_plan(i % 2 == 0 ? kLeft : kUp, 400ms)));
    world.net.run_for(1ms);
  }
  mappings::CommandPlan stop = move_plan(1, 0ms);
  stop.steps.pop_back();
  const JobId last = world.submit(stop);
  ASSERT_TRUE(world.run_until_answered(last));
  EXPECT_TRUE(world.heard.replies.contains(last));
  for (const JobId move : moves)
    EXPECT_TRUE(world.heard.failed_with(move, ErrorCode::superseded)) << move;
  world.net.run_for(2s);
  const auto done = commands(world);
  EXPECT_EQ(done.back(), 1);
  for (std::size_t i = 0; i + 1 < done.size(); ++i) {
    if (done[i] == kLeft || done[i] == kUp) {
      EXPECT_EQ(done[i + 1], done[i] + 1) << i;
    }
  }
}

TEST(PtzOnDemand, HasTheTimeOfItsMoveBesideThatOfConnecting) {
  WorldOptions options;
  options.adjust = [](SupervisorConfig& config) {
    config.on_demand = true;
    config.connect_timeout = 1000ms;
    config.request_timeout = 1000ms;
  };
  World world{options};
  world.net.run_for(2s);
  const JobId job = world.submit(move_plan(4, 10s));
  ASSERT_TRUE(world.run_until_answered(job));
  EXPECT_TRUE(world.heard.replies.contains(job)) << world.heard.failures.at(job).message;
}

}  // namespace
}  // namespace cam32100::bridge::test
