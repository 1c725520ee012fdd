#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace cam32100::bridge {

// Compact JSON text. Never throws: bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string to_json_text(const nlohmann::json& value);

// The member's text; empty when there is none, or no text.
[[nodiscard]] std::string text_at(const nlohmann::json& object, const char* key);

// One JSON object written straight into its text, keys in the order they are added: people read
// these messages in a shell, and each is serialised once. Keys are our own words and are not
// escaped.
class ObjectText {
 public:
  ObjectText& add(std::string_view key, const nlohmann::json& value);
  ObjectText& add_text(std::string_view key, std::string_view value);
  ObjectText& add_number(std::string_view key, std::int64_t value);
  ObjectText& add_bool(std::string_view key, bool value);
  ObjectText& add_raw(std::string_view key, std::string_view json);  // already JSON text
  // Every member of an object, as by add(); anything else adds nothing.
  ObjectText& add_members(const nlohmann::json& object);
  [[nodiscard]] std::string take() &&;

 private:
  void key(std::string_view name);
  std::string text_{"{"};
};

}  // namespace cam32100::bridge
