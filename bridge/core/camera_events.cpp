#include "bridge/core/camera_events.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "bridge/core/json_text.hpp"
#include "mappings/base64.hpp"
#include "mappings/json_text.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;

// What we publish under event/. What others put there is neither kept nor ended.
bool is_our_type(std::string_view type) {
  static constexpr std::array<std::string_view, 24> kTypes{"motion",
                                                           "sound",
                                                           "alarm_in",
                                                           "doorbell",
                                                           "tamper",
                                                           "offline",
                                                           "online",
                                                           "sd_card",
                                                           "unknown_alarm",
                                                           "stun",
                                                           "lookup",
                                                           "lookup_ack",
                                                           "confirmed",
                                                           "ping",
                                                           "pong",
                                                           "ack",
                                                           "http",
                                                           "complete",
                                                           "video",
                                                           "audio",
                                                           "close",
                                                           "lost_connection",
                                                           "unknown_message",
                                                           "unknown_sender"};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

// Anybody may have left it on the broker: the bounded parser.
json parse_or_null(const std::string& text) {
  auto parsed = mappings::parse_json_text(text);
  return parsed ? *std::move(parsed) : json{};
}

bool is_active(const json& event) {
  const auto active = event.find("active");
  return active != event.end() && active->is_boolean() && active->get<bool>();
}

}  // namespace

std::string CameraEvents::compose(CameraEntry& camera, const std::string& type,
                                  const Parts& parts) const {
  ObjectText text;
  text.add_number("v", 1);
  text.add_text("uid", camera.uid);
  text.add_text("type", type);
  if (parts.id) text.add_text("id", *parts.id);
  text.add_number("seq", static_cast<std::int64_t>(++camera.seq));
  if (parts.active) text.add_bool("active", *parts.active);
  text.add_text("ts", to_iso_text(context_.now.wall));
  text.add_members(parts.fields);
  return std::move(text).take();
}

MqttPublication CameraEvents::retained(CameraEntry& camera, const std::string& topic,
                                       std::string payload) {
  context_.note_retained(camera, topic);
  return {.topic = topic,
          .payload = std::move(payload),
          .qos = 1,
          .retain = true,
          .keep_while_down = true,
          .content_type = "application/json"};
}

void CameraEvents::send_retained(CameraEntry& camera, const std::string& topic,
                                 std::string payload) {
  context_.outbox.send(retained(camera, topic, std::move(payload)));
}

void CameraEvents::publish(CameraEntry& camera, const std::string& type, const Parts& parts,
                           bool is_camera_event) {
  std::string payload = compose(camera, type, parts);
  if (parts.active.value_or(false)) {
    camera.quiet_events.erase(type);
  } else {
    camera.quiet_events[type] = payload;
  }
  const auto topic = context_.topics.camera_event(camera.uid, type);
  if (is_camera_event) {
    send_retained(camera, context_.topics.camera(camera.uid, "event"), payload);
    send_retained(camera, topic, std::move(payload));
  } else {
    context_.send_behind_answers(retained(camera, topic, std::move(payload)));
  }
}

void CameraEvents::alarms(CameraEntry& camera, const std::vector<AlarmChange>& changes) {
  for (const auto& change : changes) {
    Parts parts{change.id,
                change.active,
                {{"source", change.pushed ? "alarm_push" : "status_poll"},
                 // A camera that calls tells nothing but that.
                 {"raw", change.pushed ? json::object() : json{{"alarm_status", change.raw}}}}};
    if (change.active) {
      parts.fields["image"] = context_.topics.camera(camera.uid, "snapshot/event");
    } else {
      parts.fields["duration_s"] = static_cast<double>(change.duration.count()) / 1000.0;
    }
    camera.first_seen = camera.first_seen && change.type != "motion";
    publish(camera, change.type, parts, true);
  }
  arm(camera);
}

void CameraEvents::availability(CameraEntry& camera, bool online, const std::string& reason) {
  json fields = json::object();
  if (!online && !reason.empty()) fields["reason"] = protocol::redact_uids(reason);
  // A moment, not something that lasts: nothing will end it.
  publish(camera, online ? "online" : "offline",
          {context_.event_ids.next(context_.now.wall), false, std::move(fields)}, true);
}

void CameraEvents::protocol(CameraEntry& camera, ProtocolEvent event) {
  if (!EventFold::folds(event.type)) {
    publish(camera, event.type, {std::nullopt, std::nullopt, std::move(event.fields)}, false);
    return;
  }
  // These may come with every datagram. Strangers and nonsense are always told; our own traffic on
  // demand.
  const auto& verbose = context_.config.events.verbose;
  const bool always = event.type == "unknown_message" || event.type == "unknown_sender";
  if (!always && std::find(verbose.begin(), verbose.end(), event.type) == verbose.end()) return;
  if (auto due = camera.fold.add(context_.now.steady, event.type, std::move(event.fields))) {
    publish(camera, due->type, {std::nullopt, std::nullopt, std::move(due->fields)}, false);
  }
  arm(camera);
}

void CameraEvents::folded_due(CameraEntry& camera) {
  for (auto& due : camera.fold.on_time(context_.now.steady)) {
    publish(camera, due.type, {std::nullopt, std::nullopt, std::move(due.fields)}, false);
  }
  arm(camera);
}

void CameraEvents::arm(CameraEntry& camera) {
  if (const auto when = camera.fold.deadline())
    context_.agenda.set({Task::event_fold, camera.endpoint}, *when);
  if (const auto when = camera.alarms.deadline())
    context_.agenda.set({Task::alarm_end, camera.endpoint}, *when);
}

void CameraEvents::bridge_event(const std::string& type, const json& fields) {
  ObjectText text;
  text.add_number("v", 1);
  text.add_text("type", type);
  text.add_number("seq", static_cast<std::int64_t>(++context_.bridge_seq));
  text.add_text("ts", to_iso_text(context_.now.wall));
  text.add_members(fields);
  context_.outbox.send({.topic = context_.topics.bridge("event"),
                        .payload = std::move(text).take(),
                        .qos = 1,
                        .retain = true,
                        .keep_while_down = true,
                        .content_type = "application/json"});
}

void CameraEvents::restore(CameraEntry& camera, const RetainedTree::Camera* held,
                           TreeReading reading) {
  if (held != nullptr) take_held(camera, *held);
  // What was not seen may be there all the same: sent again it would be history to those who
  // listen.
  if (reading == TreeReading::part) return;
  const bool offered = note_motion_offered(camera);
  if (reading == TreeReading::none) {
    if (offered) {
      send_retained(camera, context_.topics.camera_event(camera.uid, "motion"),
                    camera.quiet_events["motion"]);
    }
    return;
  }
  for (const auto& [type, payload] : camera.quiet_events) {
    const auto topic = context_.topics.camera_event(camera.uid, type);
    if (held == nullptr || !held->topics.contains(topic)) send_retained(camera, topic, payload);
  }
  restore_picture(camera, held);
}

void CameraEvents::take_held(CameraEntry& camera, const RetainedTree::Camera& held) {
  for (const auto& [type, payload] : held.events) {
    const json event = parse_or_null(payload);
    if (!event.is_object() || !is_our_type(type)) continue;
    if (type == "motion") camera.first_seen = false;
    // What goes on now stands on the same topic, or is on its way there.
    if (camera.alarms.is_active(type)) continue;
    if (is_active(event)) {
      end_stale(camera, type, event);
    } else {
      camera.quiet_events.try_emplace(type, payload);
    }
  }
}

void CameraEvents::offer_motion(CameraEntry& camera) {
  if (!note_motion_offered(camera)) return;
  send_retained(camera, context_.topics.camera_event(camera.uid, "motion"),
                camera.quiet_events["motion"]);
}

bool CameraEvents::note_motion_offered(CameraEntry& camera) {
  if (!camera.first_seen || !camera.shows_motion()) return false;
  camera.first_seen = false;
  camera.quiet_events["motion"] = compose(camera, "motion", {std::nullopt, false, nullptr});
  return true;
}

void CameraEvents::end_stale(CameraEntry& camera, const std::string& type, const json& event) {
  // This run has told an end already, and the broker does not show it: told again as it was.
  if (const auto told = camera.quiet_events.find(type); told != camera.quiet_events.end()) {
    send_retained(camera, context_.topics.camera_event(camera.uid, type), told->second);
    return;
  }
  const std::string id = text_at(event, "id");
  Parts parts{std::nullopt, false, json::object()};
  if (!id.empty()) parts.id = id;
  parts.fields["source"] = "restart";
  if (const auto began = parse_iso_text(text_at(event, "ts"))) {
    const auto length =
        std::chrono::duration_cast<std::chrono::milliseconds>(context_.now.wall - *began);
    parts.fields["duration_s"] =
        static_cast<double>(std::max<std::int64_t>(length.count(), 0)) / 1000.0;
  }
  // Not on <UID>/event: the end of something from an earlier run is no news there.
  publish(camera, type, parts, false);
}

void CameraEvents::withdraw_pictures(CameraEntry& camera) {
  for (const char* leaf : {"snapshot", "snapshot/event"}) {
    const std::string topic = context_.topics.camera(camera.uid, leaf);
    const bool ours = camera.retained_topics.erase(topic) > 0;
    const bool earlier = camera.held_topics.erase(topic) > 0;
    if (ours || earlier) context_.outbox.clear(topic);
  }
}

void CameraEvents::restore_picture(CameraEntry& camera, const RetainedTree::Camera* held) {
  const auto& topics = context_.topics;
  const std::string image = topics.camera(camera.uid, "snapshot");
  const std::string meta = topics.camera(camera.uid, "snapshot/meta");
  if (!context_.config.snapshot.retain) return withdraw_pictures(camera);
  if (camera.last_picture.empty() || !camera.picture_is_public) return;
  if (held != nullptr && held->topics.contains(image) && held->topics.contains(meta)) return;
  const bool base64 = context_.config.snapshot.encoding == "b64";
  for (const auto& topic : {image, meta}) context_.note_retained(camera, topic);
  context_.outbox.send(
      {.topic = image,
       .payload = base64 ? mappings::to_base64(std::as_bytes(std::span{camera.last_picture}))
                         : camera.last_picture,
       .qos = 0,
       .retain = true,
       .content_type = base64 ? "text/plain" : "image/jpeg"});
  context_.outbox.send({.topic = meta,
                        .payload = camera.picture_meta,
                        .qos = 1,
                        .retain = true,
                        .content_type = "application/json"});
}

}  // namespace cam32100::bridge
