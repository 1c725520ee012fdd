#include <algorithm>
#include <optional>

#include "protocol/wire/uid.hpp"
#include "protocol/wire/uid_parts.hpp"

namespace cam32100::protocol {
namespace {

bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
bool is_word(char c) noexcept { return is_lower(c) || is_upper(c) || is_digit(c); }

std::size_t word_end(std::string_view text, std::size_t from) noexcept {
  while (from < text.size() && is_word(text[from])) ++from;
  return from;
}

// Where "word-word-word" beginning at `from` ends; npos when there is no such thing.
std::size_t dashed_end(std::string_view text, std::size_t from) noexcept {
  auto end = word_end(text, from);
  for (int dash = 0; dash < 2; ++dash) {
    if (end >= text.size() || text[end] != '-') return std::string_view::npos;
    const auto next = word_end(text, end + 1);
    if (next == end + 1) return std::string_view::npos;
    end = next;
  }
  return end;
}

// The id spelt with dashes at `from`, and where it ends.
struct Found {
  Uid uid;
  std::size_t end;
};
std::optional<Found> dashed_at(std::string_view text, std::size_t from) {
  const auto end = dashed_end(text, from);
  if (end == std::string_view::npos) return std::nullopt;
  const auto uid = Uid::parse(text.substr(from, end - from));
  if (!uid) return std::nullopt;
  return Found{*uid, end};
}

// Undashed ids and cloud aliases have the shape of ordinary words (cam1porch, h264main), so a word
// must also look the part: the shortest prefix and check code seen, and three digits or capitals
// throughout.
std::string redact_word(std::string_view word) {
  constexpr std::size_t kMinPrefix = 2;
  constexpr std::size_t kMinCheck = 4;
  constexpr std::size_t kMinDigits = 3;
  std::string upper{word};
  std::transform(upper.begin(), upper.end(), upper.begin(), to_upper);
  const auto parts = split_uid(upper);
  if (!parts || parts->prefix.size() < kMinPrefix || parts->check.size() < kMinCheck) return {};
  if (parts->serial.size() < kMinDigits && upper != word) return {};
  const auto uid = Uid::parse(upper);
  if (uid) return uid->redacted();
  return uid.error() == Errc::cloud_alias ? redact_parts(*parts) : std::string{};
}

}  // namespace

std::string redact_uids(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    if (!is_word(text[at])) {
      out.push_back(text[at++]);
      continue;
    }
    if (const auto found = dashed_at(text, at)) {
      const auto last = text.rfind('-', found->end - 1) + 1;
      out += found->uid.redacted();
      at = found->end;
      // In cam-1-VSTB-668515-UZCPK the third word of the first id begins the second.
      if (dashed_at(text, last)) {
        out.resize(out.rfind('-') + 1);
        at = last;
      }
      continue;
    }
    const auto end = word_end(text, at);
    const auto word = text.substr(at, end - at);
    const auto redacted = redact_word(word);
    out += redacted.empty() ? word : std::string_view{redacted};
    at = end;
  }
  return out;
}

}  // namespace cam32100::protocol
