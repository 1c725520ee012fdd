// `cam32100 call`: a command over MQTT and its answer, in the shell.
#include "tests/integration/support/run_command.hpp"
#include "tests/integration/support/shared_stage.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

class Call : public SharedStage<Call, ::testing::TestWithParam<std::string>> {
 public:
  static StageOptions stage_options() {
    StageOptions options;
    options.mqtt_version = GetParam();
    return options;
  }

 protected:
  static CommandResult call(std::vector<std::string> words) {
    words.insert(words.begin(), "call");
    words.insert(words.end(), {"-c", stage().bridge.config_file()});
    return run_command(stage().loop, words);
  }
};

}  // namespace

TEST_P(Call, PrintsTheAnswerOfTheCommand) {
  const auto result = call({stage().camera.uid(), "get_status"});
  ASSERT_EQ(result.exit_code, kOk) << result.errors;
  const auto answer = json::parse(result.output, nullptr, false);
  ASSERT_TRUE(answer.is_object()) << result.output;
  EXPECT_EQ(answer.at("command"), "get_status");
  EXPECT_EQ(answer.at("data").at("firmware"), "48.53.75.92");
}

TEST_P(Call, TakesArgumentsOfTheirOwnKind) {
  EXPECT_EQ(call({stage().camera.uid(), "ptz", "move=left", "ms=10"}).exit_code, kOk);
  EXPECT_EQ(call({stage().camera.uid(), "ptz", "move=left", "step=true"}).exit_code, kOk);
  const auto wrong = call({stage().camera.uid(), "ptz", "move=left", "ms=soon"});
  EXPECT_EQ(wrong.exit_code, kFailed);
  EXPECT_NE(wrong.output.find("bad_argument"), std::string::npos) << wrong.output;
}

TEST_P(Call, WaitsForAnIdOfTheUsersOwn) {
  for (const char* own : {"id=77", "id=mine", "transaction=theirs"}) {
    const auto result = call({stage().camera.uid(), "get_misc", own});
    EXPECT_EQ(result.exit_code, kOk) << own << result.errors;
  }
  EXPECT_EQ(call({stage().camera.uid(), "get_misc", "id=[]"}).exit_code, kUsage);
}

TEST_P(Call, TakesAnAliasWithABlank) {
  const auto result = call({"front door", "get_misc", "--timeout", "20"});
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_NE(result.output.find("unknown_camera"), std::string::npos) << result.output;
}

TEST_P(Call, RefusesWordsThatAreNoLevelOfATopic) {
  for (const auto& words : {std::vector<std::string>{"a+b", "get_status"},
                            {"a/b", "get_status"},
                            {"", "get_status"},
                            {stage().camera.uid(), "a#b"},
                            {stage().camera.uid(), "get status"},
                            {stage().camera.uid(), "set/"}}) {
    EXPECT_EQ(call(words).exit_code, kUsage) << words[0] << ' ' << words[1];
  }
}

TEST_P(Call, ReachesTheBridgeAndAliasesToo) {
  EXPECT_EQ(call({"bridge", "camera/list"}).exit_code, kOk);
  EXPECT_EQ(call({"porch", "get_misc"}).exit_code, kOk);
}

TEST_P(Call, FailsWithTheErrorThatCameBack) {
  const auto unknown = call({"VSTC-999999-ZZZZZ", "get_status"});
  EXPECT_EQ(unknown.exit_code, kFailed);
  EXPECT_NE(unknown.output.find("unknown_camera"), std::string::npos) << unknown.output;
  EXPECT_EQ(call({stage().camera.uid(), "dance"}).exit_code, kFailed);
  EXPECT_EQ(call({stage().camera.uid(), "video", "action=start"}).exit_code, kFailed);
}

// The form in which the quickstart prints it.
TEST_P(Call, TakesKeysOfTheConfigurationBeforeItsOtherWords) {
  EXPECT_EQ(call({"--set", "mqtt.keep_alive_s=20", "--set", "mqtt.instance=other",
                  stage().camera.uid(), "ptz", "move=left", "ms=10"})
                .exit_code,
            kOk);
}

TEST_P(Call, SaysWhenItsOwnWordsAreWrong) {
  EXPECT_EQ(call({stage().camera.uid()}).exit_code, kUsage);
  EXPECT_EQ(call({stage().camera.uid(), "ptz", "left"}).exit_code, kUsage);
}

TEST_P(Call, EndsInItsTimeWhenNobodyAnswers) {
  // Nobody serves this base topic.
  const auto result = call(
      {stage().camera.uid(), "get_status", "--set", "mqtt.base_topic=nowhere", "--timeout", "2.5"});
  EXPECT_EQ(result.exit_code, kTimedOut) << result.output;
  EXPECT_NE(result.errors.find("nothing on nowhere/bridge/availability"), std::string::npos)
      << result.errors;
}

TEST_P(Call, SaysAtOnceThatTheBridgeIsAway) {
  ASSERT_EQ(stage().bridge.stop(), 0);
  const auto result = call({stage().camera.uid(), "get_status", "--timeout", "3600"});
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_NE(result.errors.find("the bridge is not connected"), std::string::npos) << result.errors;
  const auto from = stage().tap.end();
  stage().bridge.start();
  ASSERT_TRUE(stage().tap.wait_for(from, [](const Message& message) {
    return message.topic == stage().bridge_topic("availability") && message.payload == "online";
  }));
}

INSTANTIATE_TEST_SUITE_P(Mqtt5, Call, ::testing::Values("5"));
INSTANTIATE_TEST_SUITE_P(Mqtt311, Call, ::testing::Values("3.1.1"));

}  // namespace cam32100::integration
