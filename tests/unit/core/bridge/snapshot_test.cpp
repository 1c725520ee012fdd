#include <gtest/gtest.h>

#include <algorithm>

#include "bridge/core/picture_meta.hpp"
#include "mappings/base64.hpp"
#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using nlohmann::json;

class Snapshot : public ::testing::Test {
 protected:
  void start(BridgeRig::Options options = {}, std::size_t bytes = 70000) {
    picture = jpeg_of(bytes);
    rig = std::make_unique<BridgeRig>(std::move(options));
    auto camera = emulated();
    camera.pictures = {picture};
    rig->add_camera(std::move(camera));
    rig->bring_up();
    rig->spy->clear();
  }
  protocol::Bytes picture;
  std::unique_ptr<BridgeRig> rig;
};

TEST_F(Snapshot, PublishesTheImageFirstAndItsMetaSecond) {
  start();
  const auto answer = rig->call(kUid, "snapshot");
  ASSERT_EQ(answer["status"], "ok") << answer.dump();
  EXPECT_EQ(rig->retained_text(rig->topic("snapshot")), protocol::to_string(picture));
  const auto meta = rig->retained_json(rig->topic("snapshot/meta"));
  EXPECT_EQ(meta["bytes"], picture.size());
  EXPECT_EQ(meta["width"], 1280);
  EXPECT_EQ(meta["height"], 720);
  EXPECT_EQ(meta["sha256"], bridge::sha256_hex(picture));
  EXPECT_EQ(meta["content_type"], "image/jpeg");
  EXPECT_EQ(meta["reason"], "request");
  EXPECT_EQ(meta["id"], answer["id"]);
  EXPECT_FALSE(meta.contains("url"));
  EXPECT_EQ(answer["data"]["sha256"], meta["sha256"]);
  std::vector<std::string> order;
  for (const auto& message : rig->spy->live()) {
    if (message.topic == rig->topic("command/snapshot")) continue;
    if (message.topic.find("snapshot") != std::string::npos) order.push_back(message.topic);
  }
  EXPECT_EQ(order, (std::vector<std::string>{rig->topic("snapshot"), rig->topic("snapshot/meta"),
                                             rig->topic("response/snapshot")}));
  const auto sent =
      std::find_if(rig->mqtt->published.begin(), rig->mqtt->published.end(),
                   [this](const auto& each) { return each.topic == rig->topic("snapshot"); });
  ASSERT_NE(sent, rig->mqtt->published.end());
  EXPECT_EQ(sent->qos, 0);
  EXPECT_EQ(sent->content_type, "image/jpeg");
}

TEST_F(Snapshot, IsLeftOffMqttWhenOnlyItsAddressIsWanted) {
  BridgeRig::Options options;
  options.config.http.public_url = "http://192.168.1.5:8321";
  start(std::move(options));
  const auto answer = rig->call(kUid, "snapshot", {{"deliver", "url"}});
  ASSERT_EQ(answer["status"], "ok") << answer.dump();
  EXPECT_EQ(answer["data"]["url"], "http://192.168.1.5:8321/cameras/" + kUid + "/snapshot.jpg");
  EXPECT_EQ(answer["data"]["sha256"], bridge::sha256_hex(picture));
  EXPECT_FALSE(answer["data"].contains("topic"));
  EXPECT_EQ(rig->spy->count(rig->topic("snapshot")), 0U);
  EXPECT_EQ(rig->spy->count(rig->topic("snapshot/meta")), 0U);
  rig->bridge->on_http(rig->moment(), {1, "GET", "/cameras/" + kUid + "/snapshot.jpg", {}});
  ASSERT_TRUE(rig->run_until([&] { return rig->ports->pages.contains(1); }));
  EXPECT_EQ(rig->ports->pages[1].front().body, protocol::to_string(picture));
  rig->restart_broker();
  rig->run_for(3s);
  EXPECT_EQ(rig->spy->count(rig->topic("snapshot")), 0U) << "not with a new connection either";
  const auto both = rig->call(kUid, "snapshot", {{"deliver", "both"}});
  EXPECT_EQ(both["data"]["url"], answer["data"]["url"]);
  EXPECT_EQ(rig->spy->count(rig->topic("snapshot")), 1U);
  EXPECT_EQ(rig->retained_json(rig->topic("snapshot/meta"))["url"], answer["data"]["url"]);
}

TEST_F(Snapshot, HasNoAddressWithoutOneInTheConfiguration) {
  start();
  for (const char* way : {"url", "both"}) {
    const auto answer = rig->call(kUid, "snapshot", {{"deliver", way}});
    EXPECT_EQ(answer["error"]["code"], "not_supported") << answer.dump();
    EXPECT_NE(answer["error"]["message"].get<std::string>().find("http.public_url"),
              std::string::npos);
  }
  EXPECT_EQ(rig->spy->count(rig->topic("snapshot")), 0U);
}

TEST_F(Snapshot, IsNotRetainedWhenConfiguredSo) {
  BridgeRig::Options options;
  options.config.snapshot.retain = false;
  start(std::move(options));
  ASSERT_EQ(rig->call(kUid, "snapshot")["status"], "ok");
  EXPECT_EQ(rig->spy->count(rig->topic("snapshot")), 1U);
  EXPECT_EQ(rig->broker.retained(rig->topic("snapshot")), nullptr);
  rig->restart_broker();
  EXPECT_EQ(rig->spy->count(rig->topic("snapshot")), 1U) << "nothing to send again";
}

TEST_F(Snapshot, AnswersTooLargeAndPublishesNothingBeyondTheLimit) {
  BridgeRig::Options options;
  options.config.snapshot.max_bytes = 50000;
  start(std::move(options));
  const auto answer = rig->call(kUid, "snapshot");
  EXPECT_EQ(answer["error"]["code"], "too_large");
  EXPECT_EQ(answer["error"]["detail"]["bytes"], picture.size());
  EXPECT_EQ(rig->spy->count(rig->topic("snapshot")), 0U);
}

TEST_F(Snapshot, RespectsWhatTheBrokerTakes) {
  BridgeRig::Options options;
  options.broker.maximum_packet_size = 65536;
  start(std::move(options));
  const auto answer = rig->call(kUid, "snapshot");
  EXPECT_EQ(answer["error"]["code"], "too_large");
  EXPECT_EQ(answer["error"]["detail"]["broker_max_packet"], 65536);
}

TEST_F(Snapshot, IsBase64WhenConfiguredSo) {
  BridgeRig::Options options;
  options.config.snapshot.encoding = "b64";
  start(std::move(options));
  ASSERT_EQ(rig->call(kUid, "snapshot")["status"], "ok");
  EXPECT_EQ(rig->retained_text(rig->topic("snapshot")), mappings::to_base64(picture));
}

TEST_F(Snapshot, GivesEachOfTwoAskersAnAnswer) {
  start();
  rig->publish(rig->topic("command/snapshot"), R"({"id":"a"})");
  rig->publish(rig->topic("command/snapshot"), R"({"id":"b"})");
  rig->run_for(5s);
  ASSERT_EQ(rig->spy->count(rig->topic("response/snapshot")), 2U);
  std::size_t requests = 0;
  for (const auto& request : rig->cameras[0]->snapshot().last_requests) {
    requests += request.find("snapshot.cgi") != std::string::npos ? 1U : 0U;
  }
  EXPECT_EQ(requests, 1U) << "the second joined the first";
}

TEST_F(Snapshot, IsSentAgainOnlyToABrokerThatLostIt) {
  for (const bool persists : {true, false}) {
    BridgeRig::Options options;
    options.broker.persists = persists;
    start(std::move(options));
    ASSERT_EQ(rig->call(kUid, "snapshot")["status"], "ok");
    rig->spy->clear();
    rig->restart_broker();
    EXPECT_EQ(rig->spy->count(rig->topic("snapshot")), persists ? 0U : 1U);
    EXPECT_EQ(rig->spy->count(rig->topic("snapshot/meta")), persists ? 0U : 1U);
    EXPECT_EQ(rig->retained_text(rig->topic("snapshot")), protocol::to_string(picture));
  }
}

TEST_F(Snapshot, IsTheNewestThoughItWasTakenWhileTheBrokerWasAway) {
  rig = std::make_unique<BridgeRig>();
  auto two_pictures = emulated();
  two_pictures.pictures = {jpeg_of(70000), jpeg_of(60000)};
  rig->add_camera(std::move(two_pictures));
  rig->bring_up();
  const auto before = rig->call(kUid, "snapshot");
  ASSERT_EQ(before["status"], "ok");
  rig->run_for(1s);
  rig->publish(rig->topic("command/snapshot"), R"({"id":"second"})");
  ASSERT_TRUE(rig->run_until([&] { return !rig->mqtt->published.empty(); }));
  rig->run_for(5ms);
  rig->mqtt->lose();
  rig->run_for(3s);
  rig->mqtt->connect();
  rig->run_for(5s);
  const auto answer = rig->retained_json(rig->topic("response/snapshot"));
  ASSERT_EQ(answer["id"], "second") << answer.dump();
  ASSERT_EQ(answer["status"], "ok") << answer.dump();
  const auto meta = rig->retained_json(rig->topic("snapshot/meta"));
  EXPECT_EQ(meta["id"], "second");
  EXPECT_NE(answer["data"]["sha256"], before["data"]["sha256"]);
  const std::string image = rig->retained_text(rig->topic("snapshot"));
  const auto bytes = protocol::as_bytes(image);
  EXPECT_EQ(bridge::sha256_hex({bytes.begin(), bytes.end()}), answer["data"]["sha256"]);
}

TEST_F(Snapshot, OfAnEarlierRunGoesWhenNoneIsToBeRetained) {
  BridgeRig::Options options;
  options.config.snapshot.retain = false;
  rig = std::make_unique<BridgeRig>(std::move(options));
  rig->broker.set_retained(rig->topic("snapshot"), "old picture");
  rig->broker.set_retained(rig->topic("snapshot/event"), "old picture");
  rig->add_camera(emulated());
  rig->bring_up();
  EXPECT_EQ(rig->broker.retained(rig->topic("snapshot")), nullptr);
  EXPECT_EQ(rig->broker.retained(rig->topic("snapshot/event")), nullptr);
}

TEST(SnapshotFailure, SaysThatTheCameraGaveNone) {
  BridgeRig rig;
  auto camera = emulated();
  camera.pictures.clear();
  rig.add_camera(std::move(camera));
  rig.bring_up();
  const auto answer = rig.call(kUid, "snapshot");
  EXPECT_EQ(answer["error"]["code"], "cgi_error") << answer.dump();
  EXPECT_EQ(answer["error"]["detail"]["result"], -1);
  EXPECT_EQ(rig.broker.retained(rig.topic("snapshot")), nullptr);
}

}  // namespace
}  // namespace cam32100::testing
