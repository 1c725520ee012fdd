#!/usr/bin/env bash
# The container's health check: does the bridge answer by HTTP? Whatever it says is good, also that the broker is away (503)
# or that a token is wanted (401): unhealthy means that the Supervisor's watchdog starts the add-on again, which would mend
# neither. The variable is for tests.
set -euo pipefail
listen=$(jq -r '.http.listen // "127.0.0.1:8321"' "${ADDON_RUN:-/run/cam32100}/config.json")
exec curl --noproxy '*' --silent --show-error --output /dev/null --max-time 5 "http://${listen/#0.0.0.0:/127.0.0.1:}/health"
