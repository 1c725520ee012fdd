// Cameras that call us, and what is put back when they go.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;
const std::string kSecond = "VSTB-654321-EDCBA";

BridgeRig::Options with_push() {
  BridgeRig::Options options;
  options.config.alarm_push.listen = "192.168.1.2:8322";
  options.config.http.allow_write = true;
  return options;
}

// The token as the state file keeps it; "" when there is none.
std::string token_of(const BridgeRig& rig, const std::string& uid = kUid) {
  if (rig.ports->saved.empty()) return {};
  const auto state = json::parse(rig.ports->saved.back());
  if (!state["alarm_push"].contains(uid)) return {};
  return state["alarm_push"][uid]["token"];
}

int call(BridgeRig& rig, const std::string& path) {
  return rig.bridge->on_alarm_call(rig.moment(), {1, "GET", path, {}}).status;
}

std::size_t count_requests(const protocol::EmulatedCamera& camera, const std::string& part) {
  std::size_t count = 0;
  for (const auto& request : camera.snapshot().last_requests)
    if (request.find(part) != std::string::npos) ++count;
  return count;
}

bool wait_for_token(BridgeRig& rig) {
  return rig.run_until([&] { return !token_of(rig).empty(); });
}

TEST(AlarmPush, IsWrittenIntoTheCameraOnceAndLeavesItsOtherAlarmSettingsAlone) {
  BridgeRig rig{with_push()};
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(wait_for_token(rig));
  rig.run_for(2s);
  EXPECT_EQ(count_requests(camera, "set_alarm.cgi"), 1U);
  const auto params = rig.call(kUid, "get_params")["data"];
  EXPECT_EQ(params["alarm_http"], true);
  EXPECT_EQ(params["alarm_http_url"], "***") << "it holds the token";
  EXPECT_EQ(params["motion_sensitivity"], 5);
  rig.cut_camera(0);
  rig.run_for(60s);
  rig.heal_camera(0);
  rig.bring_up();
  rig.run_for(5s);
  EXPECT_EQ(count_requests(camera, "set_alarm.cgi"), 1U) << "it is there already";
}

TEST(AlarmPush, StartsMotionAtOnceAndEndsItAfterTheOffDelay) {
  BridgeRig rig{with_push()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(wait_for_token(rig));
  rig.run_for(2s);
  rig.spy->clear();
  EXPECT_EQ(call(rig, "/alarm/" + token_of(rig)), 200);
  rig.run_for(1ms);
  auto event = rig.retained_json(rig.topic("event/motion"));
  EXPECT_EQ(event["active"], true);
  EXPECT_EQ(event["source"], "alarm_push");
  rig.run_for(10s);
  EXPECT_EQ(call(rig, "/alarm/" + token_of(rig)), 200);
  rig.run_for(25s);
  EXPECT_EQ(rig.retained_json(rig.topic("event/motion"))["active"], true) << "it called again";
  EXPECT_EQ(rig.spy->count(rig.topic("event")), 1U);
  rig.run_for(10s);
  EXPECT_EQ(rig.retained_json(rig.topic("event/motion"))["active"], false);
  EXPECT_EQ(rig.retained_json(rig.topic("event/motion"))["id"], event["id"]);
  EXPECT_EQ(rig.spy->count(rig.topic("snapshot/event")), 1U);
}

TEST(AlarmPush, GivesMotionToACameraOnDemand) {
  auto options = with_push();
  options.config.cameras.front().session = bridge::SessionMode::on_demand;
  BridgeRig rig{std::move(options)};
  rig.add_camera(emulated());
  auto& camera = rig.cameras.front();
  rig.bring_online();
  // Nobody asks for anything: it is woken for this alone.
  ASSERT_TRUE(rig.run_until([&] { return !token_of(rig).empty(); }, 60s));
  rig.run_for(2s);
  EXPECT_EQ(count_requests(*camera, "set_alarm.cgi"), 1U);
  const auto events = rig.retained_json(rig.topic("info"))["capabilities"]["events"];
  EXPECT_NE(std::find(events.begin(), events.end(), json("motion")), events.end());
  ASSERT_TRUE(rig.run_until([&] { return camera->snapshot().sessions == 0; }, 120s));
  EXPECT_EQ(call(rig, "/alarm/" + token_of(rig)), 200);
  rig.run_for(1s);
  EXPECT_EQ(rig.retained_json(rig.topic("event/motion"))["active"], true);
}

TEST(AlarmPush, HearsNobodyWithoutTheToken) {
  BridgeRig rig{with_push()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(wait_for_token(rig));
  const auto token = token_of(rig);
  EXPECT_EQ(token.size(), 32U);
  for (const std::string& path :
       {std::string{"/"}, std::string{"/alarm/"}, "/alarm/" + kUid, "/alarm/" + token + "0",
        "/alarm/" + token.substr(1), "/alarm/" + std::string(32, 'a'), "/alarms/" + token,
        std::string{"/health"}, std::string{"/metrics"}})
    EXPECT_EQ(call(rig, path), 404) << path;
  EXPECT_EQ(rig.retained_json(rig.topic("event/motion"))["active"], false);
}

TEST(AlarmPush, TellsItsTokenToNobody) {
  BridgeRig rig{with_push()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(wait_for_token(rig));
  const auto token = token_of(rig);
  (void)call(rig, "/alarm/" + token);
  (void)rig.call(kUid, "get_params");
  (void)rig.call(kUid, "http", {{"path", "/get_params.cgi"}});
  rig.run_for(90s);
  for (const auto& message : rig.spy->heard)
    EXPECT_EQ((message.topic + message.payload).find(token), std::string::npos) << message.topic;
  for (const auto& line : rig.ports->logs)
    EXPECT_EQ(line.message.find(token), std::string::npos) << line.message;
}

// A camera that was added over MQTT and calls us.
class AddedCamera : public ::testing::Test {
 protected:
  static BridgeRig::Options without_cameras() {
    auto options = with_push();
    options.config.cameras.clear();
    return options;
  }
  protocol::EmulatedCamera& add(protocol::CameraConfig config = emulated(kSecond)) {
    auto& camera = rig.add_camera(std::move(config));
    rig.bring_online();
    rig.ports->secrets["pw"] = "888888";
    add_again();
    return camera;
  }
  void add_again() {
    const json who{{"uid", kSecond}, {"password_file", "pw"}};
    EXPECT_EQ(rig.call("bridge", "camera/add", who)["status"], "ok");
    EXPECT_TRUE(rig.run_until([&] { return !token_of(rig, kSecond).empty(); }));
    rig.run_for(2s);
  }
  json remove() { return rig.call("bridge", "camera/remove", {{"uid", kSecond}}); }
  [[nodiscard]] bool was_warned(const std::string& words) const {
    return std::any_of(rig.ports->logs.begin(), rig.ports->logs.end(), [&](const auto& line) {
      return line.level == bridge::LogLevel::warning &&
             line.message.find(words) != std::string::npos;
    });
  }
  BridgeRig rig{without_cameras()};
};

TEST_F(AddedCamera, GetsBackWhatItHadBeforeItIsRemoved) {
  auto& camera = add();
  ASSERT_EQ(rig.call(kSecond, "get_params")["data"]["alarm_http"], true);
  const auto answer = remove();
  EXPECT_EQ(answer["data"]["alarm_url"], "being put back") << answer.dump();
  rig.run_for(4s);
  EXPECT_EQ(rig.retained_json("cam32100/bridge/cameras"), json::array());
  EXPECT_EQ(rig.retained_text(rig.topic("info", kSecond)), "");
  EXPECT_EQ(token_of(rig, kSecond), "");
  EXPECT_EQ(count_requests(camera, "set_alarm.cgi"), 2U);
  EXPECT_NE(camera.snapshot().last_requests.back().find("alarm_http=0"), std::string::npos)
      << camera.snapshot().last_requests.back();
}

TEST_F(AddedCamera, IsNotWaitedForWhenItFallsSilentAsItIsRemoved) {
  (void)add();
  rig.cut_camera(0);
  ASSERT_EQ(remove()["status"], "ok");
  rig.run_for(4s);
  EXPECT_EQ(rig.retained_json("cam32100/bridge/cameras"), json::array());
  EXPECT_NE(token_of(rig, kSecond), "") << "what it had is not forgotten";
}

TEST_F(AddedCamera, ThatIsAwayKeepsItsPlaceInTheStateFileUntilItIsAddedAgain) {
  auto& camera = add();
  const auto token = token_of(rig, kSecond);
  rig.cut_camera(0);
  ASSERT_TRUE(rig.run_until(
      [&] { return rig.retained_json(rig.topic("state", kSecond))["session"] != "connected"; },
      60s));
  const auto answer = remove();
  EXPECT_EQ(answer["status"], "ok");
  EXPECT_FALSE(answer["data"].contains("alarm_url")) << answer.dump();
  EXPECT_TRUE(was_warned("it is away"));
  rig.run_for(1s);
  EXPECT_EQ(rig.retained_json("cam32100/bridge/cameras"), json::array());
  EXPECT_EQ(token_of(rig, kSecond), token);
  rig.heal_camera(0);
  add_again();
  ASSERT_EQ(remove()["status"], "ok");
  rig.run_for(4s);
  EXPECT_EQ(token_of(rig, kSecond), "");
  EXPECT_NE(camera.snapshot().last_requests.back().find("alarm_http=0"), std::string::npos)
      << "what it had before our first visit: " << camera.snapshot().last_requests.back();
}

TEST_F(AddedCamera, OnDemandIsWokenToGetItsOwnAddressBack) {
  auto& camera = add();
  const json on_demand{{"uid", kSecond}, {"session", "on_demand"}};
  ASSERT_EQ(rig.call("bridge", "camera/update", on_demand)["status"], "ok");
  ASSERT_TRUE(rig.run_until(
      [&] { return rig.retained_json(rig.topic("state", kSecond))["session"] == "idle"; }, 300s));
  const auto before = count_requests(camera, "set_alarm.cgi");
  EXPECT_EQ(remove()["data"]["alarm_url"], "being put back");
  ASSERT_TRUE(rig.run_until([&] { return token_of(rig, kSecond).empty(); }, 20s));
  EXPECT_EQ(count_requests(camera, "set_alarm.cgi"), before + 1);
  rig.run_for(1s);
  EXPECT_EQ(rig.retained_json("cam32100/bridge/cameras"), json::array());
}

TEST_F(AddedCamera, KeepsAnAddressThatSomebodyWroteMeanwhile) {
  auto& camera = add();
  const json theirs{{"path", "/set_alarm.cgi"},
                    {"params", {{"http", 1}, {"http_url", "http://192.168.1.9/x"}}}};
  ASSERT_EQ(rig.call(kSecond, "http", theirs)["status"], "ok");
  const auto before = count_requests(camera, "set_alarm.cgi");
  ASSERT_EQ(remove()["status"], "ok");
  rig.run_for(4s);
  EXPECT_EQ(count_requests(camera, "set_alarm.cgi"), before);
  EXPECT_EQ(token_of(rig, kSecond), "") << "nothing of ours is there";
}

TEST_F(AddedCamera, LeavesNothingBehindWhenTheBridgeStopsMeanwhile) {
  (void)add();
  rig.cut_camera(0);
  ASSERT_EQ(remove()["status"], "ok");
  rig.bridge->stop(rig.moment());
  rig.run_for(2s);
  ASSERT_TRUE(rig.bridge->is_stopped());
  EXPECT_EQ(rig.retained_text(rig.topic("info", kSecond)), "");
  EXPECT_EQ(rig.retained_text(rig.topic("state", kSecond)), "");
}

TEST_F(AddedCamera, ThatRefusesItsOldAddressIsNotTakenForRestored) {
  auto& camera = add();
  camera.refuse({"set_alarm.cgi"});
  ASSERT_EQ(remove()["status"], "ok");
  rig.run_for(4s);
  EXPECT_EQ(rig.retained_json("cam32100/bridge/cameras"), json::array());
  EXPECT_NE(token_of(rig, kSecond), "");
  EXPECT_TRUE(was_warned("it did not take back"));
}

// Neither an answer without meaning nor a refusal makes a camera one that calls.
TEST_F(AddedCamera, ThatDidNotTakeOurAddressHasNothingToGetBack) {
  auto config = emulated(kSecond);
  config.refuses = {"set_alarm.cgi"};
  auto& camera = add(std::move(config));
  EXPECT_TRUE(was_warned("it did not take the address"));
  const auto before = count_requests(camera, "set_alarm.cgi");
  ASSERT_EQ(remove()["status"], "ok");
  rig.run_for(4s);
  EXPECT_EQ(count_requests(camera, "set_alarm.cgi"), before);
  EXPECT_EQ(token_of(rig, kSecond), "");
}

// A camera on demand is woken for it, as nobody else may have work for it.
TEST(AlarmPush, IsTakenBackWhenItIsSwitchedOff) {
  for (const auto mode : {bridge::SessionMode::always, bridge::SessionMode::on_demand}) {
    auto options = with_push();
    options.config.cameras.front().session = mode;
    BridgeRig rig{std::move(options)};
    auto& camera = rig.add_camera(emulated());
    const auto has_written = [&](std::size_t times) {
      return rig.run_until([&] { return count_requests(camera, "set_alarm.cgi") == times; }, 120s);
    };
    rig.bring_online();
    ASSERT_TRUE(has_written(1));
    rig.run_for(2s);
    const auto state = bridge::parse_state(rig.ports->saved.back(), "state.json");
    ASSERT_TRUE(state);
    rig.kill_bridge();
    rig.options.config.alarm_push.listen.clear();
    rig.options.saved = *state;
    rig.start_bridge();
    rig.bring_online();
    ASSERT_TRUE(has_written(2));
    rig.run_for(5s);
    EXPECT_EQ(rig.call(kUid, "get_params")["data"]["alarm_http"], false);
    EXPECT_EQ(token_of(rig), "");
  }
}

TEST(AlarmPush, WritesNothingUntilWhatWasThereIsOnTheDisk) {
  BridgeRig rig{with_push()};
  auto& camera = rig.add_camera(emulated());
  rig.ports->reaches_the_disk = false;
  rig.bring_up();
  ASSERT_TRUE(wait_for_token(rig));
  rig.run_for(30s);
  EXPECT_EQ(count_requests(camera, "set_alarm.cgi"), 0U);
  const auto state = rig.ports->saved.back();
  rig.bridge->on_state_saved(rig.moment(), R"({"alarm_push":{}})");
  rig.run_for(2s);
  EXPECT_EQ(count_requests(camera, "set_alarm.cgi"), 0U) << "a write that began before";
  rig.bridge->on_state_saved(rig.moment(), state);
  ASSERT_TRUE(rig.run_until([&] { return count_requests(camera, "set_alarm.cgi") == 1U; }));
}

// The state file was lost: what the camera calls is our own old address, not what it had before.
TEST(AlarmPush, NeverTakesAnAddressOfItsOwnForTheCameras) {
  BridgeRig rig{with_push()};
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_TRUE(wait_for_token(rig));
  rig.run_for(2s);
  rig.kill_bridge();
  rig.options.saved = {};
  rig.start_bridge();
  rig.bring_up();
  ASSERT_TRUE(wait_for_token(rig));
  const auto kept = json::parse(rig.ports->saved.back())["alarm_push"][kUid];
  EXPECT_EQ(kept["url"], "");
  EXPECT_EQ(kept["enabled"], "0");
}

TEST(AlarmPush, LeavesACameraAloneWhoseAddressCouldNotBePutBack) {
  auto config = emulated();
  config.values["alarm_http_url"] = "http://nas/notify.cgi";
  BridgeRig rig{with_push()};
  auto& camera = rig.add_camera(std::move(config));
  rig.bring_up();
  rig.run_for(5s);
  EXPECT_EQ(count_requests(camera, "set_alarm.cgi"), 0U);
  EXPECT_TRUE(rig.ports->has_logged("could not be put back"));
}

TEST(AlarmPush, IsTriedAgainWithTheNextPollWhenTheCameraDidNotAnswer) {
  auto config = emulated();
  config.refuses = {"set_alarm.cgi"};
  BridgeRig rig{with_push()};
  auto& camera = rig.add_camera(std::move(config));
  rig.bring_up();
  ASSERT_TRUE(rig.run_until([&] { return count_requests(camera, "set_alarm.cgi") == 1U; }));
  ASSERT_TRUE(rig.run_until([&] { return count_requests(camera, "set_alarm.cgi") == 2U; }, 120s));
}

TEST(AlarmPush, OffersMotionOfACameraOnDemandOnlyOnceItCalls) {
  for (const bool refuses : {false, true}) {
    auto options = with_push();
    options.config.cameras.front().session = bridge::SessionMode::on_demand;
    BridgeRig rig{std::move(options)};
    auto config = emulated();
    if (refuses) config.refuses = {"set_alarm.cgi"};
    rig.add_camera(std::move(config));
    rig.bring_online();
    const auto offers_motion = [&] {
      const auto events = rig.retained_json(rig.topic("info"))["capabilities"]["events"];
      return std::find(events.begin(), events.end(), json("motion")) != events.end();
    };
    EXPECT_FALSE(offers_motion());
    rig.run_for(60s);
    EXPECT_EQ(offers_motion(), !refuses);
    const auto motion = rig.retained_json(rig.topic("event/motion"));
    EXPECT_EQ(motion.is_object(), !refuses) << "nothing shows it as unknown";
  }
}

TEST(AlarmPush, NamesAtTheStartWhatIsNoCameraAnyMore) {
  auto options = with_push();
  options.saved.alarm_push[kSecond] = {
      {"token", std::string(32, 'a')}, {"enabled", "0"}, {"url", ""}, {"set", true}};
  BridgeRig rig{std::move(options)};
  rig.bring_online();
  EXPECT_TRUE(rig.ports->has_logged("no camera of this bridge any more"));
}

TEST(AlarmPush, IsOffByDefault) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  rig.run_for(10s);
  EXPECT_EQ(count_requests(camera, "set_alarm.cgi"), 0U);
  EXPECT_EQ(call(rig, "/alarm/00000000000000000000000000000000"), 404);
}

}  // namespace
}  // namespace cam32100::testing
