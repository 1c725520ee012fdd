#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <ratio>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "bridge/core/config.hpp"

namespace cam32100::bridge {

enum class Kind { text, flag, integer, list };

// Gives the sentence that says what is wrong with a text (or with one element of a list), or
// nothing.
using Check = std::optional<std::string> (*)(std::string_view text);

// All that is known of one key: loading, messages, environment names, the schema and the public
// form are made from it.
struct Setting {
  static constexpr std::size_t kMaxText = 1024;
  static constexpr std::size_t kMaxElements = 64;

  std::string_view path;  // "mqtt.url"; "cameras[].uid" for the keys of a list's objects
  std::string_view doc;   // one sentence
  std::int64_t min = 0;   // integers only
  std::int64_t max = 0;   // integers: largest value; text: bytes, 0 = kMaxText
  std::span<const std::string_view> choices{};
  Check check = nullptr;
  bool secret = false;              // never in a message, "***" in public
  bool required = false;            // in objects of a list
  std::size_t most = kMaxElements;  // lists: elements
  bool input_only = false;  // says where another key's value comes from; not in the public form
  Kind kind = Kind::text;   // from the member's type
  std::string_view unit{};  // from the member's type

  // The path inside its object: "mqtt.url", "uid".
  [[nodiscard]] constexpr std::string_view key() const noexcept {
    const auto bracket = path.find("[].");
    return bracket == std::string_view::npos ? path : path.substr(bracket + 3);
  }
};

// What is allowed, for messages: "a whole number in 5..65535 (s)".
[[nodiscard]] std::string allowed(const Setting& setting);
// Nothing when `value` may be stored, else the sentence.
[[nodiscard]] std::optional<std::string> refuse(const Setting& setting,
                                                const nlohmann::json& value);

namespace config_detail {

template <class T>
struct DurationUnit {
  static constexpr bool value = false;
};
template <class Rep, class Period>
struct DurationUnit<std::chrono::duration<Rep, Period>> {
  static constexpr bool value = true;
  static constexpr std::string_view unit = std::is_same_v<Period, std::milli> ? "ms" : "s";
};

template <class T>
constexpr void describe_type(Setting& setting) {
  if constexpr (std::is_same_v<T, bool>) {
    setting.kind = Kind::flag;
  } else if constexpr (DurationUnit<T>::value) {
    setting.kind = Kind::integer;
    setting.unit = DurationUnit<T>::unit;
  } else if constexpr (std::is_integral_v<T>) {
    setting.kind = Kind::integer;
    setting.unit = "bytes";
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    setting.kind = Kind::list;
  }
}

// Stores a value that refuse() has let pass.
void assign(std::string& target, const nlohmann::json& value, const Setting& setting);
void assign(Secret& target, const nlohmann::json& value, const Setting& setting);
void assign(bool& target, const nlohmann::json& value, const Setting& setting);
void assign(std::size_t& target, const nlohmann::json& value, const Setting& setting);
void assign(std::vector<std::string>& target, const nlohmann::json& value, const Setting& setting);
void assign(protocol::Uid& target, const nlohmann::json& value, const Setting& setting);
void assign(std::optional<protocol::Address>& target, const nlohmann::json& value,
            const Setting& setting);
template <class Rep, class Period>
void assign(std::chrono::duration<Rep, Period>& target, const nlohmann::json& value,
            const Setting& /*setting*/) {
  target = std::chrono::duration<Rep, Period>{value.get<Rep>()};
}
// The choices stand in the order of the enumerators.
template <class E>
requires std::is_enum_v<E>
void assign(E& target, const nlohmann::json& value, const Setting& setting) {
  const auto found = std::find(setting.choices.begin(), setting.choices.end(),
                               std::string_view{value.get_ref<const std::string&>()});
  target = static_cast<E>(found - setting.choices.begin());
}

// The public form: of a secret "***", null for what is not set.
nlohmann::json present(const std::string& value, const Setting& setting);
nlohmann::json present(const Secret& value, const Setting& setting);
nlohmann::json present(const std::vector<std::string>& value, const Setting& setting);
nlohmann::json present(const protocol::Uid& value, const Setting& setting);
nlohmann::json present(const std::optional<protocol::Address>& value, const Setting& setting);
template <class T>
nlohmann::json present(const T& value, const Setting& setting) {
  if constexpr (DurationUnit<T>::value) {
    return value.count();
  } else if constexpr (std::is_enum_v<T>) {
    return std::string(setting.choices[static_cast<std::size_t>(value)]);
  } else {
    return value;
  }
}

template <class Root, class Member>
void store(Root& root, const nlohmann::json& value, const Setting& setting) {
  assign(Member{}(root), value, setting);
}
template <class Root, class Member>
nlohmann::json show(const Root& root, const Setting& setting) {
  return present(Member{}(root), setting);
}

}  // namespace config_detail

// A setting bound to the member that holds it.
template <class Root>
struct Field {
  Setting setting;
  void (*store)(Root&, const nlohmann::json&, const Setting&);
  nlohmann::json (*show)(const Root&, const Setting&);
};

// `member` is a lambda without captures that gives a reference into a Root.
template <class Root, class Member>
[[nodiscard]] constexpr Field<Root> field(Setting setting, Member /*member*/) {
  using Held = std::remove_cvref_t<std::invoke_result_t<Member, Root&>>;
  config_detail::describe_type<Held>(setting);
  return {setting, &config_detail::store<Root, Member>, &config_detail::show<Root, Member>};
}

}  // namespace cam32100::bridge
