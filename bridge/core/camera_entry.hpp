#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bridge/core/alarm_watch.hpp"
#include "bridge/core/camera_supervisor.hpp"
#include "bridge/core/config.hpp"
#include "bridge/core/event_fold.hpp"
#include "bridge/core/packed_object.hpp"
#include "bridge/core/sent_discovery.hpp"

namespace cam32100::bridge {

// One camera as the bridge sees it: its supervisor and what is published about it.
struct CameraEntry {
  CameraEntry(CameraConfig camera_config, EndpointId number, protocol::Duration off_delay)
      : config{std::move(camera_config)},
        uid{config.uid.text()},
        endpoint{number},
        alarms{off_delay} {}

  CameraConfig config;
  std::string uid;  // canonical: its level in topics
  EndpointId endpoint = 0;
  std::unique_ptr<CameraSupervisor> supervisor;

  std::uint64_t seq = 0;  // of answers and events; starts again at 1 with the bridge
  CameraStatus status;    // as last published
  WallTime since{};       // of status.since, fixed when it changed
  // Of the published state without rtt, last_seen and counters, which alone are no news.
  std::optional<std::size_t> state_print;
  std::optional<bool> online;       // as published; nullopt: nobody knows yet
  bool availability_known = false;  // the supervisor has decided since the start

  PackedObject info;  // merged from replies
  nlohmann::json state = nlohmann::json::object();
  PackedObject settings;
  // Of info, as it is asked for often: what the camera calls itself (its type number when it has no
  // better name, null before it told), and "mac=..", "wifi_mac=..".
  nlohmann::json model = nullptr;
  std::vector<std::string> macs;
  bool json_dialect = false;  // it answered a search as a family that is not built yet

  AlarmWatch alarms;
  EventFold fold;
  std::map<std::string, std::string> quiet_events;  // type -> last payload that is not active
  std::string last_picture, picture_meta;  // JPEG as it came: for HTTP, and a broker that lost it
  bool picture_is_public = false;          // it was published, not only shown by HTTP
  std::set<std::string> retained_topics;   // what we retained under its UID
  std::set<std::string> held_topics;       // what the broker held at the last connect
  SentDiscovery discovery;                 // Home Assistant's payload of this camera
  std::set<std::string> answered;          // CGIs, in this run
  std::set<std::string> state_keys;        // that its replies have had, also in earlier runs
  bool reports_alarms = false;             // alarm_push is on, and it took our address
  bool arranging_push = false;             // our look at it, or what that led to, is under way
  bool push_settled = false;               // it is as it should be
  bool leaving = false;                    // removed, once its alarm settings are put back
  bool first_seen = true;                  // event/motion was never published
  bool polling = false;                    // our own get_status is under way
  std::size_t settings_reads = 0;          // of our own, under way
  bool counting_clients = false;
  bool taking_picture = false;             // on its interval
  std::vector<std::uint64_t> http_askers;  // tickets that wait for the one picture taken for HTTP
  std::optional<protocol::TimePoint> settings_read;  // when our own reads of them last began
  bool settings_stale = false;  // something was changed whose reply shows no settings

  // Its alarms are looked for by our own questions, which would keep an on-demand camera awake.
  [[nodiscard]] bool is_watched() const noexcept { return config.session == SessionMode::always; }
  [[nodiscard]] bool shows_motion() const noexcept { return is_watched() || reports_alarms; }
};

// The cameras by UID, alias and endpoint.
class CameraSet {
 public:
  CameraEntry& add(std::unique_ptr<CameraEntry> entry);                       // the UID must be new
  [[nodiscard]] std::unique_ptr<CameraEntry> remove(const std::string& uid);  // nullptr: not there
  void set_alias(CameraEntry& entry, const std::string& alias);
  void note_info(CameraEntry& entry);  // its info is another

  [[nodiscard]] CameraEntry* by_uid(const std::string& canonical) const;
  [[nodiscard]] CameraEntry* by_endpoint(EndpointId endpoint) const;
  // Another camera says that it has the same one.
  [[nodiscard]] bool shares_mac(const CameraEntry& entry) const;
  // As typed in a topic or a payload: canonical, any other spelling, or an alias (exactly).
  [[nodiscard]] CameraEntry* by_typed(const std::string& typed) const;
  [[nodiscard]] const std::map<std::string, std::unique_ptr<CameraEntry>>& all() const noexcept {
    return cameras_;
  }

 private:
  void forget_macs(CameraEntry& entry);

  std::map<std::string, std::unique_ptr<CameraEntry>>
      cameras_;                                             // ordered: the order of every listing
  std::unordered_map<EndpointId, CameraEntry*> endpoints_;  // looked up only, never walked
  std::unordered_map<std::string, CameraEntry*> aliases_;
  std::unordered_map<std::string, std::size_t> macs_;  // how many cameras say they have it
};

// "unknown_camera" for what was typed: a cloud alias is explained, a misspelt UID named as such.
[[nodiscard]] mappings::CommandError unknown_camera(const std::string& typed);

}  // namespace cam32100::bridge
