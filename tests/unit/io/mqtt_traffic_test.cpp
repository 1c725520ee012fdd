// What goes over a connection, and how it ends.
#include <thread>

#include "tests/unit/io/mqtt_client_fixture.hpp"

namespace cam32100::bridge {
namespace {

TEST_F(MqttClientTest, LetsQos0PassWhileTheWindowIsFull) {
  broker.receive_maximum = 2;
  broker.withhold_acks = true;
  start();
  ASSERT_TRUE(connect());
  for (int i = 0; i < 5; ++i) client->publish(publication("control", "x"));
  auto picture = publication("picture", "jpeg");
  picture.qos = 0;
  client->publish(std::move(picture));
  EXPECT_TRUE(run_until([&] {
    const auto* seen = broker.last(ScriptedBroker::PUBLISH);
    return seen != nullptr && topic_of(*seen) == "picture";
  }));
}

TEST_F(MqttClientTest, NamesTheFirstTopicThatItMayNotPublishOn) {
  broker.puback_reason = 0x87;  // not authorised
  start("5");
  ASSERT_TRUE(connect());
  log.clear();
  for (const char* topic : {"hidden/a", "hidden/b"}) client->publish(publication(topic, "x"));
  ASSERT_TRUE(run_until([&] { return !log.empty(); }));
  ASSERT_TRUE(run_until([&] { return client->counters().in_flight == 0; }));
  ASSERT_EQ(log.size(), 1U) << "once a connection";
  EXPECT_NE(log.front().find("hidden/a"), std::string::npos) << log.front();
}

TEST_F(MqttClientTest, SubscribesWithNoLocalAndRetainAsPublishedOn5) {
  start();
  ASSERT_TRUE(connect());
  client->subscribe("base/+/command/#", {1, true, true});
  ASSERT_TRUE(run_until([&] { return !subscribed.empty(); }));
  EXPECT_EQ(subscribed.front(), (std::pair<std::string, int>{"base/+/command/#", 1}));
  EXPECT_EQ(static_cast<unsigned char>(broker.last(ScriptedBroker::SUBSCRIBE)->body.back()), 0x0DU)
      << "QoS 1, no local, retain as published";
}

TEST_F(MqttClientTest, SubscribesPlainlyOn311) {
  start("3.1.1");
  ASSERT_TRUE(connect());
  client->subscribe("base/+/command/#", {1, true, true});
  ASSERT_TRUE(run_until([&] { return !subscribed.empty(); }));
  EXPECT_EQ(static_cast<unsigned char>(broker.last(ScriptedBroker::SUBSCRIBE)->body.back()), 0x01U);
}

TEST_F(MqttClientTest, TellsARefusedSubscription) {
  broker.suback_code = 0x87;
  start();
  ASSERT_TRUE(connect());
  client->subscribe("secret/#", {});
  ASSERT_TRUE(run_until([&] { return !subscribed.empty(); }));
  EXPECT_GE(subscribed.front().second, 0x80);
}

TEST_F(MqttClientTest, HandsMessagesOnWithTheirRetainFlag) {
  start();
  ASSERT_TRUE(connect());
  broker.publish("base/x/command/ptz", std::string("le\0ft", 5), true);
  broker.publish("base/x/command/ptz", "", false);
  ASSERT_TRUE(run_until([&] { return messages.size() == 2; }));
  EXPECT_EQ(messages[0].payload, std::string("le\0ft", 5));
  EXPECT_TRUE(messages[0].retained);
  EXPECT_FALSE(messages[1].retained);
  EXPECT_FALSE(messages[1].response_topic.has_value());
}

TEST_F(MqttClientTest, LosesWhatComesFasterThanItIsHandledAndSaysHowMuch) {
  start("5", 2 * 1024);
  ASSERT_TRUE(connect());
  for (int i = 0; i < 5; ++i)
    broker.publish("command/" + std::to_string(i), std::string(512, 'x'), false);
  // The loop does not run here; Paho's thread reads on.
  const auto limit = std::chrono::steady_clock::now() + 10s;
  while (client->counters().lost_in < 3 && std::chrono::steady_clock::now() < limit)
    std::this_thread::yield();
  ASSERT_EQ(client->counters().lost_in, 3U);
  ASSERT_TRUE(run_until([&] { return messages.size() == 2; }));
  EXPECT_EQ(messages.front().topic, "command/0");
  EXPECT_EQ(messages.back().topic, "command/1");
  EXPECT_TRUE(has_logged("3 messages came faster"));
  broker.publish("command/later", std::string(512, 'x'), false);
  EXPECT_TRUE(run_until([&] { return messages.size() == 3; })) << "there is room again";
  EXPECT_EQ(client->counters().lost_in, 3U);
}

TEST_F(MqttClientTest, SendsAfterTheReconnectWhatWasToBeKept) {
  start();
  ASSERT_TRUE(connect());
  broker.stop_listening();
  broker.close_connections();
  ASSERT_TRUE(run_until([&] { return losses == 1; }));
  auto kept = publication("response", "kept");
  kept.keep_while_down = true;
  client->publish(kept);
  client->publish(publication("state", "sent again by the bridge anyway"));
  broker.listen_again();
  ASSERT_TRUE(run_until([&] { return broker.count(ScriptedBroker::PUBLISH) >= 1; }));
  EXPECT_EQ(topic_of(*broker.last(ScriptedBroker::PUBLISH)), "response");
  EXPECT_EQ(broker.count(ScriptedBroker::PUBLISH), 1U);
}

TEST_F(MqttClientTest, StopsCleanlyAfterSendingWhatWaits) {
  start();
  ASSERT_TRUE(connect());
  client->publish(publication("base/bridge/availability", "offline"));
  bool stopped = false;
  client->stop(1s, [&] { stopped = true; });
  ASSERT_TRUE(run_until([&] { return stopped && broker.count(ScriptedBroker::DISCONNECT) == 1; }));
  EXPECT_EQ(broker.count(ScriptedBroker::PUBLISH), 1U);
}

TEST_F(MqttClientTest, StopsWithoutABroker) {
  broker.stop_listening();
  start();
  bool stopped = false;
  client->stop(1s, [&] { stopped = true; });
  EXPECT_TRUE(run_until([&] { return stopped; }));
}

TEST_F(MqttClientTest, MayBeDestroyedInTheMiddleOfEverything) {
  for (int events = 0; events < 12; ++events) {
    start();
    for (int i = 0; i < events; ++i) io.run_one_for(20ms);
    client->publish(publication("t", "x"));
    client.reset();
    io.poll();
  }
  SUCCEED();  // under ASan and TSan a late callback would be an error
}

TEST_F(MqttClientTest, KeepsWhatIsPublishedBetweenTheLossAndTheWordOfIt) {
  start();
  ASSERT_TRUE(connect());
  broker.close_connections();
  // Paho has closed its socket; the word of it waits in the loop, which does not run here.
  while (!no_delay_flags(broker.port()).empty()) std::this_thread::yield();
  auto kept = publication("response", "kept");
  kept.keep_while_down = true;
  client->publish(kept);
  EXPECT_EQ(losses, 0);
  ASSERT_TRUE(run_until([&] { return broker.count(ScriptedBroker::PUBLISH) == 1; }));
  EXPECT_EQ(losses, 1);
  EXPECT_EQ(topic_of(*broker.last(ScriptedBroker::PUBLISH)), "response");
}

TEST_F(MqttClientTest, HoldsPicturesBackFromABrokerThatDoesNotReadAndDropsTheOldest) {
  constexpr std::size_t kPictures = 40;
  start("5");
  ASSERT_TRUE(connect());
  broker.stops_reading = true;
  ASSERT_TRUE(run_until([&] { return broker.count(ScriptedBroker::UNSUBSCRIBE) >= 1; }));
  for (std::size_t i = 0; i < kPictures; ++i) {
    auto picture = publication("picture/" + std::to_string(i), std::string(1024 * 1024, 'x'));
    picture.qos = 0;
    client->publish(std::move(picture));
    client->publish(publication("answer/" + std::to_string(i), "x"));
  }
  const auto counters = client->counters();
  EXPECT_GE(counters.dropped, 1U);
  EXPECT_LT(counters.dropped, kPictures);
  const auto dropped = counters.dropped;
  broker.read_again();
  ASSERT_TRUE(run_until([&] {
    return broker.count(ScriptedBroker::PUBLISH) == 2 * kPictures - client->counters().dropped;
  }));
  EXPECT_EQ(client->counters().dropped, dropped);
  std::vector<std::string> topics;
  for (const auto& seen : broker.seen) {
    if (seen.type == ScriptedBroker::PUBLISH) topics.push_back(topic_of(seen));
  }
  const auto came = [&](const std::string& topic) {
    return std::find(topics.begin(), topics.end(), topic);
  };
  for (std::size_t i = 0; i < kPictures; ++i)
    EXPECT_NE(came("answer/" + std::to_string(i)), topics.end()) << i;
  const auto last = std::to_string(kPictures - 1);
  ASSERT_NE(came("picture/" + last), topics.end()) << "the newest picture is the one to keep";
  EXPECT_LT(came("picture/" + last), came("answer/" + last))
      << "what follows a picture overtook it";
}

TEST_F(MqttClientTest, StopsInItsTimeThoughTheBrokerReadsNothing) {
  start();
  ASSERT_TRUE(connect());
  broker.stops_reading = true;
  ASSERT_TRUE(run_until([&] { return broker.count(ScriptedBroker::UNSUBSCRIBE) >= 1; }));
  for (int i = 0; i < 40; ++i) {
    auto picture = publication("picture", std::string(1024 * 1024, 'x'));
    picture.qos = 0;
    client->publish(std::move(picture));
  }
  bool stopped = false;
  const auto began = std::chrono::steady_clock::now();
  client->stop(500ms, [&] { stopped = true; });
  ASSERT_TRUE(run_until([&] { return stopped; }));
  // What stop() promises, and a second for a busy machine.
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1500ms);
}

}  // namespace
}  // namespace cam32100::bridge
