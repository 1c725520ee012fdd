#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "protocol/dialect/cgi.hpp"
#include "protocol/dialect/jpeg.hpp"
#include "protocol/wire/bytes.hpp"

namespace cam32100::protocol {

// Cuts channel 0 into replies. Each is
//
//   0        2         4        6        8
//   | 01 0a  | id LE   | len LE | 00 01  | body: text, or a JPEG
//
// where `len` is the body's length modulo 65536: a JPEG goes on to len + k * 65536 when its
// segments do not end before. The body grows in one buffer (reserved from `len`) and is moved out.
class CgiReplyStream {
 public:
  explicit CgiReplyStream(std::size_t max_body) : max_body_{max_body} {}

  enum class Progress {
    needs_more,  // nothing to report yet; while `bytes` has something left, call again
    header,      // a block's header is complete: id() tells which; its body follows
    reply,       // take() it
    broken,      // error() and what() tell; nothing is consumed any more
  };
  // Consumes from the front of `bytes`, at most up to the next thing to report.
  Progress advance(BytesView& bytes);

  [[nodiscard]] std::uint16_t id() const noexcept { return reply_.command_id; }
  [[nodiscard]] CgiReply take();
  // False between replies: nothing has to come.
  [[nodiscard]] bool in_reply() const noexcept {
    return phase_ != Phase::header || header_size_ > 0;
  }
  // True for a snapshot whose length says 0 (or 1): either it is empty, or 65536 bytes more follow.
  // Nothing of the next block is lost by giving up here.
  [[nodiscard]] bool may_end_here() const noexcept { return phase_ == Phase::undecided; }
  void give_up_undecided();
  [[nodiscard]] Errc error() const noexcept { return error_; }
  [[nodiscard]] const std::string& what() const noexcept { return what_; }

 private:
  enum class Phase { header, body, undecided, complete, broken };

  Progress on_header(BytesView& bytes);
  Progress on_body(BytesView& bytes);
  Progress on_undecided(BytesView bytes);
  Progress end_of_body();
  Progress end_of_jpeg();
  Progress complete();
  Progress longer();  // the end is 65536 bytes later
  Progress fail(Errc error, std::string what);

  std::size_t max_body_;
  Phase phase_ = Phase::header;
  std::array<std::byte, 8> header_{};
  std::size_t header_size_ = 0;
  CgiReply reply_;
  std::size_t announced_ = 0;
  std::size_t end_ = 0;  // the body length at which the next decision falls
  JpegWalker walker_;
  Errc error_ = Errc::bad_reply;
  std::string what_;
};

}  // namespace cam32100::protocol
