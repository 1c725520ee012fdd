#include "mappings/topics.hpp"

#include <algorithm>
#include <utility>

namespace cam32100::mappings {
namespace {

constexpr std::size_t kMaxTopicBytes = 65535;  // MQTT's length field
constexpr std::size_t kMaxBaseBytes = 512;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::string_view kBridge = "bridge";
constexpr std::string_view kCommand = "command";
constexpr std::string_view kSet = "set";

// What MQTT forbids in any topic name, plus the wildcards.
bool is_plain_topic(std::string_view topic) noexcept {
  return !topic.empty() && topic.size() <= kMaxTopicBytes &&
         topic.find_first_of(std::string_view{"+#\0", 3}) == std::string_view::npos &&
         is_valid_utf8(topic);
}

bool has_empty_level(std::string_view topic) noexcept {
  return topic.empty() || topic.front() == '/' || topic.back() == '/' ||
         topic.find("//") != std::string_view::npos;
}

// The first level of `rest`, which is shortened by it and its slash.
std::string_view take_level(std::string_view& rest) noexcept {
  const auto slash = rest.find('/');
  const auto level = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  return level;
}

// What follows "<base>/", nullopt when the topic is not below the base.
std::optional<std::string_view> below(std::string_view base, std::string_view topic) noexcept {
  if (topic.size() <= base.size() + 1 || !topic.starts_with(base) || topic[base.size()] != '/') {
    return std::nullopt;
  }
  return topic.substr(base.size() + 1);
}

bool is_word(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

bool is_valid_name(std::string_view text) noexcept {
  if (text.size() > kMaxNameBytes) return false;
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return is_word(text);
  return is_word(text.substr(0, slash)) && is_word(text.substr(slash + 1));
}

Topics::Topics(std::string base) : base_{std::move(base)} {}

bool Topics::is_valid_base(std::string_view base) noexcept {
  return is_plain_topic(base) && base.size() <= kMaxBaseBytes && !has_empty_level(base) &&
         base.front() != '$';
}

std::optional<CommandTopic> Topics::parse_command(std::string_view topic) const {
  if (!is_plain_topic(topic)) return std::nullopt;
  auto rest = below(base_, topic);
  if (!rest || has_empty_level(*rest)) return std::nullopt;
  const std::string_view camera = take_level(*rest);
  const std::string_view kind = take_level(*rest);
  if (kind == kCommand && !rest->empty()) {
    if (camera == kBridge) return BridgeCommandTopic{std::string{*rest}};
    return CameraCommandTopic{std::string{camera}, std::string{*rest}};
  }
  const bool one_level = rest->find('/') == std::string_view::npos;
  if (kind == kSet && camera != kBridge && one_level) {
    return CameraSetTopic{std::string{camera}, std::string{*rest}};
  }
  return std::nullopt;
}

std::optional<std::string> Topics::camera_of(std::string_view topic) const {
  if (!is_plain_topic(topic)) return std::nullopt;
  auto rest = below(base_, topic);
  if (!rest || has_empty_level(*rest)) return std::nullopt;
  const std::string_view camera = take_level(*rest);
  if (camera == kBridge || rest->empty()) return std::nullopt;
  return std::string{camera};
}

std::string Topics::command_filter() const { return base_ + "/+/command/#"; }
std::string Topics::set_filter() const { return base_ + "/+/set/#"; }
std::string Topics::tree_filter() const { return base_ + "/#"; }

std::string Topics::bridge(std::string_view leaf) const { return camera(kBridge, leaf); }
std::string Topics::bridge_response(std::string_view command) const {
  return camera_response(kBridge, command);
}
std::string Topics::bridge_command(std::string_view command) const {
  return camera_command(kBridge, command);
}

std::string Topics::camera(std::string_view uid, std::string_view leaf) const {
  std::string topic;
  topic.reserve(base_.size() + uid.size() + leaf.size() + 2);
  topic.append(base_).append(1, '/').append(uid).append(1, '/').append(leaf);
  return topic;
}

std::string Topics::camera_response(std::string_view uid, std::string_view command) const {
  return camera(uid, "response/").append(command);
}

std::string Topics::camera_command(std::string_view uid, std::string_view command) const {
  return camera(uid, "command/").append(command);
}

std::string Topics::camera_event(std::string_view uid, std::string_view type) const {
  return camera(uid, "event/").append(type);
}

std::string Topics::discovery(std::string_view prefix, std::string_view id) {
  return std::string{prefix}.append("/device/").append(id).append("/config");
}

bool Topics::may_answer_on(std::string_view response_topic) const {
  if (!is_plain_topic(response_topic) || response_topic.front() == '$') return false;
  auto rest = below(base_, response_topic);
  if (!rest) return true;
  take_level(*rest);
  const std::string_view kind = take_level(*rest);
  return kind != kCommand && kind != kSet;
}

}  // namespace cam32100::mappings
