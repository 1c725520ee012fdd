#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/dialect/cgi.hpp"
#include "protocol/peer/camera_motor.hpp"
#include "protocol/peer/camera_settings.hpp"
#include "protocol/peer/pictures.hpp"
#include "protocol/wire/time.hpp"

namespace cam32100::protocol {

struct CameraCgiConfig {
  Credentials credentials;
  FactoryValues factory;
  std::string marker;
  Pictures pictures;
  std::set<std::string> nonsense{};  // CGIs that are answered with bytes that mean nothing
  std::set<std::string> refuses{};   // CGIs that are answered result=-1
  std::map<std::string, std::string> values{};  // of its pages, other than from the factory
};

// The network a camera is in, as lists of those in reach show it.
struct JoinedNetwork {
  std::string ssid = "home";
  int strength = 92;  // dBm when negative, else percent
};

// What an accepted request says about live video to the session that it came by.
enum class StreamOrder { none, start, stop };

// Who asks, and how many are there.
struct Audience {
  std::size_t sessions = 0;
  std::size_t supported = 0;  // more than `sessions` while there is room
  bool surplus = false;       // this one came when every place was taken
};

// What a camera says to requests, and what they do to it. Knows no session.
class CameraCgi {
 public:
  CameraCgi(TimePoint now, CameraCgiConfig config);

  // The whole reply block to one request text: header (with the body's length modulo 65536) and
  // body.
  [[nodiscard]] Bytes answer(TimePoint now, std::string_view text, const Audience& audience);
  // True once after reboot.cgi or restore_factory.cgi.
  [[nodiscard]] bool take_restart() noexcept;
  // What the last answer() was about, once; none after it.
  [[nodiscard]] StreamOrder take_stream_order() noexcept;
  [[nodiscard]] Duration clock(TimePoint now) const;  // the camera's own: since 1970

  void refuse(std::set<std::string> cgis) { config_.refuses = std::move(cgis); }
  void join_wifi(std::string_view ssid, int strength);
  void raise_alarm(int alarm_status) noexcept { alarm_status_ = alarm_status; }
  [[nodiscard]] int alarm_status() const noexcept { return alarm_status_; }
  void advance(TimePoint now) { motor_.advance(now); }
  [[nodiscard]] CameraMotor::Position position() const noexcept { return motor_.position(); }
  [[nodiscard]] CameraSettings::Values camera_parameters() const;
  [[nodiscard]] std::uint64_t setting_changes() const noexcept { return settings_.changes(); }
  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
  [[nodiscard]] const std::deque<std::string>& last_requests() const noexcept { return last_; }

 private:
  using Parameters = CgiParameters;
  [[nodiscard]] Bytes body_for(TimePoint now, const ReceivedCgiRequest& received,
                               const Audience& audience);
  [[nodiscard]] bool authorised(const ReceivedCgiRequest& received) const;
  // Each gives the text of a reply, or nullopt when the CGI is not one of its own.
  [[nodiscard]] std::optional<std::string> control(TimePoint now, const CgiRequest& request);
  [[nodiscard]] std::optional<std::string> set(TimePoint now, const CgiRequest& request);
  [[nodiscard]] std::optional<std::string> show(TimePoint now, const CgiRequest& request) const;
  void livestream(const Parameters& parameters);
  [[nodiscard]] bool decoder_control(TimePoint now, const Parameters& parameters);
  [[nodiscard]] CameraSettings::Values live_values(TimePoint now) const;
  [[nodiscard]] Bytes next_picture();
  void restore_factory();
  void remember(const CgiRequest& request);

  CameraCgiConfig config_;
  CameraSettings settings_;
  CameraMotor motor_;
  JoinedNetwork network_;
  Credentials credentials_;
  // The camera's clock: `shown_` seconds since 1970 at `shown_at_`.
  std::int64_t shown_ = 1'700'000'000;
  TimePoint shown_at_;
  int alarm_status_ = 0;
  std::size_t next_picture_ = 0;
  bool restart_ = false;
  StreamOrder stream_order_ = StreamOrder::none;
  std::uint64_t requests_ = 0;
  std::deque<std::string> last_;
};

// Replies that are lists instead of settings: networks in reach, log lines, recorded files.
[[nodiscard]] std::optional<std::string> list_page(std::string_view cgi,
                                                   const CgiParameters& parameters,
                                                   const JoinedNetwork& joined);

}  // namespace cam32100::protocol
