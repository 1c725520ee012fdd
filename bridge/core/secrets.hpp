#pragma once

#include <string>
#include <utility>

namespace cam32100::bridge {

// Text that must not be printed. Cannot be streamed, formatted or turned into JSON by accident:
// only reveal() gives it, where it is used.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_{std::move(text)} {}
  [[nodiscard]] const std::string& reveal() const noexcept { return text_; }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string text_;
};

}  // namespace cam32100::bridge
