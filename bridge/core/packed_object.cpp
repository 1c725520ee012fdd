#include "bridge/core/packed_object.hpp"

#include <algorithm>
#include <functional>

#include "bridge/core/json_text.hpp"
#include "mappings/json_text.hpp"

namespace cam32100::bridge {

using nlohmann::json;

PackedObject::Merged PackedObject::merge(const json& update) {
  if (!update.is_object() || update.empty()) return Merged::nothing;
  const auto print = std::hash<std::string>{}(to_json_text(update));
  if (print == last_update_) return Merged::nothing;
  json whole = value();
  auto merged = Merged::nothing;
  for (const auto& [key, told] : update.items()) {
    const auto place = whole.find(key);
    if (place != whole.end() && *place == told) continue;
    merged = std::max(merged, place == whole.end() ? Merged::grown : Merged::changed);
    whole[key] = told;
  }
  if (merged != Merged::nothing) assign(whole);
  last_update_ = print;
  return merged;
}

void PackedObject::assign(const json& object) {
  text_ = object.is_object() ? to_json_text(object) : "{}";
  text_.shrink_to_fit();
  last_update_.reset();
}

json PackedObject::value() const {
  auto parsed = mappings::parse_json_text(text_);
  return parsed ? std::move(*parsed) : json::object();  // it is our own text: it always is one
}

}  // namespace cam32100::bridge
