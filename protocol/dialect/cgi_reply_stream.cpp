#include "protocol/dialect/cgi_reply_stream.hpp"

#include <algorithm>
#include <utility>

namespace cam32100::protocol {
namespace {

constexpr std::byte kMagic0{0x01};
constexpr std::byte kMagic1{0x0A};
constexpr std::byte kJpeg0{0xFF};
constexpr std::byte kJpeg1{0xD8};
constexpr std::uint16_t kSnapshot = 0x6015;
constexpr std::size_t kLengthWrap = 65536;

}  // namespace

CgiReplyStream::Progress CgiReplyStream::advance(BytesView& bytes) {
  switch (phase_) {
    case Phase::header:
      return on_header(bytes);
    case Phase::body:
      return on_body(bytes);
    case Phase::undecided:
      return on_undecided(bytes);
    case Phase::complete:
      return Progress::reply;
    case Phase::broken:
      return Progress::broken;
  }
  return Progress::broken;
}

CgiReplyStream::Progress CgiReplyStream::on_header(BytesView& bytes) {
  const std::size_t size = std::min(header_.size() - header_size_, bytes.size());
  std::copy_n(bytes.begin(), size, header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
  header_size_ += size;
  bytes = bytes.subspan(size);
  if (header_size_ >= 2 && (header_[0] != kMagic0 || header_[1] != kMagic1)) {
    return fail(Errc::bad_reply,
                "block magic 0x" + to_hex(BytesView{header_}.first(2)) + " at a block boundary");
  }
  if (header_size_ < header_.size()) return Progress::needs_more;
  Reader in{BytesView{header_}.subspan(2)};
  reply_.command_id = in.u16_le();
  announced_ = in.u16_le();
  if (announced_ > max_body_) return fail(Errc::bad_length, "reply longer than the limit");
  end_ = announced_;
  reply_.body.clear();
  reply_.body.reserve(announced_);
  walker_ = JpegWalker{};
  phase_ = Phase::body;
  return Progress::header;
}

CgiReplyStream::Progress CgiReplyStream::on_body(BytesView& bytes) {
  const BytesView part = bytes.first(std::min(end_ - reply_.body.size(), bytes.size()));
  reply_.body.insert(reply_.body.end(), part.begin(), part.end());
  bytes = bytes.subspan(part.size());
  return reply_.body.size() < end_ ? Progress::needs_more : end_of_body();
}

CgiReplyStream::Progress CgiReplyStream::end_of_body() {
  const Bytes& body = reply_.body;
  if (is_jpeg(body)) return end_of_jpeg();
  if (end_ != announced_) return fail(Errc::bad_reply, "a picture without a beginning");
  if (reply_.command_id == kSnapshot && (body.empty() || (body.size() == 1 && body[0] == kJpeg0))) {
    phase_ = Phase::undecided;
    return Progress::needs_more;
  }
  return complete();
}

// Two bytes would settle it, but one is enough: no block begins with FF or D8, no JPEG with 01.
CgiReplyStream::Progress CgiReplyStream::on_undecided(BytesView bytes) {
  if (bytes.empty()) return Progress::needs_more;
  const bool jpeg = bytes.front() == (reply_.body.empty() ? kJpeg0 : kJpeg1);
  return jpeg ? longer() : complete();
}

CgiReplyStream::Progress CgiReplyStream::end_of_jpeg() {
  const bool first = end_ == announced_;
  switch (walker_.advance(reply_.body)) {
    case JpegWalker::State::walking:
      return longer();
    case JpegWalker::State::malformed:
      // Not a JPEG after all: then the announced length is the whole truth.
      return first ? complete() : fail(Errc::bad_reply, "a picture without an end");
    case JpegWalker::State::ended:
      break;
  }
  // A picture that ends within the announced length cannot be meant to be longer, whatever pads it.
  const auto padding = reply_.body.begin() + static_cast<std::ptrdiff_t>(walker_.end());
  const bool padded_by_zero =
      std::all_of(padding, reply_.body.end(), [](std::byte b) { return b == std::byte{0}; });
  if (first || padded_by_zero) return complete();
  return fail(Errc::bad_reply, "a picture's end does not fit its length");
}

CgiReplyStream::Progress CgiReplyStream::longer() {
  end_ += kLengthWrap;
  if (end_ > max_body_) return fail(Errc::bad_length, "reply longer than the limit");
  phase_ = Phase::body;
  return Progress::needs_more;
}

CgiReplyStream::Progress CgiReplyStream::complete() {
  phase_ = Phase::complete;
  return Progress::reply;
}

CgiReplyStream::Progress CgiReplyStream::fail(Errc error, std::string what) {
  phase_ = Phase::broken;
  error_ = error;
  what_ = std::move(what);
  return Progress::broken;
}

CgiReply CgiReplyStream::take() {
  phase_ = Phase::header;
  header_size_ = 0;
  return std::exchange(reply_, CgiReply{});
}

void CgiReplyStream::give_up_undecided() {
  if (phase_ == Phase::undecided) static_cast<void>(take());
}

}  // namespace cam32100::protocol
