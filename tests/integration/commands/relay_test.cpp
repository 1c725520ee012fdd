// A relayed session between real processes: bridge, server with relay, camera.
#include <gtest/gtest.h>

#include "tests/integration/support/stage.hpp"

namespace cam32100::integration {
namespace {

using nlohmann::json;

class ByRelay : public ::testing::Test {
 protected:
  static StageOptions options() {
    StageOptions made;
    made.with_server = true;
    made.server_words = {"--relay", "127.0.0.1"};
    return made;
  }
  ByRelay() : stage{options()} {}
  void SetUp() override {
    ASSERT_TRUE(stage.server->wait_for_login(stage.camera.uid()));
    ASSERT_TRUE(stage.wait_until_ready());
    const auto added = stage.ask_bridge(
        "server/add", {{"name", "ours"}, {"hosts", json::array({stage.server->address()})}});
    ASSERT_EQ(outcome_of(added), "ok");
  }

  Stage stage;
};

TEST_F(ByRelay, CommandsAndPicturesGoThroughTheServer) {
  const auto direct = stage.ask("snapshot");
  ASSERT_EQ(outcome_of(direct), "ok");
  const auto connected = stage.ask("connect", {{"via", "relay"}});
  ASSERT_EQ(outcome_of(connected), "ok") << connected.dump(2);
  EXPECT_EQ(connected["data"].value("transport", ""), "relay") << connected.dump(2);
  const auto& attempts = connected["data"]["attempts"];
  ASSERT_EQ(attempts.size(), 1U) << attempts.dump(2);
  EXPECT_EQ(attempts[0]["stage"], "relay");
  EXPECT_EQ(attempts[0]["result"], "opened");
  EXPECT_EQ(attempts[0]["relay"], stage.server->address());
  EXPECT_NE(connected["data"]["address"], stage.camera.address());

  EXPECT_EQ(outcome_of(stage.ask("get_status")), "ok");
  EXPECT_EQ(outcome_of(stage.ask("ptz", {{"move", "left"}, {"step", true}})), "ok");
  EXPECT_TRUE(stage.camera.wait_for_state([](const json& state) { return state["pan"] == -1; }));
  const auto relayed = stage.ask("snapshot");
  ASSERT_EQ(outcome_of(relayed), "ok");
  EXPECT_EQ(relayed["data"]["width"], direct["data"]["width"]);
  EXPECT_EQ(stage.retained(stage.camera_topic("state"))["transport"], "relay");
}

TEST_F(ByRelay, SaysWhatEachRungSaidWhenTheCameraIsAway) {
  stage.camera.kill();
  const auto answer = stage.ask("connect", {{"via", "relay"}, {"timeout_ms", 9000}});
  EXPECT_EQ(outcome_of(answer), "camera_offline") << answer.dump(2);
  const auto tried = answer.at("error").at("detail").value("tried", json::array());
  ASSERT_EQ(tried.size(), 1U) << answer.dump(2);
  EXPECT_EQ(tried[0]["stage"], "relay");
  EXPECT_EQ(tried[0]["result"], "camera_did_not_come");
}

}  // namespace
}  // namespace cam32100::integration
