#include "bridge/io/mqtt_outbox.hpp"

#include <gtest/gtest.h>

namespace cam32100::bridge {
namespace {

MqttPublication publication(std::string topic, std::string payload, bool keep) {
  MqttPublication out;
  out.topic = std::move(topic);
  out.payload = std::move(payload);
  out.keep_while_down = keep;
  return out;
}

// What 500 cameras with eight commands each may have to say at once, thrice.
TEST(MqttOutbox, HoldsEveryAnswerOfAFleet) {
  MqttOutbox outbox;
  for (int i = 0; i < 12'000; ++i) {
    MqttPublication answer;
    answer.payload.assign(700, 'x');
    outbox.push_while_busy(std::move(answer));
  }
  EXPECT_EQ(outbox.size(), 12'000U);
  EXPECT_EQ(outbox.dropped(), 0U);
}

TEST(MqttOutbox, DropsWhileDownWhatTheBridgeSendsAgainAnyway) {
  MqttOutbox outbox;
  outbox.push_while_down(publication("state", "1", false));
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.dropped(), 1U);
}

TEST(MqttOutbox, KeepsTheNewestPerTopicWhileDown) {
  MqttOutbox outbox;
  outbox.push_while_down(publication("a", "old", true));
  outbox.push_while_down(publication("b", "only", true));
  outbox.push_while_down(publication("a", "new", true));
  ASSERT_EQ(outbox.size(), 2U);
  EXPECT_EQ(outbox.pop()->payload, "only");
  EXPECT_EQ(outbox.pop()->payload, "new");
  EXPECT_FALSE(outbox.pop().has_value());
}

TEST(MqttOutbox, KeepsEveryMessageInOrderWhileBusy) {
  MqttOutbox outbox;
  for (const auto* payload : {"1", "2", "3"})
    outbox.push_while_busy(publication("same", payload, true));
  EXPECT_EQ(outbox.pop()->payload, "1");
  EXPECT_EQ(outbox.pop()->payload, "2");
  EXPECT_EQ(outbox.pop()->payload, "3");
  EXPECT_EQ(outbox.dropped(), 0U);
}

TEST(MqttOutbox, SiftsWhatWaitedWhenTheConnectionIsLost) {
  MqttOutbox outbox;
  outbox.push_while_busy(publication("state", "x", false));
  outbox.push_while_busy(publication("response", "1", true));
  outbox.push_while_busy(publication("response", "2", true));
  outbox.on_connection_lost();
  ASSERT_EQ(outbox.size(), 1U);
  EXPECT_EQ(outbox.pop()->payload, "2");
}

TEST(MqttOutbox, DropsTheOldestBeyondItsCaps) {
  MqttOutbox by_count{{.max_messages = 2, .max_bytes = 1000}};
  for (const auto* payload : {"1", "2", "3"})
    by_count.push_while_busy(publication("t", payload, true));
  EXPECT_EQ(by_count.size(), 2U);
  EXPECT_EQ(by_count.pop()->payload, "2");
  EXPECT_EQ(by_count.dropped(), 1U);

  MqttOutbox by_bytes{{.max_messages = 10, .max_bytes = 10}};
  by_bytes.push_while_busy(publication("t", std::string(8, 'a'), true));
  by_bytes.push_while_busy(publication("t", std::string(8, 'b'), true));
  ASSERT_EQ(by_bytes.size(), 1U);
  EXPECT_EQ(by_bytes.pop()->payload, std::string(8, 'b'));
}

TEST(MqttOutbox, DropsTheOldestPictureBeforeAnyAnswer) {
  const auto picture = [](const std::string& payload) {
    auto out = publication("picture", payload, false);
    out.qos = 0;
    return out;
  };
  MqttOutbox outbox{{.max_messages = 4, .max_bytes = 1000, .max_qos0_bytes = 20}};
  outbox.push_while_busy(publication("answer", "1", true));
  for (const char letter : {'a', 'b', 'c'}) outbox.push_while_busy(picture(std::string(8, letter)));
  EXPECT_EQ(outbox.dropped(), 1U) << "three pictures are more than their share";
  outbox.push_while_busy(publication("answer", "2", true));
  outbox.push_while_busy(publication("answer", "3", true));
  EXPECT_EQ(outbox.dropped(), 2U) << "five messages are more than four";
  for (const auto* payload : {"1", "cccccccc", "2", "3"}) EXPECT_EQ(outbox.pop()->payload, payload);
  EXPECT_FALSE(outbox.holds_qos0());
}

TEST(MqttOutbox, TakesOneMessageThatIsLargerThanTheCap) {
  MqttOutbox outbox{{.max_messages = 10, .max_bytes = 4}};
  outbox.push_while_busy(publication("t", "too long", true));
  EXPECT_EQ(outbox.size(), 1U);
}

}  // namespace
}  // namespace cam32100::bridge
