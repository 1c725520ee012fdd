#include <algorithm>
#include <charconv>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "protocol/dialect/cgi.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::size_t kUsualAssignments = 64;  // get_status: about 50; more only costs a copy

bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\0'; }

constexpr bool is_name_char(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

std::size_t name_length(std::string_view text) noexcept {
  std::size_t length = 0;
  while (length < text.size() && is_name_char(text[length])) ++length;
  return length;
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
};

// Cuts "name" or "name[3]" off the front; empty when there is none.
std::string take_name(std::string_view& rest) {
  std::string name{rest.substr(0, name_length(rest))};
  rest.remove_prefix(name.size());
  if (name.empty() || !rest.starts_with('[')) return name;
  const std::size_t close = rest.find(']');
  if (close == std::string_view::npos) return {};
  const std::string_view index = trim(rest.substr(1, close - 1));
  rest.remove_prefix(close + 1);
  if (index.empty() || name_length(index) != index.size()) return {};
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

enum class Statement { assignment, array_declaration, other };

// One statement off the front of a line.
Statement take_statement(std::string_view& rest, Assignment& out) {
  if (rest.starts_with("var") && rest.size() > 3 && is_blank(rest[3])) {
    rest = skip_blanks(rest.substr(3));
  }
  out.name = take_name(rest);
  if (out.name.empty()) return Statement::other;
  rest = skip_blanks(rest);
  out.appends = rest.starts_with("+=");
  if (out.appends) rest.remove_prefix(1);
  if (!rest.starts_with('=')) return Statement::other;
  rest.remove_prefix(1);
  bool quoted = false;
  out.value = take_value(rest, quoted);
  const bool declares = !quoted && out.value.starts_with("new Array");
  return declares ? Statement::array_declaration : Statement::assignment;
}

// Numbers are sorted sooner than names: whether any name may stand there twice.
bool may_repeat(const std::vector<Assignment>& assignments) {
  std::vector<std::size_t> prints;
  prints.reserve(assignments.size());
  for (const Assignment& each : assignments) prints.push_back(std::hash<std::string>{}(each.name));
  std::sort(prints.begin(), prints.end());
  return std::adjacent_find(prints.begin(), prints.end()) != prints.end();
}

// Every name once, where it stood first, with what its assignments made of it. Sorted once at the
// end instead of looked up at each: the usual reply names nothing twice.
void fold_repeated(std::vector<Assignment>& assignments) {
  if (!may_repeat(assignments)) return;
  std::vector<std::size_t> order(assignments.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int compared = assignments[a].name.compare(assignments[b].name);
    return compared != 0 ? compared < 0 : a < b;
  });
  bool any = false;
  std::size_t first = 0;  // of the name at hand, as an index of `order`
  for (std::size_t i = 1; i < order.size(); ++i) {
    Assignment& earlier = assignments[order[first]];
    Assignment& later = assignments[order[i]];
    if (earlier.name != later.name) {
      first = i;
      continue;
    }
    if (!later.appends) earlier.value.clear();
    earlier.value += later.value;
    later.name.clear();  // marks it as gone: what is sorted already is not compared by it again
    any = true;
  }
  if (any) std::erase_if(assignments, [](const Assignment& a) { return a.name.empty(); });
}

void parse_line(std::string_view line, std::vector<Assignment>& assignments, CgiValues& out) {
  while (true) {
    while (!line.empty() && (is_blank(line.front()) || line.front() == ';')) line.remove_prefix(1);
    if (line.empty()) return;
    Assignment& next = assignments.emplace_back();
    const Statement statement = take_statement(line, next);
    if (statement != Statement::assignment) assignments.pop_back();
    if (statement == Statement::other) {
      ++out.skipped_lines;
      return;
    }
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
  std::string_view rest = as_text(body);
  std::vector<Assignment> assignments;
  assignments.reserve(kUsualAssignments);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    parse_line(rest.substr(0, end), assignments, out);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  fold_repeated(assignments);
  out.values.reserve(assignments.size());
  for (auto& [name, value, appends] : assignments) {
    out.values.emplace_back(std::move(name), std::move(value));
  }
  return out;
}

}  // namespace cam32100::protocol
