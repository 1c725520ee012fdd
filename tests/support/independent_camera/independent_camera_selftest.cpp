// What the camera says to a correct client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/independent_camera/independent_camera.hpp"
#include "tests/support/independent_camera/selftest_client.hpp"

namespace cam32100::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::string_view kUid = "5653544200000000000a3363555a43504b000000";
const std::string kReady = "f1420014" + std::string{kUid};
const std::string kPing = "f1e00000";
const std::string kPong = "f1e10000";
const std::string kBye = "f1f00000";

// The stream bytes of the DRW datagrams among `said`, in their order.
std::string stream_of(const std::vector<std::string>& said) {
  std::string stream;
  for (const auto& text : said) {
    if (text.starts_with("f1d0")) stream += text.substr(16);
  }
  return stream;
}

TEST(IndependentCamera, RefusesAUidItCannotWrite) {
  EXPECT_THROW(IndependentCamera{IndependentCameraConfig{}}, std::invalid_argument);
}

TEST(IndependentCamera, AnswersLanSearchWithItsUidAndOpensNothing) {
  ScriptedClient client{strict_config()};
  EXPECT_THAT(client.say("f1300000"), ElementsAre("f1410014" + std::string{kUid}));
  EXPECT_EQ(client.camera.sessions(), 0U);
  EXPECT_EQ(client.camera.deadline(), std::nullopt);
}

TEST(IndependentCamera, AnswersTheCapturedSearchOfAnEncryptedCamera) {
  auto config = strict_config();
  config.uid = "VSTH-378138-WVLKX";
  config.psk = "vstarcam2018";
  ScriptedClient client{config};
  EXPECT_THAT(client.say("49b573d5"), ElementsAre(StartsWith("49c4ea36")));
  EXPECT_THAT(client.say("f1300000"), IsEmpty());  // plain: not for this camera
  EXPECT_EQ(client.camera.undecodable(), 1U);
}

TEST(IndependentCamera, AnswersAPunchWithFourReadiesTenMillisecondsApart) {
  auto config = strict_config();
  config.uid = "XHA-000994-KMMEB";
  ScriptedClient client{config};
  const auto ready = "f14200145848410000000000000003e24b4d4d4542000000";
  EXPECT_THAT(client.say("f14100145848410000000000000003e24b4d4d4542000000"), ElementsAre(ready));
  EXPECT_THAT(client.wait(9ms), IsEmpty());
  EXPECT_THAT(client.wait(1ms), ElementsAre(ready));
  EXPECT_THAT(client.wait(500ms), ElementsAre(ready, ready));
  EXPECT_EQ(client.camera.sessions(), 1U);
}

TEST(IndependentCamera, KeepsSayingReadyUntilTheClientIsHeard) {
  ScriptedClient client{strict_config()};
  client.say(ScriptedClient::kPunch);
  client.wait(500ms);
  EXPECT_THAT(client.wait(1s), ElementsAre(kReady));
  EXPECT_THAT(client.say("f1e00000"), ElementsAre(kPong));
  EXPECT_THAT(client.wait(800ms), Not(Contains(kReady)));
}

TEST(IndependentCamera, OpensOnTheClientsReadyOnlyWhenToldSo) {
  auto config = strict_config();
  config.opens_on_ready = true;
  ScriptedClient client{config};
  EXPECT_THAT(client.say(ScriptedClient::kPunch), IsEmpty());
  EXPECT_THAT(client.say(kReady), ElementsAre(kReady));
  EXPECT_EQ(client.camera.sessions(), 1U);
  EXPECT_THAT(client.camera.violations(), IsEmpty());
}

TEST(IndependentCamera, IgnoresTheClientsReadyWhenAPunchOpens) {
  ScriptedClient client{strict_config()};
  EXPECT_THAT(client.say(kReady), IsEmpty());
  EXPECT_EQ(client.camera.sessions(), 0U);
  EXPECT_THAT(client.camera.violations(), IsEmpty());
}

TEST(IndependentCamera, KeepsOneSessionPerSourceAddress) {
  ScriptedClient client{strict_config()};
  client.open();
  client.say(ScriptedClient::kPunch);
  EXPECT_EQ(client.camera.sessions_opened(), 1U);
  client.from.port = 40001;
  EXPECT_THAT(client.say("f1e00000"), IsEmpty());  // a stranger is not answered
  client.say(ScriptedClient::kPunch);
  EXPECT_EQ(client.camera.sessions(), 2U);
}

TEST(IndependentCamera, AcknowledgesAndAnswersTheCapturedStatusRequest) {
  ScriptedClient client{strict_config()};
  client.open();
  for (std::uint16_t i = 0; i < 2; ++i) client.ask(i, ScriptedClient::kStatus);
  client.wait(200ms);
  client.say(ScriptedClient::ack({0}));
  const auto request = ScriptedClient::drw(2, ScriptedClient::block(ScriptedClient::kStatus));
  ASSERT_THAT(request,
              StartsWith("f1d00054d1000002010a000048000000474554202f6765745f737461747573"));
  client.say(request);
  const auto said = client.wait(40ms);
  EXPECT_THAT(said, Contains("f1d10006d10000010002"));
  EXPECT_THAT(stream_of(said), StartsWith("010a0160"));
  EXPECT_THAT(stream_of(said), HasSubstr(hexed("var deviceid=\"VSTB-668515-UZCPK\";\r\n")));
  EXPECT_THAT(client.camera.requests(), SizeIs(3));
  EXPECT_FALSE(client.camera.all_acknowledged());
  client.say(ScriptedClient::ack({1}));
  EXPECT_TRUE(client.camera.all_acknowledged());
  EXPECT_THAT(client.camera.violations(), IsEmpty());
}

TEST(IndependentCamera, SendsFullChunksAtOnceAndThePartialOneWithTheTick) {
  auto config = strict_config();
  config.jpeg.assign(21392, std::byte{0x5a});
  ScriptedClient client{config};
  client.open();
  const auto at_once = client.ask(0, "GET /snapshot.cgi?res=1&user=admin&pwd=888888&");
  ASSERT_THAT(at_once, SizeIs(20));
  EXPECT_THAT(at_once[0], StartsWith("f1d00404d1000000010a156090530001"));
  EXPECT_THAT(at_once[1], StartsWith("f1d00404d1000001" + hexed("ZZ")));
  const auto said = client.wait(40ms);
  EXPECT_EQ(stream_of(said).size() / 2, 21400U - 20U * 1024U);
  EXPECT_THAT(said, Contains("f1d10006d10000010000"));
}

TEST(IndependentCamera, AnswersFiveBlocksOfOneDatagramInOrder) {
  ScriptedClient client{strict_config()};
  client.open();
  const std::string login = "loginuse=admin&loginpas=888888";
  const std::vector<std::string> texts{
      "GET /get_params.cgi?" + login, "GET /get_status.cgi?" + login,
      "GET /get_camera_params.cgi?" + login + "&", "GET /check_user.cgi?name=1&" + login,
      "GET /decoder_control.cgi?command=25&onestep=0&" + login};
  std::string data;
  for (const auto& text : texts) data += ScriptedClient::block(text);
  auto said = client.say(ScriptedClient::drw(0, data));
  for (auto& text : client.wait(40ms)) said.push_back(std::move(text));
  EXPECT_EQ(client.camera.requests(), texts);
  std::string commands;
  auto rest = stream_of(said);
  while (rest.size() >= 16) {
    commands += rest.substr(4, 4) + " ";
    const auto length = std::stoul(rest.substr(10, 2) + rest.substr(8, 2), nullptr, 16);
    EXPECT_EQ(rest.substr(12, 4), "0001");
    rest.erase(0, 16 + 2 * length);
  }
  EXPECT_EQ(commands, "0260 0160 0360 a060 1960 ");
  EXPECT_TRUE(rest.empty());
  EXPECT_THAT(client.camera.violations(), IsEmpty());
}

TEST(IndependentCamera, ExecutesARequestThatCrossesPacketsInAnyOrderOnce) {
  ScriptedClient client{strict_config()};
  client.open();
  const auto block = ScriptedClient::block(ScriptedClient::kStatus);
  client.say(ScriptedClient::drw(2, block.substr(100)));
  client.say(ScriptedClient::drw(1, block.substr(10, 90)));
  EXPECT_THAT(client.camera.requests(), IsEmpty());
  client.say(ScriptedClient::drw(0, block.substr(0, 10)));
  client.say(ScriptedClient::drw(1, block.substr(10, 90)));
  EXPECT_THAT(client.camera.requests(), ElementsAre(ScriptedClient::kStatus));
  EXPECT_THAT(client.wait(40ms), Contains("f1d1000cd10000040002000100000001"));
  EXPECT_THAT(client.camera.violations(), IsEmpty());
}

TEST(IndependentCamera, RefusesWrongCredentialsButTakesEitherPair) {
  ScriptedClient client{strict_config()};
  client.open();
  client.ask(0, "GET /get_status.cgi?loginuse=admin&loginpas=wrong&user=admin&pwd=");
  EXPECT_THAT(stream_of(client.wait(40ms)), HasSubstr(hexed("result=-1")));
  client.say(ScriptedClient::ack({0}));
  client.ask(1, "GET /get_status.cgi?user=admin&pwd=888888");
  EXPECT_THAT(stream_of(client.wait(40ms)), HasSubstr(hexed("var alias=")));
}

TEST(IndependentCamera, DecodesValues) {
  auto config = strict_config();
  config.password = "a&b=c %";
  ScriptedClient client{config};
  client.open();
  client.ask(0, "GET /check_user.cgi?user=admin&pwd=a%26b%3Dc%20%25");
  EXPECT_THAT(stream_of(client.wait(40ms)), HasSubstr(hexed("result= 0;")));
  EXPECT_THAT(client.camera.violations(), IsEmpty());
}

TEST(IndependentCamera, RemembersAPictureSettingAndRefusesOneOutOfRange) {
  ScriptedClient client{strict_config()};
  client.open();
  const std::string login = "&user=admin&pwd=888888";
  client.ask(0, "GET /camera_control.cgi?param=1&value=200" + login);
  client.ask(1, "GET /camera_control.cgi?param=1&value=256" + login);
  client.ask(2, "GET /get_camera_params.cgi?" + login.substr(1));
  const auto stream = stream_of(client.wait(40ms));
  EXPECT_THAT(stream, HasSubstr(hexed("result= 0;")));
  EXPECT_THAT(stream, HasSubstr(hexed("result=-1;")));
  EXPECT_THAT(stream, HasSubstr(hexed("var vbright=200;")));
}

TEST(IndependentCamera, IsSilentAboutACgiItDoesNotHave) {
  ScriptedClient client{strict_config()};
  client.open();
  client.ask(0, "GET /no_such.cgi?user=admin&pwd=888888");
  EXPECT_THAT(client.wait(500ms), ElementsAre("f1d10006d10000010000"));
  EXPECT_THAT(client.camera.requests(), SizeIs(1));
}

TEST(IndependentCamera, ResendsTheSameBytesUntilTheyAreAcknowledged) {
  ScriptedClient client{strict_config()};
  client.open();
  client.ask(0, ScriptedClient::kStatus);
  const auto first = client.wait(40ms).back();
  ASSERT_THAT(first, StartsWith("f1d0"));
  EXPECT_THAT(client.wait(500ms), ElementsAre(first));
  EXPECT_THAT(client.wait(500ms), Contains(first));
  client.say(ScriptedClient::ack({0}));
  EXPECT_THAT(client.wait(900ms), Not(Contains(first)));
}

TEST(IndependentCamera, ResendsOlderChunksWhenANewerOneIsAcknowledged) {
  auto config = strict_config();
  config.jpeg.assign(5000, std::byte{1});
  ScriptedClient client{config};
  client.open();
  const auto sent = client.ask(0, "GET /snapshot.cgi?user=admin&pwd=888888");
  ASSERT_THAT(sent, SizeIs(4));
  client.wait(100ms);
  EXPECT_THAT(client.say(ScriptedClient::ack({0, 2, 4})), ElementsAre(sent[1], sent[3]));
}

TEST(IndependentCamera, AcknowledgesSeventeenAtOnce) {
  ScriptedClient client{strict_config()};
  client.open();
  const auto text = ScriptedClient::block("GET /no_such.cgi");
  for (std::uint16_t i = 0; i < 16; ++i) {
    EXPECT_THAT(client.say(ScriptedClient::drw(i, text)), IsEmpty());
  }
  EXPECT_THAT(client.say(ScriptedClient::drw(16, text)),
              ElementsAre(StartsWith("f1d10026d1000011")));
}

TEST(IndependentCamera, PingsEverySecondAndLeavesASilentClient) {
  ScriptedClient client{strict_config()};
  client.open();
  EXPECT_THAT(client.wait(2s), ElementsAre(kPing, kPing));
  client.say(kPong);
  client.say(kPong);
  EXPECT_THAT(client.camera.violations(), IsEmpty());
  EXPECT_EQ(client.wait(20s).back(), kBye);
  EXPECT_EQ(client.camera.sessions(), 0U);
}

TEST(IndependentCamera, DoesNotAnswerACloseOrAnythingAfterIt) {
  ScriptedClient client{strict_config()};
  client.open();
  EXPECT_THAT(client.say(kBye), IsEmpty());
  EXPECT_THAT(client.say(kBye), IsEmpty());
  EXPECT_EQ(client.camera.sessions(), 0U);
  EXPECT_THAT(client.ask(0, ScriptedClient::kStatus), IsEmpty());
  EXPECT_THAT(client.camera.requests(), IsEmpty());
  EXPECT_THAT(client.camera.violations(), IsEmpty());
}

TEST(IndependentCamera, SaysCloseOrNothingWhenItGoesAway) {
  ScriptedClient client{strict_config()};
  client.open();
  client.camera.close_sessions();
  EXPECT_THAT(client.drain(), ElementsAre(kBye));
  client.open();
  client.camera.power_cycle();
  EXPECT_THAT(client.drain(), IsEmpty());
  EXPECT_EQ(client.camera.sessions(), 0U);
}

TEST(IndependentCamera, ExecutesNoTruncationOfARequest) {
  ScriptedClient client{strict_config()};
  client.open();
  const auto whole = ScriptedClient::drw(0, ScriptedClient::block(ScriptedClient::kStatus));
  for (std::size_t cut = 0; cut < whole.size(); cut += 2) client.say(whole.substr(0, cut));
  EXPECT_THAT(client.camera.requests(), IsEmpty());
  EXPECT_EQ(client.camera.sessions(), 1U);
}

TEST(IndependentCamera, DropsTheOldestDatagramsNobodyTakes) {
  ScriptedClient client{strict_config()};
  for (int i = 0; i < 1025; ++i) {
    client.camera.on_datagram(client.now, client.from, unhex("f1300000"));
  }
  EXPECT_EQ(client.camera.datagrams_dropped(), 1U);
  EXPECT_THAT(client.drain(), SizeIs(1024));
}

TEST(IndependentCamera, DoesNotAnswerANinthClient) {
  ScriptedClient client{strict_config()};
  for (std::uint16_t i = 0; i < 8; ++i) {
    client.from.port = static_cast<std::uint16_t>(5000 + i);
    EXPECT_THAT(client.say(ScriptedClient::kPunch), SizeIs(1));
  }
  client.from.port = 6000;
  EXPECT_THAT(client.say(ScriptedClient::kPunch), IsEmpty());
  EXPECT_EQ(client.camera.sessions(), 8U);
}

}  // namespace
}  // namespace cam32100::testing
