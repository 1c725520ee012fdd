#include "bridge/core/metrics_text.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <nlohmann/json.hpp>
#include <vector>

namespace cam32100::bridge {
namespace {

using nlohmann::json;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

struct Figure {
  const char* name;
  const char* help;
  MetricType type;
  const char* key;    // in the JSON
  double factor = 1;  // to the unit that the name says
};

constexpr Figure kProcess[]{
    {"cam32100_uptime_seconds", "Time since the bridge started", MetricType::Gauge, "uptime_s"},
    {"cam32100_resident_memory_bytes", "Resident memory", MetricType::Gauge, "rss_bytes"}};
constexpr Figure kMqtt[]{
    {"cam32100_mqtt_connects_total", "Connections to the broker", MetricType::Counter, "connects"},
    {"cam32100_mqtt_losses_total", "Connections lost", MetricType::Counter, "losses"},
    {"cam32100_mqtt_received_total", "Messages on command topics", MetricType::Counter, "received"},
    {"cam32100_mqtt_published_total", "Messages published", MetricType::Counter, "published"},
    {"cam32100_mqtt_dropped_total", "Messages given up", MetricType::Counter, "dropped"},
    {"cam32100_mqtt_waiting", "Messages that wait for their turn", MetricType::Gauge, "waiting"},
    {"cam32100_commands_total", "Commands executed", MetricType::Counter, "commands"},
    {"cam32100_commands_refused_total", "Commands refused", MetricType::Counter, "refused"}};
constexpr Figure kCamera[]{
    {"cam32100_camera_rtt_seconds", "Round trip to the camera", MetricType::Gauge, "rtt_ms", 0.001},
    {"cam32100_camera_retries", "Attempts to connect since the last session", MetricType::Gauge,
     "retries"},
    {"cam32100_camera_queued", "Commands that wait", MetricType::Gauge, "queued"},
    {"cam32100_camera_datagrams_in_total", "Datagrams received", MetricType::Counter,
     "datagrams_in"},
    {"cam32100_camera_datagrams_out_total", "Datagrams sent", MetricType::Counter, "datagrams_out"},
    {"cam32100_camera_resent_total", "Datagrams sent again", MetricType::Counter, "resent"},
    {"cam32100_camera_dropped_total", "Datagrams and events that were no use", MetricType::Counter,
     "dropped"}};

constexpr Figure kServer[]{
    {"cam32100_server_uptime_seconds", "Time since the server started", MetricType::Gauge,
     "uptime_s"},
    {"cam32100_server_resident_memory_bytes", "Resident memory", MetricType::Gauge, "rss_bytes"},
    {"cam32100_server_devices", "Devices that are logged in", MetricType::Gauge, "devices"}};
constexpr Figure kServerCounters[]{
    {"cam32100_server_hellos_total", "HELLO", MetricType::Counter, "hellos"},
    {"cam32100_server_logins_total", "Logins accepted", MetricType::Counter, "logins"},
    {"cam32100_server_lookups_total", "Look-ups", MetricType::Counter, "lookups"},
    {"cam32100_server_found_total", "Look-ups that found a device", MetricType::Counter, "found"},
    {"cam32100_server_unknown_total", "Look-ups of ids that are not here", MetricType::Counter,
     "unknown"},
    {"cam32100_server_refused_total", "Logins refused", MetricType::Counter, "refused"},
    {"cam32100_server_rate_limited_total", "Questions of sources that ask too much",
     MetricType::Counter, "rate_limited"},
    {"cam32100_server_unpaid_total", "Answers kept back, larger than what their asker had sent",
     MetricType::Counter, "unpaid"},
    {"cam32100_server_malformed_total", "Datagrams that are no messages", MetricType::Counter,
     "malformed"}};
constexpr Figure kServerRelay[]{
    {"cam32100_relay_sessions", "Relayed sessions, waiting ones too", MetricType::Gauge,
     "sessions"},
    {"cam32100_relay_allocated_total", "Relayed sessions begun", MetricType::Counter, "allocated"},
    {"cam32100_relay_opened_total", "Relayed sessions both sides came to", MetricType::Counter,
     "opened"},
    {"cam32100_relay_refused_total", "Relayed sessions refused", MetricType::Counter, "refused"},
    {"cam32100_relay_datagrams_total", "Datagrams passed on", MetricType::Counter, "datagrams"},
    {"cam32100_relay_bytes_total", "Bytes passed on", MetricType::Counter, "bytes"},
    {"cam32100_relay_dropped_total", "Datagrams over a limit", MetricType::Counter, "dropped"}};

MetricFamily family(const Figure& figure) { return {figure.name, figure.help, figure.type, {}}; }

void add(MetricFamily& to, double value, std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  (to.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  to.metric.push_back(std::move(metric));
}

void add_figure(MetricFamily& to, const Figure& figure, const json& object,
                std::vector<ClientMetric::Label> labels = {}) {
  const auto found = object.find(figure.key);
  if (found == object.end() || !found->is_number()) return;
  add(to, found->get<double>() * figure.factor, std::move(labels));
}

void add_cameras(std::vector<MetricFamily>& out, const json& cameras) {
  MetricFamily up{"cam32100_camera_connected", "1 while a session is open", MetricType::Gauge, {}};
  for (const auto& [uid, camera] : cameras.items())
    add(up, camera.value("session", "") == "connected" ? 1 : 0, {{"uid", uid}});
  out.push_back(std::move(up));
  for (const auto& figure : kCamera) {
    auto one = family(figure);
    for (const auto& [uid, camera] : cameras.items())
      add_figure(one, figure, camera, {{"uid", uid}});
    if (!one.metric.empty()) out.push_back(std::move(one));
  }
}

void add_refusals(std::vector<MetricFamily>& out, const json& refused) {
  MetricFamily one{"cam32100_http_refused_total",
                   "HTTP requests and connections that were refused",
                   MetricType::Counter,
                   {}};
  for (const auto& [reason, count] : refused.items())
    add(one, count.get<double>(), {{"reason", reason}});
  if (!one.metric.empty()) out.push_back(std::move(one));
}

template <std::size_t kCount>
void add_object(std::vector<MetricFamily>& out, const Figure (&figures)[kCount],
                const json& object) {
  for (const auto& figure : figures) {
    auto one = family(figure);
    add_figure(one, figure, object);
    if (!one.metric.empty()) out.push_back(std::move(one));
  }
}

}  // namespace

std::string server_metrics_text(const json& status) {
  std::vector<MetricFamily> out;
  add_object(out, kServer, status);
  add_object(out, kServerCounters, status.at("counters"));
  add_object(out, kServerRelay, status.at("relay"));
  return prometheus::TextSerializer{}.Serialize(out);
}

std::string metrics_text(const json& health, bool mqtt_connected) {
  std::vector<MetricFamily> out;
  for (const auto& figure : kProcess) {
    auto one = family(figure);
    add_figure(one, figure, health);
    out.push_back(std::move(one));
  }
  MetricFamily up{"cam32100_mqtt_connected", "1 while the broker is there", MetricType::Gauge, {}};
  add(up, mqtt_connected ? 1 : 0);
  out.push_back(std::move(up));
  for (const auto& figure : kMqtt) {
    auto one = family(figure);
    add_figure(one, figure, health.at("mqtt"));
    out.push_back(std::move(one));
  }
  add_refusals(out, health.at("http").at("refused"));
  add_cameras(out, health.at("cameras"));
  return prometheus::TextSerializer{}.Serialize(out);
}

}  // namespace cam32100::bridge
