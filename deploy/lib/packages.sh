# shellcheck shell=bash disable=SC2034,SC2154  # sourced: variables come from and go to the other parts
# Sourced after say.sh. Debian packages: which ones are missing, and how they get onto somebody
# else's machine without breaking anything there.

# Building the release binary.
build_packages=(g++ cmake ninja-build ccache libboost1.81-dev libpaho-mqttpp-dev libpaho-mqtt-dev
  nlohmann-json3-dev libcli11-dev libfmt-dev libspdlog-dev libssl-dev libsystemd-dev
  libjemalloc-dev prometheus-cpp-dev)
# Trying it: a broker and its command line clients.
run_packages=(mosquitto mosquitto-clients)
# Testing it: everything tests/run needs besides.
test_packages=(git clang libclang-rt-14-dev clang-format clang-tidy libgtest-dev libgmock-dev
  libbenchmark-dev libturbojpeg0-dev openssl shellcheck python3 python3-jinja2
  dpkg-dev file adduser systemd jq curl python3-yaml python3-jsonschema iproute2 nftables procps)
# Node-RED's flows are tested in Node-RED. Debian's npm is some 390 packages, and cannot stand beside
# a Node.js from elsewhere that brings its own: what is there already will do.
command -v node >/dev/null && command -v npm >/dev/null || test_packages+=(nodejs npm)
# tests/run --stage deploy: these take most of a minute to install.
deploy_packages=(lintian debootstrap systemd-container)
# tests/bench/run: draws how figures grow with the number of cameras.
bench_packages=(gnuplot-nox)

# Replaced in tests.
policy_file=${policy_file:-/usr/sbin/policy-rc.d}
policy_mark='# written by cam32100 while it installs packages, process'
policy_is_ours=
broker_was_masked=

is_root() { [[ $(id -u) == 0 ]]; }

# PACKAGE...: those that are not installed, one a line.
missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == 'install ok installed' ]] ||
      printf '%s\n' "$package"
  done
}

# Lets every service start as usual, except a broker that was not here before.
policy_text() {
  printf '%s\n' '#!/bin/sh' "$policy_mark $$" \
    'case "$1" in mosquitto|mosquitto.service) exit 101 ;; esac' 'exit 0'
}

# A run that was killed left its policy behind: ours, and its process is gone.
drop_stale_policy() {
  [[ -f $policy_file ]] || return 0
  local line process
  line=$(grep -F -m1 -- "$policy_mark" "$policy_file") || return 0
  process=${line##* }
  [[ -d /proc/$process ]] || rm -f -- "$policy_file"
}

# Keeps the installation of mosquitto from starting it. policy-rc.d is the way for that; when the
# machine has one already it is somebody's, so systemd is told not to start the unit instead.
hold_broker() {
  drop_stale_policy
  if (set -o noclobber && policy_text >"$policy_file") 2>/dev/null; then
    policy_is_ours=yes
    chmod 755 "$policy_file"
  elif [[ $("$policy_file" mosquitto start >/dev/null 2>&1; echo $?) == 101 ]]; then
    say "$policy_file is there and keeps services from starting: good"
  elif command -v systemctl >/dev/null && systemctl mask mosquitto.service >/dev/null 2>&1; then
    broker_was_masked=yes
  else
    complain "$policy_file exists and lets services start, and systemctl cannot mask mosquitto:" \
      "install mosquitto yourself, then start this again"
    return 1
  fi
}

# Safe to call at any time, also twice: nothing of hold_broker() stays behind.
release_broker() {
  if [[ $policy_is_ours ]]; then rm -f -- "$policy_file"; fi
  if [[ $broker_was_masked ]]; then systemctl unmask mosquitto.service >/dev/null 2>&1; fi
  policy_is_ours='' broker_was_masked=''
}

# The package also enables its service for the next boot. Nobody asked for a system broker.
disable_broker() {
  command -v systemctl >/dev/null && systemctl disable mosquitto.service >/dev/null 2>&1 &&
    say 'the mosquitto service stays off; "systemctl enable --now mosquitto" turns it on'
  return 0
}

apt_options=(-y --no-install-recommends --no-remove -o DPkg::Lock::Timeout=120)

# PACKAGE...: 0 when apt can install them and removes nothing.
apt_plan_is_harmless() {
  local plan removed
  if ! plan=$(apt-get -s install "${apt_options[@]/--no-remove/}" "$@" 2>&1); then
    say 'apt does not know these packages yet: apt-get update'
    apt-get update -q >&2 || return 1
    plan=$(apt-get -s install "${apt_options[@]/--no-remove/}" "$@" 2>&1) || {
      printf '%s\n' "$plan" >&2
      return 1
    }
  fi
  removed=$(sed -n 's/^Remv \([^ ]*\).*/\1/p' <<<"$plan" | sort -u | tr '\n' ' ')
  [[ -z $removed ]] && return 0
  complain "apt would remove: ${removed% }"
  complain 'nothing was changed. libboost1.81-dev, for one, cannot stand beside libboost1.74-dev;' \
    'make room yourself, or build in a container'
  return 1
}

# PACKAGE...: installs what is missing, or says why not. With install=no it only tells.
ensure_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [[ ${#missing[@]} == 0 ]] && return 0
  local line="apt-get install --no-install-recommends ${missing[*]}"
  if [[ ${install:-yes} == no ]]; then
    say "not installed, and --no-install was given: ${missing[*]}"
    return 0
  fi
  say "missing packages; this installs them: $line"
  if ! command -v apt-get >/dev/null; then
    complain 'there is no apt-get here; this is made for Debian 12 (--no-install goes on without)'
    return 1
  fi
  if ! is_root; then
    complain "not root, so please run: sudo $line"
    return 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt_plan_is_harmless "${missing[@]}" || return 1
  local result=0 with_broker=
  [[ " ${missing[*]} " == *' mosquitto '* ]] && with_broker=yes
  if [[ $with_broker ]]; then hold_broker || return 1; fi
  apt-get install "${apt_options[@]}" "${missing[@]}" >&2 || result=1
  release_broker
  if [[ $with_broker && $result == 0 ]]; then disable_broker; fi
  return $result
}
