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
# step TEXT: a line of the scenario, with the time since the machine began.
step() {
  local up
  read -r up _ </proc/uptime
  printf '%6.1f s  %s\n' "$up" "$1"
}
# wait_for WHAT COMMAND...: until the command says yes; for two minutes, as a busy machine needs them.
wait_for() {
  local what=$1
  shift
  local until=$((SECONDS + 120))
  while ((SECONDS < until)); do
    ! "$@" || return 0
    sleep 0.1
  done
  fail "not seen in time: $what"
}

# The kernel's own trace of the SCSI commands that it hands to its drivers, whoever asked for them.
tracing=/sys/kernel/tracing
watch_commands() {
  mountpoint -q "$tracing" || mount -t tracefs none "$tracing"
  echo 8192 >"$tracing/buffer_size_kb"
  echo 1 >"$tracing/events/scsi/scsi_dispatch_cmd_start/enable"
}
# From here on: the kernel gives the number of a host that has gone to the next one.
forget_commands() { echo >"$tracing/trace"; }
# commands HOST: in hex, in their order; of one SCSI host, or of `any`.
commands() {
  ! grep -q LOST "$tracing/trace" || fail 'the trace of commands is not whole'
  sed -n "s/.*scsi_dispatch_cmd_start: host_no=${1/any/[0-9]*} .* raw=\([0-9a-f ]*\)).*/\1/p" "$tracing/trace"
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
    [[ ! -e $node ]] || { chgrp 65534 "$node" && chmod g+rw "$node"; }
  done
  for node in /sys/class/scsi_generic/sg*; do echo change >"$node/uevent"; done
}
sg_nodes() { [[ $(find /sys/class/scsi_generic -mindepth 1 | wc -l) == "$1" ]]; }

# fb ARGUMENT...: the command line on this bench.
fb() { timeout 200 /run/programs/firmbench --bench "unix:$state/socket" "$@"; }

# Who runs the daemon: an ordinary user to whom nodes are given by their group, and nothing else.
as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all)
daemon_as=("${as_user[@]}")
# start_daemon [LINE...]: with these lines of configuration.
start_daemon() {
  local ready=''
  install -d -o 65534 -g 65534 "$state"
  printf '%s\n' '[power]' 'keep_awake = false' "$@" >"$state/config.toml"
  coproc DAEMON { exec "${daemon_as[@]}" \
    /run/programs/firmbenchd --config "$state/config.toml" --state-dir "$state/state" \
    --listen "unix:$state/socket" 2>"$state/log"; }
  daemon=$DAEMON_PID
  read -r -t 180 ready <&"${DAEMON[0]}" || true
  [[ $ready == ready* ]] || fail 'firmbenchd did not begin'
}
stop_daemon() {
  kill "$daemon"
  wait "$daemon" || fail 'firmbenchd did not end well'
}
