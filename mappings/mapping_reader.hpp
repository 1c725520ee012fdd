#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappings/error.hpp"

namespace cam32100::mappings {

// The first fault found in a mapping file; later ones are consequences and dropped.
class MappingFaults {
 public:
  explicit MappingFaults(std::string_view file) : file_{file} {}
  void add(const std::string& pointer, const std::string& what);
  [[nodiscard]] const std::optional<CommandError>& first() const noexcept { return first_; }

 private:
  std::string file_;
  std::optional<CommandError> first_;
};

// One value of a mapping file with its place. Reading never fails: what is wrong is added to the
// faults (with JSON pointer, what was expected and what was seen) and a harmless value is returned,
// so that loading code reads straight through and asks once, at its end. The document outlives the
// nodes.
class MappingNode {
 public:
  MappingNode(MappingFaults& faults, const nlohmann::json& value, std::string pointer)
      : faults_{&faults}, value_{&value}, pointer_{std::move(pointer)} {}

  [[nodiscard]] bool exists() const noexcept { return value_ != nullptr; }
  [[nodiscard]] bool is_text() const { return exists() && value_->is_string(); }
  [[nodiscard]] const nlohmann::json& raw() const;  // null when absent
  void fail(const std::string& what) const { faults_->add(pointer_, what); }

  // Refuses any key that is not listed; the place must be an object.
  void only(std::initializer_list<std::string_view> keys) const;
  [[nodiscard]] MappingNode at(std::string_view key) const;        // may not exist
  [[nodiscard]] MappingNode required(std::string_view key) const;  // a fault when it does not

  [[nodiscard]] std::string text(std::string_view fallback = {}) const;
  [[nodiscard]] bool boolean(bool fallback) const;
  [[nodiscard]] std::int64_t integer(std::int64_t min, std::int64_t max,
                                     std::int64_t fallback) const;
  [[nodiscard]] std::vector<std::string> texts() const;  // a list of text, each once
  // One of the words given; the first when absent.
  template <class T>
  [[nodiscard]] T word(std::initializer_list<std::pair<std::string_view, T>> words) const;

  [[nodiscard]] std::vector<std::pair<std::string, MappingNode>> members()
      const;                                                // of an object, sorted
  [[nodiscard]] std::vector<MappingNode> elements() const;  // of a list

 private:
  MappingNode(MappingFaults& faults, const nlohmann::json* value, std::string pointer)
      : faults_{&faults}, value_{value}, pointer_{std::move(pointer)} {}
  [[nodiscard]] bool is(bool right_kind, std::string_view wanted) const;
  [[nodiscard]] std::string child(std::string_view key) const;

  MappingFaults* faults_;
  const nlohmann::json* value_;
  std::string pointer_;
};

template <class T>
T MappingNode::word(std::initializer_list<std::pair<std::string_view, T>> words) const {
  if (!exists()) return words.begin()->second;
  const std::string seen = text();
  std::string allowed;
  for (const auto& [name, meaning] : words) {
    if (seen == name) return meaning;
    allowed.append(allowed.empty() ? "" : ", ").append(name);
  }
  if (is_text()) fail("expected one of " + allowed + ", saw \"" + seen + '"');
  return words.begin()->second;
}

}  // namespace cam32100::mappings
