#include "bridge/core/outbox.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cam32100::bridge {
namespace {

class RecordingMqtt final : public MqttPort {
 public:
  void subscribe(const std::string&, const SubscribeOptions&) override {}
  void unsubscribe(const std::string&) override {}
  void publish(MqttPublication publication) override { topics.push_back(publication.topic); }
  std::vector<std::string> topics;
};

TEST(Outbox, ReleasesWhatItHoldsInOrderAndOnce) {
  RecordingMqtt mqtt;
  Outbox outbox{mqtt};
  outbox.hold({.topic = "a"});
  outbox.hold({.topic = "b"});
  EXPECT_TRUE(mqtt.topics.empty());
  outbox.send({.topic = "answer"});
  outbox.release();
  outbox.release();
  EXPECT_EQ(mqtt.topics, (std::vector<std::string>{"answer", "a", "b"}));
  EXPECT_EQ(outbox.published(), 3U);
}

TEST(Outbox, HoldsNoMoreThanItsCapAndDropsNothing) {
  RecordingMqtt mqtt;
  Outbox outbox{mqtt};
  for (int i = 0; i < 256; ++i) outbox.hold({.topic = std::to_string(i)});
  EXPECT_TRUE(mqtt.topics.empty());
  outbox.hold({.topic = "one more"});
  EXPECT_EQ(mqtt.topics.size(), 256U);
  outbox.release();
  ASSERT_EQ(mqtt.topics.size(), 257U);
  EXPECT_EQ(mqtt.topics.front(), "0");
  EXPECT_EQ(mqtt.topics.back(), "one more");
}

TEST(Outbox, EmptiesATopicAfterWhatItHeldForIt) {
  RecordingMqtt mqtt;
  Outbox outbox{mqtt};
  outbox.hold({.topic = "response", .payload = "{}", .retain = true});
  outbox.clear("response");
  outbox.release();
  EXPECT_EQ(mqtt.topics.size(), 2U) << "nothing follows the empty one";
}

TEST(Outbox, SendsADerivedStateWhenItChangedOrWhenAskedTo) {
  RecordingMqtt mqtt;
  Outbox outbox{mqtt};
  EXPECT_FALSE(outbox.has_derived("state"));
  EXPECT_TRUE(outbox.set_derived("state", "while silent"));
  EXPECT_TRUE(mqtt.topics.empty());
  EXPECT_TRUE(outbox.has_derived("state"));
  outbox.go_live();
  EXPECT_FALSE(outbox.set_derived("state", "while silent"));
  EXPECT_TRUE(mqtt.topics.empty()) << "it did not change";
  EXPECT_FALSE(
      outbox.set_derived("state", "while silent", Outbox::Form::json, Outbox::When::always));
  EXPECT_TRUE(outbox.set_derived("state", "another"));
  EXPECT_EQ(mqtt.topics, (std::vector<std::string>{"state", "state"}));
  outbox.clear("state");
  EXPECT_FALSE(outbox.has_derived("state"));
  EXPECT_TRUE(outbox.set_derived("state", "another")) << "the broker has none";
}

}  // namespace
}  // namespace cam32100::bridge
