#include "bridge/core/sent_discovery.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "bridge/core/json_text.hpp"
#include "mappings/home_assistant.hpp"
#include "mappings/json_text.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;

// Of a payload that anybody may have put on the broker.
std::map<std::string, std::string> platforms_of(const json& payload) {
  std::map<std::string, std::string> out;
  if (!payload.is_object()) return out;
  const auto components = payload.find("components");
  if (components == payload.end() || !components->is_object()) return out;
  for (const auto& [id, component] : components->items()) {
    if (auto platform = text_at(component, "platform"); !platform.empty())
      out[id] = std::move(platform);
  }
  return out;
}

// "id=platform\n"... Home Assistant's ids have neither of the two characters: others, which
// somebody else has put there, are left out.
std::string packed(const std::map<std::string, std::string>& platforms) {
  std::string text;
  for (const auto& [id, platform] : platforms) {
    if (id.find_first_of("=\n") == std::string::npos && platform.find('\n') == std::string::npos)
      text.append(id + '=').append(platform + '\n');
  }
  text.shrink_to_fit();
  return text;
}

std::map<std::string, std::string> unpacked(std::string_view text) {
  std::map<std::string, std::string> platforms;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    const auto middle = line.find('=');
    platforms.emplace(line.substr(0, middle), line.substr(middle + 1));
    text.remove_prefix(line.size() + 1);
  }
  return platforms;
}

// The same text on another topic is another message.
std::size_t hash_of(const std::string& topic, const std::string& text) {
  return std::hash<std::string>{}(topic + '\n' + text);
}

}  // namespace

std::vector<std::string> SentDiscovery::shown() const {
  std::vector<std::string> ids;
  for (const auto& [id, platform] : unpacked(shown_)) ids.push_back(id);
  return ids;
}

json SentDiscovery::not_removed_yet() const {
  json components = json::object();
  for (const auto& [id, platform] : unpacked(shown_)) {
    const auto removed = removed_.find(id);
    if (removed == removed_.end() || removed->second != platform)
      components[id] = {{"platform", platform}};
  }
  return {{"components", std::move(components)}};
}

void SentDiscovery::note_removal(Platforms wanted, const Platforms& sent) {
  for (const auto& [id, platform] : sent) {
    const auto place = wanted.find(id);
    if (place == wanted.end() || place->second != platform) removed_[id] = platform;
  }
  auto shown = unpacked(shown_);
  shown.merge(std::move(wanted));
  shown_ = packed(shown);
}

std::optional<protocol::TimePoint> SentDiscovery::free_at() const {
  if (!sent_) return std::nullopt;
  return *sent_ + kGap;
}

SentDiscovery::Step SentDiscovery::next(protocol::TimePoint now, const std::string& topic,
                                        const json& payload) {
  const json removal = mappings::removal_of_missing(not_removed_yet(), payload);
  const bool removes = !removal.is_null();
  std::string text = to_json_text(removes ? removal : payload);
  const std::size_t hash = hash_of(topic, text);
  const bool is_new = sent_hash_ != hash;
  if (is_new && sent_ && now < *sent_ + kGap) return {{}, *sent_ + kGap};
  if (removes) {
    note_removal(platforms_of(payload), platforms_of(removal));
  } else {
    // Only now are the removed ones gone for good: until then their removal may be lost.
    shown_ = packed(platforms_of(payload));
    removed_.clear();
  }
  const auto again = removes ? std::optional{now + kGap} : std::nullopt;
  if (!std::exchange(repeat_, false) && !is_new) return {{}, again};
  sent_hash_ = hash;
  sent_ = now;
  return {std::move(text), again};
}

void SentDiscovery::take_held(protocol::TimePoint now, const std::string& topic,
                              const std::string& payload) {
  const auto parsed = mappings::parse_json_text(payload);
  if (!parsed) return;
  // It may be older than what we sent last, which was lost then: its platforms are those to remove.
  auto platforms = platforms_of(*parsed);
  platforms.merge(unpacked(shown_));
  shown_ = packed(platforms);
  sent_hash_ = hash_of(topic, payload);
  sent_ = now;
}

void SentDiscovery::forget(protocol::TimePoint now) {
  *this = {};
  sent_ = now;
}

}  // namespace cam32100::bridge
