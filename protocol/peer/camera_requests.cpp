#include "protocol/peer/camera_requests.hpp"

#include <algorithm>
#include <utility>

namespace cam32100::protocol {
namespace {

constexpr std::size_t kHeader = 8;
constexpr std::byte kMagic0{0x01};
constexpr std::byte kMagic1{0x0A};

bool may_begin_a_block(BytesView bytes) noexcept {
  return bytes.empty() || (bytes[0] == kMagic0 && (bytes.size() == 1 || bytes[1] == kMagic1));
}

bool is_request(std::string_view text) noexcept {
  return text.starts_with("GET /") && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20;
         });
}

}  // namespace

void CameraRequests::refuse_packet() noexcept {
  ++counters_.unreadable;
  begin_anew();
}

void CameraRequests::begin_anew() noexcept {
  header_.clear();
  length_.reset();
  text_.clear();
}

// The length was right if nothing, or another block, follows.
void CameraRequests::finish_text(BytesView rest) {
  if (!may_begin_a_block(rest) || !is_request(text_)) return refuse_packet();
  if (ready_.size() < kMaxQueued) {
    ready_.push_back(std::move(text_));
  } else {
    ++counters_.dropped;
  }
  begin_anew();
}

void CameraRequests::on_packet(BytesView data) {
  // A block's head where text should go on: the text before it announced more than it had.
  if (length_ && data.size() >= 2 && data[0] == kMagic0 && data[1] == kMagic1) refuse_packet();
  while (!data.empty()) {
    if (!length_) {
      const std::size_t size = std::min(kHeader - header_.size(), data.size());
      header_.insert(header_.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(size));
      data = data.subspan(size);
      if (!may_begin_a_block(header_)) return refuse_packet();
      if (header_.size() < kHeader) return;
      Reader in{BytesView{header_}.subspan(4)};
      length_ = in.u16_le();
      text_.clear();
      header_.clear();
    }
    const BytesView part = data.first(std::min(*length_ - text_.size(), data.size()));
    text_ += to_string(part);
    data = data.subspan(part.size());
    if (text_.size() < *length_) return;
    finish_text(data);
    if (!may_begin_a_block(data)) return;
  }
}

std::optional<std::string> CameraRequests::take() {
  if (ready_.empty()) return std::nullopt;
  std::string next = std::move(ready_.front());
  ready_.pop_front();
  return next;
}

}  // namespace cam32100::protocol
