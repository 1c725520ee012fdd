#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace cam32100::bridge {

// A JSON object held as its text, which takes a fifth of the room of its values: what cameras told
// of themselves is kept for as long as they are configured, and looked at when it changes.
class PackedObject {
 public:
  // grown: a key that was not there before.
  enum class Merged { nothing, changed, grown };

  // Member by member; anything but an object changes nothing. The same update again, which is what
  // most replies to get_status are, costs no look at what is held.
  Merged merge(const nlohmann::json& update);
  void assign(const nlohmann::json& object);  // anything but an object: empty

  [[nodiscard]] nlohmann::json value() const;  // always an object
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] bool empty() const noexcept { return text_.size() <= 2; }

 private:
  std::string text_{"{}"};
  std::optional<std::size_t> last_update_;  // fingerprint of one that is in it as it is
};

}  // namespace cam32100::bridge
