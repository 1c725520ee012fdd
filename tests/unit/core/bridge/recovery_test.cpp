// What MQTT shows of a camera that is lost and found again: rows of the failure table of
// ARCHITECTURE.md, each with its state, its reason and its time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::Pair;

class Recovery : public ::testing::Test {
 protected:
  static BridgeRig::Options by_server() {
    BridgeRig::Options made;
    made.config.servers.push_back({"lab", {"203.0.113.5"}, "", {}, false});
    made.lan = false;
    return made;
  }
  json state() const { return rig->retained_json(rig->topic("state")); }
  std::string reason() const {
    const auto told = state();
    return told.is_object() && told["reason"].is_string() ? told["reason"] : json("");
  }
  // Whether `state` comes to tell this session within the time that the table names.
  bool comes_to(const std::string& session, std::chrono::nanoseconds limit) {
    return rig->run_until([&] { return state().value("session", "") == session; }, limit);
  }
  // Every pair of session and reason that was published, also those that did not last.
  std::vector<std::pair<std::string, std::string>> told() const {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& message : rig->spy->live(rig->topic("state"))) {
      const auto one = json::parse(message.payload);
      out.emplace_back(one.at("session"), one.at("reason").is_string() ? one["reason"] : json(""));
    }
    return out;
  }
  void start(BridgeRig::Options options, protocol::CameraConfig camera = emulated()) {
    rig.emplace(std::move(options));
    if (!rig->options.lan) rig->add_server();
    rig->add_camera(std::move(camera));
  }
  std::optional<BridgeRig> rig;
};

TEST_F(Recovery, OfACameraWithANewAddress) {
  start({});
  rig->bring_up();
  const auto before = state().at("address");
  rig->net.move(rig->camera_nodes[0], {{192, 168, 1, 77}, 26101});
  ASSERT_TRUE(rig->run_until([&] { return state().at("address") != before; }, 13s))
      << "10 s to notice, then 1 to 2 s";
  ASSERT_TRUE(comes_to("connected", 2s));
  EXPECT_EQ(state().at("address"), "192.168.1.77:26101");
  EXPECT_THAT(told(), Contains(Pair("searching", "timed_out, awaiting_traffic")));
  EXPECT_EQ(rig->retained_text(rig->topic("availability")), "online");
}

TEST_F(Recovery, OfACameraThatIsAsleepByItsServersWord) {
  start(by_server());
  rig->bring_up();
  rig->cut_camera(0);
  ASSERT_TRUE(
      rig->run_until([&] { return reason() == "device_offline, awaiting_lookup_ack"; }, 3min))
      << state();
  ASSERT_TRUE(rig->run_until(
      [&] { return rig->retained_text(rig->topic("availability")) == "offline"; }, 60s));
  EXPECT_EQ(rig->call(kUid, "get_status")["error"]["code"], "camera_offline");
  rig->heal_camera(0);
  EXPECT_TRUE(comes_to("connected", 75s)) << "with the next look-up after it has logged in";
  EXPECT_EQ(rig->retained_text(rig->topic("availability")), "online");
}

TEST_F(Recovery, OfACameraWhoseServersAreAllGone) {
  start(by_server());
  rig->bring_up();
  rig->net.cut_off(rig->server_node);
  rig->run_for(10min);
  EXPECT_EQ(state().at("session"), "connected") << "open sessions stay";
  rig->cut_camera(0);
  ASSERT_TRUE(rig->run_until([&] { return reason() == "timed_out, awaiting_punch"; }, 3min))
      << state();
  EXPECT_NE(state()
                .at("last_error")
                .dump()
                .find(R"("result":"no_answer","server":"203.0.113.5:32100","stage":"lookup")"),
            std::string::npos)
      << state();
  EXPECT_EQ(rig->call(kUid, "lookup")["error"]["code"], "lookup_failed");
  rig->heal_camera(0);
  rig->net.reconnect(rig->server_node);
  EXPECT_TRUE(comes_to("connected", 90s)) << "asked again with each attempt, 1 to 60 s apart";
}

TEST_F(Recovery, OfACameraThatSomebodyElseHolds) {
  auto full = emulated();
  full.max_sessions = 0;
  start({}, std::move(full));
  rig->bring_online();
  ASSERT_TRUE(comes_to("busy", 60s)) << state();
  EXPECT_EQ(rig->call(kUid, "get_status")["error"]["code"], "busy");
  const auto next = state().at("next_try");
  EXPECT_TRUE(next.is_string()) << "when it is asked again: " << state();
}

}  // namespace
}  // namespace cam32100::testing
