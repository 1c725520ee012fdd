#include "bridge/core/camera_topics.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "bridge/core/camera_abilities.hpp"
#include "bridge/core/envelope.hpp"
#include "bridge/core/json_text.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

WallTime wall_of(const BridgeContext& context, protocol::TimePoint when) {
  return context.now.wall +
         std::chrono::duration_cast<WallTime::duration>(when - context.now.steady);
}

json text_or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json milliseconds_or_null(const std::optional<protocol::Duration>& duration) {
  if (!duration) return nullptr;
  return std::chrono::duration_cast<milliseconds>(*duration).count();
}

json counters_json(const protocol::SessionCounters& counters) {
  return {{"datagrams_in", counters.datagrams_in},
          {"datagrams_out", counters.datagrams_out},
          {"malformed", counters.malformed},
          {"unknown_messages", counters.unknown_messages},
          {"unknown_senders", counters.unknown_senders},
          {"ping", counters.alive_in},
          {"pong", counters.alive_ack_in},
          {"ack", counters.ack_in},
          {"http", counters.drw_in},
          {"duplicates", counters.duplicates},
          {"reordered", counters.reordered},
          {"resent", counters.resent},
          {"dropped_events", counters.dropped_events}};
}

}  // namespace

json availability_of(const CameraEntry& camera) {
  if (!camera.online) return nullptr;
  return *camera.online ? "online" : "offline";
}

CameraTopics::CameraTopics(BridgeContext& context) : context_{context}, commands_(json::array()) {
  const json described = context.mapping.describe_commands(true);
  for (const auto& [name, description] : described.items()) {
    commands_.push_back(name);
  }
}

void CameraTopics::take_status(CameraEntry& camera) {
  auto status = camera.supervisor->status();
  if (status.since != camera.status.since || camera.since == WallTime{}) {
    camera.since = wall_of(context_, status.since);
  }
  const bool listed = status.session != camera.status.session;
  camera.status = std::move(status);
  if (listed) context_.cameras_changed();
  publish_state(camera);
}

void CameraTopics::publish_state(CameraEntry& camera) {
  std::string fixed = fixed_state(camera);
  const auto print = std::hash<std::string>{}(fixed);
  if (camera.state_print == print) return;
  camera.state_print = print;
  context_.set_camera_state(camera, context_.topics.camera(camera.uid, "state"),
                            whole_state(camera, std::move(fixed)));
}

std::string CameraTopics::fixed_state(const CameraEntry& camera) const {
  const auto& status = camera.status;
  ObjectText text;
  text.add_number("v", 1);
  text.add_text("uid", camera.uid);
  text.add_text("session", to_text(status.session));
  text.add("reason", text_or_null(protocol::redact_uids(status.reason)));
  text.add_text("since", to_iso_text(camera.since));
  text.add("transport", status.path ? json(protocol::to_text(*status.path)) : json(nullptr));
  text.add("address", status.address ? json(status.address->text()) : json(nullptr));
  text.add("cipher", text_or_null(status.cipher_name));
  text.add_number("retries", static_cast<std::int64_t>(status.retries));
  // Whole seconds: the two clocks drift against each other by less than that between two looks.
  text.add("next_try", status.next_try ? json(to_iso_text(std::chrono::round<std::chrono::seconds>(
                                             wall_of(context_, *status.next_try))))
                                       : json(nullptr));
  text.add_bool("streaming", false);
  text.add_bool("closed_by_request", status.asked_to_stay_closed);
  text.add("search", status.search);
  text.add("last_error", status.last_error ? to_json(*status.last_error) : json(nullptr));
  text.add_members(camera.state);
  return std::move(text).take();
}

std::string CameraTopics::whole_state(const CameraEntry& camera, std::string whole) const {
  const auto status = camera.supervisor->status();  // these move without a word
  ObjectText figures;
  figures.add("rtt_ms", milliseconds_or_null(status.rtt));
  figures.add("last_seen", status.last_seen
                               ? json(to_iso_text(wall_of(context_, *status.last_seen)))
                               : json(nullptr));
  figures.add("counters", counters_json(camera.supervisor->counters()));
  const std::string rest = std::move(figures).take();
  whole.back() = ',';
  whole.append(rest, 1);
  return whole;
}

std::string CameraTopics::info_text(const CameraEntry& camera) const {
  const auto& config = camera.config;
  ObjectText text;
  text.add_number("v", 1);
  text.add_text("uid", camera.uid);
  text.add_text("name", config.name.empty() ? camera.uid : config.name);
  if (!config.alias.empty()) text.add_text("topic_alias", config.alias);
  text.add_text("family", context_.mapping.family());
  text.add_bool("supported", !camera.json_dialect);
  text.add_text("session_mode", config.session == SessionMode::on_demand ? "on_demand" : "always");
  const json told = camera.info.value();
  for (const auto& [key, value] : told.items()) {
    // What the bridge says itself is not to be overwritten by a camera's reply.
    static constexpr std::array<std::string_view, 8> kOurs{
        "v", "uid", "name", "topic_alias", "family", "session_mode", "capabilities", "commands"};
    if (std::find(kOurs.begin(), kOurs.end(), key) == kOurs.end()) text.add(key, value);
  }
  text.add("capabilities", abilities_of(context_.mapping, camera));
  text.add("commands", camera.json_dialect ? json::array() : commands_);
  return std::move(text).take();
}

void CameraTopics::publish_info(CameraEntry& camera) {
  context_.set_camera_state(camera, context_.topics.camera(camera.uid, "info"), info_text(camera));
  context_.cameras_changed();
}

std::string CameraTopics::settings_text(const CameraEntry& camera) {
  ObjectText text;
  text.add_number("v", 1);
  text.add_text("uid", camera.uid);
  text.add_members(camera.settings.value());
  return std::move(text).take();
}

void CameraTopics::publish_settings(CameraEntry& camera) {
  if (camera.settings.empty()) return;
  context_.set_camera_state(camera, context_.topics.camera(camera.uid, "settings"),
                            settings_text(camera));
}

void CameraTopics::resend_settings(CameraEntry& camera) {
  send_again(camera, "settings", settings_text(camera));
}

void CameraTopics::send_again(CameraEntry& camera, const char* leaf, std::string text) {
  const std::string topic = context_.topics.camera(camera.uid, leaf);
  if (!context_.outbox.has_derived(topic)) return;
  context_.set_camera_state(camera, topic, std::move(text), Outbox::Form::json,
                            Outbox::When::always);
}

void CameraTopics::publish_availability(CameraEntry& camera, bool online) {
  if (camera.online != online) context_.cameras_changed();
  camera.online = online;
  context_.set_camera_state(camera, context_.topics.camera(camera.uid, "availability"),
                            online ? "online" : "offline", Outbox::Form::text);
}

void CameraTopics::publish_cameras() {
  json list = json::array();
  for (const auto& [uid, camera] : context_.cameras.all()) {
    list.push_back({{"uid", uid},
                    {"name", camera->config.name.empty() ? uid : camera->config.name},
                    {"model", camera->model},
                    {"session", to_text(camera->status.session)},
                    {"availability", availability_of(*camera)}});
  }
  context_.outbox.set_state(context_.topics.bridge("cameras"), to_json_text(list));
  context_.cameras_published_ = context_.now.steady;
}

void CameraTopics::resend(CameraEntry& camera) {
  if (camera.online) {
    context_.set_camera_state(camera, context_.topics.camera(camera.uid, "availability"),
                              *camera.online ? "online" : "offline", Outbox::Form::text,
                              Outbox::When::always);
  }
  std::string fixed = fixed_state(camera);
  camera.state_print = std::hash<std::string>{}(fixed);
  context_.set_camera_state(camera, context_.topics.camera(camera.uid, "state"),
                            whole_state(camera, std::move(fixed)), Outbox::Form::json,
                            Outbox::When::always);
  send_again(camera, "info", info_text(camera));
  resend_settings(camera);
}

std::string CameraTopics::page(const CameraEntry& camera) const {
  ObjectText text;
  text.add_text("uid", camera.uid);
  if (context_.outbox.has_derived(context_.topics.camera(camera.uid, "info")))
    text.add_raw("info", info_text(camera));
  if (camera.state_print) text.add_raw("state", whole_state(camera, fixed_state(camera)));
  return std::move(text).take();
}

}  // namespace cam32100::bridge
