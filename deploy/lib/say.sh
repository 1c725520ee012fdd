# shellcheck shell=bash disable=SC2034,SC2154  # sourced: variables come from and go to the other parts
# Sourced. What the scripts tell the person who waits: one line each, on standard error, so that
# standard output stays for results.

say_started=$SECONDS

# Minutes and seconds since the script began, e.g. "3:07".
clock_text() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

say() { printf '[%s] %s\n' "$(clock_text $((SECONDS - say_started)))" "$*" >&2; }

# The last word before giving up; the caller ends with exit code 1.
complain() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
