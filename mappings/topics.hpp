#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace cam32100::mappings {

// The only place where a topic is spelled. UIDs go out in canonical form and come in in any
// spelling: the second level is handed on as it was typed; the bridge resolves it to a camera.
struct CameraCommandTopic {
  std::string camera, command;
};  // <base>/<typed>/command/<cmd>, cmd may hold '/'
struct CameraSetTopic {
  std::string camera, key;
};  // <base>/<typed>/set[/<key>]; key empty for ".../set"
struct BridgeCommandTopic {
  std::string command;
};  // <base>/bridge/command/<cmd>, e.g. "camera/add"
using CommandTopic = std::variant<CameraCommandTopic, CameraSetTopic, BridgeCommandTopic>;

class Topics {
 public:
  // Base topic without wildcards, leading or trailing slash; is_valid_base() is asked before.
  explicit Topics(std::string base);
  [[nodiscard]] static bool is_valid_base(std::string_view base) noexcept;
  [[nodiscard]] const std::string& base() const noexcept { return base_; }

  // nullopt: not one of ours, or with an empty or wildcard level where a name belongs.
  [[nodiscard]] std::optional<CommandTopic> parse_command(std::string_view topic) const;
  // The UID level of any published topic of ours ("<base>/<UID>/..."); nullopt for bridge topics
  // and foreign ones.
  [[nodiscard]] std::optional<std::string> camera_of(std::string_view topic) const;

  // What is subscribed to: "<base>/+/command/#", "<base>/+/set/#"; everything, for the short-lived
  // reading of our own retained tree: "<base>/#".
  [[nodiscard]] std::string command_filter() const;
  [[nodiscard]] std::string set_filter() const;
  [[nodiscard]] std::string tree_filter() const;

  [[nodiscard]] std::string bridge(std::string_view leaf) const;  // <base>/bridge/<leaf>
  [[nodiscard]] std::string bridge_response(
      std::string_view command) const;  // <base>/bridge/response/<cmd>
  [[nodiscard]] std::string bridge_command(std::string_view command) const;
  [[nodiscard]] std::string camera(std::string_view uid,
                                   std::string_view leaf) const;  // <base>/<UID>/<leaf>
  [[nodiscard]] std::string camera_response(std::string_view uid, std::string_view command) const;
  [[nodiscard]] std::string camera_command(std::string_view uid, std::string_view command) const;
  [[nodiscard]] std::string camera_event(std::string_view uid,
                                         std::string_view type) const;  // .../event/<type>

  // Home Assistant's: "<prefix>/device/<id>/config".
  [[nodiscard]] static std::string discovery(std::string_view prefix, std::string_view id);

  // An MQTT 5 Response Topic we may publish to: no wildcard, not empty, not into our command or set
  // topics, not $SYS or $share, valid UTF-8 without NUL.
  [[nodiscard]] bool may_answer_on(std::string_view response_topic) const;

 private:
  std::string base_;
};

[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;
// A set key or command word as one topic level: letters, digits, '_', at most 64; commands may hold
// one '/'.
[[nodiscard]] bool is_valid_name(std::string_view text) noexcept;

}  // namespace cam32100::mappings
