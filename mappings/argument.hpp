#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/error.hpp"

namespace cam32100::mappings {

enum class ArgumentType { text, host, integer, boolean, choice, texts, object, list };

// What a mapping file says about one argument of a command, or about the value of one setting.
struct ArgumentSpec {
  ArgumentType type = ArgumentType::text;
  std::vector<std::string> choices;                             // choice
  std::int64_t min = std::numeric_limits<std::int64_t>::min();  // integer
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::int64_t step = 1;
  std::size_t max_length = 256;       // text, host: bytes; texts, list: elements
  nlohmann::json fallback = nullptr;  // the default, already typed
  bool required = false;
  std::string unit;
  std::string setting;                                        // the argument writes this setting
  std::map<std::string, std::string, std::less<>> not_built;  // choice -> what is missing
  std::vector<std::string> needs_url;                         // choices that http.public_url adds
  std::string about;
};

// The value in its type: the words and number texts of plain payloads become booleans and numbers;
// a choice in any case becomes the listed spelling. Errors: bad_argument naming the argument, what
// was seen (never for a secret name) and what is allowed.
[[nodiscard]] CommandResult<nlohmann::json> check_argument(std::string_view name,
                                                           const ArgumentSpec& spec,
                                                           const nlohmann::json& value);

// {"type":"integer","min":0,"max":10000,"default":400,"unit":"ms"}: for bridge/info. has_url:
// http.public_url is set.
[[nodiscard]] nlohmann::json describe(const ArgumentSpec& spec, bool has_url);

[[nodiscard]] std::string_view to_text(ArgumentType type) noexcept;  // as mapping files spell it
[[nodiscard]] std::string kind_of(
    const nlohmann::json& value);  // "text", "number", "boolean", "null", "list", "object"
[[nodiscard]] std::string joined(const std::vector<std::string>& names);  // "a, b, c"

}  // namespace cam32100::mappings
