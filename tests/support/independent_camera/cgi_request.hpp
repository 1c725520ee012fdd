#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/independent_camera/wire_format.hpp"

namespace cam32100::independent {

// Cuts channel 0's byte stream into request blocks `01 0a | command LE | length LE | flags LE |
// text`. A block may span DRWs and a DRW may hold many. What cannot be a block is dropped with the
// bytes behind it, as a device falls silent then.
class CgiRequestReader {
 public:
  [[nodiscard]] std::vector<std::string> feed(BytesView data, Complaints& complaints);
  [[nodiscard]] bool is_inside_block() const { return !buffer_.empty(); }
  void forget();  // drops an unfinished block

 private:
  enum class Step { wait, taken, lost };
  [[nodiscard]] Step take_block(std::string& text, Complaints& complaints);
  [[nodiscard]] Step judge_unfinished(Complaints& complaints) const;

  Bytes buffer_;
  bool header_is_judged_ = false;
};

// What a block's text lacks to be `GET /name.cgi?name=value&...` with percent-encoded values.
[[nodiscard]] std::string request_complaint(std::string_view text);

[[nodiscard]] std::string cgi_name(std::string_view text);  // "status.cgi" of "GET /status.cgi?a=1"
// Found as the firmware does, by searching the text for "name="; decoded.
[[nodiscard]] std::optional<std::string> cgi_value(std::string_view text, std::string_view name);

}  // namespace cam32100::independent
