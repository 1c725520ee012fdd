// Payloads that no command can mean.
#include <random>

#include "tests/integration/bad_input/bad_input_suite.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

constexpr std::size_t kLargestCommand = 64 * 1024;

std::string bytes_of(std::uint32_t seed, std::size_t size) {
  std::mt19937 generator{seed};
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<char>(generator() & 0xFFU));
  return out;
}

// JSON text of exactly so many bytes.
std::string padded_request(std::size_t size) {
  std::string text = R"({"id":"large","timeout_ms":5000)";
  return text + std::string(size - text.size() - 1, ' ') + "}";
}

std::string nested(std::size_t depth) {
  return R"({"id":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

}  // namespace

void BadInput::expect_refusal(const std::string& command, const std::string& payload,
                              const std::string& code) {
  SCOPED_TRACE(command + " <- " + payload.substr(0, 60) + " (" + std::to_string(payload.size()) +
               " bytes)");
  const auto answer_topic = stage().camera_topic("response/" + command);
  const auto from = stage().tap.end();
  const auto answer =
      stage().send(stage().camera_topic("command/" + command), payload, answer_topic);
  EXPECT_EQ(outcome_of(answer), code) << answer.dump(-1, ' ', true, json::error_handler_t::replace);
  if (!answer.is_object() || !answer.contains("error")) return;
  EXPECT_FALSE(answer.at("error").at("message").get<std::string>().empty());
  EXPECT_EQ(stage().tap.count(from, live_on_topic(answer_topic)), 1U) << "one answer each";
}

TEST_P(BadInput, MalformedJsonIsAnsweredWithThePosition) {
  for (const char* payload :
       {"{", "{\"id\":", "{\"move\":\"left\"", "{]", "[1,2", "{\"a\":1}}", "{'move':'left'}",
        "{\"move\":\"left\",}", "{\"move\":nan}", "{\"move\":\"\\ud800\"}"})
    expect_refusal("ptz", payload, "bad_json");
  const auto answer = stage().send(stage().camera_topic("command/ptz"), R"({"move":)",
                                   stage().camera_topic("response/ptz"));
  EXPECT_NE(answer.dump().find("position"), std::string::npos) << answer.dump();
}

TEST_P(BadInput, JsonOfAnotherShapeIsRefused) {
  for (const char* payload :
       {"[]", "[{\"move\":\"left\"}]", "{\"move\":7}", "{\"move\":null}", "{\"move\":{\"a\":1}}",
        "{\"move\":\"sideways\"}", "{\"move\":\"left\",\"ms\":-1}",
        "{\"move\":\"left\",\"ms\":1e99}", "{\"move\":\"left\",\"ms\":10001}",
        "{\"move\":\"left\",\"speed\":3}", "{\"id\":{},\"move\":\"left\"}",
        "{\"id\":[1],\"move\":\"left\"}", "{\"move\":\"left\",\"timeout_ms\":0}",
        "{\"move\":\"left\",\"timeout_ms\":\"soon\"}", "{\"move\":\"left\",\"ack\":\"maybe\"}",
        "{\"id\":\"x\"}"})
    expect_refusal("ptz", payload, "bad_argument");
}

TEST_P(BadInput, PlainTextThatIsNoArgumentIsRefused) {
  expect_refusal("ptz", "sideways", "bad_argument");
  expect_refusal("preset", "17", "bad_argument");
  expect_refusal("get_status", "please", "bad_argument");
  expect_refusal("reboot", "now", "bad_argument");
}

TEST_P(BadInput, EmptyPayloadsRunNothingThatChangesTheCamera) {
  const auto before = stage().camera.state();
  for (const char* command :
       {"ptz", "preset", "image", "ir", "camera_control", "set", "reboot", "restore_factory",
        "sync_time", "video", "audio", "talk", "http", "http_batch"}) {
    expect_refusal(command, "", "bad_argument");
    expect_refusal(command, " \n\t", "bad_argument");
  }
  EXPECT_EQ(stage().camera.state(), before);
  EXPECT_EQ(stage().camera.count_requests("reboot.cgi"), 0U);
  EXPECT_EQ(stage().camera.count_requests("decoder_control.cgi"), 0U);
}

TEST_P(BadInput, EmptyPayloadsRunNothingThatChangesTheBridge) {
  for (const char* command :
       {"restart", "reload", "cleanup", "camera/add", "camera/remove", "camera/update",
        "server/add", "server/remove", "log_level", "lookup"}) {
    SCOPED_TRACE(command);
    const auto answer = stage().send(stage().bridge_topic(std::string{"command/"} + command), "",
                                     stage().bridge_topic(std::string{"response/"} + command));
    EXPECT_EQ(outcome_of(answer), "bad_argument") << answer.dump();
  }
}

TEST_P(BadInput, BytesThatAreNoTextAreRefused) {
  expect_refusal("ptz", "\xff\xfe left", "bad_argument");
  expect_refusal("ptz", "{\"move\":\"\xc3\x28\"}", "bad_argument");
  expect_refusal("ptz", std::string("left\0right", 10), "bad_argument");
  expect_refusal("get_status", "\x80", "bad_argument");
  expect_refusal("set", "\xed\xa0\x80", "bad_argument");
}

TEST_P(BadInput, BinaryNoiseGetsOneAnswerEach) {
  const char* commands[] = {"ptz", "set", "get_status", "http", "snapshot", "reboot"};
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    const std::string command = commands[seed % std::size(commands)];
    SCOPED_TRACE(command + ", reproduce: seed " + std::to_string(seed));
    const auto answer =
        stage().send(stage().camera_topic("command/" + command), bytes_of(seed, 1 + seed * 37),
                     stage().camera_topic("response/" + command));
    const auto outcome = outcome_of(answer);
    EXPECT_TRUE(outcome == "bad_argument" || outcome == "bad_json") << answer.dump();
  }
  EXPECT_EQ(stage().camera.count_requests("reboot.cgi"), 0U);
}

TEST_P(BadInput, CommandsAreTakenUpToTheirLimitAndRefusedAboveIt) {
  const auto topic = stage().camera_topic("command/get_misc");
  const auto answer_topic = stage().camera_topic("response/get_misc");
  const auto largest = stage().send(topic, padded_request(kLargestCommand), answer_topic);
  EXPECT_EQ(outcome_of(largest), "ok") << largest.dump();
  expect_refusal("get_misc", padded_request(kLargestCommand + 1), "too_large");
  expect_refusal("get_misc", bytes_of(7, 65'000 + 1000), "too_large");
  expect_refusal("get_misc", std::string(1'000'000, 'x'), "too_large");
  expect_refusal("get_misc", std::string(1024 * 1024, '['), "too_large");
}

TEST_P(BadInput, DeepNestingIsAnErrorLikeAnyOther) {
  const auto answer = stage().send(stage().camera_topic("command/get_misc"), nested(20'000),
                                   stage().camera_topic("response/get_misc"));
  const auto outcome = outcome_of(answer);
  EXPECT_TRUE(outcome == "bad_argument" || outcome == "bad_json") << outcome;
}

// No sentence about how fast: all of it comes one after the other over one connection.
TEST_P(BadInput, LargePayloadsAreAllAnsweredAndSoAreOthersBetweenThem) {
  const auto from = stage().tap.end();
  for (int i = 0; i < 8; ++i)
    stage().publish(stage().camera_topic("command/snapshot"), std::string(1024 * 1024, '{'));
  const auto answer = stage().ask("get_misc");
  ASSERT_EQ(outcome_of(answer), "ok") << answer.dump();
  EXPECT_TRUE(stage().loop.run_until([&] {
    return stage().tap.count(from, live_on_topic(stage().camera_topic("response/snapshot"))) == 8;
  }));
}

INSTANTIATE_TEST_SUITE_P(Mqtt5, BadInput, ::testing::Values("5"));
INSTANTIATE_TEST_SUITE_P(Mqtt311, BadInput, ::testing::Values("3.1.1"));

}  // namespace cam32100::integration
