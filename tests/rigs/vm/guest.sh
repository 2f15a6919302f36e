# SPDX-License-Identifier: Apache-2.0
# What tests of the kernel's drives share inside the virtual machine: the daemon, run by an ordinary
# user without any capability, and questions to it. Sourced; $state is the folder of the bench.
# shellcheck shell=bash
state=/run/bench daemon=''
# Where everybody may go, whoever the build folder belongs to.
mkdir -p /run/programs
mount --bind "$FIRMBENCH_PROGRAMS" /run/programs

fail() {
  printf '%s: %s\n' "$(basename -- "$0")" "$1" >&2
  [[ ! -s $state/log ]] || cat "$state/log" >&2
  [[ ! -s $state/list ]] || cat "$state/list" >&2
  exit 1
}
# wait_for WHAT COMMAND...: until the command says yes.
wait_for() {
  local what=$1
  shift
  for ((i = 0; i < 200; ++i)); do
    ! "$@" || return 0
    sleep 0.1
  done
  fail "not seen in time: $what"
}

drives() {
  fb -o json drive list >"$state/list" 2>>"$state/log" ||
    fail 'firmbench did not list the drives'
}
# seen FILTER: what jq makes of the list.
seen() { jq -r "$1" "$state/list"; }
# In a state, how many?
count() {
  drives
  [[ $(seen '[.drives[] | select(.state == "'"$1"'")] | length') == "$2" ]]
}
# What udevd would do: nodes of drives for the service's group, and the word that it has been done.
own_nodes() {
  local node
  for node in /dev/sg* /dev/sr* /sys/block/sr*/events_poll_msecs; do
    chgrp 65534 "$node" && chmod g+rw "$node"
  done
  for node in /sys/class/scsi_generic/sg*; do echo change >"$node/uevent"; done
}
sg_nodes() { [[ $(find /sys/class/scsi_generic -mindepth 1 | wc -l) == "$1" ]]; }

# fb ARGUMENT...: the command line on this bench.
fb() { /run/programs/firmbench --bench "unix:$state/socket" "$@"; }

# start_daemon [LINE...]: with these lines of configuration.
start_daemon() {
  local ready=''
  install -d -o 65534 -g 65534 "$state"
  printf '%s\n' '[power]' 'keep_awake = false' "$@" >"$state/config.toml"
  coproc DAEMON { exec setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all \
    /run/programs/firmbenchd --config "$state/config.toml" --state-dir "$state/state" \
    --listen "unix:$state/socket" 2>"$state/log"; }
  daemon=$DAEMON_PID
  read -r -t 60 ready <&"${DAEMON[0]}" || true
  [[ $ready == ready* ]] || fail 'firmbenchd did not begin'
}
stop_daemon() {
  kill "$daemon"
  wait "$daemon" || fail 'firmbenchd did not end well'
}
