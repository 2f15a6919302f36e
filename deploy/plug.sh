# SPDX-License-Identifier: Apache-2.0
# The second tour of deploy/quickstart: the plug is pulled in the middle of a flash, and the drive
# is brought back. Sourced by it; a bench of its own, in a folder of its own, that ends with it.
# shellcheck shell=bash
# shellcheck disable=SC2154  # quickstart sets the folders, the programs and the colours

# Waits until a line of the file fits; false when the process ends first, or after a minute.
line_of() { # FILE PATTERN PID
  grep -q -m1 -E "$2" < <(exec timeout 60 tail -n +1 -f --pid="$3" "$1" 2>/dev/null)
}

pull_the_plug() {
  local pid
  pid=$(running_pid) || fb_die 'the daemon is not running any more' "see $dir/firmbenchd.log"
  kill -KILL "$pid"
  timeout 60 tail --pid="$pid" -f /dev/null || fb_die "process $pid does not end"
}

plug_tour() {
  local drive model=LTR-52327S old new=QS0E image job client status backup before_firmware
  local before_eeprom after recovery

  step 'Start a bench with one drive'
  say 'Its time is as on a real drive, only eight times as fast: a flash takes long enough to be cut.'
  ! running_pid >/dev/null || stop_bench
  start_bench "$root/deploy/examples/plug.toml"
  fb drive list
  drive=$(ask '.drives[0].name' drive list)
  old=$(ask '.drives[0].firmware_revision' drive list)
  [[ $old != "$new" ]] || new=QS0C

  step 'Back it up'
  say 'So that we can compare afterwards. A flash makes a backup of its own in any case.'
  fb backup "$drive"
  backup=$(last_job "$drive" name)
  before_firmware=$(dump_of "$backup" FIRMWARE backup)
  before_eeprom=$(dump_of "$backup" EEPROM backup)

  step "Flash it: $old becomes $new"
  "$programs/firmbench-make-image" --model "$model" --revision "$new" --seed 7 \
    -o "$dir/$new.bin" | sed 's/^/   /'
  fb image add "$dir/$new.bin"
  image=$(ask '.images[0].name' image list)
  printf '   $ firmbench flash %s %s --yes\n' "$drive" "$image"
  "$programs/firmbench" --bench "unix:$socket" flash "$drive" "$image" --yes \
    >"$dir/flash.out" 2>"$dir/flash.log" &
  client=$!
  line_of "$dir/flash.log" '^ +[3-9][0-9] %  write firmware' "$client" ||
    { cat "$dir/flash.log" >&2 && fb_die 'the flash did not come to its write'; }
  job=$(last_job "$drive" name)

  step 'Pull the plug'
  say 'In the middle of the write, PC and drive lose their power: the daemon is killed (kill -9), and' \
    'the simulated drive stops where it is. This is how far the write came:'
  pull_the_plug
  sed -n -E '/^WRITING/p; /^ +[0-9]+ %  write/p' "$dir/flash.log" | sed 's/^/     /'
  say 'Nobody answers now. But the command line kept what the bench had said last, and says what to' \
    'do should the PC not start with that drive attached (exit status 5):'
  expect 5 fb drive list

  step 'Switch it on again'
  say 'Before it answers anybody, the daemon looks at every job that was cut short, and at its drive.'
  start_bench "$root/deploy/examples/plug.toml"
  say 'The first thing on every screen is the drive that needs somebody, and one command:'
  fb drive list

  step 'What happened?'
  fb job show "$job" | sed '/^       plan digest /,$d'
  status=0
  wait "$client" || status=$?
  ((status == 3)) || fb_die "the watching client ended with $status instead of 3"
  printf '\n'
  say 'The client that watched the flash found the bench again and was told the same:'
  sed -n '/does not answer/,$p' "$dir/flash.log" | sed -n '1,3p' | sed 's/^/     /'
  [[ $(ask '.needs_recovery' job show "$job") == true ]] || fb_die 'the job does not ask for recovery'

  step 'Bring the drive back'
  say 'The command from the top of the screen. Without --yes it asks first. The plan names what it' \
    'writes; you see the prompt for the hands at the bench, which are simulated, too.'
  fb job recover "$job" --yes
  recovery=$(last_job "$drive" name)
  [[ $(ask '.recovered_by' job show "$job") == "$recovery" ]] ||
    fb_die 'the job does not say that it was brought back'

  step 'Is it the drive that it was?'
  fb drive list
  [[ $(ask '.firmware_revision' drive show "$drive") == "$old" ]] ||
    fb_die "the drive does not report $old"
  fb backup "$drive"
  after=$(last_job "$drive" name)
  fb dump compare "$before_firmware" "$(dump_of "$after" FIRMWARE backup)"
  fb dump compare "$before_eeprom" "$(dump_of "$after" EEPROM backup)"
  good 'it starts, with its old firmware and with its own EEPROM, byte for byte'

  step 'Is the record itself sound?'
  fb audit verify
  [[ $(sqlite3 "$dir/state/ledger.db" 'pragma integrity_check') == ok ]] ||
    fb_die 'SQLite finds the ledger damaged'

  stop_bench
  printf '\n%sThe plug was pulled in the middle of a flash, and nothing is lost.%s\n' "$fb_bold" \
    "$fb_plain"
  say "This bench has ended; what it recorded stays in $dir/state/ledger.db."
}
