#include "mappings/json_text.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "mappings/text.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxDepth = 32;

// Builds the document from the parser's events. A handler instead of json::parse(): a fault arrives
// here with its position and without an exception.
class Builder final : public nlohmann::json_sax<json> {
 public:
  json root;
  std::string fault;  // empty: none of ours
  std::size_t fault_position = 0;

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }  // not in JSON text

  bool start_object(std::size_t) override { return open(json::object()); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& value) override {
    Level& level = open_.back();
    const bool again = level.container->contains(value);
    level.key = std::move(value);
    if (again) fault = pointer() + ": stands twice; remove one of the two";
    return !again;
  }

  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    fault_position = std::max<std::size_t>(position, 1);
    return false;
  }

 private:
  struct Level {
    json* container;
    std::string key;  // of the member that comes next, or is open; in an object
  };

  // To the value that comes next. Keys are somebody's text: cut and without control characters.
  [[nodiscard]] std::string pointer() const {
    std::string text;
    for (const Level& level : open_) {
      if (level.container->is_object()) {
        const std::string quoted = in_quotes(level.key);
        text += pointer_step(std::string_view{quoted}.substr(1, quoted.size() - 2));
      } else {
        // What is open inside a list is in it already.
        const bool innermost = &level == &open_.back();
        text += pointer_step(std::to_string(level.container->size() - (innermost ? 0 : 1)));
      }
    }
    return text;
  }

  bool add(json value) {
    place(std::move(value));
    return true;
  }

  json& place(json value) {
    if (open_.empty()) return root = std::move(value);
    json& parent = *open_.back().container;
    if (parent.is_object()) return parent[open_.back().key] = std::move(value);
    parent.push_back(std::move(value));
    return parent.back();
  }

  bool open(json container) {
    if (open_.size() >= kMaxDepth) {
      fault = pointer() + ": is nested deeper than " + std::to_string(kMaxDepth) + " levels";
      return false;
    }
    // Stable while it is open: the parent gets no other element before this one is closed.
    open_.push_back({&place(std::move(container)), {}});
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  std::vector<Level> open_;
};

std::string place_of(std::string_view text, std::size_t position) {
  const auto before = text.substr(0, std::min(position - 1, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto line_start = before.rfind('\n');
  const auto column =
      before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
  return "byte " + std::to_string(position) + " (line " + std::to_string(line) + ", column " +
         std::to_string(column) + ")";
}

}  // namespace

CommandResult<json> parse_json_text(std::string_view text) {
  Builder builder;
  if (json::sax_parse(text.begin(), text.end(), &builder)) {
    return json_result(std::move(builder.root));
  }
  if (!builder.fault.empty()) {
    return CommandError{ErrorCode::bad_json, builder.fault, nullptr};
  }
  if (builder.fault_position > text.size()) {
    return CommandError{
        ErrorCode::bad_json,
        "not valid JSON: the text ends too early, after byte " + std::to_string(text.size()),
        json{{"position", text.size()}}};
  }
  return CommandError{ErrorCode::bad_json,
                      "not valid JSON: fault at " + place_of(text, builder.fault_position),
                      json{{"position", builder.fault_position}}};
}

}  // namespace cam32100::mappings
