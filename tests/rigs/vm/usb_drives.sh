# SPDX-License-Identifier: Apache-2.0
# What usb_drives_guest and tcmu_drive_guest do with their drives, bench and jobs. Sourced behind
# guest.sh; $plugger is the program that plugs a drive in.
# shellcheck shell=bash disable=SC2154
work=/run/rig/work  # scenarios, memories, and what commands said
install -d -o 65534 "$work" "$work/second"

fail_with() {
  cat "$1" >&2
  fail "$2"
}

# drive NAME MODEL [LINE...]: what it is, with lines of its table of the scenario. Its memory
# outlives the plug.
drive() {
  local name=$1 model=$2
  shift 2
  {
    # What takes a drive twenty seconds takes one here.
    printf '[time]\nmode = "paced"\nspeed = 20.0\n[persist]\ndir = "%s.memory"\n' "$name"
    printf '[[drives]]\nmodel = "%s"\nbay = "bay 1"\nconnection = "scsi"\n' "$model"
    [[ $# == 0 ]] || printf '%s\n' "$@"
  } >"$work/$name.toml"
}
# plug NAME ARGUMENT...: see usb_drive.cc or tcmu_drive.cc.
declare -A plugged=()
plug() {
  local ready='' name=$1 pipe=$work/$1.pipe
  shift
  mkfifo "$pipe"
  "$plugger" "$work/$name.toml" "$@" >"$pipe" &
  plugged[$name]=$!
  read -r -t 180 ready <"$pipe" || true
  rm "$pipe"
  [[ $ready == plugged ]] || fail "the drive $name could not be plugged in"
}
unplug() {
  local name
  for name in "$@"; do
    kill "${plugged[$name]}"
    wait "${plugged[$name]}" || true
  done
}
# gone_by_itself NAME: the drive's own fault has unplugged it.
gone_by_itself() {
  local status=0
  wait "${plugged[$1]}" || status=$?
  ((status == 3)) || fail "the drive $1 was not unplugged by its fault, but ended with $status"
}
# Drives that answer, whether they may be written to or are in quarantine.
answering='(.state == "STATE_READY" or .state == "STATE_QUARANTINED")'
drives_answering() {
  drives
  [[ $(seen "[.drives[] | select($answering)] | length") == "$1" ]]
}
# settle DRIVES: the kernel has so many nodes, which then get their owner, and so many drives answer.
settle() {
  wait_for "$1 nodes" sg_nodes "$1"
  own_nodes
  wait_for "$1 drives that answer" drives_answering "$1"
}

# at ID FILTER: of the drive that is behind that bridge now.
at() {
  seen ".drives[] | select($answering and (.connection.text | contains(\"bridge $1 \"))) | $2"
}
# is ID FILTER PATTERN
is() {
  local found
  found=$(at "$1" "$2")
  # shellcheck disable=SC2053  # a pattern
  [[ $found == $3 ]] || fail "of the drive at the bridge $1, $2 is '$found' and not '$3'"
}
# sent ID PATTERN: does the kernel's trace show such a command to the drive at that bridge?
# (To the end: a grep that is done early would break the pipe.)
sent() { commands "$(host_of "$1")" | grep -- "$2" >/dev/null; }
host_of() {
  local device
  for device in /sys/bus/usb/devices/*/; do
    [[ -e $device/idVendor && $(<"$device/idVendor"):$(<"$device/idProduct") == "$1" ]] || continue
    find "$device" -maxdepth 2 -name 'host[0-9]*' -printf '%f\n' | sed 's/host//'
    return
  done
}

# Of the job that this command's words name, by the name of their file.
job_in() { grep -o "jobs/[0-9a-z]*" "$1" 2>/dev/null | head -n 1; }
job() { fb -o json job show "$(job_in "$work/$1")" | jq -r "$2"; }
job_is() {
  local found
  found=$(job "$1" "$2")
  # shellcheck disable=SC2053  # a pattern
  [[ $found == $3 ]] || fail_with "$work/$1" "of the job, $2 is '$found' and not '$3'"
}
waits() { [[ -n $(job_in "$work/$1") && $(job "$1" .state) == STATE_AWAITING_APPROVAL ]]; }
# Its power was off a moment ago, so that hands have nothing left to do but to say so.
asks_for_hands() { [[ -n $(job_in "$work/$1") && $(job "$1" .prompt) != null ]]; }
# approved NAME COMMAND...: a job that waits for a second person, who then says yes. Its status.
approved() {
  local name=$1 asked
  shift
  fb "$@" --yes --reason 'this drive is a spare' >"$work/$name" 2>&1 &
  asked=$!
  wait_for 'a job that waits for its second person' waits "$name"
  "${as_user[@]}" env XDG_STATE_HOME="$work/second" /run/programs/firmbench --bench "unix:$state/socket" \
    job approve "$(job_in "$work/$name")" --reason 'I know this board' >"$work/approval" 2>&1 ||
    fail_with "$work/approval" 'nobody could approve it'
  wait "$asked"
}

# microcode REVISION: a file for the drive SPC-07 (names, size, body, sum); its name in the library.
microcode() {
  python3 - "$1" "$work/$1.bin" <<'PYTHON'
import sys
head = b"SPC MICROCODE   " + b"FBSIM   " + b"SPC MODE 07".ljust(16) + sys.argv[1].encode()
body = (head + (0xC000).to_bytes(4, "big")).ljust(0xC000 - 2, b"\x5a")
open(sys.argv[2], "wb").write(body + (sum(body) & 0xFFFF).to_bytes(2, "big"))
PYTHON
  fb -o json image add "$work/$1.bin" | jq -r .name
}
