#include "mappings/mapping_reader.hpp"

#include <algorithm>

#include "mappings/argument.hpp"
#include "mappings/text.hpp"

namespace cam32100::mappings {

using nlohmann::json;

void MappingFaults::add(const std::string& pointer, const std::string& what) {
  if (first_) return;
  const std::string place = pointer.empty() ? "/" : pointer;
  first_ = CommandError{ErrorCode::bad_argument, to_valid_utf8(file_ + ": " + place + ": " + what),
                        json{{"file", to_valid_utf8(file_)}, {"pointer", pointer}}};
}

const json& MappingNode::raw() const {
  static const json kNull = nullptr;
  return exists() ? *value_ : kNull;
}

bool MappingNode::is(bool right_kind, std::string_view wanted) const {
  if (!right_kind) fail("expected " + std::string{wanted} + ", saw " + kind_of(raw()));
  return right_kind;
}

std::string MappingNode::child(std::string_view key) const { return pointer_ + pointer_step(key); }

void MappingNode::only(std::initializer_list<std::string_view> keys) const {
  if (!is(raw().is_object(), "object")) return;
  for (const auto& [key, value] : value_->items()) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    const std::string nearest = nearest_name(key, keys);
    faults_->add(child(key), nearest.empty() ? "unknown key"
                                             : "unknown key, did you mean \"" + nearest + "\"?");
  }
}

MappingNode MappingNode::at(std::string_view key) const {
  const json* found = nullptr;
  if (raw().is_object()) {
    const auto place = value_->find(std::string{key});
    if (place != value_->end()) found = &*place;
  }
  return MappingNode{*faults_, found, child(key)};
}

MappingNode MappingNode::required(std::string_view key) const {
  MappingNode node = at(key);
  if (!node.exists()) node.fail("missing");
  return node;
}

std::string MappingNode::text(std::string_view fallback) const {
  if (!exists() || !is(value_->is_string(), "text")) return std::string{fallback};
  return value_->get<std::string>();
}

bool MappingNode::boolean(bool fallback) const {
  if (!exists() || !is(value_->is_boolean(), "boolean")) return fallback;
  return value_->get<bool>();
}

std::int64_t MappingNode::integer(std::int64_t min, std::int64_t max, std::int64_t fallback) const {
  if (!exists()) return fallback;
  if (value_->is_number() && !value_->is_number_integer()) {
    fail("expected a whole number, saw " + value_->dump());
    return fallback;
  }
  if (!is(value_->is_number_integer(), "number")) return fallback;
  const bool too_big = value_->is_number_unsigned() &&
                       value_->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  const std::int64_t number = too_big ? INT64_MAX : value_->get<std::int64_t>();
  if (too_big || number < min || number > max) {
    fail("expected a number in " + std::to_string(min) + ".." + std::to_string(max) + ", saw " +
         value_->dump());
    return fallback;
  }
  return number;
}

std::vector<std::string> MappingNode::texts() const {
  std::vector<std::string> out;
  for (const MappingNode& element : elements()) {
    std::string text = element.text();
    if (std::find(out.begin(), out.end(), text) != out.end()) element.fail("stands twice");
    out.push_back(std::move(text));
  }
  return out;
}

std::vector<std::pair<std::string, MappingNode>> MappingNode::members() const {
  std::vector<std::pair<std::string, MappingNode>> out;
  if (!exists() || !is(value_->is_object(), "object")) return out;
  for (const auto& [key, value] : value_->items()) {
    out.emplace_back(key, MappingNode{*faults_, value, child(key)});
  }
  return out;
}

std::vector<MappingNode> MappingNode::elements() const {
  std::vector<MappingNode> out;
  if (!exists() || !is(value_->is_array(), "list")) return out;
  std::size_t index = 0;
  for (const json& value : *value_) {
    out.emplace_back(*faults_, value, child(std::to_string(index++)));
  }
  return out;
}

}  // namespace cam32100::mappings
