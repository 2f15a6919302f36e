# SPDX-License-Identifier: Apache-2.0
"""A login manager on a message bus of its own: usage: fake_logind.py FOLDER MODE

Starts a dbus-daemon that listens in FOLDER and serves org.freedesktop.login1.Manager.Inhibit on it,
as systemd-logind does: whoever takes a lock gets one end of a pipe, and the lock is held until no
process has that end any more. Says what happens, a line each:

  address ADDRESS               the bus is there: a value for DBUS_SYSTEM_BUS_ADDRESS
  held WHAT MODE WHO: WHY       a lock was taken
  asked WHAT MODE WHO: WHY      the same where MODE is "hang"
  released                      the last process gave one back

MODE: "grant"; "refuse", like a logind without a rule for services; "hang", which never answers;
"absent", a bus without a login manager. Ends with its input, and takes the bus with it.
"""

import os
import subprocess
import sys

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

CONFIG = """<busconfig>
  <type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/>
  </policy>
</busconfig>
"""


class Refused(dbus.DBusException):
    _dbus_error_name = "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"

    def __init__(self):
        super().__init__("Interactive authentication required.")


def say(*words):
    print(*words, flush=True)


class Manager(dbus.service.Object):
    def __init__(self, bus, mode):
        super().__init__(bus, "/org/freedesktop/login1")
        self.mode = mode

    @dbus.service.method("org.freedesktop.login1.Manager", in_signature="ssss", out_signature="h",
                         async_callbacks=("answer", "fail"))
    def Inhibit(self, what, who, why, mode, answer, fail):  # the name is logind's
        text = f"{what} {mode} {who}: {why}"
        if self.mode == "hang":
            say("asked", text)
        elif self.mode == "refuse":
            fail(Refused())
        else:
            ours, theirs = os.pipe()
            GLib.io_add_watch(ours, GLib.PRIORITY_DEFAULT, GLib.IO_HUP, self.released)
            say("held", text)
            answer(dbus.types.UnixFd(theirs))
            os.close(theirs)

    @staticmethod
    def released(ours, _condition):
        os.close(ours)
        say("released")
        return False


def main(folder, mode):
    config, address = os.path.join(folder, "bus.conf"), os.path.join(folder, "bus")
    with open(config, "w", encoding="utf-8") as file:
        file.write(CONFIG.format(address))
    with subprocess.Popen(["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile",
                           "--nosyslog", "--print-address=1"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True) as daemon:
        try:
            printed = daemon.stdout.readline().strip()
            DBusGMainLoop(set_as_default=True)
            bus = dbus.bus.BusConnection(printed)
            if mode != "absent":
                Manager(bus, mode)
                bus.request_name("org.freedesktop.login1")
            say("address", printed)
            loop = GLib.MainLoop()
            GLib.io_add_watch(0, GLib.PRIORITY_DEFAULT, GLib.IO_HUP | GLib.IO_IN,
                              lambda *_: loop.quit())
            loop.run()
        finally:
            daemon.terminate()


if __name__ == "__main__":
    main(*sys.argv[1:])
