// The broker goes away and comes back.
#include <gtest/gtest.h>

#include <set>

#include "tests/integration/support/stage.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

constexpr int kRestarts = 10;

class BrokerRecovery : public ::testing::TestWithParam<std::string> {};

std::set<std::string> topics_of(const std::vector<Message>& messages) {
  std::set<std::string> out;
  for (const auto& message : messages) out.insert(message.topic);
  return out;
}

bool is_active_event(const Message& message) {
  const auto event = message.json();
  return event.is_object() && event.value("active", false);
}

// What a subscriber that was there all the time must not hear again. This broker keeps no database,
// so what it has retained is as new as what it passes on.
bool is_history(const Stage& stage, const Message& message) {
  const auto& topic = message.topic;
  if (topic.find("/response") != std::string::npos) return true;
  if (topic == stage.camera_topic("event") || topic == stage.camera_topic("snapshot/event"))
    return true;
  return topic.starts_with(stage.camera_topic("event/")) && is_active_event(message);
}

std::size_t count_of(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    ++count;
  return count;
}

// Kills the broker, which keeps no database: all is lost. It stays away until the bridge has found
// it gone; one that is back at once looks like a rival with our client id, and that is waited out.
void kill_broker(Stage& stage) {
  constexpr std::string_view kGone = "cannot be reached";
  const auto& log = stage.bridge.process().errors();
  const auto before = count_of(log, kGone);
  stage.broker.kill();
  EXPECT_TRUE(stage.loop.run_until([&] { return count_of(log, kGone) > before; }));
}

// A new tap, on a broker that has just come up: there before the bridge, or soon after it.
Tap* tap_on_restarted(Stage& stage) {
  stage.broker.start();
  return &stage.add_tap();
}

bool wait_until_online(Stage& stage, Tap& tap) {
  return tap
      .wait_until(stage.bridge_topic("availability"),
                  [](const Message& message) { return message.payload == "online"; })
      .has_value();
}

json ask_through(Stage& stage, Tap& tap, const std::string& command, const json& arguments) {
  const auto from = tap.end();
  stage.publish(stage.camera_topic("command/" + command), arguments.dump());
  const auto answer = tap.wait_for(from, [&](const Message& message) {
    return message.topic == stage.camera_topic("response/" + command) && !message.retained &&
           message.json().value("id", "") == arguments.value("id", "");
  });
  return answer ? answer->json() : json(nullptr);
}

StageOptions options(const std::string& version) {
  StageOptions out;
  out.mqtt_version = version;
  return out;
}

}  // namespace

TEST_P(BrokerRecovery, SendsItsStateAgainAndTakesCommandsAgain) {
  Stage stage{options(GetParam())};
  ASSERT_TRUE(stage.wait_until_ready());
  ASSERT_EQ(outcome_of(stage.ask("get_camera_params")), "ok");
  ASSERT_TRUE(stage.tap.wait_until(stage.camera_topic("settings"), [](const Message& message) {
    return !message.payload.empty();
  }));
  for (int round = 0; round < kRestarts; ++round) {
    kill_broker(stage);
    const auto tap = tap_on_restarted(stage);
    ASSERT_TRUE(wait_until_online(stage, *tap)) << stage.bridge.everything_it_wrote();
    // Commands work: the subscriptions are back.
    const auto id = "after-" + std::to_string(round);
    ASSERT_EQ(outcome_of(ask_through(stage, *tap, "get_status", {{"id", id}})), "ok");
    ASSERT_EQ(outcome_of(ask_through(stage, *tap, "ptz",
                                     {{"id", id + "p"}, {"move", "left"}, {"step", true}})),
              "ok");
    const auto kept =
        topics_of(read_retained(stage.loop, stage.broker, stage.version, "cam32100/#"));
    for (const auto* leaf : {"availability", "info", "cameras", "health"})
      EXPECT_TRUE(kept.contains(stage.bridge_topic(leaf))) << leaf;
    for (const auto* leaf : {"availability", "state", "info", "settings", "event/motion"})
      EXPECT_TRUE(kept.contains(stage.camera_topic(leaf))) << leaf;
    EXPECT_EQ(stage.camera.state().at("pan"), -1 - round) << "one step a round";
  }
}

TEST_P(BrokerRecovery, TellsALiveSubscriberNothingThatIsHistory) {
  Stage stage{options(GetParam())};
  ASSERT_TRUE(stage.wait_until_ready());
  stage.camera.raise_alarm(1);
  ASSERT_EQ(outcome_of(stage.ask("get_status")), "ok");
  ASSERT_TRUE(stage.tap.wait_for(0, live_on_topic(stage.camera_topic("event/motion"))));
  ASSERT_EQ(outcome_of(stage.ask("snapshot")), "ok");
  for (int round = 0; round < kRestarts; ++round) {
    kill_broker(stage);
    const auto tap = tap_on_restarted(stage);
    ASSERT_TRUE(wait_until_online(stage, *tap));
    const auto before_asking = [&] {
      // The answer to this command ends what the bridge had to say by itself.
      stage.publish(stage.bridge_topic("command/health"), "");
      return tap->wait_for(0, live_on_topic(stage.bridge_topic("response/health")));
    }();
    ASSERT_TRUE(before_asking);
    for (const auto& message : tap->messages()) {
      if (message.topic == stage.bridge_topic("response/health")) continue;
      EXPECT_FALSE(is_history(stage, message))
          << message.topic << " " << message.payload.substr(0, 200);
    }
  }
}

TEST_P(BrokerRecovery, ExecutesNothingTwiceWhenTheSenderRepeatsWhatItHasNoAnswerTo) {
  Stage stage{options(GetParam())};
  ASSERT_TRUE(stage.wait_until_ready());
  constexpr int kCommands = 8;
  std::vector<std::string> payloads;
  for (int i = 0; i < kCommands; ++i)
    payloads.push_back(
        json{{"id", "once-" + std::to_string(i)}, {"param", 1}, {"value", 101 + i}}.dump());
  const auto topic = stage.camera_topic("command/camera_control");
  const auto from = stage.tap.end();
  publish_lines(stage.loop, stage.broker, stage.version, topic, payloads);
  // In the middle: at least one is executed, and the last answers may never have got out.
  ASSERT_TRUE(stage.tap.wait_for(from, on_topic(stage.camera_topic("response/camera_control"))));
  stage.broker.kill();
  const auto tap = tap_on_restarted(stage);
  ASSERT_TRUE(wait_until_online(stage, *tap));
  for (int i = 0; i < kCommands; ++i) {
    const auto answer = ask_through(stage, *tap, "camera_control",
                                    json::parse(payloads.at(static_cast<std::size_t>(i))));
    EXPECT_EQ(outcome_of(answer), "ok") << answer.dump();
  }
  for (int i = 0; i < kCommands; ++i)
    EXPECT_EQ(stage.camera.count_requests("value=" + std::to_string(101 + i)), 1U) << i;
}

INSTANTIATE_TEST_SUITE_P(Mqtt5, BrokerRecovery, ::testing::Values("5"));
INSTANTIATE_TEST_SUITE_P(Mqtt311, BrokerRecovery, ::testing::Values("3.1.1"));

TEST(BrokerThatIsAway, IsWaitedForAtTheStart) {
  StageOptions options;
  options.start_bridge = false;
  Stage stage{options};
  stage.broker.kill();
  stage.bridge.start();
  // The bridge says that it cannot reach the broker before the broker is there.
  ASSERT_TRUE(stage.bridge.process().wait_for_error_text("broker"));
  stage.broker.start();
  auto& tap = stage.add_tap();
  EXPECT_TRUE(wait_until_online(stage, tap)) << stage.bridge.everything_it_wrote();
  EXPECT_EQ(outcome_of(ask_through(stage, tap, "get_status", {{"id", "late"}})), "ok");
}

TEST(BrokerWithADatabase, GivesNewSubscribersTheHistoryOnceAndLiveOnesNone) {
  StageOptions options;
  options.broker.general = "persistence true\n";
  // mosquitto wants a directory for its database; its working directory would be ours.
  const testing::ScratchDirectory database;
  options.broker.general += "persistence_location " + database.text() + "/\n";
  Stage stage{options};
  ASSERT_TRUE(stage.wait_until_ready());
  stage.camera.raise_alarm(1);
  ASSERT_EQ(outcome_of(stage.ask("get_status")), "ok");
  const auto before = stage.retained(stage.camera_topic("event"));
  ASSERT_TRUE(before.is_object());
  stage.broker.stop();
  const auto tap = tap_on_restarted(stage);
  ASSERT_TRUE(wait_until_online(stage, *tap));
  stage.publish(stage.bridge_topic("command/health"), "");
  ASSERT_TRUE(tap->wait_for(0, live_on_topic(stage.bridge_topic("response/health"))));
  EXPECT_EQ(tap->count(0, live_on_topic(stage.camera_topic("event"))), 0U);
  EXPECT_EQ(stage.retained(stage.camera_topic("event")), before);
}

TEST(BrokerThatSpeaksMqtt5, IsServedBy5WhenNobodySaidWhichVersion) {
  StageOptions options;
  options.config = {{"mqtt", {{"version", "auto"}}}};
  Stage stage{options};
  ASSERT_TRUE(stage.wait_until_ready());
  EXPECT_EQ(stage.retained(stage.bridge_topic("info")).at("mqtt_version"), "5");
}

TEST(BrokerThatSpeaksOnly311, IsServedAllTheSame) {
  // mosquitto of this version refuses nothing between 3.1 and 5, so the bridge is told.
  StageOptions options;
  options.mqtt_version = "3.1.1";
  Stage stage{options};
  ASSERT_TRUE(stage.wait_until_ready());
  EXPECT_EQ(stage.retained(stage.bridge_topic("info")).at("mqtt_version"), "3.1.1");
  EXPECT_EQ(outcome_of(stage.ask("get_status")), "ok");
}

}  // namespace cam32100::integration
