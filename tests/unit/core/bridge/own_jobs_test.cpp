// What the bridge asks by itself: status, settings, pictures of events, and how it stays out of the
// way.
#include <gtest/gtest.h>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

std::size_t asked(const protocol::EmulatedCamera& camera, const std::string& cgi) {
  std::size_t count = 0;
  for (const auto& request : camera.snapshot().last_requests)
    count += request.find("/" + cgi) != std::string::npos ? 1U : 0U;
  return count;
}

TEST(OwnJobs, DoNotOpenWhatDisconnectClosed) {
  for (const char* command : {"image", "ir", "camera_control"}) {
    SCOPED_TRACE(command);
    BridgeRig rig;
    rig.add_camera(emulated());
    rig.bring_up();
    const json arguments = std::string{command} == "image" ? json{{"brightness", 90}}
                           : std::string{command} == "ir"  ? json{{"state", "on"}}
                                                           : json{{"param", 1}, {"value", 90}};
    ASSERT_EQ(rig.call(kUid, command, arguments)["status"], "ok");
    ASSERT_EQ(rig.call(kUid, "disconnect")["status"], "ok");
    rig.run_for(60s);
    const auto state = rig.retained_json(rig.topic("state"));
    EXPECT_NE(state["session"], "connected");
    EXPECT_EQ(state["closed_by_request"], true);
  }
}

TEST(OwnJobs, ReadSettingsOnceForACommandThatReadsBackItself) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  const auto before = asked(camera, "get_camera_params");
  ASSERT_EQ(rig.call(kUid, "image", {{"brightness", 90}})["status"], "ok");
  rig.run_for(5s);
  EXPECT_EQ(asked(camera, "get_camera_params"), before + 1);
  EXPECT_EQ(rig.retained_json(rig.topic("settings"))["brightness"], 90);
  ASSERT_EQ(rig.call(kUid, "camera_control", {{"param", 1}, {"value", 80}})["status"], "ok");
  rig.run_for(5s);
  EXPECT_EQ(rig.retained_json(rig.topic("settings"))["brightness"], 80);
}

TEST(OwnJobs, ReadSettingsAfterWhatMayHaveChangedThem) {
  BridgeRig::Options options;
  options.config.http.allow_write = true;
  options.config.timing.status_poll_s = 0s;
  for (const json& request :
       {json{{"command", "get_status"}, {"arguments", json::object()}},
        json{{"command", "http"},
             {"arguments", {{"path", "/camera_control.cgi?param=1&value=55"}}}}}) {
    BridgeRig rig{options};
    auto& camera = rig.add_camera(emulated());
    rig.bring_up();
    rig.run_for(15s);
    const auto before = asked(camera, "get_camera_params");
    ASSERT_EQ(rig.call(kUid, request["command"], request["arguments"])["status"], "ok") << request;
    rig.run_for(1s);
    EXPECT_EQ(asked(camera, "get_camera_params"), before + 1) << request;
  }
}

TEST(OwnJobs, ReadSettingsOnceForManyQuestions) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  rig.run_for(15s);
  const auto before = asked(camera, "get_camera_params");
  for (int i = 0; i < 20; ++i) (void)rig.call(kUid, "get_status");
  rig.run_for(1s);
  EXPECT_EQ(asked(camera, "get_camera_params"), before + 1);
  // And however long one goes on, every ten seconds.
  for (int second = 0; second < 30; ++second) {
    (void)rig.call(kUid, "get_status");
    rig.run_for(1s);
  }
  EXPECT_LE(asked(camera, "get_camera_params"), before + 4);
  EXPECT_GE(asked(camera, "get_camera_params"), before + 3);
}

// The settings topic as it was sent after `before` messages on it; null: not again.
json settings_after(const BridgeRig& rig, std::size_t before) {
  const auto sent = rig.spy->live(rig.topic("settings"));
  return sent.size() > before ? json::parse(sent.back().payload) : json(nullptr);
}

TEST(Settings, ComeBackWithTheOldValueWhenTheCameraRefuses) {
  auto config = emulated();
  config.refuses = {"camera_control.cgi"};
  BridgeRig rig;
  rig.add_camera(std::move(config));
  rig.bring_up();
  rig.run_for(5s);
  const auto old = rig.retained_json(rig.topic("settings"))["brightness"];
  ASSERT_TRUE(old.is_number()) << old.dump();
  const auto before = rig.spy->count(rig.topic("settings"));
  const auto answer = rig.call(kUid, "set", {{"brightness", old.get<int>() + 1}});
  EXPECT_EQ(answer["error"]["code"], "cgi_error") << answer.dump();
  EXPECT_EQ(settings_after(rig, before)["brightness"], old);
}

TEST(Settings, ComeBackWithTheOldValueWhenTheCameraCannotBeAsked) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.run_for(5s);
  const auto old = rig.retained_json(rig.topic("settings"))["brightness"];
  rig.cut_camera(0);
  const auto before = rig.spy->count(rig.topic("settings"));
  const auto answer = rig.call(kUid, "set", {{"brightness", old.get<int>() + 1}}, 60s);
  EXPECT_EQ(answer["status"], "error") << answer.dump();
  EXPECT_EQ(settings_after(rig, before)["brightness"], old);
}

TEST(Settings, ComeBackAsTheCameraTellsThemWhenItTookAnotherValue) {
  auto config = emulated();
  config.nonsense = {"camera_control.cgi"};  // no refusal, and no change
  BridgeRig rig;
  auto& camera = rig.add_camera(std::move(config));
  rig.bring_up();
  rig.run_for(5s);
  const auto old = rig.retained_json(rig.topic("settings"))["brightness"];
  const auto before = rig.spy->count(rig.topic("settings"));
  const auto reads = asked(camera, "get_camera_params");
  (void)rig.call(kUid, "set", {{"brightness", old.get<int>() + 1}});
  EXPECT_EQ(settings_after(rig, before)["brightness"], old);
  rig.run_for(1s);
  EXPECT_EQ(asked(camera, "get_camera_params"), reads + 2) << "it may only be slow";
}

// How often a session was sought or opened, as the state topic tells it.
std::size_t count_sessions(const BridgeRig& rig, const std::string& word) {
  std::size_t count = 0;
  for (const auto& message : rig.spy->live(rig.topic("state")))
    count += json::parse(message.payload)["session"] == word ? 1U : 0U;
  return count;
}

TEST(TimedPictures, LeaveClosedWhatDisconnectClosed) {
  BridgeRig::Options options;
  options.config.cameras.front().snapshot_interval_s = 10s;
  BridgeRig rig{std::move(options)};
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_EQ(rig.call(kUid, "disconnect")["status"], "ok");
  const auto before = asked(camera, "snapshot.cgi");
  rig.run_for(120s);
  EXPECT_EQ(asked(camera, "snapshot.cgi"), before);
  EXPECT_EQ(rig.retained_json(rig.topic("state"))["closed_by_request"], true);
  ASSERT_EQ(rig.call(kUid, "connect")["status"], "ok");
  EXPECT_TRUE(rig.run_until([&] { return asked(camera, "snapshot.cgi") > before; }, 30s));
}

TEST(TimedPictures, LeaveACameraThatIsAwayItsPauses) {
  const auto attempts = [](std::chrono::seconds interval) {
    BridgeRig::Options options;
    options.config.cameras.front().snapshot_interval_s = interval;
    BridgeRig rig{std::move(options)};
    rig.add_camera(emulated());
    rig.bring_up();
    rig.cut_camera(0);
    rig.run_for(30s);
    rig.spy->clear();
    rig.run_for(600s);
    return count_sessions(rig, "searching") + count_sessions(rig, "connecting");
  };
  const auto without = attempts(0s);
  EXPECT_GT(without, 0U);
  EXPECT_LE(attempts(5s), without + 2) << "the pauses have some chance in them";
}

TEST(TimedPictures, OpenTheSessionOfACameraOnDemand) {
  BridgeRig::Options options;
  options.config.cameras.front().snapshot_interval_s = 100s;
  options.config.cameras.front().session = bridge::SessionMode::on_demand;
  BridgeRig rig{std::move(options)};
  auto& camera = rig.add_camera(emulated());
  rig.bring_online();
  EXPECT_TRUE(rig.run_until([&] { return asked(camera, "snapshot.cgi") == 2; }, 250s));
  EXPECT_TRUE(rig.run_until(
      [&] { return rig.retained_json(rig.topic("state"))["session"] == "idle"; }, 100s));
}

TEST(Settings, AreAskedForAgainBySessionsUntilAllWereTold) {
  auto config = emulated();
  config.nonsense = {"get_params.cgi"};
  BridgeRig::Options options;
  options.config.cameras.front().session = bridge::SessionMode::on_demand;
  BridgeRig rig{std::move(options)};
  auto& camera = rig.add_camera(std::move(config));
  rig.bring_online();
  const auto reads = [&] { return asked(camera, "get_params.cgi"); };
  ASSERT_EQ(rig.call(kUid, "get_status")["status"], "ok");
  rig.run_for(5s);
  const auto first = reads();
  EXPECT_GE(first, 1U);
  ASSERT_EQ(rig.call(kUid, "disconnect")["status"], "ok");
  ASSERT_EQ(rig.call(kUid, "get_status")["status"], "ok");
  rig.run_for(5s);
  EXPECT_GT(reads(), first);
}

// What one camera does to its own queue is nothing to the others.
TEST(OtherCameras, AnswerAtOnceWhileOneIsSilentAndItsQueueFull) {
  BridgeRig::Options options;
  const std::string second = "VSTB-654321-EDCBA";
  options.config.cameras.push_back(camera_config(second));
  BridgeRig rig{std::move(options)};
  rig.add_camera(emulated());
  rig.add_camera(emulated(second), 64);
  rig.bring_up();
  rig.cut_camera(0);
  for (int i = 0; i < 20; ++i)
    rig.publish(rig.topic("command/get_misc"), R"({"id":"w)" + std::to_string(i) + R"("})");
  rig.run_for(1ms);
  for (int i = 0; i < 30; ++i) {
    const auto asked_at = rig.net.now();
    const auto answer = rig.call(second, "get_status");
    EXPECT_EQ(answer["status"], "ok") << answer.dump();
    EXPECT_LT(rig.net.now() - asked_at, 100ms) << "the network takes 40";
  }
}

TEST(OwnJobs, PollStopsAndStartsWithTheModeOfTheSession) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_EQ(
      rig.call("bridge", "camera/update", {{"uid", kUid}, {"session", "on_demand"}})["status"],
      "ok");
  rig.run_for(200s);
  EXPECT_NE(rig.retained_json(rig.topic("state"))["session"], "connected")
      << "nobody keeps it awake";
  ASSERT_EQ(rig.call(kUid, "get_status")["status"], "ok");  // opens a session on demand
  rig.run_for(2s);
  ASSERT_EQ(rig.call("bridge", "camera/update", {{"uid", kUid}, {"session", "always"}})["status"],
            "ok");
  rig.run_for(2s);
  const auto before = asked(camera, "get_status");
  rig.run_for(125s);
  EXPECT_EQ(asked(camera, "get_status"), before + 2);
}

TEST(OwnJobs, PollIsSwitchedOnByAReload) {
  BridgeRig::Options options;
  options.config.timing.status_poll_s = 0s;
  BridgeRig rig{options};
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  auto config = rig.options.config;
  config.timing.status_poll_s = 10s;
  rig.bridge->on_reloaded(rig.moment(), config);
  rig.run_for(1s);
  const auto before = asked(camera, "get_status");
  rig.run_for(35s);
  EXPECT_EQ(asked(camera, "get_status"), before + 3);
}

TEST(OwnJobs, TellHowManyClientsTheCameraHas) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  EXPECT_EQ(rig.retained_json(rig.topic("state"))["clients"], 1);
  EXPECT_EQ(rig.retained_json(rig.topic("info"))["max_clients"], 4);
}

TEST(OwnJobs, OfferNoMotionThatNobodyLooksFor) {
  BridgeRig::Options options;
  options.config.cameras[0].session = bridge::SessionMode::on_demand;
  BridgeRig rig{options};
  rig.add_camera(emulated());
  rig.bring_online();
  rig.run_for(10s);
  EXPECT_EQ(rig.broker.retained(rig.topic("event/motion")), nullptr);
  EXPECT_EQ(rig.retained_json(rig.topic("info"))["capabilities"]["events"], json::array());
  ASSERT_EQ(rig.call("bridge", "camera/update", {{"uid", kUid}, {"session", "always"}})["status"],
            "ok");
  rig.run_for(2s);
  EXPECT_EQ(rig.retained_json(rig.topic("event/motion"))["active"], false);
  EXPECT_EQ(rig.retained_json(rig.topic("info"))["capabilities"]["events"][0], "motion");
}

}  // namespace
}  // namespace cam32100::testing
