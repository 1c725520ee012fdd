#include "tests/support/independent_camera/cgi_device.hpp"

#include <array>
#include <charconv>

#include "tests/support/independent_camera/cgi_request.hpp"

namespace cam32100::independent {

namespace {

constexpr std::string_view kSuccess = "result= 0;\r\n";
constexpr std::string_view kFailure = "result=-1;\r\n";

struct Cgi {
  std::string_view name;
  std::uint16_t command;
};

constexpr std::array kCgis{
    Cgi{"get_status.cgi", 0x6001},        Cgi{"get_params.cgi", 0x6002},
    Cgi{"get_camera_params.cgi", 0x6003}, Cgi{"camera_control.cgi", 0x6012},
    Cgi{"snapshot.cgi", 0x6015},          Cgi{"decoder_control.cgi", 0x6019},
    Cgi{"check_user.cgi", 0x60a0},
};

std::uint16_t command_of(std::string_view name) {
  for (const auto& cgi : kCgis) {
    if (cgi.name == name) return cgi.command;
  }
  return 0;
}

int number(std::string_view text, std::string_view name) {
  const auto value = cgi_value(text, name);
  int result = -1;
  if (!value) return -1;
  const auto* end = value->data() + value->size();
  const auto parsed = std::from_chars(value->data(), end, result);
  return parsed.ec == std::errc{} && parsed.ptr == end ? result : -1;
}

bool is_ptz_command(int c) {
  return (c >= 0 && c <= 7) || (c >= 25 && c <= 61) || (c >= 90 && c <= 97) || c == 255;
}

std::string line(std::string_view name, int value) {
  return "var " + std::string{name} + "=" + std::to_string(value) + ";\r\n";
}

std::string line(std::string_view name, std::string_view value) {
  return "var " + std::string{name} + "=\"" + std::string{value} + "\";\r\n";
}

bool set_in_range(int& setting, int value, int most) {
  if (value < 0 || value > most) return false;
  setting = value;
  return true;
}

}  // namespace

Bytes reply_block(std::uint16_t command, BytesView body) {
  Bytes out{std::byte{0x01}, std::byte{0x0a}};
  put_u16_le(out, command);
  put_u16_le(out, body.size());
  out.push_back(std::byte{0x00});
  out.push_back(std::byte{0x01});
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

std::optional<Bytes> CgiDevice::execute(const std::string& text) {
  if (requests_.size() < kRequestLog) requests_.push_back(text);
  const auto command = command_of(cgi_name(text));
  if (command == 0) return std::nullopt;
  std::string body{kFailure};
  if (is_authorised(text)) {
    switch (command) {
      case 0x6001:
        body = status_text();
        break;
      case 0x6002:
        body = params_text();
        break;
      case 0x6003:
        body = picture_text();
        break;
      case 0x6012:
        body = camera_control(text);
        break;
      case 0x6015:
        return reply_block(command, config_.jpeg);
      case 0x6019:
        body = is_ptz_command(number(text, "command")) ? kSuccess : kFailure;
        break;
      default:
        body = std::string{kSuccess} + line("current_users", 1) + line("max_support_users", 4);
    }
  }
  Bytes bytes;
  put_text(bytes, body);
  return reply_block(command, bytes);
}

bool CgiDevice::is_authorised(std::string_view text) const {
  const auto matches = [&](std::string_view user, std::string_view password) {
    return cgi_value(text, user) == config_.user && cgi_value(text, password) == config_.password;
  };
  return matches("loginuse", "loginpas") || matches("user", "pwd");
}

std::string CgiDevice::camera_control(std::string_view text) {
  const int value = number(text, "value");
  bool done = false;
  switch (number(text, "param")) {
    case 1:
      done = set_in_range(brightness_, value, 255);
      break;
    case 2:
      done = set_in_range(contrast_, value, 255);
      break;
    case 3:
      done = set_in_range(mode_, value, 1);
      break;
    case 5:
      done = set_in_range(flip_, value, 3);
      break;
    case 8:
      done = set_in_range(saturation_, value, 255);
      break;
    case 9:
      done = set_in_range(hue_, value, 255);
      break;
    default:
      break;
  }
  return std::string{done ? kSuccess : kFailure};
}

std::string CgiDevice::status_text() const {
  return line("alias", "IPCAM") + line("deviceid", config_.uid) + line("sys_ver", "48.53.64.67") +
         line("app_version", "0.0.4.12") + line("now", 1577836800) + line("alarm_status", 0) +
         line("upnp_status", 0) + line("osdenable", 1) + line("syswifi_mode", 0) +
         line("mac", "00:00:5E:00:53:01") + line("record_sd_status", 0) + line("internet", 1) +
         line("p2pstatus", 0) + line("devicetype", 0) + line("encrypt", 0) + line("sdtotal", 0) +
         line("sdfree", 0) + line("audio_encoder_mode", 0);
}

std::string CgiDevice::params_text() const {
  std::string text = line("now", 1577836800) + line("tz", -3600) + line("ntp_enable", 1) +
                     line("ntp_svr", "ntp.invalid") + line("dhcpen", 1) + line("ip", "192.0.2.7") +
                     line("mask", "255.255.255.0") + line("gateway", "192.0.2.1") +
                     line("port", 81);
  for (const char n : std::string_view{"23456789"}) {
    const std::string device = std::string{"dev"} + n;
    text += line(device + "_alias", "") + line(device + "_host", "") + line(device + "_port", 0) +
            line(device + "_user", "") + line(device + "_pwd", "");
  }
  text += line("user1_name", "") + line("user1_pwd", "") + line("user2_name", "") +
          line("user2_pwd", "") + line("user3_name", config_.user) +
          line("user3_pwd", config_.password);
  text += line("wifi_enable", 1) + line("wifi_ssid", "a; b = c") + line("wifi_mode", 0) +
          line("mail_svr", "") + line("mail_port", 25) + line("ftp_svr", "") +
          line("ftp_port", 21) + line("alarm_motion_armed", 0) +
          line("alarm_motion_sensitivity", 5);
  return text;
}

std::string CgiDevice::picture_text() const {
  return line("cameratype", 3) + line("resolution", 2) + line("resolutionsub", 0) +
         line("vbright", brightness_) + line("vcontrast", contrast_) +
         line("vsaturation", saturation_) + line("vhue", hue_) + line("OSDEnable", 1) +
         line("mode", mode_) + line("flip", flip_) + line("enc_framerate", 15) + line("speed", 5) +
         line("ircut", 0) + line("involume", 10) + line("outvolume", 10);
}

}  // namespace cam32100::independent
