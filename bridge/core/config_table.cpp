#include "bridge/core/config_table.hpp"

#include <array>

#include "bridge/core/config_checks.hpp"

namespace cam32100::bridge {

namespace {

constexpr std::array<std::string_view, 3> kVersions{"auto", "5", "3.1.1"};
constexpr std::array<std::string_view, 2> kCleanups{"manual", "auto"};
constexpr std::array<std::string_view, 2> kEncodings{"raw", "b64"};
constexpr std::array<std::string_view, 4> kInversions{"none", "horizontal", "vertical", "both"};
constexpr std::array<std::string_view, 8> kAbilities{"ptz",    "presets", "ir",        "image",
                                                     "reboot", "events",  "wifi_scan", "snapshot"};
constexpr std::array<std::string_view, 6> kPacketEvents{"ping", "pong",  "ack",
                                                        "http", "video", "audio"};
// In the order of the enumerators LogLevel and SessionMode.
constexpr std::array<std::string_view, 4> kLogLevels{"debug", "info", "warning", "error"};
constexpr std::array<std::string_view, 2> kSessionModes{"always", "on_demand"};

constexpr std::int64_t kDay = 86400;

constexpr auto root_key = [](Setting setting, auto member) {
  return field<RootValues>(setting, member);
};
constexpr auto camera = [](Setting setting, auto member) {
  return field<CameraValues>(setting, member);
};
constexpr auto server = [](Setting setting, auto member) {
  return field<ServerSetConfig>(setting, member);
};

constexpr auto kRootFields = std::to_array<Field<RootValues>>({
    root_key(
        {.path = "mqtt.url",
         .doc = "the broker: mqtt:// or tcp:// in clear, mqtts:// or ssl:// with TLS",
         .check = check_broker_url},
        [](auto& c) -> auto& { return c.mqtt.url; }),
    root_key(
        {.path = "mqtt.version",
         .doc = "MQTT version: auto tries 5 first, then 3.1.1",
         .choices = kVersions},
        [](auto& c) -> auto& { return c.mqtt.version; }),
    root_key(
        {.path = "mqtt.user", .doc = "the broker's user; empty means anonymous"},
        [](auto& c) -> auto& { return c.mqtt.user; }),
    root_key(
        {.path = "mqtt.password",
         .doc = "the broker's password; better given as password_file",
         .secret = true},
        [](auto& c) -> auto& { return c.mqtt.password; }),
    root_key(
        {.path = "mqtt.password_file",
         .doc = "plain name of a file in secrets.directory that holds the broker's password",
         .check = check_secret_name,
         .input_only = true},
        [](auto& c) -> auto& { return c.mqtt_password_file; }),
    root_key(
        {.path = "mqtt.client_id",
         .doc = "client id; empty means one is made once and kept in the state file",
         .max = 256},
        [](auto& c) -> auto& { return c.mqtt.client_id; }),
    root_key(
        {.path = "mqtt.base_topic",
         .doc = "first levels of every topic; may hold slashes",
         .max = 256,
         .check = check_base_topic},
        [](auto& c) -> auto& { return c.mqtt.base_topic; }),
    root_key(
        {.path = "mqtt.instance",
         .doc = "name of this bridge in ids; two bridges on one broker need two names",
         .max = 64,
         .check = check_instance},
        [](auto& c) -> auto& { return c.mqtt.instance; }),
    root_key(
        {.path = "mqtt.keep_alive_s",
         .doc = "MQTT keep alive: the broker notices a dead bridge after 1.5 times this",
         .min = 5,
         .max = 65535},
        [](auto& c) -> auto& { return c.mqtt.keep_alive_s; }),
    root_key(
        {.path = "mqtt.tls.ca_file",
         .doc = "PEM file of the authority that signed the broker's certificate; empty means the "
                "system's"},
        [](auto& c) -> auto& { return c.mqtt.tls.ca_file; }),
    root_key(
        {.path = "mqtt.tls.certificate_file",
         .doc = "PEM file of our own certificate, if the broker asks for one"},
        [](auto& c) -> auto& { return c.mqtt.tls.certificate_file; }),
    root_key(
        {.path = "mqtt.tls.key_file",
         .doc = "PEM file of our own key; empty if it stands in certificate_file"},
        [](auto& c) -> auto& { return c.mqtt.tls.key_file; }),
    root_key(
        {.path = "mqtt.tls.verify", .doc = "check the broker's certificate and its name"},
        [](auto& c) -> auto& { return c.mqtt.tls.verify; }),
    root_key(
        {.path = "mqtt.last_response", .doc = "publish each response also on <UID>/response"},
        [](auto& c) -> auto& { return c.mqtt.last_response; }),
    root_key(
        {.path = "mqtt.allow_plain_secrets",
         .doc = "allow passwords inside MQTT commands, not only password_file"},
        [](auto& c) -> auto& { return c.mqtt.allow_plain_secrets; }),
    root_key(
        {.path = "mqtt.cleanup",
         .doc = "retained topics of cameras that are not configured: auto empties them at start, "
                "manual waits for the cleanup command",
         .choices = kCleanups},
        [](auto& c) -> auto& { return c.mqtt.cleanup; }),
    root_key(
        {.path = "homeassistant.discovery",
         .doc = "make the cameras and this bridge appear in Home Assistant by themselves"},
        [](auto& c) -> auto& { return c.homeassistant.discovery; }),
    root_key(
        {.path = "homeassistant.prefix",
         .doc = "discovery prefix, as set in Home Assistant's MQTT integration",
         .max = 256,
         .check = check_base_topic},
        [](auto& c) -> auto& { return c.homeassistant.prefix; }),
    root_key(
        {.path = "homeassistant.status_topic",
         .doc = "where Home Assistant says that it has started; empty means it is not listened to",
         .max = 256,
         .check = check_status_topic},
        [](auto& c) -> auto& { return c.homeassistant.status_topic; }),
    root_key(
        {.path = "homeassistant.birth_payload", .doc = "what it says there", .max = 256},
        [](auto& c) -> auto& { return c.homeassistant.birth_payload; }),
    root_key(
        {.path = "lan.targets",
         .doc = "where cameras are searched: broadcast, or addresses a.b.c.d[:port]; empty means "
                "no LAN search",
         .check = check_lan_target},
        [](auto& c) -> auto& { return c.lan.targets; }),
    root_key(
        {.path = "snapshot.retain", .doc = "leave the last picture on the broker"},
        [](auto& c) -> auto& { return c.snapshot.retain; }),
    root_key(
        {.path = "snapshot.max_bytes",
         .doc = "larger pictures are not published",
         .min = 1024,
         .max = 16 * 1024 * 1024},
        [](auto& c) -> auto& { return c.snapshot.max_bytes; }),
    root_key(
        {.path = "snapshot.encoding",
         .doc = "raw JPEG bytes, or base64 text",
         .choices = kEncodings},
        [](auto& c) -> auto& { return c.snapshot.encoding; }),
    root_key(
        {.path = "timing.connect_timeout_ms",
         .doc = "how long one attempt to open a session may take",
         .min = 500,
         .max = 120000},
        [](auto& c) -> auto& { return c.timing.connect_timeout_ms; }),
    root_key(
        {.path = "timing.request_timeout_ms",
         .doc = "how long a camera may take to answer a request",
         .min = 200,
         .max = 120000},
        [](auto& c) -> auto& { return c.timing.request_timeout_ms; }),
    root_key(
        {.path = "timing.idle_logout_s",
         .doc = "an on_demand session without work is closed after this",
         .min = 5,
         .max = kDay},
        [](auto& c) -> auto& { return c.timing.idle_logout_s; }),
    root_key(
        {.path = "timing.presence_check_s",
         .doc = "how often an on_demand camera without a session is looked for",
         .min = 10,
         .max = kDay},
        [](auto& c) -> auto& { return c.timing.presence_check_s; }),
    root_key(
        {.path = "timing.offline_grace_s",
         .doc = "a lost camera is called offline only after this",
         .min = 0,
         .max = kDay},
        [](auto& c) -> auto& { return c.timing.offline_grace_s; }),
    root_key(
        {.path = "timing.backoff_max_s",
         .doc = "longest pause between two attempts to connect",
         .min = 1,
         .max = 3600},
        [](auto& c) -> auto& { return c.timing.backoff_max_s; }),
    root_key(
        {.path = "timing.health_s",
         .doc = "how often bridge/health is published",
         .min = 5,
         .max = kDay},
        [](auto& c) -> auto& { return c.timing.health_s; }),
    root_key(
        {.path = "timing.refresh_s",
         .doc = "how often state is published again for brokers that forget",
         .min = 10,
         .max = kDay},
        [](auto& c) -> auto& { return c.timing.refresh_s; }),
    root_key(
        {.path = "timing.status_poll_s",
         .doc = "how often an open session asks for the camera's status, settings and clients; 0 "
                "means "
                "never",
         .min = 0,
         .max = kDay},
        [](auto& c) -> auto& { return c.timing.status_poll_s; }),
    root_key(
        {.path = "http.listen",
         .doc = "address:port of the HTTP server; empty means there is none",
         .max = 64,
         .check = check_listen},
        [](auto& c) -> auto& { return c.http.listen; }),
    root_key(
        {.path = "http.token",
         .doc = "what a request must bring, as Bearer token or as password of Basic; better given "
                "as token_file",
         .secret = true},
        [](auto& c) -> auto& { return c.http.token; }),
    root_key(
        {.path = "http.token_file",
         .doc = "plain name of a file in secrets.directory that holds the token",
         .check = check_secret_name,
         .input_only = true},
        [](auto& c) -> auto& { return c.http_token_file; }),
    root_key(
        {.path = "http.public_url",
         .doc = "how others reach the HTTP server, http:// or https://; empty means url appears "
                "nowhere; refused without http.listen",
         .max = 256,
         .check = check_public_url},
        [](auto& c) -> auto& { return c.http.public_url; }),
    root_key(
        {.path = "http.allow_write",
         .doc = "let the http command call CGIs that change the camera"},
        [](auto& c) -> auto& { return c.http.allow_write; }),
    root_key(
        {.path = "events.verbose",
         .doc = "packet events that are published, at most one a second each",
         .choices = kPacketEvents},
        [](auto& c) -> auto& { return c.events.verbose; }),
    root_key(
        {.path = "motion.off_delay_s",
         .doc = "a motion that the camera does not end is ended after this",
         .min = 1,
         .max = kDay},
        [](auto& c) -> auto& { return c.motion.off_delay_s; }),
    root_key(
        {.path = "motion.poll_ms",
         .doc = "how often an open session asks whether something moves; 0 means with the status",
         .min = 0,
         .max = kDay * 1000},
        [](auto& c) -> auto& { return c.motion.poll_ms; }),
    root_key(
        {.path = "alarm_push.listen",
         .doc = "address:port of this host where cameras may report an alarm; empty means they are "
                "only asked",
         .max = 64,
         .check = check_listen},
        [](auto& c) -> auto& { return c.alarm_push.listen; }),
    root_key(
        {.path = "alarm_push.url",
         .doc = "how cameras reach it; empty means http:// and alarm_push.listen",
         .max = 200,
         .check = check_public_url},
        [](auto& c) -> auto& { return c.alarm_push.url; }),
    root_key(
        {.path = "secrets.directory",
         .doc = "directory of password files; empty means only the service manager's credentials"},
        [](auto& c) -> auto& { return c.secrets.directory; }),
    root_key(
        {.path = "log.level", .doc = "least important level that is logged", .choices = kLogLevels},
        [](auto& c) -> auto& { return c.log.level; }),
    root_key(
        {.path = "state_file",
         .doc = "file that keeps what was added over MQTT; empty means nothing is kept over a "
                "restart"},
        [](auto& c) -> auto& { return c.state_file; }),
});

constexpr auto kCameraFields = std::to_array<Field<CameraValues>>({
    camera(
        {.path = "cameras[].uid",
         .doc = "the camera's id, in any spelling",
         .max = 64,
         .check = check_uid,
         .required = true},
        [](auto& c) -> auto& { return c.uid; }),
    camera(
        {.path = "cameras[].name", .doc = "a name for people; empty means the id", .max = 128},
        [](auto& c) -> auto& { return c.name; }),
    camera(
        {.path = "cameras[].alias",
         .doc = "a word that stands for the id in command topics",
         .max = 64,
         .check = check_alias},
        [](auto& c) -> auto& { return c.alias; }),
    camera(
        {.path = "cameras[].user", .doc = "the camera's user", .max = 64},
        [](auto& c) -> auto& { return c.user; }),
    camera(
        {.path = "cameras[].password",
         .doc = "the camera's password; at most one of password, password_file and password_env",
         .secret = true},
        [](auto& c) -> auto& { return c.password; }),
    camera(
        {.path = "cameras[].password_file",
         .doc = "plain name of a file in secrets.directory that holds the password",
         .check = check_secret_name,
         .input_only = true},
        [](auto& c) -> auto& { return c.password_file; }),
    camera(
        {.path = "cameras[].password_env",
         .doc = "name of an environment variable that holds the password",
         .check = check_variable_name,
         .input_only = true},
        [](auto& c) -> auto& { return c.password_env; }),
    camera(
        {.path = "cameras[].address",
         .doc = "the camera's address a.b.c.d[:port] if it is known; port 32108 unless given",
         .max = 64,
         .check = check_camera_address},
        [](auto& c) -> auto& { return c.address; }),
    camera(
        {.path = "cameras[].psk",
         .doc =
             "the cipher key: auto (by the id's prefix), plain (none), its text, or key:HHHHHHHH",
         .check = check_psk,
         .secret = true},
        [](auto& c) -> auto& { return c.psk; }),
    camera(
        {.path = "cameras[].session",
         .doc = "always connected, or on_demand for cameras that run on a battery",
         .choices = kSessionModes},
        [](auto& c) -> auto& { return c.session; }),
    camera(
        {.path = "cameras[].presets",
         .doc = "names of the stored positions 1, 2, ... (at most 16), for Home Assistant",
         .max = 64,
         .most = 16},
        [](auto& c) -> auto& { return c.presets; }),
    camera(
        {.path = "cameras[].without",
         .doc = "abilities of its family that this camera lacks, such as ptz or ir",
         .choices = kAbilities},
        [](auto& c) -> auto& { return c.without; }),
    camera(
        {.path = "cameras[].ptz_invert",
         .doc = "swap left and right, up and down, or both: for cameras that hang upside down",
         .choices = kInversions},
        [](auto& c) -> auto& { return c.ptz_invert; }),
    camera(
        {.path = "cameras[].snapshot_interval_s",
         .doc = "take a picture this often; 0 means only when asked, and when something moves",
         .min = 0,
         .max = kDay},
        [](auto& c) -> auto& { return c.snapshot_interval_s; }),
});

constexpr auto kServerFields = std::to_array<Field<ServerSetConfig>>({
    server(
        {.path = "servers[].name",
         .doc = "name of the set; empty means its first host",
         .max = 128},
        [](auto& c) -> auto& { return c.name; }),
    server(
        {.path = "servers[].hosts",
         .doc =
             "servers as host or host:port, port 32100 unless given; or one init string of an app",
         .check = check_server_host,
         .required = true},
        [](auto& c) -> auto& { return c.hosts; }),
    server(
        {.path = "servers[].psk",
         .doc = "cipher key of their traffic: its text or key:HHHHHHHH; empty means plain",
         .check = check_psk,
         .secret = true},
        [](auto& c) -> auto& { return c.psk; }),
    server(
        {.path = "servers[].prefixes",
         .doc = "id prefixes these servers are asked for; empty means every camera",
         .check = check_uid_prefix},
        [](auto& c) -> auto& { return c.prefixes; }),
});

}  // namespace

std::span<const Field<RootValues>> root_fields() noexcept { return kRootFields; }
std::span<const Field<CameraValues>> camera_fields() noexcept { return kCameraFields; }
std::span<const Field<ServerSetConfig>> server_fields() noexcept { return kServerFields; }

std::vector<Setting> all_settings() {
  std::vector<Setting> settings;
  settings.reserve(std::size(kRootFields) + std::size(kCameraFields) + std::size(kServerFields));
  for (const auto& row : kRootFields) settings.push_back(row.setting);
  for (const auto& row : kCameraFields) settings.push_back(row.setting);
  for (const auto& row : kServerFields) settings.push_back(row.setting);
  return settings;
}

}  // namespace cam32100::bridge
