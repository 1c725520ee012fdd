#include "protocol/dialect/jpeg.hpp"

#include <algorithm>
#include <optional>

#include "protocol/dialect/cgi.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::byte kFill{0xFF};
constexpr std::uint8_t kStartOfImage = 0xD8;
constexpr std::uint8_t kEndOfImage = 0xD9;
constexpr std::uint8_t kStartOfScan = 0xDA;
constexpr std::uint8_t kTemporary = 0x01;

std::uint8_t at(BytesView body, std::size_t i) noexcept {
  return std::to_integer<std::uint8_t>(body[i]);
}

bool is_restart(std::uint8_t marker) noexcept { return marker >= 0xD0 && marker <= 0xD7; }

}  // namespace

bool JpegWalker::step_segment(BytesView body) noexcept {
  if (body.size() - position_ < 2) return false;
  const auto fail = [this] {
    state_ = State::malformed;
    return false;
  };
  if (body[position_] != kFill) return fail();
  const std::uint8_t marker = at(body, position_ + 1);
  if (marker == 0xFF) {  // fill byte before a marker
    ++position_;
    return true;
  }
  if (marker == kEndOfImage) {
    position_ += 2;
    state_ = State::ended;
    return false;
  }
  const bool starts = marker == kStartOfImage;
  if (starts != (position_ == 0)) return fail();
  if (starts || marker == kTemporary) {
    position_ += 2;
    return true;
  }
  if (marker == 0x00 || is_restart(marker)) return fail();
  if (body.size() - position_ < 4) return false;
  const std::size_t length = static_cast<std::size_t>(at(body, position_ + 2)) << 8U |
                             static_cast<std::size_t>(at(body, position_ + 3));
  if (length < 2) return fail();
  position_ += 2 + length;
  in_scan_ = marker == kStartOfScan;
  return true;
}

bool JpegWalker::step_scan(BytesView body) noexcept {
  const auto from = body.begin() + static_cast<std::ptrdiff_t>(position_);
  position_ = static_cast<std::size_t>(std::find(from, body.end(), kFill) - body.begin());
  if (body.size() - position_ < 2) return false;
  const std::uint8_t next = at(body, position_ + 1);
  if (next == 0x00 || is_restart(next)) {
    position_ += 2;
  } else if (next == 0xFF) {
    ++position_;
  } else {
    in_scan_ = false;  // a progressive picture goes on with tables and further scans
  }
  return true;
}

JpegWalker::State JpegWalker::advance(BytesView body) noexcept {
  if (state_ != State::walking) return state_;
  // position_ may lie beyond the body: a segment's length is known before its bytes are here.
  while (position_ < body.size()) {
    if (!(in_scan_ ? step_scan(body) : step_segment(body))) break;
  }
  return state_;
}

bool is_jpeg(BytesView body) noexcept {
  return body.size() >= 2 && body[0] == std::byte{0xFF} && body[1] == std::byte{kStartOfImage};
}

std::optional<JpegSize> jpeg_size(BytesView body) noexcept {
  if (!is_jpeg(body)) return std::nullopt;
  Reader in{body.subspan(2)};
  while (in.ok() && in.remaining() > 0) {
    if (in.u8() != 0xFF) return std::nullopt;
    std::uint8_t marker = in.u8();
    while (marker == 0xFF && in.ok()) marker = in.u8();
    if (marker == kTemporary) continue;
    // Past the scan's start no size can follow that we could reach by segments.
    if (marker == kStartOfScan || marker == kEndOfImage || marker == 0x00) return std::nullopt;
    const std::size_t length = in.u16_be();
    if (!in.ok() || length < 2) return std::nullopt;
    Reader segment{in.take(length - 2)};
    if (!in.ok()) return std::nullopt;
    if (marker < 0xC0 || marker > 0xC2) continue;
    segment.skip(1);  // sample precision
    const unsigned height = segment.u16_be();
    const unsigned width = segment.u16_be();
    if (!segment.ok() || width == 0 || height == 0) return std::nullopt;
    return JpegSize{width, height};
  }
  return std::nullopt;
}

}  // namespace cam32100::protocol
