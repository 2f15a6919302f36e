# SPDX-License-Identifier: Apache-2.0
"""Runs a program under the system call filter of a systemd unit, without systemd.

usage: confined.py UNIT PROGRAM [ARGUMENT]...

The filter is what the unit's SystemCallFilter= lines say, with the groups as systemd-analyze lists
them, loaded through libseccomp; a refused call ends with EPERM, as in the unit. Also the other
things that every process may take from itself: no new privileges, and no capability.
"""

import ctypes
import errno
import os
import subprocess
import sys

PR_SET_NO_NEW_PRIVS = 38  # <linux/prctl.h>
ALLOW = 0x7fff0000        # <seccomp.h>
ERRNO = 0x00050000 | errno.EPERM


def settings(path, key):
    """The values of a key of the unit, in order; an empty one starts anew."""
    values = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, equals, value = line.strip().partition("=")
            if equals and name == key:
                values = values + [value] if value else []
    return values


def group(name):
    """The system calls in a group, with those of the groups in it."""
    done = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True,
                          text=True, check=True)
    calls = set()
    for line in done.stdout.splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            calls |= group(word)
        elif word and not word.startswith("#"):
            calls.add(word)
    return calls


def allowed(unit, *drop_ins):
    """As systemd.exec(5) says of SystemCallFilter=: an allow list, to which @default is added."""
    calls = group("@default")
    for line in [line for path in (unit, *drop_ins) for line in settings(path, "SystemCallFilter")]:
        names = set()
        for word in line.lstrip("~").split():
            names |= group(word) if word.startswith("@") else {word}
        calls = calls - names if line.startswith("~") else calls | names
    return calls


def confine(calls):
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(ERRNO)))
    for call in sorted(calls):
        number = library.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:  # negative: this machine has no such call
            assert library.seccomp_rule_add(context, ctypes.c_uint32(ALLOW), number, 0) == 0, call
    assert ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert library.seccomp_load(context) == 0


if __name__ == "__main__":
    confine(allowed(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
