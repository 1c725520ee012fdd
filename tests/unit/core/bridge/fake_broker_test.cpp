// The fake broker is the judge of many tests: it is judged here, by what was seen of
// mosquitto 2.0.11.
#include "tests/support/fake_mqtt/fake_broker.hpp"

#include <gtest/gtest.h>

namespace cam32100::testing {
namespace {

class Client final : public BrokerClient {
 public:
  std::vector<bridge::MqttMessage> heard;
  std::vector<std::pair<std::string, int>> subacks;
  int closed = 0;
  void on_suback(const std::string& filter, int code) override {
    subacks.emplace_back(filter, code);
  }
  void on_message(const bridge::MqttMessage& message) override { heard.push_back(message); }
  void on_connection_closed() override { ++closed; }
};

bridge::MqttPublication retained(const std::string& topic, const std::string& payload) {
  return {.topic = topic, .payload = payload, .qos = 1, .retain = true};
}

TEST(FakeBroker, MatchesFiltersAsTheStandardSays) {
  EXPECT_TRUE(filter_matches("a/+/command/#", "a/b/command/ptz"));
  EXPECT_TRUE(filter_matches("a/+/set/#", "a/b/set"));
  EXPECT_TRUE(filter_matches("#", "a/b"));
  EXPECT_TRUE(filter_matches("a/#", "a"));
  EXPECT_FALSE(filter_matches("a/+/command/#", "a/b/c/command/ptz"));
  EXPECT_FALSE(filter_matches("a/+", "a"));
  EXPECT_FALSE(filter_matches("a/b", "a/b/c"));
  EXPECT_FALSE(filter_matches("#", "$SYS/x"));
}

TEST(FakeBroker, ShowsTheRetainFlagOfReplaysAndHidesItOnLiveMessages) {
  FakeBroker broker;
  Client plain, as_published;
  broker.publish(nullptr, retained("t", "old"));
  broker.attach(plain, 5);
  broker.attach(as_published, 5);
  broker.subscribe(plain, "t", {.qos = 1});
  broker.subscribe(as_published, "t", {.qos = 1, .retain_as_published = true});
  broker.publish(nullptr, retained("t", "new"));
  broker.deliver();
  ASSERT_EQ(plain.heard.size(), 2U);
  EXPECT_TRUE(plain.heard[0].retained);
  EXPECT_FALSE(plain.heard[1].retained);
  ASSERT_EQ(as_published.heard.size(), 2U);
  EXPECT_TRUE(as_published.heard[1].retained);
}

TEST(FakeBroker, IgnoresTheOptionsOfMqtt5On311) {
  FakeBroker broker;
  Client old;
  broker.attach(old, 4);
  broker.subscribe(old, "t", {.qos = 1, .no_local = true, .retain_as_published = true});
  broker.publish(&old, retained("t", "mine"));
  broker.deliver();
  ASSERT_EQ(old.heard.size(), 1U);
  EXPECT_FALSE(old.heard[0].retained);
}

TEST(FakeBroker, KeepsOurOwnMessagesAwayWithNoLocalOnly) {
  FakeBroker broker;
  Client client;
  broker.attach(client, 5);
  broker.subscribe(client, "t", {.qos = 1, .no_local = true});
  broker.publish(&client, {.topic = "t", .payload = "mine"});
  broker.publish(nullptr, {.topic = "t", .payload = "theirs"});
  broker.deliver();
  ASSERT_EQ(client.heard.size(), 1U);
  EXPECT_EQ(client.heard[0].payload, "theirs");
}

TEST(FakeBroker, DeliversOverlappingFiltersTwiceOn5AndOnceOn311) {
  for (const int version : {5, 4}) {
    FakeBroker broker;
    Client client;
    broker.attach(client, version);
    broker.subscribe(client, "a/#", {.qos = 1});
    broker.subscribe(client, "a/b", {.qos = 1});
    broker.publish(nullptr, {.topic = "a/b", .payload = "x"});
    broker.deliver();
    EXPECT_EQ(client.heard.size(), version == 5 ? 2U : 1U);
  }
}

TEST(FakeBroker, EmptiesARetainedTopicAndTellsLiveSubscribers) {
  FakeBroker broker;
  Client client;
  broker.publish(nullptr, retained("t", "old"));
  broker.attach(client, 4);
  broker.subscribe(client, "t", {.qos = 1});
  broker.publish(nullptr, retained("t", ""));
  broker.deliver();
  ASSERT_EQ(client.heard.size(), 2U);
  EXPECT_TRUE(client.heard[1].payload.empty());
  EXPECT_EQ(broker.retained("t"), nullptr);
}

TEST(FakeBroker, LosesConnectionsAndPerhapsItsMemoryWhenItRestarts) {
  for (const bool persists : {true, false}) {
    FakeBroker broker{{.persists = persists}};
    Client client;
    broker.attach(client, 5);
    broker.publish(nullptr, retained("t", "x"));
    broker.restart();
    EXPECT_EQ(client.closed, 1);
    EXPECT_EQ(broker.retained("t") != nullptr, persists);
    broker.publish(nullptr, {.topic = "t", .payload = "y"});
    broker.deliver();
    EXPECT_TRUE(client.heard.empty());
  }
}

TEST(FakeBroker, RefusesOrIgnoresFiltersWhenTold) {
  FakeBroker broker{{.refused_filters = {"no"}, .silent_filters = {"silent"}}};
  Client client;
  broker.attach(client, 5);
  broker.subscribe(client, "no", {});
  broker.subscribe(client, "silent", {});
  broker.subscribe(client, "yes", {});
  broker.publish(nullptr, {.topic = "no", .payload = "x"});
  broker.deliver();
  ASSERT_EQ(client.subacks.size(), 2U);
  EXPECT_GE(client.subacks[0].second, 0x80);
  EXPECT_EQ(client.subacks[1].second, 0);
  EXPECT_TRUE(client.heard.empty());
}

TEST(FakeBroker, HandsOnResponseTopicsOn5Only) {
  FakeBroker broker;
  Client now, old;
  broker.attach(now, 5);
  broker.attach(old, 4);
  broker.subscribe(now, "t", {.qos = 0});
  broker.subscribe(old, "t", {.qos = 0});
  broker.publish(nullptr, {.topic = "t", .payload = "x", .correlation_data = "c"}, "answer/here");
  broker.deliver();
  ASSERT_EQ(now.heard.size(), 1U);
  EXPECT_EQ(now.heard[0].response_topic, "answer/here");
  EXPECT_EQ(now.heard[0].qos, 0);
  ASSERT_EQ(old.heard.size(), 1U);
  EXPECT_FALSE(old.heard[0].response_topic);
}

}  // namespace
}  // namespace cam32100::testing
