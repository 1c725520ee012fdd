// Names of 32100 servers: asked until they are found, and again from time to time.
#include <gtest/gtest.h>

#include "bridge/core/server_sets.hpp"
#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

constexpr const char* kName = "p2p.example";

class ServerNames : public ::testing::Test {
 protected:
  static BridgeRig::Options options() {
    BridgeRig::Options made;
    made.config.servers.push_back({"lab", {kName, "203.0.113.9"}, "", {}, false});
    made.lan = false;
    return made;
  }
  [[nodiscard]] json set() { return rig.call("bridge", "server/list")["data"]["servers"].at(0); }
  [[nodiscard]] json health() { return rig.call("bridge", "health")["data"]["servers"]; }
  BridgeRig rig{options()};
};

TEST_F(ServerNames, AreAskedAgainUntilTheNameServiceKnowsThem) {
  rig.bring_online();
  EXPECT_EQ(set()["addresses"], json::array({"203.0.113.9:32100"}));
  EXPECT_EQ(set()["not_found"], json::array({kName}));
  EXPECT_EQ(health()["not_found"], json::array({kName}));
  rig.add_server();
  rig.add_camera(emulated());
  rig.ports->names[kName] = kServer;
  ASSERT_TRUE(rig.run_until(
      [&] { return rig.retained_json(rig.topic("state")).value("session", "") == "connected"; },
      60s))
      << "its server was found without a restart";
  EXPECT_EQ(set()["addresses"], json::array({"203.0.113.5:32100", "203.0.113.9:32100"}));
  EXPECT_EQ(set()["not_found"], json::array());
  EXPECT_EQ(health()["not_found"], json::array());
}

TEST_F(ServerNames, AreAskedAtGrowingDistancesOfAMinuteAtMost) {
  rig.run_for(1s);
  EXPECT_EQ(rig.ports->resolves, 1U) << "a dotted address needs no asking";
  rig.run_for(5s);
  EXPECT_EQ(rig.ports->resolves, 2U);
  rig.run_for(10s);
  EXPECT_EQ(rig.ports->resolves, 3U);
  rig.run_for(600s);
  EXPECT_GE(rig.ports->resolves, 12U);
  EXPECT_LE(rig.ports->resolves, 15U);
}

TEST_F(ServerNames, FollowTheNameServiceEveryTenMinutes) {
  rig.ports->names[kName] = {{203, 0, 113, 77}, 32100};
  rig.bring_online();
  rig.run_for(5s);
  ASSERT_EQ(set()["addresses"][0], "203.0.113.77:32100");
  rig.ports->names[kName] = kServer;
  rig.run_for(300s);
  EXPECT_EQ(set()["addresses"][0], "203.0.113.77:32100");
  rig.run_for(301s);
  EXPECT_EQ(set()["addresses"][0], "203.0.113.5:32100");
}

TEST_F(ServerNames, KeepTheirAddressesWhileTheNameServiceIsAway) {
  rig.ports->names[kName] = kServer;
  rig.bring_online();
  rig.run_for(5s);
  ASSERT_EQ(set()["not_found"], json::array());
  rig.ports->names.clear();
  rig.run_for(700s);
  EXPECT_EQ(set()["addresses"][0], "203.0.113.5:32100");
  EXPECT_EQ(set()["not_found"], json::array({kName}));
}

TEST_F(ServerNames, AreAskedAtOnceWhenTheHostWakesUp) {
  rig.ports->names[kName] = kServer;
  rig.run_for(20s);
  ASSERT_EQ(rig.ports->resolves, 2U);
  rig.bridge->on_resume(rig.moment());
  EXPECT_EQ(rig.ports->resolves, 3U);
}

TEST_F(ServerNames, AreLoggedOnceWhenMissingAndOnceWhenFound) {
  const auto lines = [this](const std::string& part) {
    std::size_t count = 0;
    for (const auto& record : rig.ports->logs)
      count += record.message.find(part) != std::string::npos ? 1U : 0U;
    return count;
  };
  rig.run_for(200s);
  EXPECT_EQ(lines("p2p.example: name not found"), 1U);
  rig.ports->names[kName] = kServer;
  rig.run_for(100s);
  EXPECT_EQ(lines("p2p.example is found again"), 1U);
}

TEST_F(ServerNames, LeaveCamerasAloneWhenTheSameAddressesComeInAnotherOrder) {
  bridge::ServerSets sets;
  (void)sets.add({"x", {kName}, "", {}, false});
  const auto asked = sets.take_due(protocol::TimePoint{1s});
  ASSERT_EQ(asked.size(), 1U);
  const protocol::Address a{{1, 2, 3, 4}, 5}, b{{1, 2, 3, 5}, 5};
  const protocol::TimePoint now{2s};
  EXPECT_TRUE(sets.resolved(now, asked[0].number, {a, b})->changed);
  EXPECT_FALSE(sets.resolved(now, asked[0].number, {b, a})->changed);
  EXPECT_FALSE(sets.resolved(now, asked[0].number, {})->changed);
  EXPECT_TRUE(sets.resolved(now, asked[0].number, {b})->changed);
  EXPECT_FALSE(sets.resolved(now, asked[0].number + 1, {a})) << "of a set that was removed";
}

TEST_F(ServerNames, AreAskedOncePerQuestionHoweverLongTheAnswerTakes) {
  bridge::ServerSets sets;
  (void)sets.add({"x", {kName}, "", {}, false});
  ASSERT_EQ(sets.take_due(protocol::TimePoint{1s}).size(), 1U);
  EXPECT_TRUE(sets.take_due(protocol::TimePoint{100s}).empty());
  EXPECT_EQ(sets.take_due(protocol::TimePoint{602s}).size(), 1U) << "an answer that got lost";
}

}  // namespace
}  // namespace cam32100::testing
