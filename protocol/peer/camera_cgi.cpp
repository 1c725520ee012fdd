#include "protocol/peer/camera_cgi.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace cam32100::protocol {
namespace {

constexpr std::string_view kNonsense = "<html>\xFF\xFE\x01 alarm_motion_armed; = ;;; \"";

constexpr std::string_view kOk = "result= 0;\r\n";
constexpr std::string_view kFailed = "result=-1;\r\n";
constexpr std::size_t kRemembered = 64;
// For CGIs whose id no source gives. Made up, outside every listed range; who waits for such a
// reply matches it by order.
constexpr std::uint16_t kInventedId = 0x6FFF;

// CGIs that are taken note of and change nothing that can be read back.
constexpr std::array<std::string_view, 23> kAccepted{"audiostream.cgi",
                                                     "videostream.cgi",
                                                     "set_default.cgi",
                                                     "set_moto_run.cgi",
                                                     "set_formatsd.cgi",
                                                     "set_alarmlogclr.cgi",
                                                     "mailtest.cgi",
                                                     "ftptest.cgi",
                                                     "test_ftp.cgi",
                                                     "test_mail.cgi",
                                                     "del_file.cgi",
                                                     "set_bootday.cgi",
                                                     "set_extra.cgi",
                                                     "lens_control.cgi",
                                                     "set_sensorstatus.cgi",
                                                     "set_sensorname.cgi",
                                                     "del_sensor.cgi",
                                                     "set_doorbell_push.cgi",
                                                     "set_log.cgi",
                                                     "set_osd.cgi",
                                                     "set_dns.cgi",
                                                     "trans_cmd_string.cgi",
                                                     "set_update_push_user.cgi"};

std::uint16_t reply_id(std::string_view cgi) noexcept {
  if (const auto id = cgi_command_id(cgi)) return *id;
  // Numbered by the enumeration without a CGI's name: which belongs to which is inferred.
  if (cgi == "set_ir_gpio.cgi") return 0x600A;
  if (cgi == "ftptest.cgi") return 0x6018;
  if (cgi == "mailtest.cgi") return 0x601C;
  return kInventedId;
}

std::optional<int> number(const CgiParameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key != name) continue;
    int parsed = 0;
    const char* const last = value.data() + value.size();
    const auto [end, error] = std::from_chars(value.data(), last, parsed);
    if (error != std::errc{} || end != last) return std::nullopt;
    return parsed;
  }
  return std::nullopt;
}

std::string result_text(bool done) { return std::string{done ? kOk : kFailed}; }

Bytes to_bytes(std::string_view text) {
  const BytesView view = as_bytes(text);
  return {view.begin(), view.end()};
}

Bytes reply_block(std::uint16_t id, const Bytes& body) {
  Bytes block(8);
  Writer out{block};
  out.u16_be(0x010A);
  out.u16_le(id);
  out.u16_le(static_cast<std::uint16_t>(body.size() & 0xFFFFU));  // wraps, as in real cameras
  out.u16_be(0x0001);
  block.insert(block.end(), body.begin(), body.end());
  return block;
}

}  // namespace

CameraCgi::CameraCgi(TimePoint now, CameraCgiConfig config)
    : config_{std::move(config)},
      settings_{factory_pages(config_.factory), config_.marker},
      credentials_{config_.credentials},
      shown_at_{now} {
  for (const auto& [key, value] : config_.values) settings_.set(key, value);
}

bool CameraCgi::take_restart() noexcept { return std::exchange(restart_, false); }

StreamOrder CameraCgi::take_stream_order() noexcept {
  return std::exchange(stream_order_, StreamOrder::none);
}

Duration CameraCgi::clock(TimePoint now) const {
  return std::chrono::seconds{shown_} + (now - shown_at_);
}

// loginuse/loginpas are looked at first, then user/pwd: either pair may open.
bool CameraCgi::authorised(const ReceivedCgiRequest& received) const {
  const auto fits = [this](const std::optional<Credentials>& given) {
    return given && given->user == credentials_.user && given->password == credentials_.password;
  };
  return fits(received.manager) || fits(received.viewer);
}

void CameraCgi::remember(const CgiRequest& request) {
  last_.push_back(to_redacted_text(request));
  if (last_.size() > kRemembered) last_.pop_front();
}

Bytes CameraCgi::answer(TimePoint now, std::string_view text, const Audience& audience) {
  ++requests_;
  motor_.advance(now);
  const auto parsed = parse_received_request(text);
  if (!parsed) return reply_block(kInventedId, to_bytes(kFailed));
  const ReceivedCgiRequest& received = *parsed;
  remember(received.request);
  return reply_block(reply_id(received.request.cgi), body_for(now, received, audience));
}

Bytes CameraCgi::body_for(TimePoint now, const ReceivedCgiRequest& received,
                          const Audience& audience) {
  const CgiRequest& request = received.request;
  if (!authorised(received)) return to_bytes(kFailed);
  if (request.cgi == "check_user.cgi") {
    const std::size_t users = audience.surplus ? audience.supported : audience.sessions;
    return to_bytes(result_text(!audience.surplus) + "var current_users=" + std::to_string(users) +
                    ";\r\n" + "var max_support_users=" + std::to_string(audience.supported) +
                    ";\r\n");
  }
  if (audience.surplus) return to_bytes(kFailed);
  if (config_.nonsense.contains(request.cgi)) return to_bytes(kNonsense);
  if (config_.refuses.contains(request.cgi)) return to_bytes(kFailed);
  if (request.cgi == "snapshot.cgi") return next_picture();
  if (auto text = control(now, request)) return to_bytes(*text);
  if (auto text = set(now, request)) return to_bytes(*text);
  if (auto text = show(now, request)) return to_bytes(*text);
  const bool accepted =
      std::find(kAccepted.begin(), kAccepted.end(), request.cgi) != kAccepted.end();
  return to_bytes(result_text(accepted));
}

Bytes CameraCgi::next_picture() {
  if (config_.pictures.empty()) return to_bytes(kFailed);
  return config_.pictures[next_picture_++ % config_.pictures.size()];
}

bool CameraCgi::decoder_control(TimePoint now, const Parameters& parameters) {
  const auto command = number(parameters, "command");
  if (!command) return false;
  const bool one_step = number(parameters, "onestep") == 1;
  if (motor_.command(now, *command, one_step)) return true;
  switch (*command) {
    case 94:
      settings_.set("alarm_ioout_level", "1");
      return true;
    case 95:
      settings_.set("alarm_ioout_level", "0");
      return true;
    case 96:
      settings_.set("ircut", "1");
      return true;
    case 97:
      settings_.set("ircut", "0");
      return true;
    default:
      return false;
  }
}

// In decimal, as apps send them: 10 live, 16 stop, the others are more of the live streams
// [manual]. The rest is about recordings, which it has none of.
void CameraCgi::livestream(const Parameters& parameters) {
  constexpr std::array kLive{0, 3, 10, 80, 81, 82};
  const auto stream = number(parameters, "streamid");
  if (!stream) return;
  if (*stream == 16) stream_order_ = StreamOrder::stop;
  if (std::find(kLive.begin(), kLive.end(), *stream) != kLive.end())
    stream_order_ = StreamOrder::start;
}

std::optional<std::string> CameraCgi::control(TimePoint now, const CgiRequest& request) {
  if (request.cgi == "decoder_control.cgi") {
    return result_text(decoder_control(now, request.parameters));
  }
  if (request.cgi == "camera_control.cgi") {
    const auto param = number(request.parameters, "param");
    const auto value = number(request.parameters, "value");
    return result_text(param && apply_camera_control(*param, value.value_or(0), settings_));
  }
  if (request.cgi == "livestream.cgi") {
    livestream(request.parameters);
    return result_text(true);
  }
  if (request.cgi == "reboot.cgi" || request.cgi == "restore_factory.cgi") {
    if (request.cgi == "restore_factory.cgi") restore_factory();
    restart_ = true;
    return result_text(true);
  }
  return std::nullopt;
}

void CameraCgi::restore_factory() {
  network_ = {};
  settings_ = CameraSettings{factory_pages(config_.factory), config_.marker};
  motor_.centre_and_forget();
  credentials_ = config_.credentials;
}

std::optional<std::string> CameraCgi::set(TimePoint now, const CgiRequest& request) {
  const auto done = apply_setter(request.cgi, request.parameters, settings_);
  if (!done) return std::nullopt;
  if (*done && request.cgi == "set_datetime.cgi") {
    if (const auto told = number(request.parameters, "now")) {
      shown_ = *told;
      shown_at_ = now;
    }
  }
  if (*done && request.cgi == "set_users.cgi") {
    // The third account is the manager's, the one requests are checked against.
    for (const auto& [name, value] : request.parameters) {
      if (name == "user3") credentials_.user = value;
      if (name == "pwd3") credentials_.password = value;
    }
  }
  return result_text(*done);
}

CameraSettings::Values CameraCgi::live_values(TimePoint now) const {
  const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now - shown_at_);
  return {{"now", std::to_string(shown_ + passed.count())},
          {"alarm_status", std::to_string(alarm_status_)}};
}

std::optional<std::string> CameraCgi::show(TimePoint now, const CgiRequest& request) const {
  if (auto page = settings_.page_text(request.cgi, live_values(now))) return page;
  return list_page(request.cgi, request.parameters, network_);
}

void CameraCgi::join_wifi(std::string_view ssid, int strength) {
  network_ = {std::string{ssid}, strength};
  settings_.set("wifi_ssid", ssid);
}

CameraSettings::Values CameraCgi::camera_parameters() const {
  return settings_.page_values("get_camera_params.cgi");
}

}  // namespace cam32100::protocol
