#include "mappings/typed_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

#include "mappings/redact.hpp"
#include "mappings/reply.hpp"
#include "mappings/text.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

constexpr std::int64_t kLastSecondOf9999 = 253'402'300'799;
constexpr std::int64_t kMaxExact = 1'000'000'000'000;

// Without a secret that another assignment inside it holds, and valid UTF-8.
std::string clean_text(const DeviceMapping& mapping, std::string_view value) {
  return to_valid_utf8(redact_cgi_text(mapping, value));
}

json scaled(double value, const FieldSpec& field) {
  return value * static_cast<double>(field.times) / static_cast<double>(field.divide);
}

json integer_value(const FieldSpec& field, std::string_view text) {
  const auto number = to_integer(text);
  if (!number) return nullptr;
  if (field.times == 1 && field.divide == 1) return *number;
  if (*number > kMaxExact || *number < -kMaxExact) return nullptr;
  const std::int64_t product = *number * field.times;
  if (product % field.divide == 0) return product / field.divide;
  return scaled(static_cast<double>(*number), field);
}

json number_value(const FieldSpec& field, std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end || !std::isfinite(number)) {
    return nullptr;
  }
  return scaled(number, field);
}

json time_value(std::string_view text) {
  const auto seconds = to_integer(text);
  if (!seconds) return nullptr;
  const auto time = iso_time(*seconds);
  return time ? json(*time) : json(nullptr);
}

// Null: the text does not fit the type (or is no known code).
json typed(const DeviceMapping& mapping, const FieldSpec& field, std::string_view raw) {
  if (field.secret) return kRedacted;
  const std::string_view text = trimmed(raw);
  switch (field.type) {
    case FieldType::integer:
      return integer_value(field, text);
    case FieldType::number:
      return number_value(field, text);
    case FieldType::time:
      return time_value(text);
    case FieldType::boolean:
    case FieldType::choice: {
      const auto code = field.codes.find(text);
      return code == field.codes.end() ? json(nullptr) : code->second;
    }
    case FieldType::text:
      break;
  }
  if (field.secret_name) return kRedacted;
  return clean_text(mapping, raw);
}

class Typing {
  struct Value {
    std::string_view name, text;  // into the reply's values, which outlive this
    bool used = false;
  };

 public:
  Typing(const DeviceMapping& mapping, const protocol::CgiValues& values) : mapping_{mapping} {
    values_.reserve(values.values.size());
    for (const auto& [name, value] : values.values) values_.push_back({name, value});
    std::sort(values_.begin(), values_.end(),
              [](const Value& a, const Value& b) { return a.name < b.name; });
  }

  TypedReply run(const ReplySpec& spec) {
    add_fields(spec);
    for (const auto& [key, list] : spec.lists) add_list(key, list);
    add_others();
    return std::move(out_);
  }

 private:
  // Typed, or nullopt when the reply has no such name.
  std::optional<json> take(const std::string& name, const FieldSpec& field) {
    Value* found = find(name);
    if (found == nullptr) return std::nullopt;
    return take(*found, field);
  }

  json take(Value& raw, const FieldSpec& field) {
    json value = typed(mapping_, field, raw.text);
    if (!value.is_null()) {
      ++out_.known;
      raw.used = true;
    }
    return value;
  }

  Value* find(std::string_view name) {
    const auto place =
        std::lower_bound(values_.begin(), values_.end(), name,
                         [](const Value& value, std::string_view key) { return value.name < key; });
    return place == values_.end() || place->name != name ? nullptr : &*place;
  }

  // Both are in the order of their names: they are walked side by side.
  void add_fields(const ReplySpec& spec) {
    auto value = values_.begin();
    for (const auto& [name, field] : spec.fields) {
      while (value != values_.end() && value->name < name) ++value;
      if (value != values_.end() && value->name == name) add_field(field, *value);
    }
  }

  void add_field(const FieldSpec& field, Value& raw) {
    json value = take(raw, field);
    if (field.publish.info) out_.info[field.key] = value;
    if (field.publish.state) out_.state[field.key] = value;
    if (field.publish.settings) out_.settings[field.key] = value;
    out_.data[field.key] = std::move(value);
    if (field.alarm) set_alarm(raw.text);
  }

  void set_alarm(std::string_view text) {
    const auto number = to_integer(trimmed(text));
    if (number && *number >= 0 && *number <= 255) out_.alarm_status = static_cast<int>(*number);
  }

  void add_list(const std::string& key, const ListSpec& list) {
    json elements = list.scalar ? scalars(list) : objects(list);
    if (!elements.empty()) out_.data[key] = std::move(elements);
  }

  // The place of a value is all that says which one it is (the second third of a day), so a gap
  // stays, as null.
  json scalars(const ListSpec& list) {
    json elements = json::array();
    for (int i = list.first; i <= list.last; ++i) elements.push_back(scalar_at(list, i));
    while (!elements.empty() && elements.back().is_null()) elements.erase(elements.size() - 1);
    return elements;
  }

  json objects(const ListSpec& list) {
    json elements = json::array();
    for (int i = list.first; i <= list.last; ++i) {
      json element = object_at(list, i);
      if (!element.is_null()) elements.push_back(std::move(element));
    }
    return elements;
  }

  json scalar_at(const ListSpec& list, int index) {
    const auto& [pattern, field] = *list.scalar;
    return take(name_at(pattern, index), field).value_or(nullptr);
  }

  json object_at(const ListSpec& list, int index) {
    json element = json::object();
    for (const auto& [pattern, field] : list.fields) {
      if (auto value = take(name_at(pattern, index), field)) element[field.key] = *std::move(value);
    }
    if (element.empty()) return nullptr;
    if (!list.index_key.empty()) element[list.index_key] = index;
    return element;
  }

  static std::string name_at(const std::string& pattern, int index) {
    std::string name = pattern;
    return name.replace(name.find('#'), 1, std::to_string(index));
  }

  void add_others() {
    json other = json::object();
    for (const auto& value : values_) {
      if (value.used || value.name == "result") continue;
      other[to_valid_utf8(value.name)] = published_text(mapping_, value.name, value.text);
    }
    if (!other.empty()) out_.data["other"] = std::move(other);
  }

  const DeviceMapping& mapping_;
  std::vector<Value> values_;  // by name; each stands there once (CgiValues)
  TypedReply out_;
};

}  // namespace

TypedReply type_values(const DeviceMapping& mapping, const ReplySpec& spec,
                       const protocol::CgiValues& values) {
  return Typing{mapping, values}.run(spec);
}

std::string published_text(const DeviceMapping& mapping, std::string_view name,
                           std::string_view value) {
  if (is_secret_key(mapping, name)) return std::string{kRedacted};
  return clean_text(mapping, value);
}

std::optional<std::string> iso_time(std::int64_t epoch_seconds) {
  if (epoch_seconds <= 0 || epoch_seconds > kLastSecondOf9999) return std::nullopt;
  const std::chrono::sys_seconds time{std::chrono::seconds{epoch_seconds}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return std::string{text.data()};
}

}  // namespace cam32100::mappings
