// Random commands, losses, broker and camera mishaps: what must hold whatever happens.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

class RandomRun {
 public:
  RandomRun(std::uint64_t seed, double loss, int version) : rig_{options(seed, loss, version)} {
    rig_.add_camera(emulated());
    rig_.connect();
    rig_.run_for(5s);
  }

  void steps(int count, bool with_mishaps) {
    for (int i = 0; i < count; ++i) {
      one_command();
      if (with_mishaps) mishap();
      rig_.run_for(std::chrono::milliseconds{rig_.net.random(1500)});
    }
    rig_.heal_camera(0);
    if (!rig_.mqtt->is_connected()) rig_.connect();
    rig_.run_for(180s);
  }

  // Final answers by id.
  [[nodiscard]] std::map<std::string, int> answers() {
    std::map<std::string, int> count;
    for (const auto& message : rig_.spy->live()) {
      if (message.topic.find("/response/") == std::string::npos || message.payload.empty())
        continue;
      ++count[json::parse(message.payload).value("id", "")];
    }
    return count;
  }

  BridgeRig& rig() { return rig_; }
  std::vector<std::string> ids;
  int moves_sent = 0;

 private:
  static BridgeRig::Options options(std::uint64_t seed, double loss, int version) {
    BridgeRig::Options out;
    out.seed = seed;
    out.version = version;
    out.links = {.loss = loss, .duplicate = loss / 4, .delay = 20ms, .jitter = 30ms};
    return out;
  }

  void one_command() {
    static const std::vector<std::pair<std::string, json>> kCommands{
        {"get_status", json::object()},
        {"get_misc", json::object()},
        {"snapshot", json::object()},
        {"get", json::object()},
        {"set", {{"brightness", 80}}},
        {"ptz", {{"move", "left"}, {"step", true}}},
        {"connect", json::object()},
        {"http", {{"path", "/get_rtsp.cgi"}}},
        {"check_credentials", json::object()},
        {"nonsense", json::object()},
        {"ptz", {{"move", "left"}, {"step", true}}}};
    auto [command, arguments] = kCommands[rig_.net.random(kCommands.size())];
    const std::string id = "id-" + std::to_string(ids.size());
    ids.push_back(id);
    arguments["id"] = id;
    moves_sent += command == "ptz" ? 1 : 0;
    rig_.publish(rig_.topic("command/" + command), arguments.dump());
  }

  void mishap() {
    switch (rig_.net.random(30)) {
      case 0:
        rig_.mqtt->lose();
        break;
      case 1:
        rig_.restart_broker();
        break;
      case 2:
        rig_.cut_camera(0);
        break;
      case 3:
        rig_.cameras[0]->power_cycle(rig_.net.now());
        break;
      case 4:
        rig_.bridge->on_resume(rig_.moment());
        break;
      case 5:
      case 6:
        rig_.heal_camera(0);
        break;
      default:
        if (!rig_.mqtt->is_connected()) rig_.connect();
        break;
    }
  }

  BridgeRig rig_;
};

TEST(RandomCommands, AreEachAnsweredExactlyOnceOnABadNetwork) {
  for (const auto seed : sim::seeds(6)) {
    SCOPED_TRACE(::testing::Message() << "reproduce: --seed=" << seed);
    RandomRun run{seed, 0.1, seed % 2 == 0 ? 5 : 4};
    run.steps(120, false);
    const auto answers = run.answers();
    EXPECT_EQ(answers.size(), run.ids.size());
    for (const auto& [id, count] : answers) EXPECT_EQ(count, 1) << id;
  }
}

TEST(RandomCommands, MoveTheCameraNoMoreOftenThanAsked) {
  for (const auto seed : sim::seeds(6)) {
    SCOPED_TRACE(::testing::Message() << "reproduce: --seed=" << seed);
    RandomRun run{seed, 0.1, 5};
    run.steps(120, true);
    EXPECT_LE(-run.rig().cameras[0]->snapshot().pan, run.moves_sent);
    EXPECT_EQ(run.rig().retained_text("cam32100/bridge/availability"), "online");
    EXPECT_EQ(run.rig().retained_json(run.rig().topic("state"))["session"], "connected");
    EXPECT_EQ(run.rig().call(kUid, "get_status")["status"], "ok") << "it works after all that";
    EXPECT_EQ(run.rig().net.violations(), 0U);
  }
}

TEST(RandomCommands, NeverRepeatAnEventThroughMishaps) {
  for (const auto seed : sim::seeds(4)) {
    SCOPED_TRACE(::testing::Message() << "reproduce: --seed=" << seed);
    RandomRun run{seed, 0.05, 5};
    run.steps(100, true);
    std::set<std::string> heard;
    for (const auto& message : run.rig().spy->live(run.rig().topic("event"))) {
      EXPECT_TRUE(heard.insert(message.payload).second) << message.payload;
    }
  }
}

TEST(ManyCameras, AllWorkAtOnce) {
  BridgeRig::Options options;
  options.config.cameras.clear();
  const auto uid = [](int i) { return "VSTC-1000" + std::to_string(10 + i) + "-ABCDE"; };
  for (int i = 0; i < 20; ++i) options.config.cameras.push_back(camera_config(uid(i)));
  BridgeRig rig{options};
  for (int i = 0; i < 20; ++i) rig.add_camera(emulated(uid(i)), static_cast<std::uint8_t>(10 + i));
  rig.bring_up();
  rig.spy->clear();
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20; ++i) rig.publish(rig.topic("command/get_status", uid(i)), "{}");
    rig.run_for(1s);
  }
  std::size_t answers = 0;
  for (const auto& message : rig.spy->live()) {
    if (message.topic.find("/response/get_status") == std::string::npos) continue;
    EXPECT_EQ(json::parse(message.payload)["status"], "ok");
    ++answers;
  }
  EXPECT_EQ(answers, 100U);
}

}  // namespace
}  // namespace cam32100::testing
