#include <array>

#include "protocol/peer/camera_settings.hpp"

namespace cam32100::protocol {
namespace {

using Kind = CameraField::Kind;
constexpr std::array<std::string_view, 7> kDays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

// Writes a page down one line after the other.
class PageWriter {
 public:
  PageWriter(std::string_view cgi, const FactoryValues& factory)
      : page_{cgi, {}}, factory_{factory} {}

  PageWriter& number(std::string key, int value = 0) {
    return add(std::move(key), std::to_string(value), Kind::number);
  }
  PageWriter& text(std::string key, std::string value = {}) {
    return add(std::move(key), std::move(value), Kind::text);
  }
  PageWriter& secret(std::string key) { return add(std::move(key), factory_.secret, Kind::secret); }
  PageWriter& numbers(std::initializer_list<const char*> keys, int value = 0) {
    for (const char* key : keys) number(key, value);
    return *this;
  }
  // <prefix>_schedule_<day>_0..2: each 32 of the day's 96 quarter hours
  PageWriter& schedule(const std::string& prefix, int value) {
    for (const auto day : kDays) {
      for (int part = 0; part < 3; ++part) {
        number(prefix + "_schedule_" + std::string{day} + '_' + std::to_string(part), value);
      }
    }
    return *this;
  }
  [[nodiscard]] CameraPage done() { return std::move(page_); }

 private:
  PageWriter& add(std::string key, std::string value, Kind kind) {
    page_.fields.push_back({std::move(key), std::move(value), kind});
    return *this;
  }
  CameraPage page_;
  const FactoryValues& factory_;  // the caller's, for the length of factory_pages()
};

CameraPage status_page(const FactoryValues& f) {
  return PageWriter{"get_status.cgi", f}
      .text("alias", f.alias)
      .text("deviceid", f.device_id)
      .text("sys_ver", f.firmware)
      .text("app_version", "1.2.0")
      .text("oem_id", "OEM")
      .number("now")
      .number("alarm_status")
      .number("upnp_status", 1)
      .numbers({"dnsenable", "osdenable", "syswifi_mode"})
      .text("mac", f.mac)
      .text("wifimac", f.mac)
      .number("sdstatus", 1)
      .number("record_sd_status", 1)
      .number("internet", 2)
      .number("p2pstatus", 1)
      .number("devicetype", 3)
      .numbers({"devicesubtype", "externwifi", "encrypt", "under"})
      .number("sdtotal", 30'436)
      .number("sdfree", 21'004)
      .number("sdlevel", 0)
      .text("audio_encoder_mode", "adpcm1")
      .done();
}

void add_network(PageWriter& page) {
  page.number("now")
      .number("tz", -3600)
      .number("ntp_enable", 1)
      .text("ntp_svr", "time.example.org")
      .number("dhcpen", 1)
      .text("ip", "192.168.1.63")
      .text("mask", "255.255.255.0")
      .text("gateway", "192.168.1.1")
      .text("dns1", "192.168.1.1")
      .text("dns2", "0.0.0.0")
      .number("port", 81);
}

void add_accounts(PageWriter& page, const FactoryValues& f) {
  for (int device = 2; device <= 9; ++device) {
    const std::string prefix = "dev" + std::to_string(device) + '_';
    page.text(prefix + "alias").text(prefix + "host").number(prefix + "port").text(prefix + "user");
    page.secret(prefix + "pwd");
  }
  const std::array<std::string, 3> users{"visitor", "operator", f.user};
  for (std::size_t i = 0; i < users.size(); ++i) {
    const std::string prefix = "user" + std::to_string(i + 1) + '_';
    page.text(prefix + "name", users.at(i)).secret(prefix + "pwd");
  }
}

void add_wifi(PageWriter& page) {
  page.number("wifi_enable", 1)
      .text("wifi_ssid", "home")
      .number("wifi_mode")
      .number("wifi_encrypt");
  page.number("wifi_authtype", 4).numbers({"wifi_keyformat", "wifi_defkey"});
  for (int key = 1; key <= 4; ++key) {
    page.secret("wifi_key" + std::to_string(key));
    page.number("wifi_key" + std::to_string(key) + "_bits");
  }
  page.secret("wifi_wpa_psk").number("wifi_channel", 6);
}

void add_services(PageWriter& page) {
  page.number("pppoe_enable").text("pppoe_user").secret("pppoe_pwd");
  page.number("rtsp_auth_enable", 1).text("rtsp_user", "admin").secret("rtsp_pwd");
  page.numbers({"p2p_upnp_enable", "upnp_enable"}, 1);
  page.number("ddns_service").text("ddns_user").secret("ddns_pwd").text("ddns_host");
  page.text("ddns_proxy_svr").numbers({"ddns_proxy_port", "ddns_mode", "ddns_status"});
  page.text("mail_svr", "smtp.example.org").number("mail_port", 25).text("mail_user", "porch");
  page.secret("mail_pwd").text("mail_sender", "porch@example.org");
  for (int i = 1; i <= 4; ++i) page.text("mail_receiver" + std::to_string(i));
  page.text("mail_inet_ip").number("mailssl");
  page.text("ftp_svr", "ftp.example.org").number("ftp_port", 21).text("ftp_user", "porch");
  page.secret("ftp_pwd").text("ftp_dir", "/").number("ftp_mode", 1).number("ftp_upload_interval");
  page.text("ftp_filename");
}

void add_alarm(PageWriter& page) {
  page.number("alarm_motion_armed").number("alarm_motion_sensitivity", 5);
  page.numbers({"alarm_input_armed", "alarm_ioin_level", "alarm_iolinkage", "alarm_presetsit",
                "alarm_ioout_level", "alarm_mail", "alarm_audio", "alarm_temperture",
                "alarm_upload_interval", "alarm_snapshot", "alarm_record", "alarm_http"});
  page.text("alarm_http_url").number("alarm_schedule_enable").schedule("alarm", -1);
  page.number("enable_alarm_audio");
  for (int plan = 1; plan <= 21; ++plan) page.number("defense_plan" + std::to_string(plan));
  page.text("alarm_note").text("alarm_server").number("alarm_port").text("alarm_user");
  page.secret("alarm_pwd");
}

CameraPage params_page(const FactoryValues& f) {
  PageWriter page{"get_params.cgi", f};
  add_network(page);
  add_accounts(page, f);
  add_wifi(page);
  add_services(page);
  add_alarm(page);
  return page.done();
}

void add_streams(PageWriter& page) {
  const struct {
    const char* prefix;
    int size, framerate, bitrate;
  } streams[] = {{"enc_", 2, 15, 1024}, {"sub_enc_", 0, 15, 512}, {"sub_sub_enc_", 1, 5, 128}};
  for (const auto& stream : streams) {
    const std::string prefix = stream.prefix;
    page.number(prefix + "size", stream.size).number(prefix + "framerate", stream.framerate);
    page.number(prefix + "keyframe", 50).number(prefix + "quant", 10);
    page.number(prefix + "bitrate", stream.bitrate).number(prefix + "ratemode");
  }
}

CameraPage camera_page(const FactoryValues& f) {
  PageWriter page{"get_camera_params.cgi", f};
  page.number("cameratype", 3)
      .number("resolution", 2)
      .numbers({"resolutionsub", "resolutionsubsub"});
  page.number("vbright", 128)
      .number("vcontrast", 128)
      .number("vsaturation", 128)
      .number("vhue", 128);
  page.number("OSDEnable", 1).number("mode").number("flip");
  add_streams(page);
  page.number("speed", 5).number("ircut", 1).number("involume", 15).number("outvolume", 20);
  return page.number("MainStreamWidth", 1280).number("MainStreamHeight", 720).done();
}

CameraPage record_page(const FactoryValues& f) {
  PageWriter page{"get_record.cgi", f};
  add_streams(page);
  page.number("record_audio", 1).number("record_cover_enable", 1).number("record_timer", 15);
  page.numbers({"record_size", "record_time_enable"}).schedule("record", -1);
  return page.number("tf_enable", 1)
      .number("record_chnl")
      .number("sdtotal")
      .number("sdfree")
      .number("record_sd_status")
      .done();
}

CameraPage misc_page(const FactoryValues& f) {
  return PageWriter{"get_misc.cgi", f}
      .number("led_mode", 1)
      .number("ptz_run_times")
      .numbers({"ptz_patrol_rate", "ptz_patrol_up_rate", "ptz_patrol_down_rate",
                "ptz_patrol_left_rate", "ptz_patrol_right_rate"},
               5)
      .numbers({"ptz_disppreset", "ptz_center_onstart", "preset_onstart",
                "ptz_soft_limit_stop_percent_level", "ptz_soft_limit_stop_percent_vert",
                "ptz_soft_limit_max_level", "ptz_soft_limit_max_vert", "osdenable"})
      .done();
}

CameraPage factory_page(const FactoryValues& f) {
  return PageWriter{"get_factory_param.cgi", f}
      .text("factory_server", "p2p.example.org")
      .text("factory_user")
      .secret("factory_passwd")
      .text("factory_alarmserver")
      .number("factory_heatbeat", 60)
      .number("factory_port", 32100)
      .numbers({"factory_index", "factory_mode", "factory_status"})
      .numbers({"support_pigeon_push", "support_cloud_storage", "support_alarmcenter",
                "support_doorbell_push", "support_alarm_audio"})
      .number("support_adpcm_version", 1)
      .done();
}

}  // namespace

std::vector<CameraPage> factory_pages(const FactoryValues& f) {
  // get_status first: where two pages show one key, the first page's factory value counts.
  std::vector<CameraPage> pages{status_page(f), params_page(f), camera_page(f),
                                record_page(f), misc_page(f),   factory_page(f)};
  pages.push_back(PageWriter{"get_apwifi.cgi", f}
                      .number("apwifi_encrypt", 4)
                      .secret("apwifi_key")
                      .text("apwifi_ssid", f.device_id)
                      .text("apwifi_ipaddr", "192.168.168.1")
                      .text("apwifi_mask", "255.255.255.0")
                      .text("apwifi_startip", "192.168.168.100")
                      .text("apwifi_endip", "192.168.168.200")
                      .done());
  pages.push_back(PageWriter{"get_rtsp.cgi", f}
                      .number("rtspenable", 1)
                      .number("rtspport", 10554)
                      .text("rtspuser", f.user)
                      .secret("rtsppwd")
                      .done());
  pages.push_back(PageWriter{"get_onvif.cgi", f}.number("onvifenable", 1).done());
  pages.push_back(PageWriter{"get_aging.cgi", f}.number("enable").number("ptzspeed", 5).done());
  pages.push_back(PageWriter{"get_pnp_server.cgi", f}
                      .text("sysver", f.firmware)
                      .text("pnpserver")
                      .number("pnpport")
                      .text("pnpuser")
                      .secret("pnppwd")
                      .done());
  pages.push_back(PageWriter{"get_factory_extra.cgi", f}
                      .number("adcmin")
                      .number("adcmax")
                      .number("adc_use")
                      .done());
  pages.push_back(PageWriter{"get_sensorstatus.cgi", f}
                      .numbers({"armsetstatus", "alarmstatus", "codestatus"})
                      .done());
  pages.push_back(PageWriter{"login.cgi", f}
                      .text("loginuser", f.user)
                      .secret("loginpass")
                      .number("pir", 255)
                      .done());
  return pages;
}

}  // namespace cam32100::protocol
