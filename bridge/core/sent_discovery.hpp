#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "protocol/wire/time.hpp"

namespace cam32100::bridge {

// What Home Assistant was sent of one device, and what may go out next. It has two ways of its own:
//
// - While it sets up one payload it loses a part of the next: two that differ stay kGap apart.
// - It removes an entity only when told so. One that is no more, or comes back on another platform,
//   is first sent as its old platform alone, and as it is now kGap later.
class SentDiscovery {
 public:
  static constexpr protocol::Duration kGap = std::chrono::seconds{5};

  // What to publish now ("": nothing), and when to ask again.
  struct Step {
    std::string text;
    std::optional<protocol::TimePoint> again;
  };
  [[nodiscard]] Step next(protocol::TimePoint now, const std::string& topic,
                          const nlohmann::json& payload);

  void repeat() noexcept { repeat_ = true; }  // next() gives its payload even if it was sent before
  // A removal that was under way may be lost: it is sent again.
  void on_connected() { removed_.clear(); }
  // The broker held this when we connected. Home Assistant has its entities, whatever we sent, and
  // may have read it in this moment.
  void take_held(protocol::TimePoint now, const std::string& topic, const std::string& payload);
  void forget(protocol::TimePoint now);  // the device was taken away

  // Ids of the entities that Home Assistant may have.
  [[nodiscard]] std::vector<std::string> shown() const;
  // When a payload that differs may follow; nullopt: at any time.
  [[nodiscard]] std::optional<protocol::TimePoint> free_at() const;

 private:
  using Platforms = std::map<std::string, std::string>;  // by entity
  [[nodiscard]] nlohmann::json not_removed_yet() const;
  void note_removal(Platforms wanted, const Platforms& sent);

  // Entities that Home Assistant may have. Kept as text: as a map they are a tenth of what a camera
  // takes, and they are looked at when a payload changes.
  std::string shown_;
  Platforms removed_;  // sent as their platforms alone, and not left out yet
  std::optional<std::size_t> sent_hash_;
  std::optional<protocol::TimePoint> sent_;
  bool repeat_ = false;
};

}  // namespace cam32100::bridge
