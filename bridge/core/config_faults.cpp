#include "bridge/core/config_faults.hpp"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "mappings/text.hpp"
#include "mappings/topics.hpp"

namespace cam32100::bridge {

namespace {

constexpr std::size_t kMaxShown = 80;

std::string shown(std::string_view text) {
  if (!mappings::is_valid_utf8(text)) return "(not UTF-8)";
  std::string out = protocol::redact_uids(text);
  if (out.size() > kMaxShown) {
    std::size_t end = kMaxShown;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;
    out.resize(end);
    out += "...";
  }
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return out;
}

// Levenshtein; names longer than any of ours are not near to any of them.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, diagonal + 1, substituted});
    }
  }
  return row[b.size()];
}

std::string nearest(std::string_view name, const std::vector<std::string>& known) {
  constexpr std::size_t kLongestName = 64;
  if (name.size() > kLongestName) return {};
  const std::size_t limit = std::max<std::size_t>(1, name.size() / 3);
  std::string best;
  std::size_t best_distance = limit + 1;
  for (const std::string& candidate : known) {
    const bool is_scrambled = name.size() == candidate.size() &&
                              std::is_permutation(name.begin(), name.end(), candidate.begin());
    const std::size_t d = is_scrambled ? 1 : distance(name, candidate);
    if (d < best_distance && d < candidate.size()) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

}  // namespace

Place Place::child(std::string_view key) const {
  return {source, pointer + mappings::pointer_step(key)};
}

Place Place::child(std::size_t index) const {
  return {source, pointer + "/" + std::to_string(index)};
}

std::string Place::text() const {
  return pointer.empty() ? shown(source) : shown(source) + ": " + shown(pointer);
}

void Faults::add(const Place& place, std::string_view sentence) {
  if (is_full()) {
    ++dropped_;
    return;
  }
  sentences_.push_back(place.text() + ": " + std::string(sentence));
}

void Faults::add(const ConfigErrors& errors) {
  for (const std::string& sentence : errors.sentences) {
    if (is_full()) {
      ++dropped_;
    } else {
      sentences_.push_back(sentence);
    }
  }
}

ConfigErrors Faults::take() && {
  if (dropped_ > 0) sentences_.push_back("and " + std::to_string(dropped_) + " more faults");
  return {std::move(sentences_)};
}

std::string in_quotes(std::string_view text) { return '"' + shown(text) + '"'; }

std::string seen(const nlohmann::json& value, bool secret) {
  if (value.is_null()) return "null";
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  if (value.is_string()) {
    return secret ? "a text" : "the text " + in_quotes(value.get_ref<const std::string&>());
  }
  if (value.is_boolean()) return secret ? "a boolean" : value.get<bool>() ? "true" : "false";
  return secret ? "a number" : "the number " + value.dump();
}

std::string one_of(std::span<const std::string_view> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += '"' + std::string(words[i]) + '"';
  }
  return out;
}

std::string unknown(std::string_view what, std::string_view name,
                    const std::vector<std::string>& known) {
  const std::string start = "unknown " + std::string(what);
  if (const std::string near = nearest(name, known); !near.empty()) {
    return start + "; did you mean \"" + near + "\"?";
  }
  const std::vector<std::string_view> words(known.begin(), known.end());
  return words.empty() ? start : start + "; known here: " + one_of(words);
}

}  // namespace cam32100::bridge
