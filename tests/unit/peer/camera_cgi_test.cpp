#include "camera_by_hand.hpp"

namespace cam32100::protocol {
namespace {

struct CameraCgiTest : CgiByHand {
  void SetUp() override { restart(); }
  void restart() {
    start();
    open();
    next_index = expected = 0;
  }
};

TEST_F(CameraCgiTest, AnswersWithTheIdFlagsAndLengthOfRealCameras) {
  const struct {
    const char* cgi;
    unsigned id;
  } cases[] = {{"get_status.cgi", 0x6001},        {"get_params.cgi", 0x6002},
               {"get_camera_params.cgi", 0x6003}, {"camera_control.cgi", 0x6012},
               {"decoder_control.cgi", 0x6019},   {"check_user.cgi", 0x60A0},
               {"set_alias.cgi", 0x600F},         {"reboot.cgi", 0x6027}};
  for (const auto& each : cases) {
    const auto reply = ask(each.cgi);
    EXPECT_EQ(reply.id, each.id) << each.cgi;
    EXPECT_EQ(reply.flags, "0001") << each.cgi;
    EXPECT_EQ(reply.announced, reply.body.size()) << each.cgi;
  }
}

TEST_F(CameraCgiTest, RefusesWrongCredentials) {
  for (const char* credentials : {"", "loginuse=admin&loginpas=wrong&", "user=admin&pwd=wrong&",
                                  "loginuse=root&loginpas=888888&", "loginuse=admin&",
                                  "loginpas=888888&", "x=loginuse&loginpas=888888&"}) {
    const auto reply = ask_text(std::string{"GET /get_status.cgi?"} + credentials);
    EXPECT_EQ(reply.values().result(), -1) << credentials;
    EXPECT_EQ(reply.values().values.size(), 1U) << credentials;
    EXPECT_EQ(reply.id, 0x6001U);
  }
  EXPECT_EQ(ask_text("GET /check_user.cgi?").value("current_users"), "(absent)");
}

TEST_F(CameraCgiTest, UnderstandsEitherPairOfCredentials) {
  EXPECT_EQ(ask_text("GET /get_status.cgi?loginuse=admin&loginpas=888888").value("alias"), "IPCAM");
  EXPECT_EQ(ask_text("GET /get_status.cgi?user=admin&pwd=888888&").value("alias"), "IPCAM");
  EXPECT_EQ(
      ask_text("GET /get_status.cgi?user=x&pwd=y&loginuse=admin&loginpas=888888").value("alias"),
      "IPCAM");
}

TEST_F(CameraCgiTest, TellsUsersAndTheirLimit) {
  const auto reply = ask("check_user.cgi", "name=123456789&");
  EXPECT_EQ(reply.values().result(), 0);
  EXPECT_EQ(reply.value("current_users"), "1");
  EXPECT_EQ(reply.value("max_support_users"), "4");
}

TEST_F(CameraCgiTest, TellsASurplusClientThatEveryPlaceIsTaken) {
  config.refusal = RefusalForm::full_users;
  restart();
  open(kOtherClient);
  client = kOtherClient;
  const auto reply = ask("check_user.cgi");
  EXPECT_EQ(reply.values().result(), -1);
  EXPECT_EQ(reply.value("current_users"), reply.value("max_support_users"));
  EXPECT_EQ(result("get_status.cgi"), -1);
}

TEST_F(CameraCgiTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(result("no_such.cgi"), -1);
  EXPECT_EQ(ask_text("GET /%%%").values().result(), -1);
  EXPECT_EQ(
      ask_text("GET /get_status.cgi?alias=%zz&loginuse=admin&loginpas=888888").values().result(),
      -1);
}

TEST_F(CameraCgiTest, SaysNothingToWhatIsNoRequest) {
  send_text("HELLO");
  EXPECT_TRUE(stream.empty());
  EXPECT_EQ(camera->snapshot().requests, 0U);
}

TEST_F(CameraCgiTest, MovesStepsAndStops) {
  EXPECT_EQ(result("decoder_control.cgi", "command=6&onestep=1&"), 0);
  EXPECT_EQ(camera->snapshot().pan, 1);
  EXPECT_EQ(result("decoder_control.cgi", "command=0&onestep=0&"), 0);
  hand->pass(500ms);
  EXPECT_EQ(camera->snapshot().tilt, 5);
  EXPECT_EQ(result("decoder_control.cgi", "command=1&"), 0);
  hand->pass(2s);
  EXPECT_EQ(camera->snapshot().tilt, 5);
}

TEST_F(CameraCgiTest, RefusesControlCommandsItCannotRead) {
  for (const char* parameters :
       {"", "command=&", "command=up&", "command=8&", "command=9999999999999&", "onestep=1&"}) {
    EXPECT_EQ(result("decoder_control.cgi", parameters), -1) << parameters;
  }
  for (const char* parameters :
       {"", "param=x&value=1&", "param=1&value=256&", "param=1&value=-1&", "value=3&"}) {
    EXPECT_EQ(result("camera_control.cgi", parameters), -1) << parameters;
  }
}

TEST_F(CameraCgiTest, SwitchesInfraredByEachOfItsThreeWays) {
  EXPECT_EQ(result("decoder_control.cgi", "command=97&"), 0);
  EXPECT_EQ(camera->snapshot().parameters.at("ircut"), "0");
  EXPECT_EQ(result("camera_control.cgi", "param=14&value=1&"), 0);
  EXPECT_EQ(ask("get_camera_params.cgi").value("ircut"), "1");
  const auto reply = ask("set_ir_gpio.cgi", "val=0&");
  EXPECT_EQ(reply.values().result(), 0);
  EXPECT_EQ(reply.id, 0x600AU);
  EXPECT_EQ(ask("get_camera_params.cgi").value("ircut"), "0");
}

TEST_F(CameraCgiTest, ShowsInParametersWhatCameraControlChanged) {
  EXPECT_EQ(result("camera_control.cgi", "param=1&value=33&"), 0);
  EXPECT_EQ(ask("get_camera_params.cgi").value("vbright"), "33");
  EXPECT_EQ(camera->snapshot().parameters.at("vbright"), "33");
}

TEST_F(CameraCgiTest, KeepsItsOwnClockAndTakesAnother) {
  EXPECT_EQ(ask("get_status.cgi").value("now"), "1700000000");
  hand->pass(7s);
  EXPECT_EQ(ask("get_params.cgi").value("now"), "1700000007");
  EXPECT_EQ(result("set_datetime.cgi", "now=1800000000&tz=-7200&ntp_enable=0&"), 0);
  hand->pass(3s);
  EXPECT_EQ(ask("get_status.cgi").value("now"), "1800000003");
  EXPECT_EQ(ask("get_params.cgi").value("tz"), "-7200");
}

TEST_F(CameraCgiTest, ShowsARaisedAlarm) {
  EXPECT_EQ(ask("get_status.cgi").value("alarm_status"), "0");
  camera->raise_alarm(hand->now, 1);
  EXPECT_EQ(ask("get_status.cgi").value("alarm_status"), "1");
  EXPECT_EQ(camera->snapshot().alarm_status, 1);
}

TEST_F(CameraCgiTest, LooksDifferentAfterWhateverChangesItAndOnlyThen) {
  auto differs = [this, before = camera->glance()]() mutable {
    return std::exchange(before, camera->glance()) != before;
  };
  (void)ask("get_status.cgi");
  (void)result("camera_control.cgi", "param=1&value=256&");  // refused
  EXPECT_FALSE(differs());
  EXPECT_EQ(result("camera_control.cgi", "param=1&value=34&"), 0);
  EXPECT_TRUE(differs());
  EXPECT_EQ(result("decoder_control.cgi", "command=6&onestep=1&"), 0);
  EXPECT_TRUE(differs());
  camera->raise_alarm(hand->now, 1);
  EXPECT_TRUE(differs());
  EXPECT_FALSE(differs());
}

TEST_F(CameraCgiTest, AcceptsStreamsAndTestsWithoutSendingAnything) {
  for (const char* cgi : {"livestream.cgi", "audiostream.cgi", "set_formatsd.cgi", "mailtest.cgi",
                          "test_ftp.cgi", "trans_cmd_string.cgi"}) {
    EXPECT_EQ(result(cgi, "streamid=10&"), 0) << cgi;
  }
  EXPECT_EQ(result("livestream.cgi", "streamid=16&"), 0);
}

TEST_F(CameraCgiTest, GivesItsPicturesInTurn) {
  config.pictures = {ByHand::from_text("ffd8ffd9"), ByHand::from_text("ffd8ffffd9")};
  restart();
  EXPECT_EQ(to_hex(ask("snapshot.cgi", "res=0&").body), "ffd8ffd9");
  EXPECT_EQ(to_hex(ask("snapshot.cgi").body), "ffd8ffffd9");
  EXPECT_EQ(to_hex(ask("snapshot.cgi").body), "ffd8ffd9");
}

TEST_F(CameraCgiTest, HasNoPictureWhenItWasGivenNone) { EXPECT_EQ(result("snapshot.cgi"), -1); }

TEST_F(CameraCgiTest, WrapsTheLengthOfAPictureBeyond64KiB) {
  config.pictures = {Bytes(200'000, std::byte{0xFF})};
  restart();
  const auto reply = ask("snapshot.cgi");
  EXPECT_EQ(reply.body.size(), 200'000U);
  EXPECT_EQ(reply.announced, 200'000U % 65536U);
}

TEST_F(CameraCgiTest, ChecksAgainstTheCredentialsThatWereSet) {
  EXPECT_EQ(result("set_users.cgi", "user3=root&pwd3=new&"), 0);
  EXPECT_EQ(result("get_status.cgi"), -1);
  EXPECT_EQ(ask_text("GET /get_status.cgi?loginuse=root&loginpas=new&").value("alias"), "IPCAM");
}

TEST_F(CameraCgiTest, ForgetsItsSettingsAtRestore) {
  EXPECT_EQ(result("set_alias.cgi", "alias=shed&"), 0);
  EXPECT_EQ(result("restore_factory.cgi"), 0);
  hand->pass(3s);
  EXPECT_EQ(camera->snapshot().reboots, 1U);
  hand->send(kClient, kPunch);
  hand->send(kClient, kAlive);
  hand->take();
  next_index = expected = 0;
  EXPECT_EQ(ask("get_status.cgi").value("alias"), "IPCAM");
}

TEST_F(CameraCgiTest, KeepsItsSettingsThroughARebootAndAPowerCycle) {
  EXPECT_EQ(result("set_alias.cgi", "alias=shed&"), 0);
  camera->power_cycle(hand->now);
  open();
  next_index = expected = 0;
  EXPECT_EQ(ask("get_status.cgi").value("alias"), "shed");
}

TEST_F(CameraCgiTest, RemembersItsLastRequestsWithoutSecrets) {
  config.credentials.password = "sesame";
  restart();
  for (int i = 0; i < 70; ++i) {
    ask_text("GET /set_wifi.cgi?ssid=net&wpa_psk=topsecret&loginuse=admin&loginpas=sesame&");
  }
  const auto seen = camera->snapshot();
  EXPECT_EQ(seen.requests, 70U);
  ASSERT_EQ(seen.last_requests.size(), 64U);
  for (const auto& text : seen.last_requests) {
    EXPECT_TRUE(text.starts_with("GET /set_wifi.cgi?ssid=net&"));
    EXPECT_EQ(text.find("topsecret"), std::string::npos);
    EXPECT_EQ(text.find("sesame"), std::string::npos);
  }
}

}  // namespace
}  // namespace cam32100::protocol
