// `cam32100 emulate` to somebody who tests a client: strictness, and days by script.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <set>

#include "protocol/wire/message.hpp"
#include "tests/integration/support/emulator.hpp"
#include "tests/integration/support/run_command.hpp"
#include "tests/unit/io/scratch_directory.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

// A client that says whatever a test wants, from one source port.
class RawClient {
 public:
  explicit RawClient(const std::string& camera) : fd_{::socket(AF_INET, SOCK_DGRAM, 0)} {
    const auto colon = camera.find(':');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(camera.substr(colon + 1))));
    ::inet_pton(AF_INET, camera.substr(0, colon).c_str(), &to.sin_addr);
    const void* address = &to;
    if (::connect(fd_, static_cast<const sockaddr*>(address), sizeof to) != 0)
      throw std::runtime_error{"connect"};
  }
  ~RawClient() { ::close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(const protocol::Message& message) const {
    std::array<std::byte, 64> space;
    const auto size = protocol::encode(message, space);
    ASSERT_TRUE(size.has_value());
    ASSERT_EQ(::send(fd_, space.data(), *size, 0), static_cast<ssize_t>(*size));
  }

 private:
  int fd_;
};

class EmulateForClients : public ::testing::Test {
 protected:
  static constexpr const char* kUid = "VSTC-123456-ABCDE";

  // An emulator that plays a script.
  std::unique_ptr<Emulator> playing(const std::string& script, std::vector<std::string> more = {}) {
    scratch_.write("script.json", script);
    more.insert(more.end(), {"--script", scratch_ / "script.json"});
    return std::make_unique<Emulator>(loop_, EmulatorOptions{.more_words = std::move(more)});
  }
  static bool did(Emulator& camera, const char* what, const char* uid = kUid) {
    return camera
        .wait_for_event(
            "script",
            [&](const json& event) { return event.at("do") == what && event.at("uid") == uid; })
        .is_object();
  }
  CommandResult get(const std::string& address, const char* path = "/get_status.cgi") {
    return run_command(loop_, {"get", kUid, "--target", address, "--password", "888888", path});
  }

  const protocol::Uid uid_ = *protocol::Uid::parse(kUid);
  Loop loop_;
  testing::ScratchDirectory scratch_;
};

}  // namespace

TEST_F(EmulateForClients, IsFoundAsAnotherDialectThatIsNotSupported) {
  Emulator other{loop_, {.more_words = {"--dialect", "json"}}};
  const auto found =
      run_command(loop_, {"discover", "--json", "--timeout", "0.5", "--target", other.address()});
  EXPECT_EQ(found.exit_code, kOk) << found.errors;
  EXPECT_EQ(json::parse(found.output).at("supported"), false) << found.output;
  const auto asked = run_command(loop_, {"get", kUid, "/get_status.cgi", "--password", "888888",
                                         "--target", other.address(), "--timeout", "2"});
  EXPECT_EQ(asked.exit_code, kFailed) << asked.output;
  EXPECT_NE(asked.errors.find("not supported yet"), std::string::npos) << asked.errors;
}

TEST_F(EmulateForClients, SaysWhichRuleAClientBroke) {
  Emulator camera{loop_, {.more_words = {"--strict"}}};
  const RawClient client{camera.address()};
  client.send(protocol::PunchPkt{.uid = uid_});
  ASSERT_TRUE(camera.wait_for_state([](const json& state) { return state.at("sessions") == 1; }));
  const std::array indices{std::byte{0}, std::byte{0}};
  client.send(
      protocol::DrwAck{.channel = 0, .indices = indices, .inner_magic = protocol::kOldAckMagic});
  client.send(protocol::Close{});
  client.send(protocol::PunchPkt{.uid = uid_});
  for (const char* rule : {"ack_magic", "fresh_port"}) {
    const auto breach = camera.wait_for_event(
        "strict", [&](const json& event) { return event.at("rule") == rule; });
    ASSERT_TRUE(breach.is_object()) << rule;
    EXPECT_TRUE(breach.at("client").get<std::string>().starts_with("127.0.0.1:"));
  }
  EXPECT_TRUE(camera.wait_for_state([](const json& state) { return state.at("sessions") == 0; }));
}

TEST_F(EmulateForClients, HoldsNothingAgainstOurOwnClient) {
  Emulator camera{loop_, {.more_words = {"--strict"}}};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get(camera.address()).exit_code, kOk);
  EXPECT_EQ(camera.everything_it_wrote().find("\"strict\""), std::string::npos)
      << camera.everything_it_wrote();
}

TEST_F(EmulateForClients, PlaysMotionAndWifi) {
  const auto camera =
      playing(R"([{"at_s":0,"do":"wifi","ssid":"Barn","rssi":-70}, {"at_s":0,"do":"motion"}])");
  EXPECT_TRUE(camera->wait_for_state([](const json& state) { return state.at("alarm") == 1; }));
  EXPECT_TRUE(did(*camera, "wifi"));
  const auto status = get(camera->address());
  EXPECT_NE(status.output.find("var alarm_status=1;"), std::string::npos) << status.output;
  const auto network = get(camera->address(), "/get_params.cgi");
  EXPECT_NE(network.output.find("var wifi_ssid=\"Barn\";"), std::string::npos) << network.output;
}

TEST_F(EmulateForClients, PlaysAgainAndAgain) {
  const auto camera = playing(R"([{"at_s":0,"do":"motion","repeat_s":0.2},
                                  {"at_s":0.1,"do":"quiet","repeat_s":0.2}])");
  int rises = 0;
  int alarm = 0;
  // Each state line is another alarm than the one before.
  EXPECT_TRUE(camera
                  ->wait_for_event("state",
                                   [&](const json& event) {
                                     const int now = event.at("alarm").get<int>();
                                     rises += now > std::exchange(alarm, now) ? 1 : 0;
                                     return rises == 3;
                                   })
                  .is_object());
}

TEST_F(EmulateForClients, PlaysToOneCameraAlone) {
  const auto cameras =
      playing(R"([{"at_s":0,"do":"motion","uid":"VSTC-123457-ABCDE"},{"at_s":0.1,"do":"close"}])",
              {"--count", "2"});
  EXPECT_TRUE(did(*cameras, "motion", "VSTC-123457-ABCDE"));
  EXPECT_TRUE(did(*cameras, "close", kUid));
  EXPECT_TRUE(did(*cameras, "close", "VSTC-123457-ABCDE"));
  EXPECT_EQ(cameras->everything_it_wrote().find(R"("uid":"VSTC-123456-ABCDE","do":"motion")"),
            std::string::npos);
}

TEST_F(EmulateForClients, PlaysAReboot) {
  const auto camera = playing(R"([{"at_s":0.1,"do":"reboot"}])");
  EXPECT_TRUE(camera->wait_for_state([](const json& state) { return state.at("reboots") == 1; }));
  EXPECT_EQ(get(camera->address()).exit_code, kOk) << "it is back within the time of a search";
}

TEST_F(EmulateForClients, PlaysAnAbsence) {
  const auto camera = playing(R"([{"at_s":0,"do":"vanish","for_s":3600}])");
  ASSERT_TRUE(did(*camera, "vanish"));
  EXPECT_EQ(run_command(loop_, {"get", kUid, "--target", camera->address(), "--password", "888888",
                                "--timeout", "1", "/get_status.cgi"})
                .exit_code,
            kTimedOut);
}

TEST_F(EmulateForClients, NamesEveryFaultOfAScriptWithItsPlace) {
  scratch_.write("script.json", R"([{"at_s":1,"do":"dance"},{"at_s":-1,"do":"motion"}])");
  const auto result = run_command(loop_, {"emulate", "--uid", kUid, "--bind", "127.0.0.1", "--port",
                                          "0", "--script", scratch_ / "script.json"});
  EXPECT_EQ(result.exit_code, kUsage);
  EXPECT_TRUE(result.output.empty()) << "no camera was started: " << result.output;
  for (const char* text : {"script.json: /0/do: saw the text \"dance\", wanted \"motion\"",
                           "script.json: /1/at_s: saw the number -1, wanted a number of 0"})
    EXPECT_NE(result.errors.find(text), std::string::npos) << result.errors;
}

TEST_F(EmulateForClients, TakesTheScriptThatIsShipped) {
  Emulator camera{loop_,
                  {.more_words = {"--script", CAM32100_SOURCE_DIR "/deploy/emulator-script.json"}}};
  EXPECT_EQ(get(camera.address()).exit_code, kOk);
}

}  // namespace cam32100::integration
