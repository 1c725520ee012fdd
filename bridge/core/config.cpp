#include "bridge/core/config.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include "bridge/core/config_draft.hpp"

namespace cam32100::bridge {

namespace {

// Pictures of somebody's home are not for everybody in the network.
void finish_http(RootDraft& root, const PasswordSources& from, Faults& faults) {
  using Form = PasswordKey::Form;
  auto& http = root.values.http;
  const std::string token = http.token.reveal();
  const std::array<PasswordKey, 2> keys{{
      {Form::text, "http.token", token, root.origin("http.token")},
      {Form::file, "http.token_file", root.values.http_token_file, root.origin("http.token_file")},
  }};
  http.token = find_password(keys, from, faults).secret;
  if (!http.listen.empty() && !http.listen.starts_with("127.") && http.token.empty()) {
    faults.add(root.place_of("http.listen"),
               "is " + in_quotes(http.listen) +
                   ", which others can reach; set http.token_file, or listen on 127.0.0.1");
  }
  if (http.listen.empty() && !http.public_url.empty()) {
    faults.add(root.place_of("http.public_url"),
               "is set, but http.listen is empty and there is no HTTP server; set http.listen, or "
               "leave http.public_url out");
  }
}

// What must be known before a camera is told to call.
void finish_alarm_push(const RootDraft& root, Faults& faults) {
  const auto& push = root.values.alarm_push;
  if (push.listen.empty()) return;
  const auto place = root.place_of("alarm_push.listen");
  if (root.values.state_file.empty())
    faults.add(place, "needs state_file: there the bridge keeps what each camera called before");
  if (!push.url.empty()) return;
  if (push.listen.starts_with("0.0.0.0:"))
    faults.add(
        place,
        "is every address of this host; say in alarm_push.url by which one cameras reach it");
  if (push.listen.starts_with("127."))
    faults.add(place, "is reached by no camera; say in alarm_push.url how they reach it");
  if (push.listen.ends_with(":0"))
    faults.add(place, "lets the system choose a port; say in alarm_push.url how cameras reach it");
}

void finish_root(RootDraft& root, const ConfigSources& sources, Faults& faults) {
  using Form = PasswordKey::Form;
  const std::string password = root.values.mqtt.password.reveal();
  const std::array<PasswordKey, 2> keys{{
      {Form::text, "mqtt.password", password, root.origin("mqtt.password")},
      {Form::file, "mqtt.password_file", root.values.mqtt_password_file,
       root.origin("mqtt.password_file")},
  }};
  const PasswordSources from{sources, root.values.secrets.directory};
  root.values.mqtt.password = find_password(keys, from, faults).secret;

  finish_http(root, from, faults);
  finish_alarm_push(root, faults);
  const MqttTlsConfig& tls = root.values.mqtt.tls;
  if (!tls.key_file.empty() && tls.certificate_file.empty()) {
    faults.add(root.place_of("mqtt.tls.key_file"),
               "is set without mqtt.tls.certificate_file; a key needs its certificate");
  }
}

struct Kept {
  KeptCameras cameras;
  std::vector<ServerDraft> servers;
  std::string client_id;
};

Kept read_kept(const std::string& text, const std::string& state_file, Faults& faults) {
  Kept kept;
  const std::string name = state_file.empty() ? "state file" : state_file;
  auto parsed = parse_state(text, name);
  if (!parsed) {
    faults.add(parsed.error());
    return kept;
  }
  SavedState state = std::move(parsed).value();
  const Place place{name, {}};
  const auto read = [&](const nlohmann::json& list, const char* key, auto fields, auto& into) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      into.push_back(read_object(list[i], place.child(key).child(i), fields, faults));
    }
  };
  read(state.cameras, "cameras", camera_fields(), kept.cameras.added);
  kept.cameras.updates = std::move(state.updates);
  kept.cameras.updates_place = place.child("updates");
  read(state.servers, "servers", server_fields(), kept.servers);
  kept.client_id = std::move(state.client_id);
  return kept;
}

}  // namespace

void throw_exception_from_error(const ConfigErrors& errors, const boost::source_location&) {
  std::string all;
  for (const std::string& sentence : errors.sentences) {
    if (!all.empty()) all += '\n';
    all += sentence;
  }
  throw std::runtime_error(all);
}

boost::system::result<Config, ConfigErrors> load_config(const ConfigSources& sources) {
  Faults faults;
  ConfigDraft draft;
  read_file(sources, draft, faults);
  read_environment(sources, draft, faults);
  read_overrides(sources, draft, faults);
  finish_root(draft.root, sources, faults);
  Kept kept = read_kept(sources.state_text, draft.root.values.state_file, faults);

  Config config = std::move(draft.root.values);
  if (config.mqtt.client_id.empty() && is_client_id_of(config.mqtt.instance, kept.client_id))
    config.mqtt.client_id = std::move(kept.client_id);
  add_cameras(config, std::move(draft.cameras), std::move(kept.cameras), sources, faults);
  add_servers(config, std::move(draft.servers), std::move(kept.servers), faults);
  if (!faults.empty()) return std::move(faults).take();
  return config;
}

}  // namespace cam32100::bridge
