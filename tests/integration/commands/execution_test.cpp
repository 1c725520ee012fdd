// One publish is one execution, whatever its form.
#include "tests/integration/commands/command_suite.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

int pan_of(Stage& stage) {
  const auto state = stage.camera.state();
  return state.is_object() ? state.at("pan").get<int>() : 0;
}

}  // namespace

TEST_P(Commands, RunOncePerPublish) {
  ASSERT_EQ(outcome_of(stage().ask("ptz", {{"move", "center"}})), "ok");
  const auto before = stage().camera.count_requests("decoder_control.cgi");
  for (int i = 0; i < 5; ++i)
    ASSERT_EQ(outcome_of(stage().ask("ptz", {{"move", "left"}, {"step", true}})), "ok");
  EXPECT_EQ(stage().camera.count_requests("decoder_control.cgi"), before + 5);
  EXPECT_EQ(pan_of(stage()), -5);
}

TEST_P(Commands, RunOnceForOneIdHoweverOftenItIsSent) {
  ASSERT_EQ(outcome_of(stage().ask("ptz", {{"move", "center"}})), "ok");
  const auto topic = stage().camera_topic("command/ptz");
  const auto answer_topic = stage().camera_topic("response/ptz");
  const std::string payload = R"({"id":"once","move":"right","step":true})";
  const auto from = stage().tap.end();
  ASSERT_EQ(publish_lines(stage().loop, stage().broker, stage().version, topic,
                          {payload, payload, payload}),
            0);
  const auto again = stage().send(topic, payload, answer_topic);
  EXPECT_EQ(again.value("id", ""), "once");
  EXPECT_EQ(outcome_of(again), "ok");
  // Whatever came first has been answered by now, and a read after it sees what the motor did.
  ASSERT_EQ(outcome_of(stage().ask("get_status")), "ok");
  EXPECT_EQ(pan_of(stage()), 1);
  EXPECT_GE(stage().tap.count(from, live_on_topic(answer_topic)), 1U);
}

TEST_P(Commands, MeanTheSameAsPlainTextAndAsJson) {
  const auto topic = stage().camera_topic("command/ptz");
  const auto answer_topic = stage().camera_topic("response/ptz");
  const auto data = [&](const std::string& payload) {
    const auto answer = stage().send(topic, payload, answer_topic);
    EXPECT_EQ(outcome_of(answer), "ok") << answer.dump();
    return answer.value("data", json{});
  };
  const auto plain = data("left");
  EXPECT_EQ(plain.value("move", ""), "left");
  EXPECT_EQ(data(R"({"move":"left","ms":400})"), plain);
  EXPECT_EQ(data(R"( {"id":"42","move":"left","ms":400,"timeout_ms":5000} )"), plain);
}

TEST_P(Commands, TakeTheUidInAnySpellingAndAnAliasAndAnswerOnTheUid) {
  for (const char* typed : {"vstc123456abcde", "VSTC123456ABCDE", "vstc-123456-abcde", "porch"}) {
    SCOPED_TRACE(typed);
    const auto answer =
        stage().send("cam32100/" + std::string{typed} + "/command/get_misc", R"({"id":"spelled"})",
                     stage().camera_topic("response/get_misc"));
    EXPECT_EQ(outcome_of(answer), "ok") << answer.dump();
    EXPECT_EQ(answer.value("uid", ""), stage().camera.uid());
  }
  EXPECT_TRUE(stage().retained("cam32100/porch/response/get_misc").is_null());
}

TEST_P(Commands, AreAllAnsweredWhenManyComeAtOnce) {
  constexpr int kCount = 60;
  std::vector<std::string> payloads;
  for (int i = 0; i < kCount; ++i)
    payloads.push_back(json{{"id", "burst-" + std::to_string(i)}}.dump());
  const auto from = stage().tap.end();
  ASSERT_EQ(publish_lines(stage().loop, stage().broker, stage().version,
                          stage().camera_topic("command/get_status"), payloads),
            0);
  for (int i = 0; i < kCount; ++i) {
    const auto answer = stage().tap.wait_for(from, [&](const Message& message) {
      return message.topic == stage().camera_topic("response/get_status") &&
             message.json().value("id", "") == "burst-" + std::to_string(i);
    });
    ASSERT_TRUE(answer) << i;
    const auto outcome = outcome_of(answer->json());
    EXPECT_TRUE(outcome == "ok" || outcome == "rate_limited") << outcome;
  }
  EXPECT_EQ(stage().tap.count(from, live_on_topic(stage().camera_topic("response/get_status"))),
            static_cast<std::size_t>(kCount));
}

TEST_P(Commands, AnswerFirstWithAcceptedOnlyWhenAsked) {
  const auto from = stage().tap.end();
  const auto final_answer = [&](const std::string& id) {
    return stage().tap.wait_for(from, [&](const Message& message) {
      const auto envelope = message.json();
      return message.topic == stage().camera_topic("response/get_misc") &&
             envelope.value("id", "") == id && envelope.value("status", "") == "ok";
    });
  };
  const auto accepted = [&](const std::string& id) {
    return stage().tap.count(from, [&](const Message& message) {
      const auto envelope = message.json();
      return message.topic == stage().camera_topic("response/get_misc") &&
             envelope.value("id", "") == id && envelope.value("status", "") == "accepted";
    });
  };
  stage().publish(stage().camera_topic("command/get_misc"), R"({"id":"with","ack":true})");
  ASSERT_TRUE(final_answer("with"));
  EXPECT_EQ(accepted("with"), 1U);
  stage().publish(stage().camera_topic("command/get_misc"), R"({"id":"without"})");
  ASSERT_TRUE(final_answer("without"));
  EXPECT_EQ(accepted("without"), 0U);
}

TEST_P(CommandsOfMqtt5, WithAResponseTopicAreAnsweredThereUnretainedWithTheirCorrelation) {
  const std::string correlation = "\x01\xff\x80 \xc3( id";
  const auto from = stage().tap.end();
  stage().publish({.topic = stage().camera_topic("command/get_misc"),
                   .payload = "",
                   .response_topic = "answers/for/me",
                   .correlation_data = correlation});
  const auto answer = stage().tap.wait_for(from, on_topic("answers/for/me"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->correlation_data, correlation);
  EXPECT_EQ(answer->content_type, "application/json");
  EXPECT_EQ(outcome_of(answer->json()), "ok");
  ASSERT_TRUE(stage().tap.wait_for(from, live_on_topic(stage().camera_topic("response/get_misc"))));
  EXPECT_TRUE(stage().retained("answers/for/me").is_null());
  EXPECT_EQ(stage().tap.count(from, on_topic("answers/for/me")), 1U);
}

TEST_P(CommandsOfMqtt5, AreAnsweredToMosquittoRr) {
  auto words = stage().broker.client("mosquitto_rr", "5");
  words.insert(words.end(), {"-t", stage().camera_topic("command/get_status"), "-e", "tmp/rr", "-m",
                             "", "-W", "20"});
  Process asker{stage().loop, words};
  ASSERT_EQ(asker.wait_for_exit(), 0) << asker.errors();
  EXPECT_EQ(outcome_of(json::parse(asker.output(), nullptr, false)), "ok") << asker.output();
}

INSTANTIATE_TEST_SUITE_P(Mqtt5, CommandsOfMqtt5, ::testing::Values("5"));

}  // namespace cam32100::integration
