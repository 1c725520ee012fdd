#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/core/config.hpp"

namespace cam32100::bridge {

// Where a value was given: a file and a JSON pointer, a variable, or an option (no pointer).
struct Place {
  std::string source;
  std::string pointer;

  [[nodiscard]] Place child(std::string_view key) const;  // escaped as RFC 6901 asks
  [[nodiscard]] Place child(std::size_t index) const;
  [[nodiscard]] std::string text() const;  // "config.json: /mqtt/url", UIDs shortened, one line
};

// Collects one sentence per fault, in the order found. Past kMax only their number is kept.
class Faults {
 public:
  static constexpr std::size_t kMax = 100;

  void add(const Place& place, std::string_view sentence);
  void add(const ConfigErrors& errors);
  [[nodiscard]] bool empty() const noexcept { return sentences_.empty(); }
  // Further faults are only counted: finding the nearest name for each would be work for nothing.
  [[nodiscard]] bool is_full() const noexcept { return sentences_.size() >= kMax; }
  [[nodiscard]] ConfigErrors take() &&;

 private:
  std::vector<std::string> sentences_;
  std::size_t dropped_ = 0;
};

// Text from outside as it may stand in a message: quoted, one line, short, UIDs shortened.
[[nodiscard]] std::string in_quotes(std::string_view text);
// What was seen: `the number 7`, `the text "abc"`, `a list`. Of a secret only the type.
[[nodiscard]] std::string seen(const nlohmann::json& value, bool secret);
// `"a", "b" or "c"`.
[[nodiscard]] std::string one_of(std::span<const std::string_view> words);
// `unknown key; did you mean "url"?`, or the list of what is known when nothing is near.
[[nodiscard]] std::string unknown(std::string_view what, std::string_view name,
                                  const std::vector<std::string>& known);

}  // namespace cam32100::bridge
