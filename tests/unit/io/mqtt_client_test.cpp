// How a connection comes to be, and comes back.
#include "tests/unit/io/mqtt_client_fixture.hpp"

namespace cam32100::bridge {
namespace {

TEST_F(MqttClientTest, SpeaksMqtt5FirstWithItsWill) {
  start();
  ASSERT_TRUE(connect());
  EXPECT_EQ(connections.front().version, 5);
  const auto* seen = broker.last(ScriptedBroker::CONNECT);
  ASSERT_NE(seen, nullptr);
  EXPECT_NE(seen->body.find("base/bridge/availability"), std::string::npos);
  EXPECT_NE(seen->body.find(std::string{"\0\7offline", 9}), std::string::npos)
      << "the will's payload";
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

TEST_F(MqttClientTest, TakesOneHangUpForABrokerThatIsStarting) {
  broker.hangs_up = true;
  start();
  ASSERT_TRUE(run_until([&] { return broker.count(ScriptedBroker::CONNECT) == 1; }));
  broker.hangs_up = false;
  ASSERT_TRUE(connect());
  EXPECT_EQ(connections.front().version, 5);
}

TEST_F(MqttClientTest, Tries311OnceInAWhileWhenMqtt5IsMetWithSilence) {
  broker.hangs_up = true;
  start();
  ASSERT_TRUE(run_until([&] { return broker.count(ScriptedBroker::CONNECT) == 5; }));
  std::vector<int> versions;
  for (const auto& seen : broker.seen) versions.push_back(seen.version);
  EXPECT_EQ(versions, (std::vector<int>{5, 5, 4, 5, 5}));
}

TEST_F(MqttClientTest, BeginsAgainWithMqtt5AfterALossThoughOnly311WasTakenBefore) {
  broker.hangs_up_on_version = 5;
  start();
  ASSERT_TRUE(connect());
  ASSERT_EQ(connections.front().version, 4);
  broker.hangs_up_on_version = 0;
  broker.close_connections();
  ASSERT_TRUE(run_until([&] { return connections.size() == 2; }));
  EXPECT_EQ(connections.back().version, 5);
}

TEST_F(MqttClientTest, AsksABrokerThatRefusedMqtt5InWordsNotAgain) {
  broker.refuse_version = 5;
  start();
  ASSERT_TRUE(connect());
  broker.close_connections();
  ASSERT_TRUE(run_until([&] { return connections.size() == 2; }));
  EXPECT_EQ(connections.back().version, 4);
  EXPECT_EQ(std::count_if(broker.seen.begin(), broker.seen.end(),
                          [](const auto& seen) {
                            return seen.type == ScriptedBroker::CONNECT && seen.version == 5;
                          }),
            1);
}

TEST_F(MqttClientTest, TriesSoonAgainWhenTheBrokerIsOnlyBusy) {
  for (const std::string version : {"5", "3.1.1"}) {
    SCOPED_TRACE(version);
    log.clear();
    connections.clear();
    broker.connack_reason = version == "5" ? 0x88 : 3;  // server unavailable
    start(version);
    ASSERT_TRUE(run_until([&] { return !log.empty(); }));
    EXPECT_NE(log.front().find("unavailable"), std::string::npos) << log.front();
    EXPECT_EQ(log.front().find("mqtt."), std::string::npos)
        << "nothing in our configuration is wrong: " << log.front();
    broker.connack_reason = 0;
    EXPECT_TRUE(connect());
    EXPECT_FALSE(has_logged("refuses us"));
  }
}

TEST_F(MqttClientTest, SpeaksOfTheUserOnlyWhenTheBrokerDoes) {
  broker.connack_reason = 0x85;  // client identifier not valid
  start("5");
  ASSERT_TRUE(run_until([&] { return !log.empty(); }));
  EXPECT_NE(log.front().find("refuses us"), std::string::npos) << log.front();
  EXPECT_EQ(log.front().find("mqtt.user"), std::string::npos) << log.front();
}

}  // namespace
}  // namespace cam32100::bridge
