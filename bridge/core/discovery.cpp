#include "bridge/core/discovery.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <utility>

#include "bridge/core/camera_abilities.hpp"
#include "bridge/core/json_text.hpp"
#include "mappings/json_text.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxHeldBytes = 256 * 1024 * 1024;
constexpr std::size_t kUnnamedPresets = 5;
constexpr std::uint64_t kBirthDelayMin = 1000, kBirthDelaySpan = 4000;  // ms

// The id level of "<prefix>/device/<id>/config".
std::string id_of(std::string_view topic, std::string_view prefix) {
  constexpr std::string_view kMiddle = "/device/";
  constexpr std::string_view kEnd = "/config";
  if (!topic.starts_with(prefix) || !topic.substr(prefix.size()).starts_with(kMiddle) ||
      !topic.ends_with(kEnd))
    return {};
  topic.remove_prefix(prefix.size() + kMiddle.size());
  if (topic.size() <= kEnd.size()) return {};
  topic.remove_suffix(kEnd.size());
  return topic.find('/') == std::string_view::npos ? std::string{topic} : std::string{};
}

}  // namespace

std::string Discovery::filter() const {
  return mappings::Topics::discovery(context_.config.homeassistant.prefix, "+");
}

mappings::DiscoveryContext Discovery::payload_context() const {
  return {context_.topics,
          context_.config.homeassistant.prefix,
          context_.config.mqtt.instance,
          context_.identity.version,
          context_.config.http.public_url,
          context_.config.snapshot.encoding == "b64"};
}

json Discovery::payload_of(const CameraEntry& camera) const {
  auto presets = camera.config.presets;
  if (presets.empty()) presets.resize(kUnnamedPresets);
  const json capabilities = abilities_of(context_.mapping, camera);
  return mappings::camera_discovery(context_.mapping, payload_context(),
                                    {camera.uid,
                                     camera.config.name,
                                     camera.info.value(),
                                     camera.settings.value(),
                                     {camera.state_keys.begin(), camera.state_keys.end()},
                                     capabilities,
                                     std::move(presets),
                                     camera.discovery.shown(),
                                     {camera.answered.begin(), camera.answered.end()},
                                     !camera.json_dialect,
                                     context_.cameras.shares_mac(camera)});
}

void Discovery::start_reading() {
  held_.clear();
  held_bytes_ = 0;
  bridge_.on_connected();
  for (const auto& [uid, camera] : context_.cameras.all()) camera->discovery.on_connected();
}

bool Discovery::take_message(const MqttMessage& message, bool reading) {
  if (!status_topic().empty() && message.topic == status_topic()) {
    // A retained one tells of a start that may be long ago; we have just sent everything.
    if (!message.retained && message.payload == context_.config.homeassistant.birth_payload)
      on_birth();
    return true;
  }
  const std::string id = id_of(message.topic, context_.config.homeassistant.prefix);
  if (id.empty()) return false;
  // On 3.1.1 what comes live does not differ from what we sent ourselves.
  if (!reading || !message.retained || message.payload.empty()) return true;
  if (!id.starts_with(context_.config.mqtt.instance + "_")) return true;
  if (held_bytes_ + message.payload.size() > kMaxHeldBytes) return true;
  held_bytes_ += message.payload.size();
  held_[id] = message.payload;
  return true;
}

void Discovery::end_reading() {
  const auto payloads = payload_context();
  const std::string prefix = context_.config.mqtt.instance + "_";
  auto when = context_.now.steady;
  for (const auto& [id, payload] : std::exchange(held_, {})) {
    const std::string uid = id.substr(prefix.size());
    const std::string topic = mappings::discovery_topic(payloads, uid);
    if (topic == mappings::bridge_discovery_topic(payloads)) {
      bridge_.take_held(context_.now.steady, topic, payload);
      note_bridge_topic(topic);
    } else if (CameraEntry* camera = context_.cameras.by_uid(uid)) {
      camera->discovery.take_held(when, topic, payload);
      camera->held_topics.insert(topic);
      when += kPace;  // those that must wait go out one after the other, too
    } else if (protocol::Uid::parse(uid)) {
      const auto parsed = mappings::parse_json_text(payload);
      if (parsed && mappings::is_own_discovery(payloads, *parsed))
        context_.stale[uid].push_back(topic);
    }
  }
  held_bytes_ = 0;
}

void Discovery::send_all() {
  if (!is_on()) return withdraw();
  bridge_.repeat();
  send_bridge();
  protocol::TimePoint when = context_.now.steady;
  for (const auto& [uid, camera] : context_.cameras.all()) {
    camera->discovery.repeat();
    context_.agenda.set({Task::discovery, camera->endpoint}, when);
    when += kPace;
  }
}

void Discovery::reconsider() {
  if (!context_.outbox.is_live()) return;
  if (!is_on()) return withdraw();
  send_bridge();
  for (const auto& [uid, camera] : context_.cameras.all()) note_change(*camera);
}

void Discovery::on_birth() {
  if (!context_.outbox.is_live() || !is_on()) return;
  const auto drawn =
      std::hash<std::string>{}(std::to_string(context_.seed) + "/" + std::to_string(++births_));
  context_.agenda.set({Task::birth, 0},
                      context_.now.steady + std::chrono::milliseconds{
                                                kBirthDelayMin + drawn % (kBirthDelaySpan + 1)});
}

void Discovery::on_birth_task() {
  if (!context_.outbox.is_live() || !is_on()) return;
  context_.log(LogLevel::info, "homeassistant", {},
               "Home Assistant has started; sending discovery");
  send_all();
  context_.agenda.set({Task::states_again, 0}, context_.now.steady + kSetUp);
  for (const auto& [uid, camera] : context_.cameras.all()) {
    const TaskKey key{Task::states_again, camera->endpoint};
    context_.agenda.set(key, *context_.agenda.when({Task::discovery, camera->endpoint}) + kSetUp);
  }
}

void Discovery::note_change(CameraEntry& camera) {
  if (!is_on() || !context_.outbox.is_live()) return;
  auto when = context_.now.steady + std::chrono::seconds{1};
  if (const auto free = camera.discovery.free_at()) when = std::max(when, *free);
  context_.agenda.set_if_absent({Task::discovery, camera.endpoint}, when);
}

void Discovery::on_task(CameraEntry& camera, Task task) {
  if (!context_.outbox.is_live()) return;
  if (task == Task::discovery) {
    send(camera);
  } else {
    topics_.resend(camera);
  }
}

void Discovery::on_bridge_task() {
  if (context_.outbox.is_live() && is_on()) send_bridge();
}

void Discovery::send_bridge() {
  const auto payloads = payload_context();
  const std::string topic = mappings::bridge_discovery_topic(payloads);
  auto step = bridge_.next(context_.now.steady, topic, mappings::bridge_discovery(payloads));
  if (step.again) context_.agenda.set({Task::discovery, 0}, *step.again);
  if (step.text.empty()) return;
  clear_bridge_payloads(topic);
  note_bridge_topic(topic);
  publish(topic, std::move(step.text));
}

void Discovery::publish(const std::string& topic, std::string payload) {
  context_.outbox.send({.topic = topic,
                        .payload = std::move(payload),
                        .qos = 1,
                        .retain = true,
                        .content_type = "application/json"});
}

void Discovery::send(CameraEntry& camera) {
  if (!is_on()) return;
  const std::string topic = mappings::discovery_topic(payload_context(), camera.uid);
  auto step = camera.discovery.next(context_.now.steady, topic, payload_of(camera));
  if (step.again) context_.agenda.set({Task::discovery, camera.endpoint}, *step.again);
  if (step.text.empty()) {
    if (step.again) keep_states_behind(camera, *step.again);
    return;
  }
  clear_payloads(camera, topic);
  context_.note_retained(camera, topic);
  publish(topic, std::move(step.text));
}

// States that were to follow a payload which has to wait: entities listen once they are set up.
void Discovery::keep_states_behind(CameraEntry& camera, protocol::TimePoint payload) {
  const TaskKey key{Task::states_again, camera.endpoint};
  if (context_.agenda.has(key)) context_.agenda.set(key, payload + kSetUp);
}

// By the topics that were noted: prefix and instance may have been others then. They go before the
// new ones come, so that Home Assistant can give the new entities the names of the old.
void Discovery::clear_payloads(CameraEntry& camera, const std::string& but) {
  auto& noted = context_.saved.retained_topics[camera.uid];
  const auto goes = [&](const std::string& topic) {
    return topic != but && mappings::is_discovery_topic_of(camera.uid, topic);
  };
  std::set<std::string> gone;
  std::copy_if(noted.begin(), noted.end(), std::inserter(gone, gone.end()), goes);
  std::copy_if(camera.held_topics.begin(), camera.held_topics.end(),
               std::inserter(gone, gone.end()), goes);
  for (const auto& topic : gone) {
    context_.outbox.clear(topic);
    camera.retained_topics.erase(topic);
    camera.held_topics.erase(topic);
  }
  if (std::erase_if(noted, goes) > 0) context_.save_soon();
}

void Discovery::clear_bridge_payloads(const std::string& but) {
  const auto goes = [&](const std::string& topic) { return topic != but; };
  auto& noted = context_.saved.bridge_topics;
  for (const auto& topic : noted) {
    if (goes(topic)) context_.outbox.clear(topic);
  }
  if (std::erase_if(noted, goes) > 0) context_.save_soon();
}

void Discovery::note_bridge_topic(const std::string& topic) {
  auto& noted = context_.saved.bridge_topics;
  if (std::find(noted.begin(), noted.end(), topic) != noted.end()) return;
  noted.push_back(topic);
  context_.save_soon();
}

void Discovery::withdraw() {
  for (const auto& [uid, camera] : context_.cameras.all()) {
    clear_payloads(*camera, {});
    camera->discovery.forget(context_.now.steady);
  }
  clear_bridge_payloads({});
  bridge_.forget(context_.now.steady);
}

}  // namespace cam32100::bridge
