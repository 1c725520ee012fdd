#include "camera_by_hand.hpp"

namespace cam32100::protocol {
namespace {

struct CameraCgiPages : CgiByHand {
  void SetUp() override {
    config.marker = "MARK42";
    start();
    open();
  }
};

TEST_F(CameraCgiPages, HaveTheKeysOfTheManual) {
  const struct {
    const char* cgi;
    std::vector<const char*> keys;
  } pages[] = {
      {"get_status.cgi",
       {"alias", "deviceid", "sys_ver", "now", "alarm_status", "mac", "record_sd_status", "sdtotal",
        "audio_encoder_mode"}},
      {"get_params.cgi",
       {"now", "tz", "ip", "dns2", "dev2_alias", "dev9_pwd", "user1_name", "user3_pwd", "wifi_ssid",
        "wifi_key4_bits", "wifi_wpa_psk", "rtsp_pwd", "ddns_pwd", "mail_receiver4", "ftp_pwd",
        "alarm_motion_sensitivity", "alarm_schedule_sat_2", "defense_plan21", "alarm_pwd"}},
      {"get_camera_params.cgi",
       {"resolution", "vbright", "flip", "sub_sub_enc_ratemode", "ircut", "outvolume", "speed"}},
      {"get_misc.cgi", {"led_mode", "ptz_patrol_rate", "preset_onstart", "osdenable"}},
      {"get_record.cgi",
       {"enc_size", "record_audio", "record_schedule_sun_0", "tf_enable", "sdfree"}},
      {"get_factory_param.cgi", {"factory_server", "factory_heatbeat", "support_adpcm_version"}},
      {"get_rtsp.cgi", {"rtspenable", "rtspport", "rtspuser", "rtsppwd"}},
      {"get_onvif.cgi", {"onvifenable"}},
      {"get_log.cgi", {"log_text"}},
      {"get_alarmlog.cgi", {"log_text"}},
      {"get_wifi_scan_result.cgi",
       {"ap_number", "ap_ssid[0]", "ap_mac[2]", "ap_security[1]", "ap_dbm0[1]", "ap_channel[2]"}},
      {"wifi_scan.cgi", {"result", "ap_number"}},
      {"get_record_file.cgi", {"record_num0", "record_name0[0]", "record_size0[2]"}},
      {"login.cgi", {"loginuser", "loginpass", "pir"}},
      {"get_apwifi.cgi", {"apwifi_key", "apwifi_ssid"}},
      {"get_aging.cgi", {"enable", "ptzspeed"}},
      {"get_pnp_server.cgi", {"pnpserver", "pnppwd"}},
      {"get_factory_extra.cgi", {"adc_use"}},
      {"get_sensorstatus.cgi", {"alarmstatus"}},
  };
  for (const auto& page : pages) {
    const auto reply = ask(page.cgi);
    const auto values = reply.values();
    EXPECT_EQ(values.skipped_lines, 0U) << page.cgi;
    for (const char* key : page.keys)
      EXPECT_NE(values.find(key), nullptr) << page.cgi << ' ' << key;
  }
}

TEST_F(CameraCgiPages, SpanSeveralPacketsLikeTheCapturedParameters) {
  const auto reply = ask("get_params.cgi");
  EXPECT_GT(reply.body.size(), 3U * 1024U);  // capture 38: 3784 bytes over four packets
  EXPECT_EQ(reply.announced, reply.body.size());
}

TEST_F(CameraCgiPages, MarkEverySecretAndNothingElse) {
  const std::string secret_parts[] = {"pwd", "passwd", "psk", "apwifi_key", "loginpass"};
  for (const char* cgi :
       {"get_params.cgi", "get_rtsp.cgi", "get_apwifi.cgi", "get_factory_param.cgi", "login.cgi",
        "get_pnp_server.cgi", "get_status.cgi", "get_misc.cgi"}) {
    for (const auto& [key, value] : ask(cgi).values().values) {
      bool secret = key.starts_with("wifi_key") && !key.ends_with("_bits");
      for (const auto& part : secret_parts) secret = secret || key.find(part) != std::string::npos;
      if (key == "wifi_keyformat") secret = false;
      EXPECT_EQ(value.find("MARK42") != std::string::npos, secret) << cgi << ' ' << key;
    }
  }
}

TEST_F(CameraCgiPages, ListAWifiNameFullOfQuotesAndAHiddenOne) {
  const auto reply = ask("get_wifi_scan_result.cgi");
  EXPECT_EQ(reply.value("ap_ssid[1]"), "say \"hi\"; all");
  EXPECT_EQ(reply.value("ap_ssid[2]"), "");
}

TEST_F(CameraCgiPages, PageThroughRecordedFiles) {
  EXPECT_EQ(ask("get_record_file.cgi", "PageSize=2&PageIndex=0&").value("record_num0"), "2");
  EXPECT_EQ(ask("get_record_file.cgi", "PageSize=2&PageIndex=1&").value("record_num0"), "1");
  EXPECT_EQ(ask("get_record_file.cgi", "PageSize=2&PageIndex=9&").value("record_num0"), "0");
  EXPECT_EQ(ask("get_record_file.cgi", "PageSize=0&PageIndex=-1&").value("RecordCount"), "3");
}

TEST_F(CameraCgiPages, ReadBackAnAlarmThatWasSet) {
  EXPECT_EQ(result("set_alarm.cgi",
                   "motion_armed=1&motion_sensitivity=2&alarm_http=1&alarm_http_url=http%3A%2F%"
                   "2F192.0.2.1%2Fx&"),
            0);
  const auto reply = ask("get_params.cgi");
  EXPECT_EQ(reply.value("alarm_motion_armed"), "1");
  EXPECT_EQ(reply.value("alarm_motion_sensitivity"), "2");
  EXPECT_EQ(reply.value("alarm_http_url"), "http://192.0.2.1/x");
}

TEST_F(CameraCgiPages, ChangeNothingForARefusedCall) {
  EXPECT_EQ(result("set_alarm.cgi", "motion_armed=1&motion_sensitivity=high&"), -1);
  EXPECT_EQ(ask("get_params.cgi").value("alarm_motion_armed"), "0");
  EXPECT_EQ(ask_text("GET /set_alias.cgi?alias=x&loginuse=admin&loginpas=no").values().result(),
            -1);
  EXPECT_EQ(ask("get_status.cgi").value("alias"), "IPCAM");
}

}  // namespace
}  // namespace cam32100::protocol
