// find-psk: what it prints, and that what it prints is of use.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/integration/support/emulator.hpp"
#include "tests/integration/support/run_command.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

// PUNCH_PKT of VSTC-654321-EDCBA under "a key of its own", which is in no table.
constexpr const char* kPunchOfNoKnownKey = "7841f4543e5b6e0ca637f0ad2332cb2e6a49c735589d52b8";
constexpr const char* kPunch2018 = "49c4ea366b5b50ffdef097e0304513bb3be4f2574b98b418";
constexpr const char* kSearch2018 = "49b573d5";
constexpr const char* kAliveAck2018 = "4964126f";
constexpr const char* kSearchShix = "9fa1eeb9";

class FindPsk : public ::testing::Test {
 protected:
  CommandResult run(std::vector<std::string> words) {
    words.insert(words.begin(), "find-psk");
    return run_command(loop_, words);
  }
  json found(const std::vector<std::string>& words) {
    const auto result = run(words);
    EXPECT_EQ(result.exit_code, kOk) << result.errors;
    return json::parse(result.output, nullptr, false);
  }

  Loop loop_;
};

}  // namespace

TEST_F(FindPsk, NamesTheKnownKeyOfAnAnswerAndWhatTheAnswerIs) {
  EXPECT_EQ(found({kPunch2018}),
            json::parse(R"({"psk": "vstarcam2018", "key": ["2c", "d4", "60", "06"],
                            "known": ["vstarcam2018"],
                            "datagrams": [{"message": "PUNCH_PKT", "uid": "BATD-156362-WONJM",
                                           "fit": "exact"}]})"));
}

TEST_F(FindPsk, FindsAKeyByWhichACameraIsReached) {
  const auto report = found({kPunchOfNoKnownKey});
  EXPECT_EQ(report.at("psk"), "key:a35dda07");
  EXPECT_EQ(report.at("known"), json::array());
  EXPECT_EQ(report.at("datagrams")[0].at("uid"), "VSTC-654321-EDCBA");
  Emulator camera{loop_, {.uid = "VSTC-654321-EDCBA", .psk = "a key of its own"}};
  const auto got =
      run_command(loop_, {"get", camera.uid(), "--target", camera.address(), "--password", "888888",
                          "--psk", report.at("psk").get<std::string>(), "/get_misc.cgi"});
  EXPECT_EQ(got.exit_code, kOk) << got.errors;
}

TEST_F(FindPsk, SaysWhichBytesStayOpenAndWhatWouldSettleThem) {
  const auto result = run({kSearch2018});
  ASSERT_EQ(result.exit_code, kOk) << result.errors;
  const auto report = json::parse(result.output);
  EXPECT_EQ(report.at("psk"), nullptr);
  EXPECT_EQ(report.at("key"), (json{"2c", "d4", "any", "06"}));
  EXPECT_EQ(report.at("known"), json{"vstarcam2018"});
  EXPECT_NE(result.errors.find("more datagrams of this camera"), std::string::npos);

  const auto several = found({kSearchShix});
  EXPECT_TRUE(several.at("key")[3].is_array()) << several.dump();
  EXPECT_EQ(several.at("known"), json{"SHIX"});
  EXPECT_NE(several.at("datagrams")[0].at("message").dump().find("LAN_SEARCH"), std::string::npos);
}

TEST_F(FindPsk, NarrowsTheKeyWithEachDatagram) {
  EXPECT_EQ(found({kAliveAck2018}).at("key"), (json{"2c", "d4", "60", "any"}));
  const auto result = run({kAliveAck2018, kSearch2018});
  EXPECT_EQ(json::parse(result.output).at("psk"), "vstarcam2018");
  EXPECT_EQ(result.errors, "");
}

TEST_F(FindPsk, SaysThatPlainDatagramsArePlain) {
  const auto report = found({"f1300000", "f1410014564354420000000000000a3363555a43504b000000"});
  EXPECT_EQ(report.at("psk"), "plain");
  EXPECT_FALSE(report.contains("key"));
  const auto mixed = found({"f1300000", kPunch2018});
  EXPECT_EQ(mixed.at("psk"), "vstarcam2018") << "a plain question, an enciphered answer";
  EXPECT_EQ(mixed.at("datagrams")[0].at("plain"), true);
  EXPECT_FALSE(mixed.at("datagrams")[1].contains("plain"));
}

TEST_F(FindPsk, SaysWhyThereIsNoKey) {
  const auto told = [&](const std::vector<std::string>& words, const std::string& part) {
    const auto result = run(words);
    EXPECT_EQ(result.exit_code, kFailed) << result.output;
    EXPECT_EQ(result.output, "");
    EXPECT_NE(result.errors.find(part), std::string::npos) << result.errors;
  };
  told({"00112233"}, "saw 4 bytes that no key");
  told({kPunch2018, "00112233"}, "in datagram 2");
  told({"49", "b5", "73", "d5"}, "put quotes round");
  told({kPunch2018, kSearchShix}, "give those of one camera");
  told({""}, "saw 0");
}

TEST_F(FindPsk, RefusesWhatIsNoHexOrTooMuch) {
  EXPECT_EQ(run({}).exit_code, kUsage);
  const auto odd = run({kSearch2018, "49b"});
  EXPECT_EQ(odd.exit_code, kUsage);
  EXPECT_NE(odd.errors.find("datagram 2"), std::string::npos) << odd.errors;
  EXPECT_EQ(run({"no hex"}).exit_code, kUsage);
  EXPECT_EQ(run({std::string(2 * 1281, '4')}).exit_code, kUsage);
  EXPECT_EQ(run(std::vector<std::string>(65, kSearch2018)).exit_code, kUsage);
}

TEST_F(FindPsk, TakesDumpsWithBlanksAndColons) {
  EXPECT_EQ(found({"49 b5 73 d5", "0x4964126f", "49:65:fe:3e"}).at("psk"), "vstarcam2018");
}

}  // namespace cam32100::integration
