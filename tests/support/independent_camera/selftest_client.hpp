#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/independent_camera/independent_camera.hpp"

namespace cam32100::testing {

// Typed hex to bytes and back; blanks are skipped.
inline protocol::Bytes unhex(std::string_view text) {
  protocol::Bytes out;
  int high = -1;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) continue;
    if (high >= 0) out.push_back(static_cast<std::byte>(high * 16 + digit));
    high = high >= 0 ? -1 : digit;
  }
  return out;
}

inline std::string hexed(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const std::byte b : bytes) {
    out += kDigits[std::to_integer<std::size_t>(b >> 4)];
    out += kDigits[std::to_integer<std::size_t>(b & std::byte{15})];
  }
  return out;
}

inline std::string hexed(std::string_view text) {
  return hexed(std::as_bytes(std::span{text.data(), text.size()}));
}

inline std::string hex16(std::size_t value) {
  const std::byte both[] = {static_cast<std::byte>(value >> 8),
                            static_cast<std::byte>(value & 255)};
  return hexed(both);
}

inline std::string swapped16(std::size_t value) {
  const auto text = hex16(value);
  return text.substr(2) + text.substr(0, 2);
}

// A hand-driven client on a perfect wire: says exactly the bytes a test types, collects what comes
// back.
class ScriptedClient {
 public:
  explicit ScriptedClient(IndependentCameraConfig config) : camera{std::move(config)} {}

  // The answers that are ready after `text` (hex) was received.
  std::vector<std::string> say(std::string_view text) {
    camera.on_datagram(now, from, unhex(text));
    return drain();
  }

  // Lets time pass, obeying every deadline.
  std::vector<std::string> wait(std::chrono::milliseconds time) {
    std::vector<std::string> all;
    const auto until = now + time;
    for (auto due = camera.deadline(); due && *due <= until; due = camera.deadline()) {
      now = std::max(now, *due);
      camera.on_time(now);
      for (auto& text : drain()) all.push_back(std::move(text));
    }
    now = until;
    return all;
  }

  std::vector<std::string> drain() {
    std::vector<std::string> all;
    protocol::Datagram out;
    while (camera.take_datagram(now, out)) all.push_back(hexed(out.view()));
    return all;
  }

  void open() {
    say(kPunch);
    wait(std::chrono::milliseconds{30});
    say("f1e00000");
  }

  // One request block in one DRW on channel 0.
  std::vector<std::string> ask(std::uint16_t index, std::string_view text) {
    return say(drw(index, block(text)));
  }

  static std::string block(std::string_view text) {
    return "010a0000" + swapped16(text.size()) + "0000" + hexed(text);
  }

  static std::string drw(std::uint16_t index, const std::string& data,
                         std::string_view inner = "d100") {
    return "f1d0" + hex16(4 + data.size() / 2) + std::string{inner} + hex16(index) + data;
  }

  static std::string ack(const std::vector<std::uint16_t>& indices) {
    std::string list;
    for (const auto index : indices) list += hex16(index);
    return "f1d1" + hex16(4 + 2 * indices.size()) + "d100" + hex16(indices.size()) + list;
  }

  static constexpr std::string_view kPunch = "f1410014 5653544200000000000a3363555a43504b000000";
  static constexpr std::string_view kStatus =
      "GET /get_status.cgi?loginuse=admin&loginpas=888888&user=admin&pwd=888888";

  IndependentCamera camera;
  protocol::TimePoint now{};
  protocol::Address from{{192, 168, 1, 9}, 40000};
};

inline IndependentCameraConfig strict_config() {
  IndependentCameraConfig config;
  config.uid = "VSTB-668515-UZCPK";
  config.network_is_perfect = true;
  return config;
}

}  // namespace cam32100::testing
