#include "mappings/redact.hpp"

#include <algorithm>
#include <array>

#include "mappings/device_data.hpp"
#include "mappings/reply.hpp"
#include "mappings/text.hpp"

namespace cam32100::mappings {
namespace {

bool is_name_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// As the reply parser sees it: zeros and bare carriage returns may stand round '='.
bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\0'; }

// "wifi_key1[0]" -> "wifi_key1"
std::string_view without_index(std::string_view key) noexcept {
  const auto bracket = key.find('[');
  return bracket == std::string_view::npos ? key : key.substr(0, bracket);
}

// One pass over a reply's text. A secret's value is removed to the end of its line, and further if
// its quote is still open there: a password may hold quotes and semicolons, so nothing after it on
// the line is safe.
class TextRedaction {
 public:
  TextRedaction(const DeviceMapping& mapping, std::string_view text)
      : mapping_{mapping}, text_{text} {}

  std::string run() {
    out_.reserve(text_.size());
    while (at_ < text_.size()) {
      if (is_name_character(text_[at_])) {
        take_name();
      } else {
        out_ += text_[at_++];
      }
    }
    return std::move(out_);
  }

 private:
  void take_name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
    const auto name = text_.substr(start, at_ - start);
    out_ += name;
    if (!is_secret_key(mapping_, name)) return;
    const std::size_t value = value_after(at_);
    if (value == std::string_view::npos) return;
    out_ += text_.substr(at_, value - at_);
    at_ = end_of_value(value);
    out_ += kRedacted;
  }

  // Where the value starts if an assignment follows: = += : after an index or the closing quote of
  // a JSON name.
  [[nodiscard]] std::size_t value_after(std::size_t at) const noexcept {
    if (at < text_.size() && text_[at] == '[') at = after_index(at);
    if (at < text_.size() && (text_[at] == '"' || text_[at] == '\'')) ++at;
    at = skip_blanks(at);
    if (at < text_.size() && text_[at] == '+') ++at;
    if (at >= text_.size() || (text_[at] != '=' && text_[at] != ':')) return std::string_view::npos;
    return skip_blanks(at + 1);
  }

  [[nodiscard]] std::size_t after_index(std::size_t at) const noexcept {
    constexpr std::size_t kLongestIndex = 32;  // a bound keeps the whole pass linear
    const auto close = text_.substr(at, kLongestIndex).find_first_of("]\n");
    if (close == std::string_view::npos || text_[at + close] != ']') return at;
    return at + close + 1;
  }

  [[nodiscard]] std::size_t skip_blanks(std::size_t at) const noexcept {
    while (at < text_.size() && is_blank(text_[at])) ++at;
    return at;
  }

  [[nodiscard]] std::size_t end_of_value(std::size_t at) const noexcept {
    std::size_t end = end_of_line(at);
    const bool open_quote = at < end && text_[at] == '"' &&
                            text_.substr(at + 1, end - at - 1).find('"') == std::string_view::npos;
    if (open_quote) {
      const auto close = text_.find('"', end);
      end = close == std::string_view::npos ? text_.size() : end_of_line(close);
    }
    return end;
  }

  // Before LF or CR LF, or at the end of the text.
  [[nodiscard]] std::size_t end_of_line(std::size_t at) const noexcept {
    const std::size_t end = std::min(text_.find('\n', at), text_.size());
    return end > at && text_[end - 1] == '\r' ? end - 1 : end;
  }

  const DeviceMapping& mapping_;
  std::string_view text_;  // the caller's
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

bool has_secret_name(std::string_view key) {
  constexpr std::array<std::string_view, 6> kMarks{"pwd", "pass", "loginpas",
                                                   "psk", "wpa",  "token"};
  const std::string name = to_lower(without_index(key));
  if (std::any_of(kMarks.begin(), kMarks.end(),
                  [&](std::string_view mark) { return name.find(mark) != std::string::npos; })) {
    return true;
  }
  return name.size() >= 4 && name.compare(name.size() - 4, 3, "key") == 0 && name.back() >= '1' &&
         name.back() <= '4';
}

bool is_secret_name(const DeviceMapping::Data& data, std::string_view key) {
  return has_secret_name(key) || data.secrets.contains(to_lower(without_index(key)));
}

bool is_secret_key(const DeviceMapping& mapping, std::string_view key) {
  return is_secret_name(mapping.data(), key);
}

std::string redact_cgi_text(const DeviceMapping& mapping, std::string_view text) {
  const bool assigns =
      text.find('=') != std::string_view::npos || text.find(':') != std::string_view::npos;
  if (!assigns) return std::string{text};
  return TextRedaction{mapping, text}.run();
}

}  // namespace cam32100::mappings
