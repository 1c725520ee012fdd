#include <gtest/gtest.h>

#include <set>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

std::vector<json> events(const BridgeRig& rig, const std::string& leaf) {
  std::vector<json> out;
  for (const auto& message : rig.spy->live(rig.topic(leaf)))
    out.push_back(json::parse(message.payload));
  return out;
}

TEST(Motion, BeginsAndEndsWithTheSameIdOnBothTopics) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  rig.spy->clear();
  camera.raise_alarm(rig.net.now(), 1);
  ASSERT_TRUE(rig.run_until([&] { return rig.spy->count(rig.topic("event/motion")) == 1; }, 61s))
      << "within one poll";
  rig.run_for(40s);
  camera.raise_alarm(rig.net.now(), 0);
  ASSERT_TRUE(rig.run_until([&] { return rig.spy->count(rig.topic("event/motion")) == 2; }, 30s));
  const auto typed = events(rig, "event/motion"), any = events(rig, "event");
  EXPECT_EQ(typed, any);
  EXPECT_EQ(typed[0]["active"], true);
  EXPECT_EQ(typed[1]["active"], false);
  EXPECT_EQ(typed[0]["id"], typed[1]["id"]);
  EXPECT_GT(typed[1]["duration_s"].get<double>(), 30.0);
  EXPECT_EQ(typed[0]["raw"]["alarm_status"], 1);
  for (const char* key : {"v", "uid", "type", "id", "seq", "ts", "source"})
    EXPECT_TRUE(typed[0].contains(key)) << key;
}

TEST(Motion, TakesAPictureOfItsBeginning) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  camera.raise_alarm(rig.net.now(), 1);
  rig.run_for(62s);
  EXPECT_EQ(rig.retained_json(rig.topic("event/motion"))["image"], rig.topic("snapshot/event"));
  EXPECT_EQ(rig.retained_text(rig.topic("snapshot/event")).size(), 3000U);
  EXPECT_EQ(rig.retained_text(rig.topic("snapshot")).size(), 3000U);
  const auto meta = rig.retained_json(rig.topic("snapshot/meta"));
  EXPECT_EQ(meta["reason"], "motion");
  EXPECT_EQ(meta["id"], rig.retained_json(rig.topic("event/motion"))["id"]);
}

TEST(Motion, IsEndedByTheBridgeWhenTheCameraIsLost) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  camera.raise_alarm(rig.net.now(), 1);
  rig.run_for(62s);
  ASSERT_EQ(rig.retained_json(rig.topic("event/motion"))["active"], true);
  rig.cut_camera(0);
  rig.run_for(50s);
  EXPECT_EQ(rig.retained_json(rig.topic("event/motion"))["active"], false);
}

TEST(Motion, IsNotInventedByReconnects) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  rig.spy->clear();
  for (int i = 0; i < 5; ++i) {
    camera.power_cycle(rig.net.now());
    rig.run_for(60s);
  }
  EXPECT_EQ(rig.spy->count(rig.topic("event/motion")), 0U);
}

TEST(Motion, IsNotInventedByStartsOfTheBridge) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  camera.raise_alarm(rig.net.now(), 1);
  rig.run_for(5s);
  camera.raise_alarm(rig.net.now(), 0);
  rig.run_for(5s);
  ASSERT_EQ(rig.retained_json(rig.topic("event/motion"))["active"], false);
  rig.spy->clear();
  for (int i = 0; i < 3; ++i) {
    rig.kill_bridge();
    rig.start_bridge();
    rig.bring_up();
    rig.run_for(40s);
  }
  EXPECT_EQ(rig.spy->count(rig.topic("event")), 0U);
  for (const auto& motion : events(rig, "event/motion")) EXPECT_EQ(motion["active"], false);
}

TEST(Motion, IsNotInventedByASleepOfTheHostAndItsEndIsTold) {
  for (const bool moved_before : {false, true}) {
    BridgeRig rig;
    auto& camera = rig.add_camera(emulated());
    rig.bring_up();
    if (moved_before) camera.raise_alarm(rig.net.now(), 1);
    rig.run_for(5s);
    rig.spy->clear();
    camera.raise_alarm(rig.net.now(), 0);
    camera.power_cycle(rig.net.now());  // it has forgotten us
    auto later = rig.moment();
    later.wall += 9h;  // our clock stood still, the world's did not
    rig.bridge->on_resume(later);
    rig.run_for(90s);
    std::size_t begun = 0;
    for (const auto& motion : events(rig, "event")) begun += motion["active"] == true ? 1U : 0U;
    EXPECT_EQ(begun, 0U);
    EXPECT_EQ(rig.retained_json(rig.topic("event/motion"))["active"], false);
  }
}

// An NTP step, or somebody who sets the date: nothing that is waited for hangs on the wall clock.
TEST(WallClock, StepsWithoutTouchingSessionsOrEvents) {
  for (const auto step : {24h, -24h}) {
    BridgeRig rig;
    auto& camera = rig.add_camera(emulated());
    rig.bring_up();
    const auto sessions = camera.snapshot().sessions;
    rig.spy->clear();
    rig.wall_offset += step;
    rig.run_for(60s);
    EXPECT_EQ(rig.spy->count(rig.topic("event")), 0U);
    EXPECT_EQ(rig.spy->count(rig.topic("availability")), 0U);
    EXPECT_EQ(camera.snapshot().sessions, sessions);
    EXPECT_EQ(rig.retained_json(rig.topic("state"))["session"], "connected");
  }
}

TEST(Motion, IsToldWhenTheFirstLookAfterAReconnectSeesIt) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  camera.raise_alarm(rig.net.now(), 1);
  rig.bring_up();
  EXPECT_EQ(rig.retained_json(rig.topic("event/motion"))["active"], true);
}

TEST(Motion, SurvivesABrokerThatIsAwayAndIsToldOnce) {
  BridgeRig rig;
  auto& camera = rig.add_camera(emulated());
  rig.bring_up();
  rig.spy->clear();
  rig.mqtt->lose();
  camera.raise_alarm(rig.net.now(), 1);
  rig.run_for(62s);
  rig.connect();
  rig.run_for(1s);
  ASSERT_EQ(rig.spy->count(rig.topic("event")), 1U);
  EXPECT_EQ(rig.retained_json(rig.topic("event"))["active"], true);
}

TEST(Availability, ChangesAreToldWithEvents) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.spy->clear();
  rig.cut_camera(0);
  ASSERT_TRUE(rig.run_until(
      [&] { return rig.retained_text(rig.topic("availability")) == "offline"; }, 120s));
  rig.run_for(1s);
  EXPECT_EQ(rig.spy->count(rig.topic("event/offline")), 1U);
  EXPECT_EQ(rig.spy->count(rig.topic("event")), 1U);
  rig.heal_camera(0);
  ASSERT_TRUE(rig.run_until(
      [&] { return rig.retained_text(rig.topic("availability")) == "online"; }, 180s));
  rig.run_for(1s);
  EXPECT_EQ(rig.spy->count(rig.topic("event/online")), 1U);
}

TEST(Availability, IsNotTouchedByAShortLoss) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.spy->clear();
  rig.cut_camera(0);
  rig.run_for(15s);
  rig.heal_camera(0);
  rig.run_for(60s);
  EXPECT_EQ(rig.spy->count(rig.topic("availability")), 0U);
  EXPECT_EQ(rig.spy->count(rig.topic("event")), 0U);
}

TEST(ProtocolEvents, StandUnderTheirOwnTypeOnly) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  const auto confirmed = rig.retained_json(rig.topic("event/confirmed"));
  for (const char* key :
       {"v", "uid", "type", "ts", "seq", "address", "uid_on_wire", "variant", "psk", "took_ms"}) {
    EXPECT_TRUE(confirmed.contains(key)) << key;
  }
  EXPECT_TRUE(rig.retained_json(rig.topic("event/complete")).contains("cgi"));
  EXPECT_EQ(rig.broker.retained(rig.topic("event")), nullptr);
  for (const char* type : {"ping", "pong", "ack", "http"}) {
    EXPECT_EQ(rig.broker.retained(rig.topic(std::string{"event/"} + type)), nullptr) << type;
  }
}

TEST(ProtocolEvents, PerPacketOnesComeWhenAskedForAndFolded) {
  BridgeRig::Options options;
  options.config.events.verbose = {"ping", "ack"};
  BridgeRig rig{options};
  rig.add_camera(emulated());
  rig.bring_up();
  rig.spy->clear();
  for (int i = 0; i < 100; ++i) (void)rig.call(kUid, "get_status");
  rig.run_for(10s);
  const auto acks = events(rig, "event/ack");
  ASSERT_FALSE(acks.empty());
  EXPECT_LE(acks.size(), 14U) << "one a second at most";
  std::uint64_t count = 0;
  for (const auto& ack : acks) count += ack["count"].get<std::uint64_t>();
  EXPECT_GE(count, 100U);
  EXPECT_FALSE(events(rig, "event/ping").empty());
  EXPECT_TRUE(events(rig, "event/http").empty()) << "not asked for";
}

TEST(ProtocolEvents, FloodsFromStrangersAreFolded) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  rig.spy->clear();
  const auto us = rig.net.address(rig.ports->nodes.begin()->second);
  const protocol::Bytes noise{std::byte{0xF1}, std::byte{0xE0}, std::byte{0}, std::byte{0}};
  for (int i = 0; i < 1000; ++i) {
    rig.net.inject({{10, 0, 0, 1}, 9}, us, noise);
    rig.run_for(2ms);
  }
  rig.run_for(3s);
  const auto strangers = events(rig, "event/unknown_sender");
  EXPECT_FALSE(strangers.empty());
  EXPECT_LE(strangers.size(), 6U);
  EXPECT_EQ(rig.retained_json(rig.topic("state"))["session"], "connected");
}

TEST(BridgeEvents, CountTheirSeq) {
  BridgeRig rig;
  rig.bring_online();
  ASSERT_EQ(rig.call("bridge", "camera/add", {{"uid", "VSTC-654321-FGHIJ"}})["status"], "ok");
  const auto added = rig.retained_json("cam32100/bridge/event");
  ASSERT_EQ(rig.call("bridge", "camera/remove", {{"uid", "VSTC-654321-FGHIJ"}})["status"], "ok");
  EXPECT_GT(rig.retained_json("cam32100/bridge/event")["seq"].get<int>(), added["seq"].get<int>());
}

}  // namespace
}  // namespace cam32100::testing
