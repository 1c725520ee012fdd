#include "bridge/core/json_text.hpp"

#include <algorithm>

namespace cam32100::bridge {
namespace {

bool is_plain(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

}  // namespace

std::string to_json_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string text_at(const nlohmann::json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

void ObjectText::key(std::string_view name) {
  if (text_.size() > 1) text_ += ',';
  text_ += '"';
  text_ += name;
  text_ += "\":";
}

ObjectText& ObjectText::add(std::string_view name, const nlohmann::json& value) {
  key(name);
  text_ += to_json_text(value);
  return *this;
}

ObjectText& ObjectText::add_text(std::string_view name, std::string_view value) {
  key(name);
  if (is_plain(value)) {
    text_ += '"';
    text_ += value;
    text_ += '"';
  } else {
    text_ += to_json_text(std::string{value});
  }
  return *this;
}

ObjectText& ObjectText::add_number(std::string_view name, std::int64_t value) {
  key(name);
  text_ += std::to_string(value);
  return *this;
}

ObjectText& ObjectText::add_bool(std::string_view name, bool value) {
  key(name);
  text_ += value ? "true" : "false";
  return *this;
}

ObjectText& ObjectText::add_raw(std::string_view name, std::string_view json) {
  key(name);
  text_ += json;
  return *this;
}

ObjectText& ObjectText::add_members(const nlohmann::json& object) {
  if (!object.is_object()) return *this;
  for (const auto& [name, value] : object.items()) add(name, value);
  return *this;
}

std::string ObjectText::take() && {
  text_ += '}';
  return std::move(text_);
}

}  // namespace cam32100::bridge
