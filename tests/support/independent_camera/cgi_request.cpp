#include "tests/support/independent_camera/cgi_request.hpp"

#include <algorithm>

namespace cam32100::independent {

namespace {

constexpr std::size_t kBlockHeader = 8;
constexpr std::size_t kBufferLimit = std::size_t{128} * 1024;
constexpr std::uint16_t kBlockMagic = 0x010a;
constexpr std::string_view kVerb = "GET /";

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_escape(std::string_view text) {
  return text.size() >= 3 && text[0] == '%' && hex_digit(text[1]) >= 0 && hex_digit(text[2]) >= 0;
}

bool is_name(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '_'; });
}

bool is_encoded(std::string_view value) {
  constexpr std::string_view kUnreserved = "-._~";
  while (!value.empty()) {
    if (is_escape(value)) {
      value.remove_prefix(3);
    } else if (is_alnum(value[0]) || kUnreserved.find(value[0]) != std::string_view::npos) {
      value.remove_prefix(1);
    } else {
      return false;
    }
  }
  return true;
}

bool holds_control_byte(BytesView bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](std::byte b) { return b < std::byte{0x20}; });
}

}  // namespace

std::vector<std::string> CgiRequestReader::feed(BytesView data, Complaints& complaints) {
  std::vector<std::string> requests;
  buffer_.insert(buffer_.end(), data.begin(), data.end());
  std::string text;
  auto step = Step::taken;
  while (step == Step::taken) {
    step = take_block(text, complaints);
    if (step == Step::taken) requests.push_back(text);
  }
  if (step == Step::lost) forget();
  return requests;
}

void CgiRequestReader::forget() {
  buffer_.clear();
  header_is_judged_ = false;
}

CgiRequestReader::Step CgiRequestReader::take_block(std::string& text, Complaints& complaints) {
  const BytesView all{buffer_};
  if (all.size() >= 2 && u16_be_at(all, 0) != kBlockMagic) {
    complaints.push_back("no block header 01 0a where the length before it ends");
    return Step::lost;
  }
  if (all.size() < kBlockHeader) return Step::wait;
  const std::size_t length = u16_le_at(all, 4);
  if (!header_is_judged_) {
    header_is_judged_ = true;
    if (u16_le_at(all, 2) != 0) complaints.push_back("request block has a command");
    if (u16_le_at(all, 6) != 0) complaints.push_back("request block has flags");
    if (length == 0) complaints.push_back("request block has length 0");
  }
  if (length == 0) return Step::lost;
  if (all.size() < kBlockHeader + length) return judge_unfinished(complaints);
  const BytesView body = all.subspan(kBlockHeader, length);
  text.clear();
  for (const std::byte b : body) text.push_back(static_cast<char>(b));
  if (holds_control_byte(body)) {
    complaints.push_back("request text holds a control byte: its length is wrong");
    return Step::lost;
  }
  const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(kBlockHeader + length);
  buffer_.erase(buffer_.begin(), end);
  header_is_judged_ = false;
  return Step::taken;
}

CgiRequestReader::Step CgiRequestReader::judge_unfinished(Complaints& complaints) const {
  const BytesView all{buffer_};
  const BytesView text = all.subspan(kBlockHeader);
  const std::size_t swapped = u16_be_at(all, 4);
  if (text.size() == swapped ||
      (text.size() > swapped && u16_be_at(text, swapped) == kBlockMagic)) {
    complaints.push_back("request length is big-endian");
    return Step::lost;
  }
  if (holds_control_byte(text) || all.size() > kBufferLimit) {
    complaints.push_back("request length runs past the block");
    return Step::lost;
  }
  return Step::wait;
}

std::string request_complaint(std::string_view text) {
  if (text.substr(0, kVerb.size()) != kVerb) return "request does not begin with GET /";
  const auto question = text.find('?');
  auto query = question == std::string_view::npos ? std::string_view{} : text.substr(question + 1);
  const auto path = text.substr(
      kVerb.size(), question == std::string_view::npos ? question : question - kVerb.size());
  const auto dot = path.find(".cgi");
  if (dot == std::string_view::npos || dot + 4 != path.size() || !is_name(path.substr(0, dot))) {
    return "request path is not /name.cgi";
  }
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || !is_name(pair.substr(0, equals))) {
      return "request parameter is not name=value";
    }
    if (!is_encoded(pair.substr(equals + 1))) {
      return "value of " + std::string{pair.substr(0, equals)} + " is not percent-encoded";
    }
  }
  return {};
}

std::string cgi_name(std::string_view text) {
  if (text.substr(0, kVerb.size()) != kVerb) return {};
  text.remove_prefix(kVerb.size());
  return std::string{text.substr(0, text.find('?'))};
}

std::optional<std::string> cgi_value(std::string_view text, std::string_view name) {
  const auto found = text.find(std::string{name} + "=");
  if (found == std::string_view::npos) return std::nullopt;
  auto rest = text.substr(found + name.size() + 1);
  rest = rest.substr(0, rest.find('&'));
  std::string value;
  while (!rest.empty()) {
    if (is_escape(rest)) {
      value.push_back(static_cast<char>(hex_digit(rest[1]) * 16 + hex_digit(rest[2])));
      rest.remove_prefix(3);
    } else {
      value.push_back(rest[0]);
      rest.remove_prefix(1);
    }
  }
  return value;
}

}  // namespace cam32100::independent
