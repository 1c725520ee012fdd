#include "protocol/peer/camera_settings.hpp"

#include <algorithm>

namespace cam32100::protocol {
namespace {

constexpr std::size_t kMaxNumber = 10;
constexpr std::size_t kMaxText = 256;

bool is_number(std::string_view value) noexcept {
  if (value.starts_with('-')) value.remove_prefix(1);
  return !value.empty() && value.size() <= kMaxNumber &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void append_quoted(std::string& text, std::string_view value) {
  text += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  text += '"';
}

}  // namespace

std::string quoted(std::string_view value) {
  std::string text;
  append_quoted(text, value);
  return text;
}

CameraSettings::CameraSettings(const std::vector<CameraPage>& pages, std::string marker)
    : marker_{std::move(marker)} {
  for (const auto& page : pages) {
    auto& shown_here = pages_[std::string{page.cgi}];
    for (const auto& field : page.fields) {
      const auto [place, is_new] = places_.try_emplace(field.key, fields_.size());
      if (is_new) fields_.push_back(field);
      shown_here.push_back(place->second);
    }
  }
}

const CameraField* CameraSettings::find(std::string_view key) const {
  const auto place = places_.find(key);
  return place == places_.end() ? nullptr : &fields_[place->second];
}

std::string CameraSettings::shown(const CameraField& field) const {
  if (field.kind != CameraField::Kind::secret || field.value.empty()) return field.value;
  if (field.value.find(marker_) != std::string::npos) return field.value;
  return field.value + marker_;
}

std::optional<std::string> CameraSettings::page_text(std::string_view cgi,
                                                     const Values& live) const {
  const auto page = pages_.find(cgi);
  if (page == pages_.end()) return std::nullopt;
  std::string text;
  text.reserve(page->second.size() * 32);  // bytes: a line is shorter as a rule
  for (const auto place : page->second) {
    const CameraField& field = fields_[place];
    const auto current = live.find(field.key);
    const std::string value = current == live.end() ? shown(field) : current->second;
    text.append("var ").append(field.key) += '=';
    if (field.kind == CameraField::Kind::number) {
      text += value;
    } else {
      append_quoted(text, value);
    }
    text += ";\r\n";
  }
  return text;
}

CameraSettings::Values CameraSettings::page_values(std::string_view cgi) const {
  Values values;
  const auto page = pages_.find(cgi);
  if (page == pages_.end()) return values;
  for (const auto place : page->second) values[fields_[place].key] = shown(fields_[place]);
  return values;
}

std::string CameraSettings::value(std::string_view key) const {
  const CameraField* field = find(key);
  return field == nullptr ? std::string{} : field->value;
}

bool CameraSettings::is_on_page(std::string_view cgi, std::string_view key) const {
  const auto page = pages_.find(cgi);
  const auto place = places_.find(key);
  if (page == pages_.end() || place == places_.end()) return false;
  return std::find(page->second.begin(), page->second.end(), place->second) != page->second.end();
}

bool CameraSettings::accepts(std::string_view key, std::string_view value) const {
  const CameraField* field = find(key);
  if (field == nullptr) return false;
  return field->kind == CameraField::Kind::number ? is_number(value) : value.size() <= kMaxText;
}

void CameraSettings::set(std::string_view key, std::string_view value) {
  if (!accepts(key, value)) return;
  fields_[places_.find(key)->second].value = std::string{value};
  ++changes_;
}

}  // namespace cam32100::protocol
