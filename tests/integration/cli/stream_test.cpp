// Live video from `cam32100 emulate` to `cam32100 get --stream`.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "protocol/media/frame.hpp"
#include "tests/integration/support/emulator.hpp"
#include "tests/integration/support/run_command.hpp"
#include "tests/unit/io/scratch_directory.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

constexpr const char* kLive = "/livestream.cgi?streamid=10&";

std::string file_text(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

// What the emulator shows, in its order.
std::array<std::string, 3> shown_pictures() {
  const std::string folder = CAM32100_SOURCE_DIR "/deploy/emulator-pictures/";
  return {file_text(folder + "garden.jpg"), file_text(folder + "gate.jpg"),
          file_text(folder + "night.jpg")};
}

class Stream : public ::testing::Test {
 protected:
  static EmulatorOptions showing(std::vector<std::string> more = {}, std::string psk = "plain") {
    more.insert(more.end(), {"--pictures", CAM32100_SOURCE_DIR "/deploy/emulator-pictures"});
    return {.psk = std::move(psk), .more_words = std::move(more)};
  }
  static std::vector<std::string> words(const Emulator& camera, const std::string& path,
                                        const std::string& seconds) {
    return {"get",    camera.uid(), "--target", camera.address(), "--password",
            "888888", path,         "--stream", seconds};
  }
  CommandResult get(const Emulator& camera, const std::string& path, const std::string& seconds,
                    const std::vector<std::string>& more = {}) {
    auto line = words(camera, path, seconds);
    line.insert(line.end(), more.begin(), more.end());
    return run_command(loop_, line);
  }
  // Reads every frame of the output, all of them whole but perhaps the last; how many were whole.
  static std::size_t expect_the_pictures(std::string_view output) {
    const auto pictures = shown_pictures();
    std::size_t whole = 0;
    while (!output.empty()) {
      const auto head = protocol::decode_frame_head(protocol::as_bytes(output));
      if (!head) {
        EXPECT_LT(output.size(), protocol::kFrameHeadBytes) << "no head behind frame " << whole;
        break;
      }
      EXPECT_EQ(head->type, protocol::FrameType::mjpeg);
      const std::string& picture = pictures[head->number % pictures.size()];
      EXPECT_EQ(head->length, picture.size());
      output.remove_prefix(protocol::kFrameHeadBytes);
      const auto body = output.substr(0, head->length);
      EXPECT_TRUE(body == std::string_view{picture}.substr(0, body.size()))
          << "frame " << head->number;
      if (body.size() < picture.size() || ::testing::Test::HasFailure()) break;
      ++whole;
      output.remove_prefix(body.size());
    }
    return whole;
  }

  Loop loop_;
  testing::ScratchDirectory scratch_;
};

struct Kind {
  const char* name;
  const char* psk;
  const char* fps;
  const char* window;
  const char* seconds;
};
class StreamOfEachKind : public Stream, public ::testing::WithParamInterface<Kind> {};

}  // namespace

// At full speed the rest of a second would be more of the same.
INSTANTIATE_TEST_SUITE_P(Kinds, StreamOfEachKind,
                         ::testing::Values(Kind{"Paced", "plain", "15", "64", "1"},
                                           Kind{"PacedUnderAKey", "vstarcam2018", "15", "64", "1"},
                                           Kind{"AtFullSpeed", "plain", "0", "64", "0.3"},
                                           Kind{"AtFullSpeedUnderAKey", "vstarcam2018", "0", "64",
                                                "0.3"},
                                           Kind{"WithAWideWindow", "plain", "0", "4096", "0.3"}),
                         [](const auto& param) { return std::string{param.param.name}; });

TEST_P(StreamOfEachKind, IsThePicturesByteForByte) {
  const Kind& kind = GetParam();
  Emulator camera{loop_, showing({"--stream-fps", kind.fps, "--window", kind.window}, kind.psk)};
  const auto result = get(camera, kLive, kind.seconds, {"--psk", kind.psk});
  ASSERT_EQ(result.exit_code, kOk) << result.errors;
  const std::size_t whole = expect_the_pictures(result.output);
  EXPECT_GE(whole, 3U) << "each picture";
  if (std::string_view{kind.fps} == "15") {
    EXPECT_LE(whole, 17U);
  }
  const auto figures = json::parse(result.errors);
  EXPECT_EQ(figures.size(), 4U) << result.errors;
  EXPECT_EQ(figures.at("bytes"), result.output.size());
  EXPECT_EQ(figures.at("frames"), whole);
  const double seconds = figures.at("seconds").get<double>();
  EXPECT_GT(seconds, 0.0);
  // Both are rounded, one to a thousandth and one to a tenth.
  const double rate = static_cast<double>(result.output.size()) / 1e6 / seconds;
  EXPECT_NEAR(figures.at("mb_per_s").get<double>(), rate, 0.06 + rate * 0.001 / seconds);
  EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1);
}

TEST_F(Stream, LeavesThePlaceToTheNextClient) {
  Emulator camera{loop_, showing()};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(get(camera, kLive, "0.3").exit_code, kOk);
    EXPECT_TRUE(camera.wait_for_state([](const json& state) { return state.at("sessions") == 0; }));
  }
}

TEST_F(Stream, SaysWhatWasMissingWhenNoneCame) {
  Emulator camera{loop_, showing()};
  const auto result = get(camera, "/livestream.cgi?streamid=4&", "0.2");
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_TRUE(result.output.empty()) << "the answer is not printed: " << result.output;
  for (const char* text : {"wanted video on channel 1 for 0.2 s", "saw none", "streamid=10"})
    EXPECT_NE(result.errors.find(text), std::string::npos) << result.errors;
}

TEST_F(Stream, SaysThatTheCameraRefused) {
  Emulator camera{loop_, showing({"--refuse", "livestream.cgi"})};
  const auto result = get(camera, kLive, "5");
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_NE(result.errors.find("result=-1"), std::string::npos) << result.errors;
  EXPECT_TRUE(result.output.empty());
}

TEST_F(Stream, EndsEarlyWithTheSession) {
  scratch_.write("script.json", R"([{"at_s":1.5,"do":"close","repeat_s":1.5}])");
  Emulator camera{loop_, showing({"--script", scratch_ / "script.json"})};
  const auto result = get(camera, kLive, "3600");
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_NE(result.errors.find("the session ended before: closed_by_peer"), std::string::npos)
      << result.errors;
  EXPECT_GE(expect_the_pictures(result.output), 1U);
}

TEST_F(Stream, EndsWithAGoodbyeAndItsFiguresWhenInterrupted) {
  Emulator camera{loop_, showing({"--stream-fps", "15"})};
  auto line = words(camera, kLive, "3600");
  line.insert(line.begin(), CAM32100_BINARY);
  Process process{loop_, line};
  process.close_input();
  ASSERT_TRUE(process.wait_for_line(0, [](const std::string&) { return true; }));
  process.send_signal(SIGINT);
  EXPECT_EQ(process.wait_for_exit(), kOk) << process.errors();
  (void)expect_the_pictures(process.output());
  const auto figures = json::parse(process.errors());
  EXPECT_EQ(figures.at("bytes"), process.output().size());
  EXPECT_LT(figures.at("seconds").get<double>(), 3600.0);
  // By itself a camera lets a silent client go after ten seconds.
  EXPECT_TRUE(camera.wait_for_state([](const json& state) { return state.at("sessions") == 0; },
                                    std::chrono::seconds{5}));
}

TEST_F(Stream, EndsEarlyWhenNobodyTakesIt) {
  Emulator camera{loop_, showing()};
  auto line = words(camera, kLive, "3600");
  line.insert(line.begin(), {"sh", "-c", R"(exec "$0" "$@" > /dev/full)", CAM32100_BINARY});
  Process process{loop_, line};
  process.close_input();
  EXPECT_EQ(process.wait_for_exit(), kFailed);
  EXPECT_NE(process.errors().find("standard output: No space left on device"), std::string::npos)
      << process.errors();
}

TEST_F(Stream, TakesSecondsWithinReason) {
  for (const char* seconds : {"0", "0.05", "3601", "-1", "long"}) {
    const auto result =
        run_command(loop_, {"get", "VSTC-123456-ABCDE", kLive, "--stream", seconds});
    EXPECT_EQ(result.exit_code, kUsage) << seconds << result.errors;
  }
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
           {"--window", "0"}, {"--window", "4097"}, {"--stream-fps", "121"}}) {
    std::vector<std::string> line{"emulate", "--uid", "VSTC-123456-ABCDE", "--bind", "127.0.0.1",
                                  "--port",  "0"};
    line.insert(line.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(run_command(loop_, line).exit_code, kUsage) << wrong[0] << wrong[1];
  }
}

}  // namespace cam32100::integration
