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

// The same text on another topic is another message.
std::size_t hash_of(const std::string& topic, const std::string& text) {
  return std::hash<std::string>{}(topic + '\n' + text);
}

}  // namespace

json SentDiscovery::not_removed_yet() const {
  json components = json::object();
  for (const auto& [id, platform] : shown_) {
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
  shown_.merge(std::move(wanted));
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
    shown_ = platforms_of(payload);
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
  platforms.merge(shown_);
  shown_ = std::move(platforms);
  sent_hash_ = hash_of(topic, payload);
  sent_ = now;
}

void SentDiscovery::forget(protocol::TimePoint now) {
  *this = {};
  sent_ = now;
}

}  // namespace cam32100::bridge
