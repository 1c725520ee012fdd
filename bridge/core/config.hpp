#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/core/ports.hpp"
#include "bridge/core/secrets.hpp"
#include "protocol/wire/address.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::bridge {

// Typed configuration; defaults stand here and nowhere else. Key names in the file are the member
// names; durations carry their unit in the key (keep_alive_s, idle_ms). deploy/config.example.json
// shows every key.

// Of the file and of what is added over MQTT, together.
constexpr std::size_t kMaxCameras = 10'000;
constexpr std::size_t kMaxServerSets = 64;

enum class SessionMode { always, on_demand };

struct CameraConfig {
  protocol::Uid uid;
  std::string name;   // free text for people; default: the UID
  std::string alias;  // optional extra name in command topics; not "bridge", no UID shape
  std::string user = "admin";
  Secret password;              // from password, password_file or password_env
  std::string password_source;  // "config", "file garden", "environment X": for messages
  std::optional<protocol::Address> address;  // known address, port default 32108
  std::string psk = "auto";  // "auto": by prefix, then the known table; "plain"; or a PSK
  std::string dsk;           // device key; "": none
  SessionMode session = SessionMode::always;
  std::vector<std::string> presets;             // names of the stored positions 1, 2, ...
  std::vector<std::string> without;             // abilities of its family that this camera has not
  std::string ptz_invert = "none";              // none | horizontal | vertical | both
  std::chrono::seconds snapshot_interval_s{0};  // 0 = only when asked
  bool from_state_file = false;                 // added over MQTT
  std::string trouble;  // why its password is missing: one sentence, no secret
};

struct ServerSetConfig {
  std::string name;                   // for server/list and server/remove
  std::vector<std::string> hosts;     // "host", "host:port", or one init string (CS2 or iLnk form)
  std::string psk;                    // of the traffic with these servers; "" = plain
  std::vector<std::string> prefixes;  // empty: asked for every camera
  bool from_state_file = false;
};

struct MqttTlsConfig {
  std::string ca_file, certificate_file, key_file;
  bool verify = true;
};

struct MqttConfig {
  std::string url = "mqtt://localhost:1883";  // mqtt:// tcp:// mqtts:// ssl://
  std::string version = "auto";               // auto | 5 | 3.1.1
  std::string user;
  Secret password;
  std::string client_id;  // default: <instance>-<hostname>-<4 hex>, kept in the state file
  std::string base_topic = "cam32100";
  std::string instance = "cam32100";
  std::chrono::seconds keep_alive_s{30};
  MqttTlsConfig tls;
  bool last_response = true;
  bool allow_plain_secrets = false;
  std::string cleanup = "manual";  // manual | auto
};

struct HomeAssistantConfig {
  bool discovery = true;
  std::string prefix = "homeassistant";
  std::string status_topic = "homeassistant/status";  // "" = its restarts are not watched
  std::string birth_payload = "online";
};

struct HttpConfig {
  bool allow_write = false;               // of the http *command*
  std::string listen = "127.0.0.1:8321";  // of the HTTP server; "" = there is none
  Secret token;                           // wanted wherever listen is no loopback address
  std::string public_url;  // how others reach it: then `url` and configuration_url appear
};

struct AlarmPushConfig {
  std::string listen;  // "a.b.c.d:port" that cameras can reach; "" = cameras are only asked
  std::string url;     // how they reach it, when it is not http://<listen>
};

struct LanConfig {
  // "broadcast" = 255.255.255.255 and every interface's directed broadcast; or "a.b.c.d[:port]".
  std::vector<std::string> targets{"broadcast"};
};

struct SnapshotConfig {
  bool retain = true;
  std::size_t max_bytes = 1024 * 1024;
  std::string encoding = "raw";  // raw | b64
};

struct RelayUse {
  bool allowed = true;                       // when no direct way is found
  std::chrono::milliseconds after_ms{1500};  // of an attempt to connect
};

struct TimingConfig {
  std::chrono::milliseconds connect_timeout_ms{8000};
  std::chrono::milliseconds request_timeout_ms{5000};
  std::chrono::seconds idle_logout_s{60};     // on_demand
  std::chrono::seconds presence_check_s{60};  // on_demand
  std::chrono::seconds offline_grace_s{30};
  std::chrono::seconds backoff_max_s{60};
  std::chrono::seconds health_s{60};
  std::chrono::seconds refresh_s{600};
  std::chrono::seconds status_poll_s{
      60};  // status, settings and clients while a session is open; 0 = never
};

struct Config {
  MqttConfig mqtt;
  std::vector<CameraConfig> cameras;
  std::vector<ServerSetConfig> servers;
  LanConfig lan;
  HomeAssistantConfig homeassistant;
  SnapshotConfig snapshot;
  RelayUse relay;
  TimingConfig timing;
  HttpConfig http;
  AlarmPushConfig alarm_push;
  struct {
    std::vector<std::string> verbose;
  } events;  // ping pong ack http video audio
  struct {
    std::chrono::seconds off_delay_s{30};
    std::chrono::milliseconds poll_ms{
        1000};  // the status for its alarm, likewise; 0 = with the rest
  } motion;
  struct {
    std::string directory;
  } secrets;  // "" = only the systemd credential directory
  struct {
    LogLevel level = LogLevel::info;
  } log;
  std::string state_file;  // "" = nothing is kept over a restart
};

// Everything outside that loading may look at, so that it is a pure function.
struct ConfigSources {
  std::string file_text;   // JSON, // and /* */ comments allowed; "" = no file
  std::string file_name;   // for messages
  std::string state_text;  // state file, "" = none
  std::map<std::string, std::string> environment;  // CAM32100_MQTT__URL, CAM32100_CAMERAS__0__UID
  // Command line, dotted paths: "mqtt.url" -> "mqtt://...", "cameras.0.user" -> "admin".
  std::vector<std::pair<std::string, std::string>> overrides;
  // Reads a password_file (a final line break is dropped here); same errors as
  // BridgePorts::read_secret.
  std::function<mappings::CommandResult<std::string>(const std::string& directory,
                                                     const std::string& name)>
      read_secret;
};

// Order: command line, environment, state file, config file, defaults. What camera/update changed
// of a camera of the config file goes over the file. Cameras and server sets that were added over
// MQTT and later written into the file are the file's, and so is the client id. A password of the
// state file that cannot be read is that camera's trouble, no fault.
// CAM32100_ variables outside the table are refused, CAM32100_CONFIG and _PASSWORD excepted; other
// variables are only seen by password_env. Errors list every fault, one sentence each: file and
// JSON pointer (or variable, or option), what was seen, what is allowed. Never a secret.
struct ConfigErrors {
  std::vector<std::string> sentences;
};
[[noreturn]] void throw_exception_from_error(const ConfigErrors& errors,
                                             const boost::source_location& location);
[[nodiscard]] boost::system::result<Config, ConfigErrors> load_config(const ConfigSources& sources);

// For bridge/info: the configuration with every secret as "***" (or null when unset).
[[nodiscard]] nlohmann::json to_public_json(const Config& config);
// JSON Schema (draft 2020-12) of the file, generated from the same table that loads it.
[[nodiscard]] nlohmann::json config_schema();

// What is kept over a restart: cameras and servers added over MQTT, what was changed over MQTT of
// cameras of the config file, the MQTT client id, topics we retained. password_file names are kept,
// passwords only where mqtt.allow_plain_secrets put them there.
struct SavedState {
  nlohmann::json cameras = nlohmann::json::array();  // objects in the config file's form
  nlohmann::json updates = nlohmann::json::array();  // the same: uid and what was changed of it
  nlohmann::json servers = nlohmann::json::array();
  std::string client_id;
  std::map<std::string, std::vector<std::string>> retained_topics;  // canonical UID -> topics
  std::vector<std::string> bridge_topics;  // where the bridge's Home Assistant payload is
  // What cameras have told of themselves, by canonical UID:
  // the text of {"info":{},"settings":{},"state":[keys]}. Home Assistant is shown the same entities
  // after a restart, also while a camera is away.
  std::map<std::string, std::string> known;
  // Where cameras were last reached, by UID: {"address":..,"transport":..,"cipher":..}.
  std::map<std::string, nlohmann::json> ways;
  // By UID: {"token":..,"enabled":..,"url":..}: the camera calls us with this token; what it had
  // before.
  std::map<std::string, nlohmann::json> alarm_push;
  std::size_t dropped_topics = 0;  // surplus ones that parse_state() left out; not written
};
// Whether a kept client id was made for this instance; one of another instance is made anew.
[[nodiscard]] bool is_client_id_of(std::string_view instance, std::string_view client_id);
[[nodiscard]] std::string to_text(const SavedState& state);
[[nodiscard]] boost::system::result<SavedState, ConfigErrors> parse_state(
    std::string_view text, std::string_view file_name);
// One camera object of the file's form, validated alike; camera/add and camera/update payloads use
// it too. `where` begins every sentence: "camera/add", or a file and a pointer. Of `sources` only
// environment (password_env) and read_secret are looked at: for payloads leave the environment
// empty, a publisher must not make us read variables. Uniqueness among cameras is the caller's.
[[nodiscard]] boost::system::result<CameraConfig, ConfigErrors> parse_camera(
    const nlohmann::json& object, std::string_view where, const ConfigSources& sources,
    const std::string& secrets_directory);
// The same for one server set (server/add).
[[nodiscard]] boost::system::result<ServerSetConfig, ConfigErrors> parse_server(
    const nlohmann::json& object, std::string_view where);

}  // namespace cam32100::bridge
