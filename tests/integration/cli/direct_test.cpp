// Sub-commands that talk to cameras and servers themselves, without a broker.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/integration/support/emulator.hpp"
#include "tests/integration/support/run_command.hpp"
#include "tests/unit/io/scratch_directory.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

constexpr const char* kNobody = "127.0.0.1:9";

std::string text_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

class DirectCommands : public ::testing::Test {
 protected:
  CommandResult run(const std::vector<std::string>& words,
                    std::vector<std::string> environment = {}) {
    return run_command(loop_, words, std::move(environment));
  }
  // The words by which a command finds the camera, and gets in.
  std::vector<std::string> to_camera(const std::string& command, const Emulator& camera,
                                     const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{command,          camera.uid(), "--target",
                                   camera.address(), "--password", "888888"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  Loop loop_;
  testing::ScratchDirectory scratch_;
};

}  // namespace

TEST_F(DirectCommands, GetPrintsTheRawAnswer) {
  Emulator camera{loop_, {}};
  const auto result = run(to_camera("get", camera, {"/get_status.cgi"}));
  EXPECT_EQ(result.exit_code, kOk) << result.errors;
  EXPECT_NE(result.output.find("var sys_ver=\"48.53.75.92\";"), std::string::npos) << result.output;
}

TEST_F(DirectCommands, GetTakesAnAddressAndAPasswordFileToo) {
  Emulator camera{loop_, {}};
  scratch_.write("password", "888888\n");
  const auto result = run({"get", camera.uid(), "--address", camera.address(), "--password-file",
                           scratch_ / "password", "/get_misc.cgi"});
  EXPECT_EQ(result.exit_code, kOk) << result.errors;
}

TEST_F(DirectCommands, GetTellsAFaultByItsExitCode) {
  Emulator camera{loop_, {}};
  EXPECT_EQ(run(to_camera("get", camera, {"/no_such.cgi"})).exit_code, kFailed);
  EXPECT_EQ(run({"get", camera.uid(), "--target", camera.address(), "--password", "wrong",
                 "/get_status.cgi"})
                .exit_code,
            kFailed);
  EXPECT_EQ(run({"get", "BD0227833JJIU", "/get_status.cgi"}).exit_code, kUsage);
  EXPECT_EQ(run({"get", camera.uid()}).exit_code, kUsage);
  EXPECT_EQ(run({"get", camera.uid(), "no path"}).exit_code, kUsage);
}

TEST_F(DirectCommands, GetEndsInItsTimeWhenThereIsNobody) {
  const auto result =
      run({"get", "VSTC-123456-ABCDE", "--target", kNobody, "--timeout", "1", "/get_status.cgi"});
  EXPECT_EQ(result.exit_code, kTimedOut) << result.errors;
  EXPECT_FALSE(result.errors.empty());
}

TEST_F(DirectCommands, EmulateNamesTheAddressThatIsTaken) {
  Emulator camera{loop_, {}};
  const auto port = camera.address().substr(camera.address().find(':') + 1);
  const auto result =
      run({"emulate", "--bind", "127.0.0.1", "--port", port, "--uid", "VSTB-654321-EDCBA"});
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_NE(result.errors.find(camera.address()), std::string::npos) << result.errors;
  EXPECT_EQ(result.errors.find("boost"), std::string::npos) << result.errors;
}

TEST_F(DirectCommands, NameAPasswordFileThatIsNotThereOrEmpty) {
  scratch_.write("empty", "\n");
  for (const std::string& file : {scratch_ / "none", scratch_ / "empty"}) {
    const auto result = run({"get", "VSTC-123456-ABCDE", "--address", kNobody, "--password-file",
                             file, "--timeout", "1", "/get_status.cgi"});
    EXPECT_EQ(result.exit_code, kFailed);
    EXPECT_NE(result.errors.find(file), std::string::npos) << result.errors;
  }
}

TEST_F(DirectCommands, SnapshotEndsInItsTimeWhenThereIsNobody) {
  const auto result = run({"snapshot", "VSTC-123456-ABCDE", "--address", kNobody, "--timeout", "1",
                           "--output", scratch_ / "none.jpg"});
  EXPECT_EQ(result.exit_code, kTimedOut) << result.errors;
}

TEST_F(DirectCommands, SnapshotWritesTheCamerasVeryBytes) {
  Emulator camera{loop_,
                  {.more_words = {"--pictures", CAM32100_SOURCE_DIR "/deploy/emulator-pictures"}}};
  const auto garden = text_of(CAM32100_SOURCE_DIR "/deploy/emulator-pictures/garden.jpg");
  const auto gate = text_of(CAM32100_SOURCE_DIR "/deploy/emulator-pictures/gate.jpg");
  const auto to_file = run(to_camera("snapshot", camera, {"--output", scratch_ / "now.jpg"}));
  ASSERT_EQ(to_file.exit_code, kOk) << to_file.errors;
  EXPECT_TRUE(text_of(scratch_ / "now.jpg") == garden) << "the first picture by name";
  const auto to_output = run(to_camera("snapshot", camera, {"--output", "-"}));
  ASSERT_EQ(to_output.exit_code, kOk) << to_output.errors;
  EXPECT_TRUE(to_output.output == gate) << to_output.output.size() << " bytes";
}

TEST_F(DirectCommands, SnapshotFailsWhereItCannotWrite) {
  Emulator camera{loop_, {}};
  EXPECT_EQ(
      run(to_camera("snapshot", camera, {"--output", scratch_ / "no/such/place.jpg"})).exit_code,
      kFailed);
}

TEST_F(DirectCommands, CamerasOfOtherKindsAreReachedToo) {
  Emulator encrypted{loop_, {.uid = "VSTJ-123456-ABCDE", .psk = "auto"}};
  Emulator other{loop_, {.uid = "VSTB-123456-ABCDE", .more_words = {"--variant-b"}}};
  Emulator own_key{loop_, {.uid = "VSTC-654321-EDCBA", .psk = "a key of its own"}};
  EXPECT_EQ(run(to_camera("get", encrypted, {"/get_status.cgi"})).exit_code, kOk);
  EXPECT_EQ(run(to_camera("get", other, {"/get_status.cgi"})).exit_code, kOk);
  EXPECT_EQ(
      run(to_camera("get", own_key, {"--psk", "a key of its own", "/get_status.cgi"})).exit_code,
      kOk);
  EXPECT_EQ(run(to_camera("get", own_key, {"--timeout", "1", "/get_status.cgi"})).exit_code,
            kTimedOut);
}

TEST_F(DirectCommands, ACameraWhoseKeyHasNoTextIsReachedByTheKey) {
  Emulator camera{loop_, {.psk = "key:0123abcd"}};
  EXPECT_EQ(run(to_camera("get", camera, {"--psk", "key:0123ABCD", "/get_misc.cgi"})).exit_code,
            kOk);
  const auto probed = run(to_camera("probe", camera, {"--json", "--psk", "key:0123abcd"}));
  ASSERT_EQ(probed.exit_code, kOk) << probed.errors;
  EXPECT_EQ(json::parse(probed.output).at("cipher"), "configured");
  EXPECT_EQ(probed.output.find("0123abcd"), std::string::npos) << probed.output;

  Emulator known{loop_, {.uid = "VSTC-654321-EDCBA", .psk = "key:2cd46006"}};
  const auto found = run({"discover", "--json", "--timeout", "0.5", "--target", known.address(),
                          "--psk", "key:2cd46006"});
  ASSERT_EQ(found.exit_code, kOk) << found.errors;
  EXPECT_EQ(json::parse(found.output).at("psk"), "vstarcam2018");
}

TEST_F(DirectCommands, AKeyThatIsNoneIsAFaultOfUsageEverywhere) {
  const std::vector<std::vector<std::string>> lines{
      {"discover"},
      {"lookup", "VSTC-123456-ABCDE", "--server", kNobody},
      {"get", "VSTC-123456-ABCDE", "/get_misc.cgi"},
      {"snapshot", "VSTC-123456-ABCDE", "-o", "-"},
      {"probe", "VSTC-123456-ABCDE"},
      {"decode", "f1000000"},
      {"emulate", "--uid", "VSTC-123456-ABCDE", "--bind", "127.0.0.1", "--port", "0"},
      {"server", "--bind", "127.0.0.1", "--port", "0"}};
  for (auto words : lines) {
    words.insert(words.end(), {"--psk", "key:2cd4600x"});
    const auto result = run(words);
    EXPECT_EQ(result.exit_code, kUsage) << words[0] << result.errors;
    EXPECT_NE(result.errors.find("--psk: begins with \"key:\""), std::string::npos)
        << result.errors;
    EXPECT_EQ(result.errors.find("2cd4600x"), std::string::npos) << result.errors;
  }
  const auto longer = run({"discover", "--psk", "a-key-of-28-characters-is-so"});
  EXPECT_EQ(longer.exit_code, kUsage);
  EXPECT_NE(longer.errors.find("at most 20 count"), std::string::npos) << longer.errors;
}

TEST_F(DirectCommands, AnAddressOrACommandThatIsNoneIsAFaultOfUsage) {
  for (const char* address : {"foo", "0.0.0.0:1", "10.0.0.1:0"}) {
    const auto result = run({"get", "VSTC-123456-ABCDE", "/get_misc.cgi", "--address", address});
    EXPECT_EQ(result.exit_code, kUsage) << address;
    EXPECT_NE(result.errors.find("--address"), std::string::npos) << result.errors;
  }
  const auto unknown = run({"frob"});
  EXPECT_EQ(unknown.exit_code, kUsage);
  EXPECT_NE(unknown.errors.find("no sub-command frob"), std::string::npos) << unknown.errors;
  const auto nothing = run({"get"});
  EXPECT_NE(nothing.errors.find("uid is required"), std::string::npos) << nothing.errors;
}

TEST_F(DirectCommands, TheMakersServersAreAskedOnlyWhereTheyAreKnown) {
  const auto result = run({"lookup", "PPCS-123456-ABCDE", "--server", "vendor"});
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_NE(result.errors.find("not known for ids that begin with PPCS"), std::string::npos)
      << result.errors;
}

TEST_F(DirectCommands, AWordThatIsNoRequestIsAFaultOfUsage) {
  Emulator camera{loop_, {}};
  const auto result =
      run(to_camera("get", camera, {"/get_status.cgi?a=" + std::string(70'000, 'x')}));
  EXPECT_EQ(result.exit_code, kUsage) << result.errors;
}

TEST_F(DirectCommands, ProbeReportsWhatACameraIsWithoutItsIdAndSecrets) {
  Emulator camera{loop_, {.psk = "vstarcam2018", .marker = "MARKER"}};
  const auto result = run(to_camera("probe", camera, {"--json"}));
  ASSERT_EQ(result.exit_code, kOk) << result.errors;
  const auto report = json::parse(result.output);
  EXPECT_EQ(report.at("prefix"), "VSTC");
  EXPECT_EQ(report.at("reached by"), "lan");
  EXPECT_EQ(report.at("cipher"), "vstarcam2018");
  EXPECT_EQ(report.at("handshake"), "punch");
  EXPECT_EQ(report.at("firmware"), "48.53.75.92");
  ASSERT_EQ(report.at("requests").size(), 7U) << result.output;
  for (const auto& request : report.at("requests")) {
    EXPECT_FALSE(request.contains("error")) << request.dump();
    EXPECT_TRUE(request.contains("took_ms"));
  }
  for (const char* secret : {"123456", "ABCDE", "888888", "MARKER", "127.0.0.1"})
    EXPECT_EQ(result.output.find(secret), std::string::npos) << secret << "\n" << result.output;
  const auto text = run(to_camera("probe", camera));
  EXPECT_NE(text.output.find("get_status.cgi"), std::string::npos) << text.output;
  EXPECT_NE(text.output.find("motion_detection "), std::string::npos) << text.output;
}

TEST_F(DirectCommands, ProbeTellsTheAbilitiesThatTheCameraSpokeOf) {
  Emulator camera{loop_, {}};
  const auto result = run(to_camera("probe", camera, {"--json"}));
  ASSERT_EQ(result.exit_code, kOk) << result.errors;
  const auto abilities = json::parse(result.output).at("abilities");
  for (const char* name : {"picture", "ptz", "presets", "ir", "sd", "wifi", "motion_detection",
                           "alarm_push", "audio"}) {
    ASSERT_TRUE(abilities.contains(name)) << abilities.dump();
    EXPECT_TRUE(abilities[name] == "not told" ||
                (abilities[name].is_object() && !abilities[name].empty()))
        << abilities.dump();
  }
  EXPECT_TRUE(abilities["picture"].contains("width"));
  EXPECT_TRUE(abilities["ir"].contains("ir"));
  EXPECT_TRUE(abilities["motion_detection"].contains("motion_detection"));
}

// Each is sent when the one before is answered: together they cannot have taken longer than the
// whole, which times since the start would have.
TEST_F(DirectCommands, ProbeGivesEachRequestItsOwnTime) {
  Emulator camera{loop_, {}};
  const auto began = std::chrono::steady_clock::now();
  const auto result = run(to_camera("probe", camera, {"--json"}));
  const auto all = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::steady_clock::now() - began)
                       .count();
  ASSERT_EQ(result.exit_code, kOk) << result.errors;
  const auto report = json::parse(result.output);
  std::int64_t sum =
      report.at("search_ms").get<std::int64_t>() + report.at("connect_ms").get<std::int64_t>();
  for (const auto& request : report.at("requests"))
    sum += request.at("took_ms").get<std::int64_t>();
  EXPECT_LE(sum, all) << result.output;
}

TEST_F(DirectCommands, ProbeShowsNonsenseAsPlainText) {
  Emulator camera{loop_,
                  {.more_words = {"--nonsense", "get_status.cgi", "--nonsense", "get_misc.cgi"}}};
  for (const auto& more : {std::vector<std::string>{}, {"--json"}}) {
    const auto result = run(to_camera("probe", camera, more));
    ASSERT_EQ(result.exit_code, kOk) << result.errors;
    for (const char byte : result.output)
      EXPECT_TRUE(byte == '\n' || (byte >= ' ' && byte < '\x7f')) << result.output;
  }
}

TEST_F(DirectCommands, ProbeFailsWhereTheCameraRefusesThePassword) {
  Emulator camera{loop_, {.password = "another"}};
  const auto result = run(to_camera("probe", camera));
  EXPECT_EQ(result.exit_code, kFailed) << result.output;
  EXPECT_NE(result.errors.find("refuses user or password"), std::string::npos) << result.errors;
  EXPECT_NE(result.output.find("VSTC"), std::string::npos) << "the report is there all the same";
}

TEST_F(DirectCommands, ProbeSaysHowFarItCame) {
  const auto nobody = run({"probe", "VSTC-123456-ABCDE", "--target", kNobody, "--timeout", "0.6"});
  EXPECT_EQ(nobody.exit_code, kTimedOut) << nobody.errors;
  EXPECT_NE(nobody.output.find("VSTC"), std::string::npos) << nobody.output;
}

TEST_F(DirectCommands, DiscoverListsEveryCameraItHears) {
  Emulator plain{loop_, {}};
  Emulator encrypted{loop_, {.uid = "VSTJ-123456-ABCDE", .psk = "auto"}};
  const auto result = run({"discover", "--json", "--timeout", "1", "--target", plain.address(),
                           "--target", encrypted.address()});
  EXPECT_EQ(result.exit_code, kOk) << result.errors;
  for (const auto* camera : {&plain, &encrypted}) {
    EXPECT_NE(result.output.find(camera->uid()), std::string::npos) << result.output;
    EXPECT_NE(result.output.find(camera->address()), std::string::npos) << result.output;
  }
  // Another test's camera may still answer whoever had our port before us: then it is listed.
  const auto nobody = run({"discover", "--timeout", "0.2", "--target", kNobody});
  EXPECT_EQ(nobody.exit_code, nobody.output.empty() ? kTimedOut : kOk) << nobody.output;
  EXPECT_EQ(run({"discover", "--target", "nonsense"}).exit_code, kUsage);
  EXPECT_EQ(run({"discover", "--timeout", "never"}).exit_code, kUsage);
}

TEST_F(DirectCommands, LookupAsksTheServersAndSaysWhatTheyAnswer) {
  RendezvousServer server{loop_};
  Emulator camera{loop_, {.servers = {server.address()}}};
  ASSERT_TRUE(server.wait_for_login(camera.uid()));
  const auto result = run({"lookup", camera.uid(), "--server", server.address()});
  EXPECT_EQ(result.exit_code, kOk) << result.errors;
  const auto line = json::parse(result.output.substr(0, result.output.find('\n')), nullptr, false);
  ASSERT_TRUE(line.is_object()) << result.output;
  EXPECT_EQ(line.at("result"), "ok");
  EXPECT_NE(line.at("addresses").dump().find(camera.address()), std::string::npos);
}

TEST_F(DirectCommands, LookupTellsAFaultByItsExitCode) {
  RendezvousServer server{loop_};
  const auto offline = run({"lookup", "VSTC-999999-ZZZZZ", "--server", server.address()});
  EXPECT_EQ(offline.exit_code, kFailed) << offline.output;
  const auto silent = run({"lookup", "VSTC-123456-ABCDE", "--server", kNobody, "--timeout", "1"});
  EXPECT_EQ(silent.exit_code, kTimedOut) << silent.errors;
  EXPECT_EQ(run({"lookup", "VSTC-123456-ABCDE"}).exit_code, kUsage);
}

TEST_F(DirectCommands, GetFindsACameraThroughAServerAlone) {
  RendezvousServer server{loop_};
  Emulator camera{loop_, {.servers = {server.address()}}};
  ASSERT_TRUE(server.wait_for_login(camera.uid()));
  const auto result = run({"get", camera.uid(), "--server", server.address(), "--target", kNobody,
                           "--password", "888888", "/get_status.cgi"});
  EXPECT_EQ(result.exit_code, kOk) << result.errors;
}

TEST_F(DirectCommands, DecodePrintsTheFieldsOfADatagram) {
  const auto hello = run({"decode", "f1000000"});
  ASSERT_EQ(hello.exit_code, kOk) << hello.errors;
  const auto fields = json::parse(hello.output, nullptr, false);
  ASSERT_TRUE(fields.is_object()) << hello.output;
  EXPECT_EQ(fields.at("psk"), "plain");
  const auto search = run({"decode", "--psk", "key:2cd46006", "49b573d5"});
  ASSERT_EQ(search.exit_code, kOk) << search.errors;
  EXPECT_EQ(json::parse(search.output).at("psk"), "vstarcam2018");
  EXPECT_EQ(json::parse(search.output).at("message"), "LAN_SEARCH");
  EXPECT_EQ(run({"decode", "f10"}).exit_code, kUsage);
  const auto other = run({"decode", "a100001456535442"});
  EXPECT_EQ(other.exit_code, kFailed);
  EXPECT_EQ(json::parse(other.output).at("psk"), nullptr);
  EXPECT_EQ(json::parse(other.output).at("bytes"), "a100001456535442");
  EXPECT_EQ(run({"decode", "--psk", "plain", "f141"}).exit_code, kFailed);
}

TEST_F(DirectCommands, OptionsThatMayBeRepeatedLeaveTheWordsBehindThemAlone) {
  RendezvousServer server{loop_};
  const auto result =
      run({"lookup", "--server", server.address(), "VSTC-999999-ZZZZZ", "--timeout", "5"});
  EXPECT_EQ(result.exit_code, kFailed) << "offline, not a wrong command line: " << result.errors;
}

TEST_F(DirectCommands, EveryHelpFitsAnOldTerminal) {
  for (const char* command : {"run", "check-config", "call", "discover", "lookup", "get",
                              "snapshot", "probe", "decode", "find-psk", "emulate", "server", ""}) {
    SCOPED_TRACE(command);
    std::vector<std::string> words{"--help"};
    if (*command != '\0') words.insert(words.begin(), command);
    const auto help = run(words);
    ASSERT_EQ(help.exit_code, kOk);
    std::istringstream lines{help.output};
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) EXPECT_LE(line.size(), 80U) << line;
    EXPECT_LE(count, 24U);
    EXPECT_GE(count, 3U) << help.output;
  }
}

TEST_F(DirectCommands, EmulatedCamerasHavePortsOrAreRefused) {
  const auto result = run({"emulate", "--bind", "127.0.0.1", "--port", "65535", "--uid",
                           "VSTC-123456-ABCDE", "--uid", "VSTC-654321-EDCBA"});
  EXPECT_EQ(result.exit_code, kUsage) << result.errors;
  EXPECT_NE(result.errors.find("no port"), std::string::npos) << result.errors;
}

TEST_F(DirectCommands, TheCommandLineIsExplainedAndItsFaultsToo) {
  const auto version = run({"--version"});
  EXPECT_EQ(version.exit_code, kOk);
  EXPECT_TRUE(version.output.starts_with("cam32100 ")) << version.output;
  EXPECT_EQ(run({"--help"}).exit_code, kOk);
  EXPECT_EQ(run({}).exit_code, kUsage);
  EXPECT_EQ(run({"dance"}).exit_code, kUsage);
  EXPECT_EQ(run({"emulate", "--uid", "nonsense", "--bind", "127.0.0.1", "--port", "0"}).exit_code,
            kUsage);
  EXPECT_EQ(run({"server", "--bind", "nowhere"}).exit_code, kUsage);
}

}  // namespace cam32100::integration
