#!/usr/bin/env bash
# Starts the bridge in the add-on's container: the options become its configuration, the Supervisor names the broker. Then
# it gives root's rights away. The variables are for tests.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
data=${ADDON_DATA:-/data} run=${ADDON_RUN:-/run/cam32100} supervisor=${SUPERVISOR_URL:-http://supervisor}
user=32100

say() { printf 'add-on: %s\n' "$*" >&2; }

# What the Supervisor says of its broker, null when it has none.
find_broker() {
  local answer
  if answer=$(printf 'header = "Authorization: Bearer %s"\n' "${SUPERVISOR_TOKEN-}" |
    curl --silent --max-time 20 --retry 3 --retry-connrefused --config - "$supervisor/services/mqtt"); then
    jq 'if .result == "ok" and .data.host then .data else null end' <<<"$answer" 2>/dev/null || echo null
  else
    echo null
  fi
}

service=null
if [[ -z $(jq -r '.mqtt_url // ""' "$data/options.json") ]]; then
  service=$(find_broker)
  if [[ $service == null ]]; then
    say 'Home Assistant knows no MQTT broker: install the add-on "Mosquitto broker", or set mqtt_url'
    exit 1
  fi
fi

# It holds passwords. Not below /data, which is part of backups.
umask 077
mkdir -p "$run" "$data/state"
jq --slurpfile service <(printf '%s' "$service") --arg state_file "$data/state/state.json" -f "$here/config.jq" \
  "$data/options.json" >"$run/config.json"

# The bridge has no business with the Supervisor.
unset -v SUPERVISOR_TOKEN HASSIO_TOKEN
if [[ $(id -u) != 0 ]]; then exec cam32100 run --config "$run/config.json"; fi
chown -R "$user:$user" "$run" "$data/state"
exec setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs \
  cam32100 run --config "$run/config.json"
