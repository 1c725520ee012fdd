// Restarts of everything, in every order: Home Assistant ends with the same entities and states.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "tests/integration/home_assistant/discovery_suite.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

// What is promised: after 30 s the same entities and states.
constexpr std::chrono::milliseconds kSettled{30'000};

// Entities and their states, of messages that came in this order.
std::map<std::string, std::string> standing(const std::vector<Message>& messages) {
  std::map<std::string, std::string> out;
  for (const auto& message : messages) {
    const auto& topic = message.topic;
    if (message.payload.empty()) {
      out.erase(topic);
    } else if (topic.starts_with("homeassistant/") || topic.ends_with("/settings") ||
               topic.ends_with("/availability")) {
      out[topic] = message.payload;
    } else if (topic.ends_with("/state")) {
      out[topic] = message.json().value("session", "");
    }
  }
  return out;
}

// What the broker tells somebody who comes now.
std::map<std::string, std::string> standing(Stage& stage) {
  return standing(read_retained(stage.loop, stage.broker, stage.version, "#"));
}

// Somebody who stays sees when it has become the same; then a newcomer must find the same.
bool comes_to(Stage& stage, const std::map<std::string, std::string>& before) {
  auto& stays = stage.add_tap();
  return stage.loop.run_until(
      [&] { return standing(stays.messages()) == before && standing(stage) == before; }, kSettled);
}

struct Part {
  const char* name;
  void (*restart)(Stage&);
};

void restart_broker(Stage& stage) {
  stage.broker.kill();
  stage.broker.start();
}
void restart_bridge(Stage& stage) {
  EXPECT_EQ(stage.bridge.stop(), 0);
  stage.bridge.start();
}
void restart_camera(Stage& stage) {
  stage.camera.kill();
  stage.camera.start();
}
// Its own restart is a birth message; everything retained it reads anyway.
void restart_home_assistant(Stage& stage) { stage.publish("homeassistant/status", "online"); }

constexpr std::array<Part, 4> kParts{{{"broker", restart_broker},
                                      {"bridge", restart_bridge},
                                      {"camera", restart_camera},
                                      {"home assistant", restart_home_assistant}}};

StageOptions with_discovery() {
  StageOptions options;
  options.config = {{"homeassistant", {{"discovery", true}}}};
  return options;
}

}  // namespace

// One test for each part that is restarted first: ctest runs them side by side.
class HomeAssistantAfterRestarts : public ::testing::TestWithParam<const char*> {};

TEST_P(HomeAssistantAfterRestarts, HasTheSameEntitiesAndStatesInEveryOrder) {
  Stage stage{with_discovery()};
  ASSERT_TRUE(stage.wait_until_ready());
  ASSERT_TRUE(wait_for_discovery(stage).is_object());
  const auto before = standing(stage);
  ASSERT_TRUE(before.contains(kCameraDiscovery));
  ASSERT_TRUE(before.contains(kBridgeDiscovery));
  auto order = kParts;
  const auto by_name = [](const Part& a, const Part& b) {
    return std::string_view{a.name} < b.name;
  };
  std::sort(order.begin(), order.end(), by_name);
  const auto first = std::find_if(order.begin(), order.end(), [](const Part& part) {
    return std::string_view{part.name} == GetParam();
  });
  ASSERT_NE(first, order.end());
  std::rotate(order.begin(), first, first + 1);
  do {
    std::string names;
    for (const auto& part : order) {
      names += std::string{part.name} + " ";
      part.restart(stage);
    }
    // A camera that was restarted last is missed some seconds later: until then all looks well.
    EXPECT_TRUE(
        stage.camera.wait_for_state([](const json& s) { return s.at("sessions") == 1; }, kSettled))
        << names;
    EXPECT_TRUE(comes_to(stage, before)) << names;
    if (::testing::Test::HasFailure()) break;
  } while (std::next_permutation(order.begin() + 1, order.end(), by_name));
}
INSTANTIATE_TEST_SUITE_P(First, HomeAssistantAfterRestarts,
                         ::testing::Values("broker", "bridge", "camera", "home assistant"));

TEST(HomeAssistantEvents, TellThatACameraWentAndCameBack) {
  auto options = with_discovery();
  options.config["timing"]["offline_grace_s"] = 1;
  Stage stage{options};
  ASSERT_TRUE(stage.wait_until_ready());
  const auto discovery = wait_for_discovery(stage);
  ASSERT_TRUE(discovery.is_object());
  const auto event = entities_of(discovery, "event").at(0);
  TemplateRenderer jinja{stage.loop};
  const auto hears = [&](const std::string& type) {
    return stage.tap.wait_until(event.text("state_topic"), [&](const Message& message) {
      const auto state =
          json::parse(jinja.value(event.text("value_template"), message.payload), nullptr, false);
      return state.is_object() && state["event_type"] == type && state["event_id"].is_string();
    });
  };
  stage.camera.kill();
  EXPECT_TRUE(hears("offline"));
  stage.camera.start();
  EXPECT_TRUE(hears("online"));
}

TEST(HomeAssistantThatStarts, IsSentDiscoveryThenTheStates) {
  Stage stage{with_discovery()};
  ASSERT_TRUE(stage.wait_until_ready());
  ASSERT_TRUE(wait_for_discovery(stage).is_object());
  const auto from = stage.tap.end();
  stage.publish("homeassistant/status", "online");
  const auto sent = [&](const std::string& topic) {
    return stage.tap.wait_for(from, live_on_topic(topic)).has_value();
  };
  EXPECT_TRUE(sent(kBridgeDiscovery));
  EXPECT_TRUE(sent(kCameraDiscovery));
  EXPECT_TRUE(sent(stage.camera_topic("availability")));
  EXPECT_TRUE(sent(stage.camera_topic("state")));
  std::vector<std::string> order;
  for (std::size_t i = from; i < stage.tap.messages().size(); ++i)
    order.push_back(stage.tap.messages()[i].topic);
  const auto place = [&](const std::string& topic) {
    return std::find(order.begin(), order.end(), topic);
  };
  EXPECT_LT(place(kCameraDiscovery), place(stage.camera_topic("availability")));
  EXPECT_EQ(std::count(order.begin(), order.end(), stage.camera_topic("event")), 0);
}

TEST(HomeAssistantThatIsNotWanted, FindsNothingAnyMore) {
  Stage stage{with_discovery()};
  ASSERT_TRUE(stage.wait_until_ready());
  ASSERT_TRUE(wait_for_discovery(stage).is_object());
  auto config = stage.bridge.config();
  config["homeassistant"]["discovery"] = false;
  stage.bridge.write_config(config);
  ASSERT_EQ(outcome_of(stage.ask_bridge("reload")), "ok");
  EXPECT_TRUE(stage.loop.run_until([&] {
    return read_retained(stage.loop, stage.broker, stage.version, "homeassistant/#").empty();
  }));
}

TEST(CameraThatIsRemoved, LeavesHomeAssistant) {
  Stage stage{with_discovery()};
  ASSERT_TRUE(stage.wait_until_ready());
  Emulator second{stage.loop, {.uid = "VSTB-654321-EDCBA"}};
  stage.scratch.write("secrets/second", "888888");
  ASSERT_EQ(outcome_of(stage.ask_bridge("camera/add", {{"uid", second.uid()},
                                                       {"address", second.address()},
                                                       {"password_file", "second"}})),
            "ok");
  const std::string topic = "homeassistant/device/cam32100_" + second.uid() + "/config";
  ASSERT_TRUE(
      stage.tap.wait_until(topic, [](const Message& message) { return !message.payload.empty(); }));
  ASSERT_EQ(outcome_of(stage.ask_bridge("camera/remove", {{"uid", second.uid()}})), "ok");
  EXPECT_TRUE(
      stage.tap.wait_until(topic, [](const Message& message) { return message.payload.empty(); }));
}

}  // namespace cam32100::integration
