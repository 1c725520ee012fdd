#include "bridge/core/bridge_context.hpp"

#include <algorithm>
#include <utility>

#include "bridge/core/iso_time.hpp"
#include "bridge/core/json_text.hpp"
#include "mappings/json_text.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::bridge {

BridgeContext::BridgeContext(const Moment& start, Config loaded, SavedState state,
                             const mappings::DeviceMapping& device, MqttPort& mqtt_port,
                             BridgePorts& bridge_ports, BridgeIdentity who,
                             std::uint64_t seed_value)
    : now{start},
      started{start},
      config{std::move(loaded)},
      saved{std::move(state)},
      mapping{device},
      topics{config.mqtt.base_topic},
      mqtt{mqtt_port},
      ports{bridge_ports},
      identity{std::move(who)},
      outbox{mqtt_port},
      journal{bridge_ports, outbox, topics.bridge("log"), config.log.level},
      event_ids{seed_value},
      seed{seed_value} {}

void BridgeContext::log(LogLevel level, std::string_view logger, std::string_view uid,
                        std::string_view message) {
  note_error(level, logger, message);
  journal.write(now, level, logger, uid, message);
  if (const auto when = journal.deadline()) agenda.set({Task::journal, 0}, *when);
}

void BridgeContext::relay_log(LogLevel level, std::string_view logger, std::string_view message) {
  note_error(level, logger, message);
  journal.relay(now, level, logger, message);
  if (const auto when = journal.deadline()) agenda.set({Task::journal, 0}, *when);
}

void BridgeContext::note_error(LogLevel level, std::string_view logger, std::string_view message) {
  if (level != LogLevel::error) return;
  last_error = {{"ts", to_iso_text(now.wall)},
                {"logger", logger},
                {"message", protocol::redact_uids(message)}};
}

void BridgeContext::note_retained(CameraEntry& camera, const std::string& topic) {
  if (!camera.retained_topics.insert(topic).second) return;
  auto& kept = saved.retained_topics[camera.uid];
  if (std::find(kept.begin(), kept.end(), topic) != kept.end()) return;
  kept.push_back(topic);
  save_soon();
}

void BridgeContext::send_behind_answers(MqttPublication publication) {
  outbox.hold(std::move(publication));
  agenda.set_if_absent({Task::held_publications, 0}, now.steady + std::chrono::milliseconds{2});
}

void BridgeContext::save_soon() {
  // Many topics come into being together; one write is enough for them.
  agenda.set_if_absent({Task::save_state, 0}, now.steady + std::chrono::seconds{1});
}

void BridgeContext::keep_known(const CameraEntry& camera) {
  ObjectText known;
  known.add_raw("info", camera.info.text());
  known.add_raw("settings", camera.settings.text());
  known.add("state", camera.state_keys);
  auto text = std::move(known).take();
  text.shrink_to_fit();
  saved.known[camera.uid] = std::move(text);
  save_soon();
}

void BridgeContext::recall_known(CameraEntry& camera) {
  const auto found = saved.known.find(camera.uid);
  if (found == saved.known.end()) return;
  auto known = mappings::parse_json_text(found->second);
  if (!known) return;
  camera.info.assign((*known)["info"]);
  camera.settings.assign((*known)["settings"]);
  cameras.note_info(camera);
  for (const auto& key : (*known)["state"]) camera.state_keys.insert(key.get<std::string>());
}

void BridgeContext::keep_way(const CameraEntry& camera) {
  const auto& status = camera.status;
  if (!status.address || !status.path || *status.path == protocol::Path::relay) return;
  nlohmann::json way{{"address", status.address->text()},
                     {"transport", protocol::to_text(*status.path)},
                     {"cipher", status.cipher_name}};
  if (saved.ways[camera.uid] == way) return;
  saved.ways[camera.uid] = std::move(way);
  save_soon();
}

std::optional<KnownWay> BridgeContext::known_way(const std::string& uid) const {
  const auto found = saved.ways.find(uid);
  if (found == saved.ways.end()) return std::nullopt;
  const auto address = protocol::Address::parse(text_at(found->second, "address"));
  if (!address || !address->is_usable()) return std::nullopt;
  const std::string transport = text_at(found->second, "transport");
  const auto path = transport == "lan"   ? protocol::Path::lan
                    : transport == "p2p" ? protocol::Path::p2p
                                         : protocol::Path::direct;
  return KnownWay{*address, path, text_at(found->second, "cipher")};
}

bool BridgeContext::is_called_by(const CameraEntry& camera) const {
  if (config.alarm_push.listen.empty()) return false;
  const auto kept = saved.alarm_push.find(camera.uid);
  return kept != saved.alarm_push.end() && kept->second.value("set", false);
}

void BridgeContext::forget_orphaned_updates() {
  nlohmann::json left = nlohmann::json::array();
  for (auto& update : saved.updates) {
    const std::string uid = text_at(update, "uid");
    if (std::any_of(config.cameras.begin(), config.cameras.end(),
                    [&uid](const auto& camera) { return camera.uid.text() == uid; }))
      left.push_back(std::move(update));
  }
  if (left.size() != saved.updates.size()) save_soon();
  saved.updates = std::move(left);
}

void BridgeContext::ask_names() {
  for (auto& question : servers.take_due(now.steady)) to_resolve.push_back(std::move(question));
  if (const auto when = servers.deadline()) {
    agenda.set({Task::server_names, 0}, *when);
  } else {
    agenda.cancel({Task::server_names, 0});
  }
}

bool BridgeContext::take_resolved(std::uint64_t question,
                                  const std::vector<protocol::Address>& addresses) {
  const auto answered = servers.resolved(now.steady, question, addresses);
  if (!answered) return false;
  ask_names();
  if (answered->lost) {
    log(LogLevel::warning, "bridge", {},
        "server " + answered->host + ": name not found; asking again until it is");
  }
  if (answered->found_again)
    log(LogLevel::info, "bridge", {}, "server " + answered->host + " is found again");
  return answered->changed;
}

std::size_t BridgeContext::empty_stale_topics() {
  std::size_t count = 0;
  for (const auto& [uid, stale_topics] : std::exchange(stale, {})) {
    for (const auto& topic : stale_topics) outbox.clear(topic);
    count += stale_topics.size();
    if (saved.retained_topics.erase(uid) > 0) save_soon();
  }
  return count;
}

void BridgeContext::cameras_changed() {
  auto when = now.steady;
  if (cameras_published_) when = std::max(when, *cameras_published_ + std::chrono::seconds{1});
  agenda.set_if_absent({Task::cameras_topic, 0}, when);
}

void BridgeContext::set_camera_state(CameraEntry& camera, const std::string& topic,
                                     std::string payload, Outbox::Form form, Outbox::When when) {
  note_retained(camera, topic);
  outbox.set_derived(topic, std::move(payload), form, when);
}

}  // namespace cam32100::bridge
