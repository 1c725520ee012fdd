#include "bridge/core/bridge_info.hpp"

#include <utility>

#include "bridge/core/answers.hpp"
#include "bridge/core/command_gate.hpp"
#include "bridge/core/json_text.hpp"
#include "bridge/core/network_queries.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;

constexpr int kSchemaVersion = 1;

json topic(const std::string& name, const char* direction, bool retain, int qos,
           const char* payload) {
  return {{"topic", name},
          {"direction", direction},
          {"retain", retain},
          {"qos", qos},
          {"payload", payload}};
}

json topic_list(const mappings::Topics& topics, const Config& config) {
  const std::string uid = "<UID>";
  const bool keep = config.snapshot.retain;
  json list = json::array();
  list.push_back(topic(topics.bridge("availability"), "out", true, 1, "online or offline"));
  list.push_back(topic(topics.bridge("info"), "out", true, 1, "json"));
  list.push_back(topic(topics.bridge("cameras"), "out", true, 1, "json"));
  list.push_back(topic(topics.bridge("health"), "out", true, 0, "json"));
  list.push_back(topic(topics.bridge("event"), "out", true, 1, "json"));
  list.push_back(topic(topics.bridge("log"), "out", false, 0, "json"));
  list.push_back(topic(topics.bridge_command("<command>"), "in", false, 1, "json or plain"));
  list.push_back(topic(topics.bridge_response("<command>"), "out", true, 1, "json"));
  list.push_back(topic(topics.camera(uid, "availability"), "out", true, 1, "online or offline"));
  for (const char* leaf : {"state", "info", "settings", "event"}) {
    list.push_back(topic(topics.camera(uid, leaf), "out", true, 1, "json"));
  }
  list.push_back(topic(topics.camera_event(uid, "<type>"), "out", true, 1, "json"));
  list.push_back(topic(topics.camera(uid, "snapshot"), "out", keep, 0, "jpeg"));
  list.push_back(topic(topics.camera(uid, "snapshot/event"), "out", keep, 0, "jpeg"));
  list.push_back(topic(topics.camera(uid, "snapshot/meta"), "out", true, 1, "json"));
  list.push_back(topic(topics.camera_command(uid, "<command>"), "in", false, 1, "json or plain"));
  list.push_back(topic(topics.camera_response(uid, "<command>"), "out", true, 1, "json"));
  if (config.mqtt.last_response)
    list.push_back(topic(topics.camera(uid, "response"), "out", true, 1, "json"));
  list.push_back(topic(topics.camera(uid, "set"), "in", false, 1, "json"));
  list.push_back(topic(topics.camera(uid, "set/<key>"), "in", false, 1, "plain"));
  return list;
}

json limits(const Config& config) {
  return {
      {"command_bytes", CommandGate::kMaxPayload},
      {"queued_commands_per_camera", SupervisorConfig{}.max_queue},
      {"same_id_s", std::chrono::duration_cast<std::chrono::seconds>(DedupCache::kKept).count()},
      {"snapshot_bytes", config.snapshot.max_bytes},
      {"searches_at_once", NetworkQueries::kMaxQueries},
      {"cameras", kMaxCameras},
      {"server_sets", kMaxServerSets}};
}

}  // namespace

void BridgeInfo::publish_info() {
  const auto& config = context_.config;
  ObjectText text;
  text.add_number("v", 1);
  text.add_text("version", context_.identity.version);
  text.add_text("build", context_.identity.build);
  text.add_text("started", to_iso_text(context_.identity.started));
  text.add_text("instance", config.mqtt.instance);
  text.add_text("base_topic", config.mqtt.base_topic);
  text.add_text("mqtt_version", context_.mqtt_version >= 5 ? "5" : "3.1.1");
  text.add_text("log_level", to_text(context_.journal.level()));
  text.add_number("schema_version", kSchemaVersion);
  text.add("limits", limits(config));
  json stale = json::array();
  for (const auto& [uid, stale_topics] : context_.stale) stale.push_back(uid);
  text.add("stale", stale);
  text.add("topics", topic_list(context_.topics, config));
  text.add("commands",
           json{{"bridge", describe_bridge_commands()},
                {"camera", context_.mapping.describe_commands(!config.http.public_url.empty())}});
  text.add("settings", context_.mapping.describe_settings());
  text.add("config", to_public_json(config));
  context_.outbox.set_state(context_.topics.bridge("info"), std::move(text).take());
}

json BridgeInfo::health() const {
  const auto& counters = context_.counters;
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(context_.now.steady -
                                                                       context_.started.steady);
  json cameras = json::object();
  for (const auto& [uid, camera] : context_.cameras.all()) {
    const auto status = camera->supervisor->status();
    const auto& traffic = camera->supervisor->counters();
    cameras[uid] = {
        {"session", to_text(status.session)},
        {"rtt_ms",
         status.rtt
             ? json(std::chrono::duration_cast<std::chrono::milliseconds>(*status.rtt).count())
             : json(nullptr)},
        {"retries", status.retries},
        {"queued", status.queued},
        {"datagrams_in", traffic.datagrams_in},
        {"datagrams_out", traffic.datagrams_out},
        {"resent", traffic.resent},
        {"dropped", traffic.malformed + traffic.unknown_messages + traffic.unknown_senders +
                        traffic.dropped_events}};
  }
  json not_found = json::array();
  for (const auto& set : context_.servers.all()) {
    for (auto& name : set.not_found()) not_found.push_back(std::move(name));
  }
  const auto facts = context_.ports.process_facts();
  return {{"uptime_s", uptime.count()},
          {"rss_bytes", facts.rss_bytes},
          {"mqtt",
           {{"connects", counters.connects},
            {"losses", counters.losses},
            {"received", counters.received},
            {"published", facts.mqtt.published},
            {"dropped", facts.mqtt.dropped},
            {"waiting", facts.mqtt.waiting},
            {"in_flight", facts.mqtt.in_flight},
            {"reconnects", facts.mqtt.reconnects},
            {"commands", counters.executed},
            {"refused", counters.refused},
            {"duplicates", counters.duplicates}}},
          {"http", {{"refused", facts.http_refused}}},
          {"last_error", context_.last_error},
          {"servers", {{"not_found", std::move(not_found)}}},
          {"cameras", std::move(cameras)}};
}

void BridgeInfo::publish_health() {
  ObjectText text;
  text.add_number("v", 1);
  text.add_text("ts", to_iso_text(context_.now.wall));
  text.add_members(health());
  context_.outbox.set_state(context_.topics.bridge("health"), std::move(text).take(),
                            Outbox::Form::json, 0);
  context_.agenda.set({Task::health, 0}, context_.now.steady + context_.config.timing.health_s);
}

}  // namespace cam32100::bridge
