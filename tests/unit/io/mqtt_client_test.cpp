#include "bridge/io/mqtt_client.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>

#include "bridge/io/no_delay.hpp"
#include "tests/unit/io/scripted_broker.hpp"

namespace cam32100::bridge {
namespace {

using testing::ScriptedBroker;
using testing::topic_of;
using namespace std::chrono_literals;

MqttPublication publication(std::string topic, std::string payload) {
  MqttPublication out;
  out.topic = std::move(topic);
  out.payload = std::move(payload);
  return out;
}

// Every TCP socket of this process towards `port`, and whether it has TCP_NODELAY.
std::vector<bool> no_delay_flags(std::uint16_t port) {
  std::vector<bool> flags;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename().string());
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, static_cast<sockaddr*>(static_cast<void*>(&peer)), &size) != 0) continue;
    if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != port) continue;
    int on = 0;
    socklen_t length = sizeof on;
    if (::getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &length) == 0) flags.push_back(on != 0);
  }
  return flags;
}

class MqttClientTest : public ::testing::Test {
 protected:
  void start(const std::string& version = "auto") {
    MqttConfig config;
    config.url = "mqtt://127.0.0.1:" + std::to_string(broker.port());
    config.version = version;
    MqttHandlers handlers;
    handlers.on_connected = [this](const MqttConnection& made) { connections.push_back(made); };
    handlers.on_lost = [this](const std::string&) { ++losses; };
    handlers.on_subscribed = [this](const std::string& filter, int code) {
      subscribed.emplace_back(filter, code);
    };
    handlers.on_message = [this](MqttMessage message) { messages.push_back(std::move(message)); };
    handlers.on_log = [this](LogLevel, const std::string& text) { log.push_back(text); };
    client = std::make_unique<MqttClient>(
        io, config, "test-client", MqttWill{"base/bridge/availability", "offline"}, handlers);
    client->start();
  }
  bool run_until(const std::function<bool()>& done, std::chrono::seconds at_most = 10s) {
    const auto limit = std::chrono::steady_clock::now() + at_most;
    while (!done() && std::chrono::steady_clock::now() < limit) io.run_one_for(50ms);
    return done();
  }
  bool connect() {
    return run_until([&] { return !connections.empty(); });
  }

  boost::asio::io_context io{1};
  ScriptedBroker broker{io};
  std::vector<MqttConnection> connections;
  std::vector<std::pair<std::string, int>> subscribed;
  std::vector<MqttMessage> messages;
  std::vector<std::string> log;
  int losses = 0;
  std::unique_ptr<MqttClient> client;  // last: destroyed first
};

TEST_F(MqttClientTest, SpeaksMqtt5FirstWithItsWill) {
  start();
  ASSERT_TRUE(connect());
  EXPECT_EQ(connections.front().version, 5);
  const auto* seen = broker.last(ScriptedBroker::CONNECT);
  ASSERT_NE(seen, nullptr);
  EXPECT_NE(seen->body.find("base/bridge/availability"), std::string::npos);
  const auto flags = static_cast<unsigned char>(seen->body.at(7));
  EXPECT_EQ(flags & 0x3EU, 0x2EU) << "clean start, will at QoS 1, retained";
}

TEST_F(MqttClientTest, FallsBackTo311WhenThatIsWhatTheBrokerSpeaks) {
  broker.refuse_version = 5;
  start();
  ASSERT_TRUE(connect());
  EXPECT_EQ(connections.front().version, 4);
}

TEST_F(MqttClientTest, StaysWithTheVersionThatIsConfigured) {
  broker.refuse_version = 5;
  start("5");
  ASSERT_TRUE(run_until([&] { return broker.count(ScriptedBroker::CONNECT) >= 2; }));
  EXPECT_TRUE(connections.empty());
  for (const auto& seen : broker.seen) EXPECT_EQ(seen.version, 5);
}

TEST_F(MqttClientTest, SetsNoDelayOnItsSocketAfterEveryConnect) {
  start();
  ASSERT_TRUE(connect());
  auto flags = no_delay_flags(broker.port());
  EXPECT_NE(std::find(flags.begin(), flags.end(), true), flags.end());
  broker.close_connections();
  ASSERT_TRUE(run_until([&] { return connections.size() == 2; }));
  flags = no_delay_flags(broker.port());
  EXPECT_NE(std::find(flags.begin(), flags.end(), true), flags.end());
}

TEST_F(MqttClientTest, KeepsPahosReceiverAwakeWithoutPublishingAnything) {
  start();
  ASSERT_TRUE(connect());
  ASSERT_TRUE(run_until([&] { return broker.count(ScriptedBroker::UNSUBSCRIBE) >= 3; }))
      << "Paho sleeps after a silent second";
  EXPECT_EQ(broker.count(ScriptedBroker::PUBLISH), 0U) << "subscribers would see it";
}

TEST_F(MqttClientTest, LosesNothingOfMoreThanPahosDefaultBuffer) {
  broker.withhold_acks = true;
  start();
  ASSERT_TRUE(connect());
  for (int i = 0; i < 500; ++i) client->publish(publication("t/" + std::to_string(i), "x"));
  broker.release_acks();
  ASSERT_TRUE(run_until([&] { return broker.count(ScriptedBroker::PUBLISH) == 500; }));
  EXPECT_EQ(client->counters().dropped, 0U);
  std::vector<std::string> topics;
  for (const auto& seen : broker.seen) {
    if (seen.type == ScriptedBroker::PUBLISH) topics.push_back(topic_of(seen));
  }
  for (std::size_t i = 0; i < topics.size(); ++i) ASSERT_EQ(topics[i], "t/" + std::to_string(i));
}

TEST_F(MqttClientTest, StaysBelowTheBrokersReceiveMaximum) {
  broker.receive_maximum = 10;
  broker.withhold_acks = true;
  start();
  ASSERT_TRUE(connect());
  for (int i = 0; i < 50; ++i) client->publish(publication("t", "x"));
  ASSERT_TRUE(run_until([&] { return broker.count(ScriptedBroker::PUBLISH) >= 9; }));
  // Two heartbeats later still no tenth one: the window is ours, not Paho's.
  const auto beats = broker.count(ScriptedBroker::UNSUBSCRIBE);
  ASSERT_TRUE(run_until([&] { return broker.count(ScriptedBroker::UNSUBSCRIBE) >= beats + 2; }));
  EXPECT_EQ(broker.count(ScriptedBroker::PUBLISH), 9U);
  broker.release_acks();
  EXPECT_TRUE(run_until([&] { return broker.count(ScriptedBroker::PUBLISH) == 50; }));
}

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

TEST_F(MqttClientTest, DestroysTheOldClientBeforeItOpensANewOne) {
  start();
  ASSERT_TRUE(connect());
  for (std::size_t round = 2; round <= 3; ++round) {
    broker.close_connections();
    ASSERT_TRUE(run_until([&] { return connections.size() == round; }));
    EXPECT_EQ(losses, static_cast<int>(round) - 1);
    EXPECT_LE(broker.open_connections(), 1U);
  }
}

TEST_F(MqttClientTest, NamesTheClientIdWhenItIsThrownOffAgainAndAgain) {
  start();
  for (std::size_t round = 1; round <= 3; ++round) {
    ASSERT_TRUE(run_until([&] { return connections.size() == round; }));
    broker.close_connections();
  }
  EXPECT_TRUE(run_until([&] {
    return std::any_of(log.begin(), log.end(), [](const auto& line) {
      return line.find("client id test-client") != std::string::npos;
    });
  }));
}

TEST_F(MqttClientTest, TakesARestartedBrokerForNoThrowingOff) {
  start();
  for (std::size_t round = 1; round <= 4; ++round) {
    ASSERT_TRUE(run_until([&] { return connections.size() == round; }));
    broker.stop_listening();
    broker.close_connections();
    ASSERT_TRUE(run_until([&] {
      return std::count_if(log.begin(), log.end(), [](const auto& line) {
               return line.find("cannot be reached") != std::string::npos;
             }) == static_cast<std::ptrdiff_t>(round);
    }));
    broker.listen_again();
  }
  for (const auto& line : log) EXPECT_EQ(line.find("thrown off"), std::string::npos);
}

TEST_F(MqttClientTest, RetriesTheFirstConnectUntilThereIsABroker) {
  broker.stop_listening();
  start();
  ASSERT_TRUE(run_until([&] { return !log.empty(); }));
  EXPECT_NE(log.front().find("cannot be reached"), std::string::npos);
  broker.listen_again();
  EXPECT_TRUE(connect());
  EXPECT_EQ(std::count_if(log.begin(), log.end(),
                          [](const auto& line) {
                            return line.find("cannot be reached") != std::string::npos;
                          }),
            1)
      << "one line, however long it takes";
}

TEST_F(MqttClientTest, SaysWhatToLookAtWhenItIsRefusedByEitherVersion) {
  for (const std::string version : {"5", "3.1.1", "auto"}) {
    SCOPED_TRACE(version);
    log.clear();
    broker.connack_reason = version == "3.1.1" ? 4 : 0x86;  // bad user name or password
    start(version);
    ASSERT_TRUE(run_until([&] { return !log.empty(); }));
    EXPECT_NE(log.front().find("ad user name or password"), std::string::npos) << log.front();
    EXPECT_NE(log.front().find("mqtt.user"), std::string::npos) << log.front();
    EXPECT_TRUE(connections.empty());
  }
}

TEST_F(MqttClientTest, SaysOnceThatAReachableBrokerTakesNoConnection) {
  broker.hangs_up = true;
  start("3.1.1");
  ASSERT_TRUE(run_until([&] { return broker.count(ScriptedBroker::CONNECT) >= 3; }));
  ASSERT_EQ(log.size(), 1U) << log.back();
  EXPECT_NE(log.front().find("mqtt.tls"), std::string::npos) << log.front();
  EXPECT_EQ(log.front().find("mqtt.user"), std::string::npos) << "nobody spoke of the user";
  broker.hangs_up = false;
  EXPECT_TRUE(connect());
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

TEST(NoDelay, LeavesSocketsOfOtherPeersAlone) { EXPECT_EQ(set_no_delay_towards(1), 0U); }

}  // namespace
}  // namespace cam32100::bridge
