# shellcheck shell=bash disable=SC2034  # variables go to the tests
# Sourced. Each thing that is expected is said, and counted when it is not so.
faults=0
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

# WHAT COMMAND...: COMMAND must succeed; its output is shown when it does not.
expect() {
  local what=$1
  shift
  if "$@" >"$scratch/said" 2>&1; then
    echo "ok: $what"
  else
    echo "FAILED: $what"
    head -n 40 "$scratch/said"
    faults=$((faults + 1))
  fi
}

refuses() { ! "$@"; }

# WANTED SEEN
is() {
  [[ $1 == "$2" ]] && return
  diff <(printf '%s\n' "$1") <(printf '%s\n' "$2")
}

# The last word of a test.
end_of_test() {
  echo "$faults faults"
  [[ $faults == 0 ]]
}
