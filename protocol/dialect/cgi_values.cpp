#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "protocol/dialect/cgi.hpp"

namespace cam32100::protocol {
namespace {

bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\0'; }

bool is_name_char(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view skip_blanks(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

std::string_view trim(std::string_view text) noexcept {
  text = skip_blanks(text);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string unescape(std::string_view raw) {
  if (raw.find('\\') == std::string_view::npos) return std::string{raw};
  std::string value;
  value.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\' || i + 1 == raw.size()) {
      value += raw[i];
      continue;
    }
    switch (raw[++i]) {
      case 'n':
        value += '\n';
        break;
      case 'r':
        value += '\r';
        break;
      case 't':
        value += '\t';
        break;
      case '"':
        value += '"';
        break;
      case '\'':
        value += '\'';
        break;
      case '\\':
        value += '\\';
        break;
      default:
        (value += '\\') += raw[i];  // not an escape we know: as it came
    }
  }
  return value;
}

struct Assignment {
  std::string name;
  std::string value;
  bool appends = false;
  bool declares_array = false;
};

// Cuts "name" or "name[3]" off the front; empty when there is none.
std::string take_name(std::string_view& rest) {
  const auto* end = std::find_if_not(rest.begin(), rest.end(), is_name_char);
  std::string name{rest.begin(), end};
  rest.remove_prefix(name.size());
  if (name.empty() || !rest.starts_with('[')) return name;
  const std::size_t close = rest.find(']');
  if (close == std::string_view::npos) return {};
  const std::string_view index = trim(rest.substr(1, close - 1));
  rest.remove_prefix(close + 1);
  if (index.empty() || !std::all_of(index.begin(), index.end(), is_name_char)) return {};
  return name.append("[").append(index).append("]");
}

// A closing quote is one that ends its statement: names of networks hold quotes that no firmware
// escapes.
std::size_t closing_quote(std::string_view rest, char quote) noexcept {
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '\\') {
      ++i;
      continue;
    }
    if (rest[i] != quote) continue;
    const std::string_view after = skip_blanks(rest.substr(i + 1));
    if (after.empty() || after.front() == ';') return i;
  }
  return std::string_view::npos;
}

std::string take_value(std::string_view& rest, bool& quoted) {
  rest = skip_blanks(rest);
  quoted = rest.starts_with('"') || rest.starts_with('\'');
  if (quoted) {
    const std::size_t close = closing_quote(rest, rest.front());
    if (close != std::string_view::npos) {
      std::string value = unescape(rest.substr(1, close - 1));
      rest = skip_blanks(rest.substr(close + 1));
      return value;
    }
    // Never closed on its line: what is there counts, without the statement's end.
    std::string_view open = trim(rest.substr(1));
    while (open.ends_with(';')) open.remove_suffix(1);
    rest = {};
    return unescape(open);
  }
  const std::size_t end = std::min(rest.find(';'), rest.size());
  std::string value{trim(rest.substr(0, end))};
  rest.remove_prefix(end);
  return value;
}

// One statement off the front of a line; nullopt when it is not an assignment.
std::optional<Assignment> take_assignment(std::string_view& rest) {
  if (rest.starts_with("var") && rest.size() > 3 && is_blank(rest[3])) {
    rest = skip_blanks(rest.substr(3));
  }
  Assignment assignment;
  assignment.name = take_name(rest);
  if (assignment.name.empty()) return std::nullopt;
  rest = skip_blanks(rest);
  if (rest.starts_with("+=")) {
    assignment.appends = true;
    rest.remove_prefix(1);
  }
  if (!rest.starts_with('=')) return std::nullopt;
  rest.remove_prefix(1);
  bool quoted = false;
  assignment.value = take_value(rest, quoted);
  assignment.declares_array = !quoted && assignment.value.starts_with("new Array");
  return assignment;
}

class Collector {
 public:
  explicit Collector(CgiValues& out) : out_{out} {}

  void add(Assignment assignment) {
    if (assignment.declares_array) return;
    const auto [place, fresh] = places_.try_emplace(assignment.name, out_.values.size());
    if (fresh) {
      out_.values.emplace_back(std::move(assignment.name), std::move(assignment.value));
    } else if (assignment.appends) {
      out_.values[place->second].second += assignment.value;
    } else {
      out_.values[place->second].second = std::move(assignment.value);
    }
  }

 private:
  CgiValues& out_;
  std::unordered_map<std::string, std::size_t> places_;  // looked up only, never walked
};

void parse_line(std::string_view line, Collector& collector, CgiValues& out) {
  while (true) {
    while (!line.empty() && (is_blank(line.front()) || line.front() == ';')) line.remove_prefix(1);
    if (line.empty()) return;
    auto assignment = take_assignment(line);
    if (!assignment) {
      ++out.skipped_lines;
      return;
    }
    collector.add(std::move(*assignment));
  }
}

}  // namespace

const std::string* CgiValues::find(std::string_view name) const noexcept {
  const auto found = std::find_if(values.begin(), values.end(),
                                  [name](const auto& pair) { return pair.first == name; });
  return found == values.end() ? nullptr : &found->second;
}

std::optional<int> CgiValues::result() const noexcept {
  const std::string* text = find("result");
  if (text == nullptr) return std::nullopt;
  int value = 0;
  const char* const last = text->data() + text->size();
  const auto [end, error] = std::from_chars(text->data(), last, value);
  if (error != std::errc{} || end != last) return std::nullopt;
  return value;
}

CgiValues parse_cgi_text(BytesView body) {
  CgiValues out;
  Collector collector{out};
  const std::string text = to_string(body);
  out.values.reserve(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
  std::string_view rest{text};
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    parse_line(rest.substr(0, end), collector, out);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

}  // namespace cam32100::protocol
