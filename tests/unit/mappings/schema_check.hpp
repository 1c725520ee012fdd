#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <utility>

namespace cam32100::mappings::testing {

// Knows exactly the keywords that mappings/schema.json uses, and throws for any other, so that none
// is silently ignored.
class SchemaCheck {
 public:
  // Parentheses: braces would make a list of one.
  explicit SchemaCheck(nlohmann::json schema) : root_(std::move(schema)) {}

  // The first violation as "pointer: why"; empty when the value conforms.
  [[nodiscard]] std::string violation(const nlohmann::json& value) { return run(root_, value, ""); }

 private:
  std::string run(const nlohmann::json& schema, const nlohmann::json& value, const std::string& at);
  std::string check_itself(const nlohmann::json& schema, const nlohmann::json& value,
                           const std::string& at);
  std::string check_members(const nlohmann::json& schema, const nlohmann::json& value,
                            const std::string& at);
  std::string check_elements(const nlohmann::json& schema, const nlohmann::json& value,
                             const std::string& at);
  bool matches(const std::string& pattern, const std::string& text);

  nlohmann::json root_;
  std::map<std::string, std::regex> patterns_;  // compiled once: that is the slow part
};

}  // namespace cam32100::mappings::testing
