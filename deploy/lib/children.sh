# shellcheck shell=bash disable=SC2034,SC2154  # sourced: variables come from and go to the other parts
# Sourced after say.sh. Processes we start, each with its own log, ended by process id in the
# reverse order of their start; and waiting for something that is written, with a bound.

children=()         # process ids, oldest first
declare -A child_names=() child_logs=()

# NAME COMMAND...: starts COMMAND in the background; standard output goes to NAME.out, standard
# error to NAME.err in $scratch. Sets child. Its own session: a Ctrl-C reaches only this script,
# which then ends everybody in order. If this script is killed outright, so are its children.
start_child() {
  local name=$1
  shift
  # Now, and empty: who waits for a line must neither miss the file nor find what an earlier one wrote.
  : >"$scratch/$name.out" && : >"$scratch/$name.err"
  setsid setpriv --pdeathsig TERM -- "$@" >"$scratch/$name.out" 2>"$scratch/$name.err" </dev/null &
  child=$!
  children+=("$child")
  child_names[$child]=$name
  child_logs[$child]="$scratch/$name.err $scratch/$name.out"
}

is_running() { kill -0 "$1" 2>/dev/null; }

# PROCESS SECONDS: 0 once it has ended.
wait_for_end() {
  timeout --foreground "$2" tail --pid="$1" -s 0.05 -f /dev/null
}

# PROCESS: asks, waits 5 s, insists.
end_child() {
  local process=$1
  is_running "$process" && kill -TERM "$process" 2>/dev/null
  if ! wait_for_end "$process" 5; then
    complain "${child_names[$process]} did not end within 5 s"
    kill -KILL "$process" 2>/dev/null
  fi
  wait "$process" 2>/dev/null || true  # also under "set -e"
  return 0
}

end_children() {
  local i
  for ((i = ${#children[@]} - 1; i >= 0; --i)); do end_child "${children[i]}"; done
  children=()
}

# The last lines of every log, for the person who has to find out.
show_logs() {
  local process file
  for process in "${children[@]}"; do
    for file in ${child_logs[$process]}; do
      [[ -s $file ]] || continue
      printf -- '--- %s\n' "${file##*/}" >&2
      tail -n 25 -- "$file" | cut -c 1-300 >&2
    done
  done
}

# SECONDS PATTERN COMMAND...: the first line of COMMAND's output that matches, or 1 when it ends or
# the time is over. Event driven: nothing sleeps.
first_line_of() {
  local seconds=$1 pattern=$2 lines reader status
  shift 2
  exec {lines}< <(exec timeout "$seconds" "$@" 2>/dev/null)
  reader=$!
  grep -a -m1 -e "$pattern" <&"$lines"
  status=$?
  kill "$reader" 2>/dev/null
  exec {lines}<&-
  wait "$reader" 2>/dev/null
  return $status
}

# PROCESS FILE PATTERN SECONDS: the first line of FILE that matches, as soon as it is written.
wait_for_line() {
  first_line_of "$4" "$3" tail -n +1 -s 0.1 --pid="$1" -f -- "$2" && return 0
  complain "no $3 from ${child_names[$1]:-process $1} within $4 s"
  return 1
}
