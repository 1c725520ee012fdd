#include "bridge/core/config_setting.hpp"

#include "bridge/core/config_faults.hpp"
#include "mappings/topics.hpp"

namespace cam32100::bridge {

namespace {

using nlohmann::json;

// Control characters do no good in any value, and break lines in logs and MQTT packets.
std::optional<std::string> refuse_text(const Setting& setting, std::string_view text) {
  const std::size_t longest =
      setting.max > 0 ? static_cast<std::size_t>(setting.max) : Setting::kMaxText;
  if (text.size() > longest) {
    return "has " + std::to_string(text.size()) + " bytes, at most " + std::to_string(longest) +
           " are allowed";
  }
  if (!mappings::is_valid_utf8(text)) return "is not valid UTF-8";
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (control) return "holds a control character, which is not allowed";
  if (!setting.choices.empty() &&
      std::find(setting.choices.begin(), setting.choices.end(), text) == setting.choices.end()) {
    return in_quotes(text) + " is not one of " + one_of(setting.choices);
  }
  return setting.check != nullptr ? setting.check(text) : std::nullopt;
}

std::optional<std::string> refuse_integer(const Setting& setting, const json& value) {
  const bool fits = value.is_number_unsigned()
                        ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(setting.max)
                        : value.get<std::int64_t>() <= setting.max;
  if (fits && value.get<std::int64_t>() >= setting.min) return std::nullopt;
  return value.dump() + " is not in " + std::to_string(setting.min) + ".." +
         std::to_string(setting.max) + " (" + std::string(setting.unit) + ")";
}

std::optional<std::string> refuse_list(const Setting& setting, const json& list) {
  if (list.size() > setting.most) {
    return "has " + std::to_string(list.size()) + " elements, at most " +
           std::to_string(setting.most) + " are allowed";
  }
  if (setting.required && list.empty()) return "is empty, at least one element is wanted";
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string where = "element " + std::to_string(i) + " ";
    if (!list[i].is_string()) return where + "is " + seen(list[i], false) + ", wanted is a text";
    if (auto fault = refuse_text(setting, list[i].get_ref<const std::string&>())) {
      return where + *fault;
    }
  }
  return std::nullopt;
}

bool has_type(const Setting& setting, const json& value) {
  switch (setting.kind) {
    case Kind::text:
      return value.is_string();
    case Kind::flag:
      return value.is_boolean();
    case Kind::integer:
      return value.is_number_integer();
    case Kind::list:
      return value.is_array();
  }
  return false;
}

}  // namespace

std::string allowed(const Setting& setting) {
  switch (setting.kind) {
    case Kind::text:
      return setting.choices.empty() ? "a text" : one_of(setting.choices);
    case Kind::flag:
      return "true or false";
    case Kind::integer:
      return "a whole number in " + std::to_string(setting.min) + ".." +
             std::to_string(setting.max) + " (" + std::string(setting.unit) + ")";
    case Kind::list:
      return setting.choices.empty() ? "a list of texts" : "a list of " + one_of(setting.choices);
  }
  return {};
}

std::optional<std::string> refuse(const Setting& setting, const json& value) {
  if (!has_type(setting, value)) {
    return "is " + seen(value, setting.secret) + ", wanted is " + allowed(setting);
  }
  switch (setting.kind) {
    case Kind::text:
      return refuse_text(setting, value.get_ref<const std::string&>());
    case Kind::integer:
      return refuse_integer(setting, value);
    case Kind::list:
      return refuse_list(setting, value);
    case Kind::flag:
      break;
  }
  return std::nullopt;
}

namespace config_detail {

void assign(std::string& target, const json& value, const Setting&) {
  target = value.get_ref<const std::string&>();
}
void assign(Secret& target, const json& value, const Setting&) {
  target = Secret{value.get_ref<const std::string&>()};
}
void assign(bool& target, const json& value, const Setting&) { target = value.get<bool>(); }
void assign(std::size_t& target, const json& value, const Setting&) {
  target = value.get<std::size_t>();
}
void assign(std::vector<std::string>& target, const json& value, const Setting&) {
  target = value.get<std::vector<std::string>>();
}
void assign(protocol::Uid& target, const json& value, const Setting&) {
  if (const auto uid = protocol::Uid::parse(value.get_ref<const std::string&>())) target = *uid;
}
void assign(std::optional<protocol::Address>& target, const json& value, const Setting&) {
  const auto& text = value.get_ref<const std::string&>();
  target.reset();
  if (const auto address = protocol::Address::parse(text, protocol::kLanPort)) target = *address;
}

json present(const std::string& value, const Setting& setting) {
  // "auto" and "plain" are words of ours for a PSK, not keys.
  const bool hidden = setting.secret && !value.empty() && value != "auto" && value != "plain";
  return hidden ? json("***") : json(value);
}
json present(const Secret& value, const Setting&) { return value.empty() ? json() : json("***"); }
json present(const std::vector<std::string>& value, const Setting&) { return value; }
json present(const protocol::Uid& value, const Setting&) {
  return value.is_zero() ? json() : json(value.text());
}
json present(const std::optional<protocol::Address>& value, const Setting&) {
  return value ? json(value->text()) : json();
}

}  // namespace config_detail

}  // namespace cam32100::bridge
