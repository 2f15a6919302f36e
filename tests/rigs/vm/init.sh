#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# The first and only program of tests/rigs/vm/run's machine, as /init of its initramfs. Mounts the
# real machine's files read-only with a layer of memory over them, runs the job in there, says how
# it ended on the third serial port, and switches off. The first port has the kernel's and our own
# words, the second has the job's.
# shellcheck shell=dash
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys

# On a way that leads to no status the machine goes down all the same, and run says so.
finish() {
  [ -z "$1" ] || echo "$1" >/dev/ttyS2
  poweroff -f
}
need() { "$@" || { echo "init: failed: $*"; finish; }; }

while read -r module; do need insmod "/modules/$module"; done </modules/order

share=trans=virtio,version=9p2000.L,msize=262144,cache=loose,ro
need mount -t 9p -o "$share" host /host
need mount -t 9p -o "$share" rig /rig
need mount -t tmpfs -o mode=755 none /over
mkdir /over/upper /over/work
need mount -t overlay -o lowerdir=/host,upperdir=/over/upper,workdir=/over/work none /new
need mount -t proc none /new/proc
need mount -t sysfs none /new/sys
need mount -t devtmpfs none /new/dev
need mount -t tmpfs -o mode=755 none /new/run
mkdir -p /new/run/lock /new/run/rig /new/dev/pts /new/dev/shm /new/usr/lib/modules
ln -s /proc/self/fd /new/dev/fd
chmod 1777 /new/run/lock  # as on any Debian
need mount -t devpts none /new/dev/pts
need mount -t tmpfs none /new/dev/shm
need mount -t 9p -o "$share" modules /new/usr/lib/modules
cp /rig/job /new/run/rig/job
ip link set lo up
hostname firmbench-vm

stty -F /dev/ttyS1 raw -echo
chroot /new /bin/bash /run/rig/job </dev/null >/dev/ttyS1 2>&1
finish "$?"
