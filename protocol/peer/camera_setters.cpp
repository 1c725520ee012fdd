#include <algorithm>
#include <array>
#include <span>

#include "protocol/peer/camera_settings.hpp"

namespace cam32100::protocol {
namespace {

struct Rename {
  std::string_view parameter, key;
};

// Which page a set_*.cgi writes to: a parameter is a renamed key, else prefix + its name, else its
// name.
struct Setter {
  std::string_view cgi, page, prefix;
  std::span<const Rename> renames;
  std::span<const std::string_view> clears{};  // numbers that become 0 when they are not sent along
};

constexpr std::array kAlarm{Rename{"preset", "alarm_presetsit"},
                            Rename{"temperature", "alarm_temperture"}};
// What set_alarm.cgi takes (manual); that it clears the rest is inferred.
constexpr std::array<std::string_view, 9> kAlarmFlags{
    "alarm_motion_armed", "alarm_motion_sensitivity", "alarm_presetsit",
    "alarm_mail",         "alarm_snapshot",           "alarm_record",
    "alarm_http",         "alarm_schedule_enable",    "enable_alarm_audio"};
// A stream of set_media.cgi; that it clears the rest of it is inferred.
constexpr std::array<std::string_view, 6> kMainStream{"enc_size",  "enc_framerate", "enc_keyframe",
                                                      "enc_quant", "enc_bitrate",   "enc_ratemode"};
constexpr std::array<std::string_view, 6> kSubStream{"sub_enc_size",     "sub_enc_framerate",
                                                     "sub_enc_keyframe", "sub_enc_quant",
                                                     "sub_enc_bitrate",  "sub_enc_ratemode"};
constexpr std::array kMisc{Rename{"ptruntimes", "ptz_run_times"}};
constexpr std::array kUserNames{Rename{"user1", "user1_name"}, Rename{"pwd1", "user1_pwd"},
                                Rename{"user2", "user2_name"}, Rename{"pwd2", "user2_pwd"},
                                Rename{"user3", "user3_name"}, Rename{"pwd3", "user3_pwd"}};
constexpr std::array kUpnp{Rename{"enable", "upnp_enable"}};
constexpr std::array kMail{Rename{"ssl", "mailssl"}, Rename{"smtpport", "mail_port"}};
constexpr std::array kPppoe{Rename{"mail_ip", "mail_inet_ip"}};
constexpr std::array kNetwork{Rename{"ipaddr", "ip"}, Rename{"dhcp", "dhcpen"}};
constexpr std::array kRecord{Rename{"record_cover", "record_cover_enable"},
                             Rename{"record_time", "record_timer"},
                             Rename{"time_schedule_enable", "record_time_enable"}};
constexpr std::array kFactory{
    Rename{"username", "factory_user"}, Rename{"userpwd", "factory_passwd"},
    Rename{"heartbeat", "factory_heatbeat"}, Rename{"serviceindex", "factory_index"},
    Rename{"alarm_server", "factory_alarmserver"}};
constexpr std::array kExtra{Rename{"adc_min", "adcmin"}, Rename{"adc_max", "adcmax"}};
constexpr std::array kIr{Rename{"val", "ircut"}};

constexpr std::array kSetters{
    Setter{"set_alarm.cgi", "get_params.cgi", "alarm_", kAlarm, kAlarmFlags},
    Setter{"set_alias.cgi", "get_status.cgi", "", {}},
    Setter{"set_misc.cgi", "get_misc.cgi", "", kMisc},
    Setter{"set_rtsp.cgi", "get_rtsp.cgi", "", {}},
    Setter{"set_onvif.cgi", "get_onvif.cgi", "", {}},
    Setter{"set_aging.cgi", "get_aging.cgi", "", {}},
    Setter{"set_pnp_server.cgi", "get_pnp_server.cgi", "", {}},
    Setter{"set_factory_extra.cgi", "get_factory_extra.cgi", "", kExtra},
    Setter{"set_apwifi.cgi", "get_apwifi.cgi", "apwifi_", {}},
    Setter{"set_upnp.cgi", "get_params.cgi", "", kUpnp},
    Setter{"set_users.cgi", "get_params.cgi", "", kUserNames},
    Setter{"set_wifi.cgi", "get_params.cgi", "wifi_", {}},
    Setter{"set_mail.cgi", "get_params.cgi", "mail_", kMail},
    Setter{"set_ftp.cgi", "get_params.cgi", "ftp_", {}},
    Setter{"set_ddns.cgi", "get_params.cgi", "ddns_", {}},
    Setter{"set_pppoe.cgi", "get_params.cgi", "pppoe_", kPppoe},
    Setter{"set_network.cgi", "get_params.cgi", "", kNetwork},
    Setter{"set_devices.cgi", "get_params.cgi", "", {}},
    Setter{"set_datetime.cgi", "get_params.cgi", "", {}},
    Setter{"set_recordsch.cgi", "get_record.cgi", "record_", kRecord},
    Setter{"set_media.cgi", "get_camera_params.cgi", "", {}},
    Setter{"set_factory_param.cgi", "get_factory_param.cgi", "factory_", kFactory},
    Setter{"set_ir_gpio.cgi", "get_camera_params.cgi", "", kIr},
};

std::optional<std::string> key_for(const Setter& setter, std::string_view parameter,
                                   const CameraSettings& settings) {
  for (const auto& rename : setter.renames) {
    if (rename.parameter == parameter) return std::string{rename.key};
  }
  const std::string prefixed = std::string{setter.prefix}.append(parameter);
  if (settings.is_on_page(setter.page, prefixed)) return prefixed;
  if (settings.is_on_page(setter.page, parameter)) return std::string{parameter};
  return std::nullopt;
}

std::span<const std::string_view> cleared_by(const Setter& setter,
                                             const CgiParameters& parameters) {
  const auto stream = std::find_if(parameters.begin(), parameters.end(), [](const auto& parameter) {
    return parameter.first == "mainrate";
  });
  if (setter.cgi != "set_media.cgi" || stream == parameters.end()) return setter.clears;
  return stream->second == "0" ? kMainStream : kSubStream;
}

// camera_control.cgi: which key a param changes, within which range, in which unit.
struct Control {
  int param;
  std::string_view key;
  int low, high;
  int factor = 1;
};
constexpr std::array kControls{
    Control{1, "vbright", 0, 255},
    Control{2, "vcontrast", 0, 255},
    Control{3, "mode", 0, 1},
    Control{5, "flip", 0, 3},
    Control{6, "enc_framerate", 1, 25},
    Control{8, "vsaturation", 0, 255},
    Control{9, "vhue", 0, 255},
    Control{10, "OSDEnable", 0, 1},
    Control{12, "sub_enc_framerate", 1, 25},
    Control{13, "enc_bitrate", 1, 32, 128},
    Control{14, "ircut", 0, 1},
    Control{15, "sub_sub_enc_size", 0, 2},
    Control{17, "sub_sub_enc_framerate", 1, 25},
    Control{19, "sub_enc_bitrate", 128, 1024},
    Control{20, "sub_sub_enc_bitrate", 64, 1024},
    Control{21, "enc_ratemode", 0, 1},
    Control{22, "sub_enc_ratemode", 0, 1},
    Control{23, "sub_sub_enc_ratemode", 0, 1},
    Control{24, "involume", 0, 31},
    Control{25, "outvolume", 0, 31},
    Control{100, "speed", 0, 10},
};
constexpr int kStreamChoice = 0;
constexpr int kDefaultColours = 7;

}  // namespace

std::optional<bool> apply_setter(std::string_view cgi, const CgiParameters& parameters,
                                 CameraSettings& settings) {
  const auto* setter = std::find_if(kSetters.begin(), kSetters.end(),
                                    [cgi](const Setter& s) { return s.cgi == cgi; });
  if (setter == kSetters.end()) return std::nullopt;
  std::vector<std::pair<std::string, std::string_view>> changes;
  for (const auto& [parameter, value] : parameters) {
    auto key = key_for(*setter, parameter, settings);
    if (!key) continue;
    if (!settings.accepts(*key, value)) return false;
    changes.emplace_back(std::move(*key), value);
  }
  for (const auto key : cleared_by(*setter, parameters)) settings.set(key, "0");
  for (const auto& [key, value] : changes) settings.set(key, value);
  return true;
}

bool apply_camera_control(int param, int value, CameraSettings& settings) {
  // 3 main, 0 second, 1 third: which stream is wanted, on another scale than the sizes that
  // `resolution` tells, and no page shows it.
  if (param == kStreamChoice) return value == 3 || value == 0 || value == 1;
  if (param == kDefaultColours) {
    for (const char* key : {"vbright", "vcontrast", "vsaturation", "vhue"})
      settings.set(key, "128");
    return true;
  }
  // 16 quality and 18 are reserved; 30-32 zoom has no value to read back.
  if (param == 16 || param == 18 || (param >= 30 && param <= 32)) return true;
  const auto* control = std::find_if(kControls.begin(), kControls.end(),
                                     [param](const Control& c) { return c.param == param; });
  if (control == kControls.end() || value < control->low || value > control->high) return false;
  settings.set(control->key, std::to_string(value * control->factor));
  return true;
}

}  // namespace cam32100::protocol
