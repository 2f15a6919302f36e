# SPDX-License-Identifier: Apache-2.0
# Which SCSI commands a drive that nobody knows may be sent, by the kernel or by us. Sourced.
# shellcheck shell=bash

# only_harmless WHERE CODE...: operation codes in hex, as WHERE showed them. False, with words, for
# any but those that the standards document as unable to change a memory; a0 is REPORT LUNS, a4
# REPORT KEY. What does not even show INQUIRY and GET CONFIGURATION proves nothing.
only_harmless() {
  local where=$1 code
  shift
  printf 'commands that reached the drives, by %s: %s\n' "$where" "$*"
  for code in 12 46; do
    [[ " $* " == *" $code "* ]] || { printf '%s does not show command %s\n' "$where" "$code" >&2; return 1; }
  done
  for code in "$@"; do
    case $code in
      00 | 03 | 12 | 1a | 1b | 1e | 23 | 25 | 28 | 3c | 42 | 43 | 46 | 4a | 51 | 52 | 5a | a0 | a4 | ad | bd | be) ;;
      *) printf 'a drive that nobody knows was sent the command %s\n' "$code" >&2 && return 1 ;;
    esac
  done
}
