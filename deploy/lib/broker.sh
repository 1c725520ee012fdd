# shellcheck shell=bash disable=SC2034,SC2154  # sourced: variables come from and go to the other parts
# Sourced after children.sh. A broker to try things on, and the command line clients that speak to
# it. Sets broker_host, broker_port, broker_user, broker_password, broker_tls.

is_port_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A broker of our own on a free loopback port, without anything kept on disk. Sets broker_process.
start_private_broker() {
  local attempt port
  for ((attempt = 0; attempt < 20; ++attempt)); do
    port=$((20000 + RANDOM % 12000))
    is_port_free "$port" || continue
    printf '%s\n' "listener $port 127.0.0.1" 'allow_anonymous true' 'persistence false' \
      'log_dest stderr' >"$scratch/mosquitto.conf"
    start_child mosquitto "$(command -v mosquitto || echo /usr/sbin/mosquitto)" \
      -c "$scratch/mosquitto.conf"
    broker_process=$child
    # Between our look and its bind somebody may have taken the port: then it ends, and we try again.
    if wait_for_line "$child" "$scratch/mosquitto.err" 'mosquitto version .* running' 20 >/dev/null
    then
      broker_host=127.0.0.1 broker_port=$port broker_user='' broker_password='' broker_tls=''
      return 0
    fi
    is_running "$child" && return 1
    grep -q 'in use' "$scratch/mosquitto.err" || return 1
  done
  return 1
}

# mqtt[s]://[user[:password]@]host[:port]
use_broker() {
  local form='^(mqtts?|tcp|ssl)://(([^:@/]+)(:([^@/]*))?@)?([^:/@]+)(:([0-9]+))?/?$'
  if ! [[ $1 =~ $form ]]; then
    complain "--broker $1: wanted mqtt://[user[:password]@]host[:port], or mqtts://"
    return 2
  fi
  broker_tls=''
  [[ ${BASH_REMATCH[1]} == mqtts || ${BASH_REMATCH[1]} == ssl ]] && broker_tls=yes
  broker_user=${BASH_REMATCH[3]} broker_password=${BASH_REMATCH[5]}
  broker_host=${BASH_REMATCH[6]} broker_port=${BASH_REMATCH[8]}
  [[ $broker_port ]] || broker_port=$([[ $broker_tls ]] && echo 8883 || echo 1883)
}

broker_url() { printf '%s://%s:%s' "$([[ $broker_tls ]] && echo mqtts || echo mqtt)" "$broker_host" "$broker_port"; }

# mosquitto_pub and mosquitto_sub read their options from here: no password on a command line, where
# every user of the machine could see it.
write_client_options() {
  local name
  mkdir -p "$scratch/clients"
  for name in mosquitto_pub mosquitto_sub; do
    {
      printf -- '-h %s\n-p %s\n' "$broker_host" "$broker_port"
      [[ $broker_user ]] && printf -- '-u %s\n' "$broker_user"
      [[ $broker_password ]] && printf -- '-P %s\n' "$broker_password"
      [[ $broker_tls ]] && printf -- '--capath /etc/ssl/certs\n'
      true
    } >"$scratch/clients/$name"
  done
}

mqtt_pub() { XDG_CONFIG_HOME=$scratch/clients mosquitto_pub "$@"; }
mqtt_sub() { XDG_CONFIG_HOME=$scratch/clients mosquitto_sub "$@"; }

# TOPIC PATTERN SECONDS: the first message on TOPIC, retained or live, whose text matches.
wait_for_message() {
  first_line_of "$3" "$2" env XDG_CONFIG_HOME="$scratch/clients" mosquitto_sub -q 1 -t "$1" && return 0
  complain "no $2 on $1 within $3 s"
  return 1
}

# TOPIC FILE: what a subscriber that comes now is given first; 0 only if the broker had kept it.
read_retained() {
  local head
  mqtt_sub -t "$1" -C 1 -W 10 -N -F '%r %t\n%p' >"$2.whole" 2>/dev/null
  head=$(head -n 1 "$2.whole" | tr -d '\0')
  tail -n +2 "$2.whole" >"$2"
  [[ $head == "1 $1" && -s $2 ]] && return 0
  complain "$1: a new subscriber was given \"${head:0:60}\", wanted a retained message"
  return 1
}
