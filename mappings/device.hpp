#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/error.hpp"

namespace cam32100::mappings {

// One camera family as data (mappings/devices/*.json): commands, arguments, CGI calls, reply fields
// with types, units and enums, settings. Immutable once loaded.
class DeviceMapping {
 public:
  // `text` is the file's content, `file` its name for messages. Errors name file and JSON pointer,
  // what was seen and what is allowed, in `message` (code internal is not used; bad_json for
  // syntax, bad_argument else).
  [[nodiscard]] static CommandResult<DeviceMapping> load(std::string_view text,
                                                         std::string_view file);

  DeviceMapping(DeviceMapping&&) noexcept;
  DeviceMapping& operator=(DeviceMapping&&) noexcept;
  ~DeviceMapping();
  DeviceMapping(const DeviceMapping&) = delete;
  DeviceMapping& operator=(const DeviceMapping&) = delete;

  [[nodiscard]] const std::string& family() const noexcept;      // "vstarcam"
  [[nodiscard]] bool serves(std::string_view uid_prefix) const;  // by the file's list of prefixes
  [[nodiscard]] std::vector<std::string> command_names() const;  // sorted
  [[nodiscard]] std::vector<std::string> setting_names() const;  // sorted
  // For bridge/info:
  // {"ptz":{"plain":"move","arguments":{"move":{"enum":[..]},"ms":{"min":0,"max":10000}}}, ...}
  // has_url: http.public_url is set, which adds values to some arguments.
  [[nodiscard]] nlohmann::json describe_commands(bool has_url) const;
  // {"brightness":{"type":"integer","min":0,"max":255,"writable":true},
  // "ir":{"type":"enum","enum":[..],..}, ...}
  [[nodiscard]] nlohmann::json describe_settings() const;
  // For info.capabilities: what the family can do and is built, as the file says it.
  [[nodiscard]] const nlohmann::json& capabilities() const noexcept;
  // Runs the file's own "examples"; each failure is one line. Empty: all pass.
  [[nodiscard]] std::vector<std::string> failing_examples() const;

  struct Data;  // mappings-internal, device_data.hpp
  [[nodiscard]] const Data& data() const noexcept { return *data_; }

 private:
  explicit DeviceMapping(std::unique_ptr<Data> data);
  std::unique_ptr<Data> data_;
};

}  // namespace cam32100::mappings
