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

}  // namespace

std::string quoted(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return text + '"';
}

CameraSettings::CameraSettings(const std::vector<CameraPage>& pages, std::string marker)
    : marker_{std::move(marker)} {
  for (const auto& page : pages) {
    auto& keys = pages_[std::string{page.cgi}];
    for (const auto& field : page.fields) {
      keys.push_back(field.key);
      fields_.try_emplace(field.key, field);
    }
  }
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
  for (const auto& key : page->second) {
    const CameraField& field = fields_.at(key);
    const auto current = live.find(key);
    const std::string value = current == live.end() ? shown(field) : current->second;
    text += "var " + key + '=';
    text += field.kind == CameraField::Kind::number ? value : quoted(value);
    text += ";\r\n";
  }
  return text;
}

CameraSettings::Values CameraSettings::page_values(std::string_view cgi) const {
  Values values;
  const auto page = pages_.find(cgi);
  if (page == pages_.end()) return values;
  for (const auto& key : page->second) values[key] = shown(fields_.at(key));
  return values;
}

std::string CameraSettings::value(std::string_view key) const {
  const auto field = fields_.find(key);
  return field == fields_.end() ? std::string{} : field->second.value;
}

bool CameraSettings::is_on_page(std::string_view cgi, std::string_view key) const {
  const auto page = pages_.find(cgi);
  return page != pages_.end() &&
         std::find(page->second.begin(), page->second.end(), key) != page->second.end();
}

bool CameraSettings::accepts(std::string_view key, std::string_view value) const {
  const auto field = fields_.find(key);
  if (field == fields_.end()) return false;
  return field->second.kind == CameraField::Kind::number ? is_number(value)
                                                         : value.size() <= kMaxText;
}

void CameraSettings::set(std::string_view key, std::string_view value) {
  if (!accepts(key, value)) return;
  fields_.find(key)->second.value = std::string{value};
  ++changes_;
}

}  // namespace cam32100::protocol
