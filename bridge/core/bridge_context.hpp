#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/core/agenda.hpp"
#include "bridge/core/bridge_identity.hpp"
#include "bridge/core/camera_entry.hpp"
#include "bridge/core/config.hpp"
#include "bridge/core/event_id.hpp"
#include "bridge/core/http_answer.hpp"
#include "bridge/core/journal.hpp"
#include "bridge/core/outbox.hpp"
#include "bridge/core/server_sets.hpp"
#include "mappings/device.hpp"
#include "mappings/topics.hpp"

namespace cam32100::bridge {

struct BridgeCounters {
  std::uint64_t connects = 0, losses = 0, received = 0, executed = 0, refused = 0, duplicates = 0;
  std::uint64_t late_askers = 0;  // Response Topics left out because too many joined one command
};

// What all parts of the bridge share. Lives as long as the bridge; one thread.
struct BridgeContext {
  BridgeContext(const Moment& start, Config loaded, SavedState state,
                const mappings::DeviceMapping& device, MqttPort& mqtt_port,
                BridgePorts& bridge_ports, BridgeIdentity who, std::uint64_t seed);

  Moment now;  // of the call that is being handled
  Moment started;
  Config config;
  SavedState saved;
  const mappings::DeviceMapping& mapping;
  mappings::Topics topics;
  MqttPort& mqtt;
  BridgePorts& ports;
  BridgeIdentity identity;

  Agenda agenda;
  Outbox outbox;
  Journal journal;
  EventIds event_ids;
  CameraSet cameras;
  ServerSets servers;
  std::vector<protocol::Address> lan_targets;
  OwnHost own_host;
  BridgeCounters counters;

  std::uint64_t seed = 0;
  std::uint64_t bridge_seq = 0;
  std::uint64_t next_number = 1;        // endpoints, jobs and requests draw from one row
  nlohmann::json last_error = nullptr;  // {"ts","logger","message"} of the last line at that level
  bool stopping = false;
  std::optional<std::uint32_t> max_packet;  // the broker's limit, from CONNACK
  int mqtt_version = 5;
  std::map<std::string, std::vector<std::string>>
      stale;  // retained topics of UIDs that are no camera

  // Ports may call back; they are called when the bridge has finished its own work (see Bridge).
  std::vector<EndpointId> to_wake;
  std::vector<ServerSets::Question> to_resolve;
  std::vector<std::pair<std::uint64_t, HttpAnswer>> http_answers;

  [[nodiscard]] std::uint64_t draw_number() noexcept { return next_number++; }
  void wake(EndpointId endpoint) { to_wake.push_back(endpoint); }
  void log(LogLevel level, std::string_view logger, std::string_view uid, std::string_view message);
  void relay_log(LogLevel level, std::string_view logger, std::string_view message);
  // A retained topic under a camera's UID came into being: kept in the state file, so that it can
  // be emptied when the camera is removed, even after a restart.
  void note_retained(CameraEntry& camera, const std::string& topic);
  // The second copy of an answer, an event of our own traffic: sent 2 ms from now at the latest.
  // Whoever sends its next command as soon as it has an answer finds the way free; sent at once
  // they cost that command 0.15 of its 0.55 ms.
  void send_behind_answers(MqttPublication publication);
  void save_soon();
  void keep_known(const CameraEntry& camera);  // what it has told of itself, in the state file
  void recall_known(CameraEntry& camera);
  // Where it is reached now, for the next run's first attempt; a relay is no place of it.
  void keep_way(const CameraEntry& camera);
  [[nodiscard]] std::optional<KnownWay> known_way(const std::string& uid) const;
  // alarm_push is on, and the camera took our address in this run or an earlier one.
  [[nodiscard]] bool is_called_by(const CameraEntry& camera) const;
  void forget_orphaned_updates();  // kept changes of cameras that the configuration has no more
  // Names of servers that are due are asked for at the end of this call.
  void ask_names();
  // An answer; true when it brought other addresses.
  [[nodiscard]] bool take_resolved(std::uint64_t question,
                                   const std::vector<protocol::Address>& addresses);
  // Empties the topics in `stale`; returns how many.
  std::size_t empty_stale_topics();
  void cameras_changed();  // bridge/cameras is due, at most once a second
  // Retained under the camera's UID; remembered for removal.
  void set_camera_state(CameraEntry& camera, const std::string& topic, std::string payload,
                        Outbox::Form form = Outbox::Form::json,
                        Outbox::When when = Outbox::When::changed);

 private:
  friend class CameraTopics;
  void note_error(LogLevel level, std::string_view logger, std::string_view message);
  std::optional<protocol::TimePoint> cameras_published_;
};

}  // namespace cam32100::bridge
