#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/independent_camera/camera_config.hpp"
#include "tests/support/independent_camera/wire_format.hpp"

namespace cam32100::independent {

// What the camera is behind its transport: credentials, picture settings, the CGIs it knows.
class CgiDevice {
 public:
  static constexpr std::size_t kRequestLog = 100'000;  // later ones are executed but not remembered

  explicit CgiDevice(const testing::IndependentCameraConfig& config) : config_{config} {}

  // Executes one request; the whole reply block, or nothing: a device is silent about CGIs it
  // lacks.
  [[nodiscard]] std::optional<Bytes> execute(const std::string& text);
  [[nodiscard]] const std::vector<std::string>& requests() const { return requests_; }

 private:
  [[nodiscard]] bool is_authorised(std::string_view text) const;
  [[nodiscard]] std::string camera_control(std::string_view text);
  [[nodiscard]] std::string status_text() const;
  [[nodiscard]] std::string params_text() const;
  [[nodiscard]] std::string picture_text() const;

  const testing::IndependentCameraConfig& config_;  // of the camera that owns this
  std::vector<std::string> requests_;
  int brightness_ = 128;
  int contrast_ = 128;
  int saturation_ = 128;
  int hue_ = 128;
  int mode_ = 0;
  int flip_ = 0;
};

// `01 0a | command LE | length LE | 00 01 | body`. The length field wraps at 65536.
[[nodiscard]] Bytes reply_block(std::uint16_t command, BytesView body);

}  // namespace cam32100::independent
