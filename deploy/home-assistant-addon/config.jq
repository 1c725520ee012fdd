# The add-on's options, and $service: a list of what the Supervisor says of its broker (null without one) -> the bridge's
# configuration. What is not given is left to the bridge.
def given: with_entries(select(.value | . != null and . != "" and . != [] and . != {}));
# A password of digits alone may come as a number.
def text: if type == "number" then tostring else . end;

def broker:
  {user: .mqtt_user, password: (.mqtt_password | text)} | given;

# The Supervisor's password is for the Supervisor's broker alone.
def url_and_account:
  if (.mqtt_url // "") != "" then
    {url: .mqtt_url} + broker
  else
    ($service[0] | {
      url: "\(if .ssl then "mqtts" else "mqtt" end)://\(.host):\(.port)",
      user: .username,
      password: .password
    } | given) + broker
  end;

{
  mqtt: (url_and_account + ({
    base_topic,
    instance,
    cleanup,
    tls: ({ca_file: (if (.mqtt_ca_file // "") != "" then "/ssl/\(.mqtt_ca_file)" else null end), verify: .mqtt_tls_verify} | given)
  } | given)),
  cameras: [.cameras[]? | {
    uid, name, alias, user, password: (.password | text), address, psk: (.psk | text), session,
    presets, without, ptz_invert, snapshot_interval_s
  } | given],
  servers: [.servers[]? | {name, hosts, psk: (.psk | text), prefixes} | given],
  lan: ({targets: .lan_targets} | given),
  homeassistant: ({discovery, prefix: .discovery_prefix} | given),
  snapshot: ({max_bytes: .snapshot_max_bytes} | given),
  motion: ({off_delay_s: .motion_off_delay_s, poll_ms: .motion_poll_ms} | given),
  timing: ({offline_grace_s, status_poll_s} | given),
  http: ({listen: .http_listen, token: (.http_token | text), public_url: .http_public_url, allow_write: .http_allow_write}
    | given),
  alarm_push: ({listen: .alarm_push_listen, url: .alarm_push_url} | given),
  log: ({level: .log_level} | given),
  state_file: $state_file
} | given
