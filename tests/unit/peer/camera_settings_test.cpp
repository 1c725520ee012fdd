#include "protocol/peer/camera_settings.hpp"

#include <gtest/gtest.h>

#include "protocol/dialect/cgi.hpp"

namespace cam32100::protocol {
namespace {

FactoryValues factory() {
  return {.device_id = "XHA-000994-KMMEB",
          .alias = "IPCAM",
          .firmware = "1.2.3.4",
          .mac = "02:00:00:00:00:01",
          .user = "admin",
          .secret = "hidden"};
}

struct CameraSettingsTest : ::testing::Test {
  CameraSettings settings{factory_pages(factory()), "MARK"};

  [[nodiscard]] CgiValues page(std::string_view cgi) const {
    const auto text = settings.page_text(cgi, {});
    EXPECT_TRUE(text.has_value()) << cgi;
    return parse_cgi_text(as_bytes(text.value_or("")));
  }
  std::string value(std::string_view cgi, std::string_view key) {
    const auto values = page(cgi);
    const auto* found = values.find(key);
    return found == nullptr ? "(absent)" : *found;
  }
};

TEST_F(CameraSettingsTest, ShowsEveryPageAsReadableText) {
  for (const auto& each : factory_pages(factory())) {
    const auto values = page(each.cgi);
    EXPECT_EQ(values.values.size(), each.fields.size()) << each.cgi;
    EXPECT_EQ(values.skipped_lines, 0U) << each.cgi;
    EXPECT_LT(settings.page_text(each.cgi, {})->size(), 65536U) << each.cgi;
  }
}

TEST_F(CameraSettingsTest, ShowsTheMarkerInEverySecret) {
  for (const auto& each : factory_pages(factory())) {
    for (const auto& field : each.fields) {
      const bool secret = value(each.cgi, field.key).find("MARK") != std::string::npos;
      EXPECT_EQ(secret, field.kind == CameraField::Kind::secret) << field.key;
    }
  }
  EXPECT_NE(value("get_params.cgi", "wifi_wpa_psk").find("MARK"), std::string::npos);
  EXPECT_NE(value("get_params.cgi", "user3_pwd").find("MARK"), std::string::npos);
}

TEST_F(CameraSettingsTest, ShowsTheMarkerInSecretsThatWereSet) {
  EXPECT_EQ(apply_setter("set_ftp.cgi", {{"pwd", "new"}}, settings), true);
  EXPECT_EQ(value("get_params.cgi", "ftp_pwd"), "newMARK");
  EXPECT_EQ(apply_setter("set_ftp.cgi", {{"pwd", "newMARK"}}, settings),
            true);  // read, written back
  EXPECT_EQ(value("get_params.cgi", "ftp_pwd"), "newMARK");
  EXPECT_EQ(apply_setter("set_ftp.cgi", {{"pwd", ""}}, settings), true);
  EXPECT_EQ(value("get_params.cgi", "ftp_pwd"), "");
}

TEST_F(CameraSettingsTest, ReadsBackWhatWasSetUnderTheNameOfTheOtherSide) {
  const struct {
    const char *setter, *parameter, *value, *page, *key;
  } cases[] = {
      {"set_alarm.cgi", "motion_armed", "1", "get_params.cgi", "alarm_motion_armed"},
      {"set_alarm.cgi", "preset", "3", "get_params.cgi", "alarm_presetsit"},
      {"set_alarm.cgi", "schedule_mon_1", "5", "get_params.cgi", "alarm_schedule_mon_1"},
      {"set_alarm.cgi", "enable_alarm_audio", "1", "get_params.cgi", "enable_alarm_audio"},
      {"set_alarm.cgi", "alarm_audio", "1", "get_params.cgi", "alarm_audio"},
      {"set_alarm.cgi", "alarm_http_url", "http://192.0.2.1/x", "get_params.cgi", "alarm_http_url"},
      {"set_alarm.cgi", "defense_plan21", "7", "get_params.cgi", "defense_plan21"},
      {"set_alias.cgi", "alias", "Front \"door\"", "get_status.cgi", "alias"},
      {"set_misc.cgi", "led_mode", "0", "get_misc.cgi", "led_mode"},
      {"set_misc.cgi", "ptruntimes", "4", "get_misc.cgi", "ptz_run_times"},
      {"set_rtsp.cgi", "rtspport", "554", "get_rtsp.cgi", "rtspport"},
      {"set_onvif.cgi", "onvifenable", "0", "get_onvif.cgi", "onvifenable"},
      {"set_upnp.cgi", "enable", "0", "get_params.cgi", "upnp_enable"},
      {"set_wifi.cgi", "ssid", "net", "get_params.cgi", "wifi_ssid"},
      {"set_mail.cgi", "smtpport", "587", "get_params.cgi", "mail_port"},
      {"set_users.cgi", "user1", "guest", "get_params.cgi", "user1_name"},
      {"set_network.cgi", "ipaddr", "192.0.2.7", "get_params.cgi", "ip"},
      {"set_devices.cgi", "dev9_alias", "shed", "get_params.cgi", "dev9_alias"},
      {"set_datetime.cgi", "ntp_svr", "ntp.example.org", "get_params.cgi", "ntp_svr"},
      {"set_recordsch.cgi", "record_cover", "0", "get_record.cgi", "record_cover_enable"},
      {"set_media.cgi", "sub_enc_framerate", "9", "get_camera_params.cgi", "sub_enc_framerate"},
      {"set_factory_param.cgi", "heartbeat", "30", "get_factory_param.cgi", "factory_heatbeat"},
      {"set_ir_gpio.cgi", "val", "0", "get_camera_params.cgi", "ircut"},
      {"set_apwifi.cgi", "ssid", "ap", "get_apwifi.cgi", "apwifi_ssid"},
  };
  for (const auto& each : cases) {
    EXPECT_NE(value(each.page, each.key), each.value) << each.key << " would prove nothing";
    EXPECT_EQ(apply_setter(each.setter, {{each.parameter, each.value}}, settings), true)
        << each.key;
    EXPECT_EQ(value(each.page, each.key), each.value) << each.setter << ' ' << each.parameter;
  }
}

TEST_F(CameraSettingsTest, ClearsOfAStreamWhatSetMediaDoesNotSend) {
  const auto other = value("get_camera_params.cgi", "enc_quant");
  EXPECT_EQ(apply_setter("set_media.cgi", {{"mainrate", "1"}, {"sub_enc_quant", "7"}}, settings),
            true);
  EXPECT_EQ(value("get_camera_params.cgi", "sub_enc_quant"), "7");
  EXPECT_EQ(value("get_camera_params.cgi", "sub_enc_bitrate"), "0");
  EXPECT_EQ(value("get_camera_params.cgi", "enc_quant"), other);
}

TEST_F(CameraSettingsTest, RefusesAWholeCallForOneBadValue) {
  const std::string before = value("get_params.cgi", "alarm_motion_sensitivity");
  EXPECT_EQ(apply_setter("set_alarm.cgi", {{"motion_sensitivity", "1"}, {"motion_armed", "yes"}},
                         settings),
            false);
  EXPECT_EQ(value("get_params.cgi", "alarm_motion_sensitivity"), before);
  EXPECT_EQ(apply_setter("set_alias.cgi", {{"alias", std::string(257, 'x')}}, settings), false);
  EXPECT_EQ(apply_setter("set_alarm.cgi", {{"motion_armed", ""}}, settings), false);
  EXPECT_EQ(apply_setter("set_alarm.cgi", {{"motion_armed", "123456789012"}}, settings), false);
}

TEST_F(CameraSettingsTest, IgnoresParametersThatMeanNothingToTheCgi) {
  const std::string before = value("get_status.cgi", "sys_ver");
  EXPECT_EQ(apply_setter("set_alias.cgi", {{"next_url", "x"}, {"vcontrast", "1"}}, settings), true);
  EXPECT_EQ(value("get_camera_params.cgi", "vcontrast"), "128");
  EXPECT_EQ(value("get_status.cgi", "sys_ver"), before);
}

TEST_F(CameraSettingsTest, KnowsWhichCgisSetNothing) {
  EXPECT_FALSE(apply_setter("get_status.cgi", {{"alias", "x"}}, settings).has_value());
  EXPECT_FALSE(apply_setter("reboot.cgi", {}, settings).has_value());
  EXPECT_FALSE(settings.page_text("set_alias.cgi", {}).has_value());
}

TEST_F(CameraSettingsTest, ShowsNoControlCharacterThatWouldEndALine) {
  EXPECT_EQ(apply_setter("set_alias.cgi", {{"alias", "a\r\nresult=-1;"}}, settings), true);
  EXPECT_FALSE(page("get_status.cgi").result().has_value());
  EXPECT_EQ(value("get_status.cgi", "alias"), "a  result=-1;");
}

TEST_F(CameraSettingsTest, ChangesTheKeyOfEachCameraControlParameter) {
  const struct {
    int param, value;
    const char *key, *shown;
  } cases[] = {{1, 200, "vbright", "200"},
               {2, 10, "vcontrast", "10"},
               {3, 1, "mode", "1"},
               {5, 3, "flip", "3"},
               {6, 25, "enc_framerate", "25"},
               {8, 0, "vsaturation", "0"},
               {9, 255, "vhue", "255"},
               {10, 0, "OSDEnable", "0"},
               {12, 10, "sub_enc_framerate", "10"},
               {13, 4, "enc_bitrate", "512"},
               {14, 0, "ircut", "0"},
               {17, 9, "sub_sub_enc_framerate", "9"},
               {19, 256, "sub_enc_bitrate", "256"},
               {20, 64, "sub_sub_enc_bitrate", "64"},
               {21, 1, "enc_ratemode", "1"},
               {22, 1, "sub_enc_ratemode", "1"},
               {23, 1, "sub_sub_enc_ratemode", "1"},
               {24, 31, "involume", "31"},
               {25, 0, "outvolume", "0"},
               {100, 10, "speed", "10"}};
  for (const auto& each : cases) {
    EXPECT_NE(value("get_camera_params.cgi", each.key), each.shown)
        << each.key << " would prove nothing";
    EXPECT_TRUE(apply_camera_control(each.param, each.value, settings)) << each.param;
    EXPECT_EQ(value("get_camera_params.cgi", each.key), each.shown) << each.param;
  }
  EXPECT_TRUE(apply_camera_control(7, 0, settings));
  EXPECT_EQ(value("get_camera_params.cgi", "vhue"), "128");
}

// The mapping has no name for a size of 0 or 1.
TEST_F(CameraSettingsTest, TellsTheSizeItHadWhicheverStreamIsChosen) {
  for (const int stream : {3, 0, 1}) {
    EXPECT_TRUE(apply_camera_control(0, stream, settings)) << stream;
    EXPECT_EQ(value("get_camera_params.cgi", "resolution"), "2") << stream;
  }
  for (const int stream : {-1, 2, 4}) {
    EXPECT_FALSE(apply_camera_control(0, stream, settings)) << stream;
  }
}

TEST_F(CameraSettingsTest, RefusesCameraControlOutOfItsRanges) {
  const auto before = settings.page_values("get_camera_params.cgi");
  const std::pair<int, int> bad[] = {{1, 256}, {1, -1},  {5, 4},    {6, 0}, {6, 26}, {13, 33},
                                     {14, 2},  {24, 32}, {100, 11}, {4, 1}, {26, 1}, {-1, 0}};
  for (const auto& [param, number] : bad) {
    EXPECT_FALSE(apply_camera_control(param, number, settings)) << param << '=' << number;
  }
  EXPECT_EQ(settings.page_values("get_camera_params.cgi"), before);
}

}  // namespace
}  // namespace cam32100::protocol
