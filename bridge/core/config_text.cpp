#include "bridge/core/config_text.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <utility>

namespace cam32100::bridge {

namespace {

using nlohmann::json;

std::string position(std::string_view text, std::size_t read) {
  // `read` counts the character that was not understood.
  const std::string_view before =
      text.substr(0, read > 0 ? std::min(read, text.size() + 1) - 1 : 0);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const auto newline = before.rfind('\n');
  const std::string_view line =
      newline == std::string_view::npos ? before : before.substr(newline + 1);
  const auto characters = std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  });
  return "line " + std::to_string(lines + 1) + ", column " + std::to_string(characters + 1);
}

// The parser's own words, up to where it would quote what it read.
std::string reason_of(std::string_view what) {
  const auto start = what.find(" - ");
  if (start == std::string_view::npos) return "cannot be read";
  const std::string_view reason = what.substr(start + 3);
  return std::string(reason.substr(0, reason.find("; last read")));
}

// Builds the value and stops at the first thing that must not be there.
class Builder final : public nlohmann::json_sax<json> {
 public:
  Builder(std::string_view text, Place place, Faults& faults)
      : text_{text}, place_{std::move(place)}, faults_{faults} {}

  bool null() override { return add(json()); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& /*spelled*/) override {
    return add(value);
  }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }  // not in JSON text
  bool start_object(std::size_t /*size*/) override { return open(json::object()); }
  bool start_array(std::size_t /*size*/) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& value) override {
    Level& level = levels_.back();
    level.key = value;
    if (!level.keys.insert(value).second) {
      faults_.add(level.place.child(value), "stands twice; remove one of the two");
      sound_ = false;
    }
    return true;
  }

  bool parse_error(std::size_t read, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    faults_.add({place_.source, position(text_, read)}, "syntax error: " + reason_of(error.what()));
    sound_ = false;
    return false;
  }

  [[nodiscard]] std::optional<json> take() && {
    if (!sound_) return std::nullopt;
    return std::move(root_);
  }

 private:
  struct Level {
    json* value;  // inside root_; its parents do not move while it is open
    Place place;
    std::string key;
    std::set<std::string> keys;
  };

  json* place_value(json&& value) {
    if (levels_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Level& level = levels_.back();
    if (level.value->is_array()) {
      level.value->push_back(std::move(value));
      return &level.value->back();
    }
    json& slot = (*level.value)[level.key];
    slot = std::move(value);
    return &slot;
  }

  bool add(json&& value) {
    place_value(std::move(value));
    return true;
  }

  bool open(json&& value) {
    Place place = place_;
    if (!levels_.empty()) {
      const Level& level = levels_.back();
      place = level.value->is_array() ? level.place.child(level.value->size())
                                      : level.place.child(level.key);
    }
    if (levels_.size() >= kMaxJsonDepth) {
      faults_.add(place, "is nested deeper than " + std::to_string(kMaxJsonDepth) + " levels");
      sound_ = false;
      return false;
    }
    json* const inside = place_value(std::move(value));
    levels_.push_back({inside, std::move(place), {}, {}});
    return true;
  }

  bool close() {
    levels_.pop_back();
    return true;
  }

  std::string_view text_;  // the caller's, for the whole parse
  Place place_;
  Faults& faults_;
  json root_;
  std::vector<Level> levels_;
  bool sound_ = true;
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<json> read_flag(std::string_view text) {
  std::string word(text);
  std::transform(word.begin(), word.end(), word.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (word == "true" || word == "1" || word == "on" || word == "yes") return json(true);
  if (word == "false" || word == "0" || word == "off" || word == "no") return json(false);
  return std::nullopt;
}

std::optional<json> read_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return json(value);
}

json read_words(std::string_view text) {
  json list = json::array();
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (const auto word = trimmed(text.substr(0, comma)); !word.empty()) {
      list.push_back(std::string(word));
    }
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return list;
}

}  // namespace

std::optional<json> read_json(std::string_view text, const Place& place, Faults& faults,
                              std::size_t most) {
  if (text.size() > most) {
    faults.add(place, "has " + std::to_string(text.size()) + " bytes, at most " +
                          std::to_string(most) + " are read");
    return std::nullopt;
  }
  Builder builder{text, place, faults};
  json::sax_parse(text, &builder, json::input_format_t::json, true, true);
  return std::move(builder).take();
}

std::optional<json> read_plain(const Setting& setting, std::string_view text, const Place& place,
                               Faults& faults) {
  std::optional<json> value;
  switch (setting.kind) {
    case Kind::text:
      return json(std::string(text));
    case Kind::flag:
      value = read_flag(trimmed(text));
      break;
    case Kind::integer:
      value = read_integer(trimmed(text));
      break;
    case Kind::list:
      if (const auto list = trimmed(text); !list.empty() && list.front() == '[') {
        return read_json(list, place, faults);
      }
      return read_words(text);
  }
  if (!value) faults.add(place, in_quotes(text) + " is not " + allowed(setting));
  return value;
}

}  // namespace cam32100::bridge
